"""Corrections as managers and their proposers read them."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from companion.cogs.views import correction_ids
from companion.cogs.views.layout import AMBER, TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import escaped_line, one_line
from companion.cogs.views.passages import quoted, source
from companion.cogs.views.somebody import named
from companion.cogs.views.times import day, relative
from companion.community.corrections import Page, Proposed
from companion.community.proposals import Received
from companion.storage.corrections import About, Correction, Mistake, Verdict

_ENTRY, _ALONE = 400, 1500
"""Characters of the quotation: of each in a list, and in a message of its own."""
_NAME, _SMALL_NAME = 80, 30
_TITLE = 60
_PROPOSERS = 3
_OWN = 2


def asking_message(proposed: Proposed) -> Message:
    """What managers are asked to decide on, or what came of it."""
    correction = proposed.correction
    is_open = correction.verdict is Verdict.OPEN
    box = container(AMBER if is_open else TEAL)
    box.add_item(text(f"### ✏️ A correction is {'proposed' if is_open else correction.verdict}\n{_told(proposed)}"))
    box.add_item(line())
    box.add_item(text(_place(proposed, _ALONE)))
    if is_open:
        box.add_item(row(_verdicts(correction, None)))
        box.add_item(text("-# For those who may manage this server. `/setup corrections` lists all that is open."))
    return Message(box)


def list_message(page: Page, done: str = "") -> Message:
    """A page of what is open, each with two buttons; ``done`` says what the last press did."""
    box = container(AMBER if page.total else TEAL)
    if done:
        box.add_item(text(done))
        box.add_item(line())
    of_pages = f" · page {page.page + 1} of {page.pages}" if page.pages > 1 else ""
    facts = f"\n-# {page.total} open{of_pages}" if page.total else ""
    box.add_item(text(f"### ✏️ Proposed corrections{facts}"))
    if not page.proposed:
        box.add_item(
            text(
                "Nothing is open. Members propose corrections where they read a mistake: **Context** under a search"
                " result, then **Correct**."
            )
        )
    for proposed in page.proposed:
        box.add_item(line())
        box.add_item(text(f"{_told(proposed)}\n{_place(proposed, _ENTRY)}"))
        box.add_item(row(_verdicts(proposed.correction, page.page)))
    turns = [button(f"‹ Page {page.page}", correction_ids.corrections(page.page - 1))] if page.page else []
    if page.page + 1 < page.pages:
        turns.append(button(f"Page {page.page + 2} ›", correction_ids.corrections(page.page + 1)))
    if turns:
        box.add_item(line())
        box.add_item(row(turns))
    return Message(box)


def decided(proposed: Proposed) -> str:
    """What a decision did, in one line."""
    mistake = proposed.correction.mistake
    if proposed.correction.verdict is Verdict.ACCEPTED:
        return f"✅ Accepted: {_pair(mistake)}. {_effect(proposed)} Searches follow within seconds."
    return f"🚫 Rejected: {_pair(mistake)}. Nothing changes, and the same cannot be proposed again."


def withdrawn_message(mistake: Mistake) -> Message:
    """In place of what managers were asked, when nobody wants it any more."""
    return sentence(f"✏️ A correction was proposed and withdrawn: {_pair(mistake)}.")


def proposed_message(correction: Correction, received: Received) -> Message:
    """What the member's proposal was taken as, and how to take it back."""
    said = {
        Received.NEW: "Proposed. Nothing changes until a manager of this server accepts it.",
        Received.JOINED: "Somebody proposed the same before, and it is open still: now it is yours, too.",
        Received.KNOWN: "You proposed this already, and no manager has decided on it yet.",
    }
    box = container(TEAL)
    box.add_item(text(f"✏️ {_pair(correction.mistake)}\n{said[received]}"))
    box.add_item(row([button("Withdraw", correction_ids.withdraw(correction.id))]))
    box.add_item(text("-# You see what came of it under **Context**, wherever you find a passage of this episode."))
    return Message(box)


def taken_back_message(correction: Correction, *, stays: bool) -> Message:
    """That it is the member's no more."""
    left = "Nothing is stored of it any more."
    if correction.verdict is not Verdict.OPEN:
        left = f"It was {correction.verdict} before, and that stays; that you proposed it is no longer stored."
    elif stays:
        left = "Others want it too, so it stays open; that you proposed it is no longer stored."
    return sentence(f"✏️ Withdrawn: {_pair(correction.mistake)}. {left}")


def own_corrections(known: Sequence[Correction]) -> tuple[str, list[discord.ui.Button[Message]]]:
    """What came of a member's last proposals for an episode, in small print, and a button to take each back."""
    last = known[-_OWN:]
    told = "\n".join(f"-# ✏️ You proposed {_pair(one.mistake, _SMALL_NAME)}: {_outcome(one)}." for one in last)
    return told, [button(f"Withdraw “{one_line(one.mistake.name)}”", correction_ids.withdraw(one.id)) for one in last]


def _told(proposed: Proposed) -> str:
    """What is wrong, what accepting does or did, who proposed it and who decided."""
    correction = proposed.correction
    members = [f"<@{one}>" for one in correction.proposers[:_PROPOSERS]]
    if len(correction.proposers) > _PROPOSERS:
        members.append(f"{len(correction.proposers) - _PROPOSERS} more")
    lines = [_pair(correction.mistake), _effect(proposed)]
    lines.append(f"-# Proposed by {', '.join(members) or 'somebody'} · {day(correction.proposed_at)}")
    if correction.decided_by is not None and correction.decided_at is not None:
        sign = "✅" if correction.verdict is Verdict.ACCEPTED else "🚫"
        verdict = correction.verdict.value.title()
        lines.append(f"{sign} {verdict} by {named(correction.decided_by)} {relative(correction.decided_at)}.")
    return "\n".join(lines)


def _pair(mistake: Mistake, limit: int = _NAME) -> str:
    return f"**{_short(mistake.spelling, limit)}** → **{_short(mistake.name, limit)}**"


def _effect(proposed: Proposed) -> str:
    """What accepting does, said so that it is true before and after."""
    mistake = proposed.correction.mistake
    podcast = f"*{_short(proposed.podcast.title, _TITLE)}*"
    if mistake.about is About.LABEL:
        turns = "the one turn that has" if proposed.turns == 1 else f"all {proposed.turns} turns that have"
        return f"Who speaks, in *{_short(proposed.episode.title, _TITLE)}* only: {turns} that label."
    if mistake.about is About.PERSON:
        return f"How somebody who speaks is called, in all of {podcast}. Either name finds them."
    return f"Words that were misheard, in all of {podcast}. A search for either finds both; no text is changed."


def _place(proposed: Proposed, limit: int) -> str:
    if proposed.place is None:
        return f"-# {source(proposed.episode, None, None)}\nThe passage is no longer in the archive."
    return quoted(proposed.place, proposed.episode, limit)


def _outcome(correction: Correction) -> str:
    if correction.verdict is Verdict.OPEN:
        return "no manager has decided on it yet"
    when = f" {relative(correction.decided_at)}" if correction.decided_at is not None else ""
    return f"{correction.verdict}{when}"


def _verdicts(correction: Correction, page: int | None) -> list[discord.ui.Button[Message]]:
    accept = correction_ids.decide(correction.id, page, accept=True)
    reject = correction_ids.decide(correction.id, page, accept=False)
    return [button("Accept", accept, discord.ButtonStyle.success), button("Reject", reject)]


def _short(name: str, limit: int) -> str:
    return escaped_line(cut(one_line(name), limit))

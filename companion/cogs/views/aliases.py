"""Names of a podcast as its moderators see them: lists, proposals, and what a change did."""

from __future__ import annotations

from companion.cogs.views import custom_ids
from companion.cogs.views.counting import counted
from companion.cogs.views.layout import AMBER, TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import escaped_line, one_line
from companion.community.aliases import Change, Kept, LabelChange
from companion.storage.aliases import Alias, NamedLabel, Origin
from companion.storage.names import AliasKind

PER_PAGE = 10
PROPOSALS = 5
_NAME = 50
_REASON = 200
_NOW = "Searches follow within seconds."


def names_message(kept: Kept, page: int) -> Message:
    """A page of everything that stands for something else; the last page for one that is behind it."""
    entries = [_entry(alias) for alias in kept.accepted] + [_label_entry(label, kept) for label in kept.labels]
    pages = max((len(entries) + PER_PAGE - 1) // PER_PAGE, 1)
    page = min(page, pages - 1)
    box = container(TEAL)
    of_pages = f" · page {page + 1} of {pages}" if pages > 1 else ""
    box.add_item(text(f"### 🏷️ Names in {_name(kept.podcast.title)}\n-# {counted(len(entries), 'spelling')}{of_pages}"))
    shown = entries[page * PER_PAGE : (page + 1) * PER_PAGE]
    box.add_item(text("\n".join(shown) or "Nothing stands for anything else yet: `/setup aliases add`."))
    turns = [button(f"‹ Page {page}", custom_ids.aliases(kept.podcast.id, page - 1, proposed=False))] if page else []
    if page + 1 < pages:
        turns.append(button(f"Page {page + 2} ›", custom_ids.aliases(kept.podcast.id, page + 1, proposed=False)))
    if kept.proposed:
        review = custom_ids.aliases(kept.podcast.id, 0, proposed=True)
        turns.append(button(f"Review {counted(len(kept.proposed), 'proposal')}", review))
    if turns:
        box.add_item(row(turns))
    return Message(box)


def review_message(kept: Kept, page: int, done: str = "") -> Message:
    """Proposed spellings, each with its reason and two buttons; ``done`` says what the last press did."""
    pages = max((len(kept.proposed) + PROPOSALS - 1) // PROPOSALS, 1)
    page = min(page, pages - 1)
    box = container(AMBER if kept.proposed else TEAL)
    if done:
        box.add_item(text(done))
        box.add_item(line())
    of_pages = f" · page {page + 1} of {pages}" if pages > 1 else ""
    proposed = counted(len(kept.proposed), "proposal")
    box.add_item(text(f"### 🏷️ Proposed names in {_name(kept.podcast.title)}\n-# {proposed}{of_pages}"))
    for alias in kept.proposed[page * PROPOSALS : (page + 1) * PROPOSALS]:
        reason = escaped_line(cut(one_line(alias.reason), _REASON))
        box.add_item(text(f"**{_name(alias.spelling)}** = **{_name(alias.name)}**?\n-# {reason}"))
        verdicts = (("Accept", True), ("Reject", False))
        box.add_item(row([button(label, custom_ids.decide(alias, accept=accept)) for label, accept in verdicts]))
    if not kept.proposed:
        box.add_item(text("Nothing is proposed. New episodes may bring something."))
    turns = [button(f"‹ Page {page}", custom_ids.aliases(kept.podcast.id, page - 1, proposed=True))] if page else []
    if page + 1 < pages:
        turns.append(button(f"Page {page + 2} ›", custom_ids.aliases(kept.podcast.id, page + 1, proposed=True)))
    if turns:
        box.add_item(row(turns))
    return Message(box)


def added(change: Change) -> Message:
    """What a new alias does, and what the spelling stood for before."""
    spelling, name = _name(change.alias.spelling), _name(change.alias.name)
    if change.alias.kind is AliasKind.PERSON:
        effect = f"whoever is labelled so is shown as {name}, and found by either"
    else:
        effect = "a search for either finds both, and no text is changed"
    was = ""
    if change.before is not None and change.before.name != change.alias.name:
        was = f" It stood for {_name(change.before.name)} before."
    return sentence(f"**{spelling}** stands for **{name}** in {_name(change.podcast.title)}: {effect}. {_NOW}{was}")


def removed(change: Change) -> Message:
    """What a spelling stands for no more, and how to undo it."""
    return sentence(
        f"**{_name(change.alias.spelling)}** stands for {_name(change.alias.name)} no more in"
        f" {_name(change.podcast.title)}, and will not be joined with it by itself again. {_NOW} To undo it, use"
        " `/setup aliases add`."
    )


def decided(change: Change, *, accept: bool) -> str:
    """What became of a proposal."""
    pair = f"**{_name(change.alias.spelling)}** = **{_name(change.alias.name)}**"
    if accept:
        return f"✅ {pair} is accepted. {_NOW}"
    return f"🚫 {pair} is rejected, and will not be proposed again. Nothing changes for searches."


def labelled(change: LabelChange) -> Message:
    """Who a label is now."""
    return sentence(
        f"**{_name(change.label)}** in *{_name(change.episode.title)}* is shown as **{_name(change.name)}**, where it"
        f" was {_name(change.before)}. {_NOW} Other episodes stay as they are."
    )


def _entry(alias: Alias) -> str:
    kind = "" if alias.kind is AliasKind.PERSON else " · word"
    origin = " · found by itself" if alias.origin is Origin.FEED else ""
    return f"{_name(alias.spelling)} = **{_name(alias.name)}**{kind}{origin}"


def _label_entry(label: NamedLabel, kept: Kept) -> str:
    origin = " · found by itself" if label.origin is Origin.FEED else ""
    title = _name(kept.episodes[label.episode_id].title)
    return f"{_name(label.label)} = **{_name(label.name)}** · only in *{title}*{origin}"


def _name(name: str) -> str:
    return escaped_line(cut(one_line(name), _NAME))

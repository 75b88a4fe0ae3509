"""A clip as it is posted, wherever it is: its words by speaker, where they were said, and the votes on it."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from companion.cogs.views import clip_ids
from companion.cogs.views.delete import delete_button
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.limits import LAYOUT_TEXT
from companion.cogs.views.markdown import escaped_line, linked, web_address
from companion.cogs.views.passages import fitted, heading, played_from, source
from companion.cogs.views.somebody import named
from companion.cogs.views.tally import DOWN, UP, tally_line
from companion.cogs.views.times import clock_time
from companion.community.clips import ClipPage, ShownClip
from companion.storage.clips import Clip, ClipTurn
from companion.storage.episodes import Kind
from companion.storage.votes import Tally

CARD = "quote.png"
"""The attachment that is the quote card."""
AUDIO = "clip.mp3"
"""The attachment that is heard."""
ASK = "Worth hearing again?"
"""What members are asked about a clip."""
_WORDS = 2600
"""Characters of a clip's words, with names and marks: 300 words are some 1,700."""
_ENTRY = 420
_TITLE = 200
_HEADING = 300


def clip_message(
    shown: ShownClip,
    tally: Tally | None,
    *,
    heading: str = "",
    below: str = "",
    ways: Sequence[discord.ui.Button[Message]] = (),
    emoji: tuple[str, str] = (UP, DOWN),
    card: str = "",
    audio: bool = False,
    private: bool = False,
) -> Message:
    """A posted clip. ``heading`` is Markdown on top of it, ``below`` under it; ``ways`` are buttons before those that
    every clip has. ``tally`` is None where nobody is asked to vote.

    ``card`` is what the quote card shows, in words, and ``audio`` says that there is any, where the message has the
    attachments of those names.
    """
    box = container(TEAL)
    title = f"“{escaped_within(shown.clip.title, _TITLE)}”"
    head = f"### {heading}\n**{title}**" if heading else f"### 🎬 {title}"
    box.add_item(text(head))
    if card:
        gallery: discord.ui.MediaGallery[Message] = discord.ui.MediaGallery(
            discord.MediaGalleryItem(f"attachment://{CARD}", description=card)
        )
        box.add_item(gallery)
    place, votes = _place(shown), "" if tally is None else tally_line(tally, ASK, emoji)
    room = LAYOUT_TEXT - sum(len(one) + 1 for one in (head, place, votes, below))
    box.add_item(text(f"{place}\n{words_of(shown, min(_WORDS, room))}"))
    if audio:
        box.add_item(discord.ui.File[Message](f"attachment://{AUDIO}"))
    if votes:
        box.add_item(text(votes))
    # A clip that is not kept is nobody's to save.
    own = [button("Save", clip_ids.save(shown.clip.id))] if shown.clip.id else []
    ways = [*ways, *own] if private else [*ways, *own, delete_button()]
    if below or ways:
        box.add_item(line())
    if below:
        box.add_item(text(below))
    if ways:
        box.add_item(row(ways))
    return Message(box)


def own_clips_message(page: ClipPage, done: str = "") -> Message:
    """A page of what a member made, each with its Delete; ``done`` is what just happened."""
    box = container(TEAL)
    facts = [f"{page.total} of yours in this server"]
    if page.pages > 1:
        facts.append(f"page {page.page + 1} of {page.pages}")
    told = f"\n✅ {done}" if done else ""
    box.add_item(text(f"### 🎬 Your clips\n-# {' · '.join(facts)}{told}"))
    if not page.clips:
        box.add_item(
            text("There are none yet: `/clip create`, or **Context** under a search result and then **Clip it**.")
        )
    for shown in page.clips:
        box.add_item(line())
        box.add_item(text(_entry(shown)))
        box.add_item(row([button("Delete", clip_ids.delete(shown.clip.id, page.page), emoji="🗑️")]))
    turns = [button(f"‹ Page {page.page}", clip_ids.own(page.page - 1))] if page.page else []
    if page.page + 1 < page.pages:
        turns.append(button(f"Page {page.page + 2} ›", clip_ids.own(page.page + 1)))
    if turns:
        box.add_item(line())
        box.add_item(row(turns))
    return Message(box)


def deleted_message(clip: Clip) -> Message:
    """That a clip was deleted, to who did it."""
    return sentence(
        f"🗑️ Deleted: “{escaped_within(clip.title, _TITLE)}”. Its votes are deleted with it, and it will not be posted"
        " again."
    )


def gone_message() -> Message:
    """What stands in place of a deleted clip where it was posted."""
    return sentence("🗑️ This clip was deleted.")


def words_of(shown: ShownClip, room: int) -> str:
    """The clip's words by speaker, the first with its time and link, in so many characters of Markdown."""
    parts: list[str] = []
    before: ClipTurn | None = None
    for turn in shown.clip.turns:
        start, url = (shown.clip.start, shown.url) if before is None else (None, None)
        head = heading(turn.speaker, Kind.SPEECH, start, shown.clip.approximate, url, uncertain=turn.uncertain)
        # Whoever goes on after a pause needs no second name.
        goes_on = before is not None and turn.speaker is not None and before.speaker == turn.speaker
        words = fitted(turn.text, (), room - len(head) - 2)
        if not words:
            break
        parts.append(words if goes_on else f"{head}\n{words}")
        before = turn
        room -= len(parts[-1]) + 1
    return "\n".join(parts)


def _entry(shown: ShownClip) -> str:
    """A clip in the list of one's own, with the link to hear it where there is room."""
    title, place = f"**“{escaped_within(shown.clip.title, _TITLE)}”**", source(shown.episode, shown.podcast, None)
    told = f"{title}\n-# {place}"[:_ENTRY]
    start, address = shown.clip.start, web_address(shown.url)
    if start is None or address is None:
        return told
    heard = f" · {linked(played_from(escaped_line(clock_time(start, shown.clip.approximate))), address)}"
    return told + heard if len(told) + len(heard) <= _ENTRY else told


def _place(shown: ShownClip) -> str:
    by = f" · clipped by {named(shown.clip.made_by)}" if shown.clip.made_by is not None else ""
    return f"-# {source(shown.episode, shown.podcast, None)}{by}"

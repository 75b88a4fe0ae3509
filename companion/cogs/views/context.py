"""A result amid what was said around it."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from companion.cogs.views import clip_ids, correction_ids, custom_ids, saved_ids
from companion.cogs.views.corrections import own_corrections
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, text
from companion.cogs.views.limits import cut, cut_start
from companion.cogs.views.markdown import escaped, one_line
from companion.cogs.views.passages import fitted, heading, source
from companion.community.searches import Found
from companion.community.surroundings import Line
from companion.storage.corrections import Correction
from companion.storage.episodes import Kind

_SIDE = 600
"""Characters of what came before, and of what came after."""
_PASSAGE = 1900
_MOST_LINES = 20


def context_message(
    search_id: int, found: Found, quoted: tuple[int, int] | None = None, proposed: Sequence[Correction] = ()
) -> Message:
    """The passage as a quotation, the turns before and after it as plain text, and where to go from there.

    ``quoted`` are the words that the result showed, for saving them; ``proposed`` is what the reader said is wrong in
    the episode.
    """
    around, kind = found.around, found.passage.kind
    box = container(TEAL)
    box.add_item(text(f"### {source(found.episode, None, found.passage.chapter)}"))
    if before := _earlier(around.before, kind):
        box.add_item(text(before))
    for part in _passage(around.passage, kind, found.url, found.quoted):
        box.add_item(text(part))
    if after := _later(around.after, kind):
        box.add_item(text(after))
    if proposed:
        told, withdraw = own_corrections(proposed)
        box.add_item(text(told))
        box.add_item(row(withdraw))
    box.add_item(line())
    ways = [
        button("More like this", custom_ids.like(search_id, found.reference, quoted)),
        button("Save", saved_ids.save(found.reference, quoted)),
        button("Correct", correction_ids.correct(found.reference, quoted)),
        button("Riff", custom_ids.riff(search_id), discord.ButtonStyle.primary, emoji="🎸"),
    ]
    if kind is Kind.SPEECH:
        ways.insert(1, button("Clip it", clip_ids.make(found.reference, quoted), emoji="🎬"))
    box.add_item(row(ways))
    return Message(box)


def _passage(lines: Sequence[Line], kind: Kind, url: str | None, quoted: str) -> list[str]:
    """A text for each speaker: a quotation runs on into a line that follows it in the same text.

    What the result quoted stands out.
    """
    shown: list[str] = []
    room = _PASSAGE
    for said in lines[:_MOST_LINES]:
        head = _heading(said, kind, None if shown else url)
        at = said.text.find(quoted) if quoted else -1
        words = fitted(said.text, [(at, at + len(quoted))] if at >= 0 else (), room - len(head) - 1)
        if not words:
            break
        shown.append(f"{head}\n{words}")
        room -= len(shown[-1])
    return shown


def _earlier(lines: Sequence[Line], kind: Kind) -> str:
    """The lines nearest to the passage, in small print: the first one shown may have lost its beginning."""
    shown: list[str] = []
    room = _SIDE
    for said in reversed(lines):
        small = _small(said, kind, room, from_end=True)
        if not small:
            break
        shown.insert(0, small)
        room -= len(small) + 1
    return "\n".join(shown)


def _later(lines: Sequence[Line], kind: Kind) -> str:
    shown: list[str] = []
    room = _SIDE
    for said in lines:
        small = _small(said, kind, room, from_end=False)
        if not small:
            break
        shown.append(small)
        room -= len(small) + 1
    return "\n".join(shown)


def _small(said: Line, kind: Kind, limit: int, *, from_end: bool) -> str:
    """The line in small print, in at most ``limit`` characters; nothing where little more than the name would fit."""
    head = f"-# {_heading(said, kind, None)} – "
    words = _plain(one_line(said.text), limit - len(head), from_end=from_end)
    return head + words if words else ""


def _heading(said: Line, kind: Kind, url: str | None) -> str:
    return heading(said.speaker, kind, said.start, said.approximate, url, uncertain=said.uncertain)


def _plain(words: str, limit: int, *, from_end: bool) -> str:
    """The words, escaped, in at most ``limit`` characters; nothing where fewer than 40 would fit."""
    if limit < 40:
        return ""
    room = min(len(words), limit)
    while room > 0:
        markdown = escaped(cut_start(words, room) if from_end else cut(words, room))
        if len(markdown) <= limit:
            return markdown
        room -= max(1, (len(markdown) - limit) // 2)
    return ""

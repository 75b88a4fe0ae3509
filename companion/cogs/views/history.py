"""What clubs held, page by page, and what becomes of a recording."""

from __future__ import annotations

import re
from collections.abc import Sequence

import discord

from companion.cogs.views.club import name_of
from companion.cogs.views.delete import delete_button
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import AMBER, TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import escaped_line, escaped_sentence, linked, one_line, web_address
from companion.cogs.views.paper import authors_within
from companion.cogs.views.times import day
from companion.community.club_sessions import Meeting
from companion.community.recordings import Held, Recorded, Sent
from companion.storage.papers import Paper
from companion.storage.sessions import Session

PREFIX = "history:"
PAGE = re.compile(r"history:page:(?P<page>[0-9]{1,4}):(?P<series>[0-9]{1,15})")
REPLACE = re.compile(r"history:replace:(?P<number>[0-9]{1,20})")
LEAVE = re.compile(r"history:leave")
PER_PAGE = 6
_TITLE = 160
_NAME = 80
_NOTES = 160
_SHORTENED = 300
_NOTES_BEFORE = 2400
_WORDS = "-# Words that were read from it go, too, unless they are read again from what you sent."
_BACK = "-# That was there before: `/club recording` with it brings it back."


def history_message(
    held: Sequence[Held], page: int = 0, series_id: int = 0, *, several: bool, private: bool = False
) -> Message:
    """A page of what took place, counted from 0; the last one, where there are fewer. ``series_id`` is 0 for all clubs.
    ``several``: has the server, or had it, more than one? ``private``: one member's alone."""
    pages = max(1, -(-len(held) // PER_PAGE))
    page = min(page, pages - 1)
    many = f"{len(held)} {'session' if len(held) == 1 else 'sessions'}"
    recorded = sum(one.meeting.session.recording_url is not None for one in held)
    facts = [many, f"{recorded} recorded", *([f"page {page + 1} of {pages}"] if pages > 1 else [])]
    of = f" of {name_of(held[0].meeting.series)}" if series_id and held else ""
    box = container(TEAL)
    box.add_item(text(f"### 🗂️ History{of}\n-# {' · '.join(facts)}"))
    shown = held[page * PER_PAGE : (page + 1) * PER_PAGE]
    box.add_item(text("\n".join(_entry(one, several=several and not series_id) for one in shown)))
    if any(one.episode for one in shown):
        box.add_item(text("-# `/search` finds what was said in recordings, `/ask` quotes it."))
    box.add_item(line())
    ways = [button("‹ Newer", _turned_to(page - 1, series_id))] if page else []
    ways += [button("Older ›", _turned_to(page + 1, series_id))] if page + 1 < pages else []
    ways += [] if private else [delete_button()]
    if ways:
        box.add_item(row(ways))
    return Message(box)


def reading_message(meeting: Meeting) -> Message:
    """That the recording is being read."""
    return sentence(f"📼 Reading the recording of {_what(meeting)} …")


def recorded_message(recorded: Recorded) -> Message:
    """What is in the archive now, and what is not."""
    meeting = recorded.meeting
    done = "replaced in the archive" if recorded.again else "in the archive now"
    told = [f"### 📼 The recording of {_what(meeting)} is {done}", _facts(Held(meeting, recorded.episode))]
    if recorded.spoken:
        told.append("Its words can be searched and quoted like those of an episode, in this server alone.")
    else:
        told.append(
            "Its title and notes can be searched, in this server alone. For its words give `transcript` the address of"
            " a transcript, such as a .vtt or .srt file."
        )
    if recorded.problem:
        told.append(f"-# No words were found at its own address: {escaped_sentence(cut(recorded.problem, _SHORTENED))}")
    box = container(TEAL)
    box.add_item(text("\n".join(told)))
    box.add_item(row([delete_button()]))
    return Message(box)


def replace_message(meeting: Meeting, sent: Sent, number: int) -> Message:
    """What there is already, and whether it shall go; ``number`` is what the question is known by."""
    session = meeting.session
    goes = _goes(session, sent.url, sent.notes or session.notes) or ["What its address says is read anew."]
    box = container(AMBER)
    box.add_item(text("\n".join([f"### 📼 Replace the recording of {_what(meeting)}?", *goes, _WORDS])))
    box.add_item(
        row(
            [
                button("Replace it", f"{PREFIX}replace:{number}", style=discord.ButtonStyle.danger),
                button("Leave it", f"{PREFIX}leave"),
            ]
        )
    )
    return Message(box)


def replaced_message(recorded: Recorded) -> Message:
    """What stood there before, for who replaced it."""
    after = recorded.meeting.session
    told = _goes(recorded.before, after.recording_url, after.notes)
    return sentence("\n".join(["📼 Replaced.", *told, *([_BACK] if told else [])]), AMBER)


def left_message() -> Message:
    """That nothing was replaced."""
    return sentence("Nothing has changed.")


def refused_message(reason: str) -> Message:
    """Why nothing has changed."""
    return sentence(f"⚠️ {escaped_sentence(reason)}", AMBER)


def choice(meeting: Meeting) -> str:
    """A session as members choose it: its day, and what it was about."""
    about = meeting.paper.title if meeting.paper else meeting.series.name
    return f"{meeting.session.day} · {about}"


def _goes(before: Session, url: str | None, notes: str | None) -> list[str]:
    """What is there no more once the address and the notes are these."""
    told: list[str] = []
    if before.recording_url and before.recording_url != url:
        told.append(f"Its address: {web_address(before.recording_url) or escaped_line(before.recording_url)}")
    if before.notes and before.notes != notes:
        told.append(f"Its notes:\n> {escaped_within(before.notes, _NOTES_BEFORE)}")
    return told


def _entry(held: Held, *, several: bool) -> str:
    meeting = held.meeting
    club = f" · {name_of(meeting.series)}" if several else ""
    return f"**{_title(meeting.paper)}**{club}\n-# {_facts(held)}{_notes(meeting.session.notes)}"


def _facts(held: Held) -> str:
    session, paper = held.meeting.session, held.meeting.paper
    parts = [day(session.starts_at)]
    if paper is not None and paper.authors:
        parts.append(authors_within(paper.authors, 2))
    if session.presented_by:
        parts.append(f"presented by <@{session.presented_by}>")
    if session.author:
        parts.append(f"with {escaped_within(session.author, _NAME)}, an author")
    if session.recording_url:
        parts.append(linked("📼 recording", session.recording_url))
    return " · ".join(parts)


def _notes(notes: str | None) -> str:
    return f"\n> {escaped_within(cut(one_line(notes), _NOTES), _NOTES)}" if notes else ""


def _title(paper: Paper | None) -> str:
    return escaped_within(paper.title, _TITLE) if paper else "A session without a paper"


def _what(meeting: Meeting) -> str:
    """The paper, or the club and its day."""
    if meeting.paper is not None:
        return f"“{_title(meeting.paper)}”"
    return f"{name_of(meeting.series)}, {day(meeting.session.starts_at)},"


def _turned_to(page: int, series_id: int) -> str:
    return f"{PREFIX}page:{page}:{series_id}"

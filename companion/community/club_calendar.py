"""Clubs' sessions as an iCalendar file (RFC 5545): a function of the sessions.

A session keeps its UID for ever, wherever it is moved to, so that a calendar that is refreshed has it once. One that
was skipped or cancelled stays for a while, marked as cancelled, so that calendars let it go. Everything that is written
of a session is something with which its ``sequence`` is raised (`storage/sessions.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDuration, vText

from companion.archive.paper_references import addresses, reference_to
from companion.archive.references import split
from companion.community.calendar_zones import vtimezone, with_properties
from companion.community.club_sessions import Meeting
from companion.storage.papers import Paper
from companion.storage.series import Series, Venue
from companion.storage.sessions import Session, State

REFRESHED = timedelta(hours=1)
"""So often calendar programs are asked to look for changes."""
_PRODUCT = "-//Companion//Paper clubs//EN"
_NAME = 100
_TITLE = 200
_NOTES = 2000
_AUTHORS = 5
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Controls of writing direction, with which a title could turn around what stands beside it."""
_LOST = (State.SKIPPED, State.CANCELLED)


class Words(vText):
    r"""Text as it is, escaped. The library itself takes a backslash before an N, as in TeX, for the end of a line."""

    def to_ical(self) -> bytes:
        escaped = re.sub(r"([\\;,])", r"\\\1", self)
        return escaped.replace("\n", r"\n").encode()


def calendar_of(clubs: Collection[Series], meetings: Collection[Meeting], today: date) -> bytes:
    """The file of some clubs, with these sessions of theirs."""
    days = [meeting.session.starts_at.date() for meeting in meetings] or [today]
    zones = {one.rule.zone for one in clubs} | {one.session.zone for one in meetings}
    name = calendar_name(clubs)
    properties = {
        "PRODID": _PRODUCT,
        "VERSION": "2.0",
        "CALSCALE": "GREGORIAN",
        "NAME": Words(name),
        "X-WR-CALNAME": Words(name),
        "REFRESH-INTERVAL": vDuration(REFRESHED, params={"VALUE": "DURATION"}),
        "X-PUBLISHED-TTL": vDuration(REFRESHED),
    }
    calendar = with_properties(Calendar(), properties)
    for zone in sorted(zones):
        calendar.add_component(vtimezone(zone, min(days), max(days)))
    for meeting in meetings:
        calendar.add_component(_entry(meeting))
    return calendar.to_ical()


def calendar_name(clubs: Iterable[Series]) -> str:
    """What the calendar of these clubs is called."""
    return _cut(", ".join(one_line(club.name) for club in clubs), _NAME)


def uid(session: Session) -> str:
    """By which a session is known in all calendars, as long as it is kept."""
    return f"session-{session.id}@{session.guild_id}.companion.invalid"


def one_line(text: str) -> str:
    """The text on one line, without controls."""
    text = _DIRECTIONS.sub("", text)
    return " ".join("".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text).split())


def _entry(meeting: Meeting) -> Event:
    club, session, paper = meeting.series, meeting.session, meeting.paper
    start, end = _times(session, club.duration)
    lost = session.state in _LOST
    named = f"{one_line(club.name)}: {_cut(one_line(paper.title), _TITLE)}" if paper else one_line(club.name)
    properties: dict[str, object] = {
        "UID": uid(session),
        # In a file without METHOD this is when the entry was changed last.
        "DTSTAMP": session.changed_at,
        "LAST-MODIFIED": session.changed_at,
        "SEQUENCE": session.sequence,
        "STATUS": "CANCELLED" if lost else "CONFIRMED",
        "DTSTART": start,
        "DTEND": end,
        # Some programs show what is cancelled like everything else.
        "SUMMARY": Words(f"Cancelled: {named}" if lost else named),
        "LOCATION": Words(_place(club)),
        "DESCRIPTION": Words("\n".join(_told(meeting))),
    }
    if link := _web_address(session.recording_url):
        properties["URL"] = link
    return with_properties(Event(), properties)


def _times(session: Session, duration: int) -> tuple[datetime, datetime]:
    """When it begins and ends, on the clocks of its zone. A time that these show twice is written in UTC, for on those
    clocks it would be the first of the two."""
    place = ZoneInfo(session.zone)
    times = session.starts_at, session.starts_at + timedelta(minutes=duration)
    start, end = [one.astimezone(place) for one in times]
    if start.fold or end.fold:
        start, end = [one.astimezone(UTC) for one in times]
    return start, end


def _place(club: Series) -> str:
    if club.venue is Venue.EXTERNAL:
        return one_line(club.venue_text or "")
    return f"https://discord.com/channels/{club.guild_id}/{club.venue_channel_id}"


def _told(meeting: Meeting) -> list[str]:
    """The lines of its description. That it was held changes none of them, as it does not raise its ``sequence``."""
    session, paper = meeting.session, meeting.paper
    if session.state in _LOST:
        return ["This session does not take place."]
    if paper is None:
        lines = ["No paper so far: /club volunteer in Discord takes a free date."]
    else:
        lines = [one_line(paper.title), _authors(paper), _paper_address(paper)]
        if session.presented_by is None:
            lines.append("No presenter so far: /club volunteer in Discord.")
    if session.author:
        lines.insert(0, f"With {one_line(session.author)}, an author of the paper.")
    if recording := _web_address(session.recording_url):
        lines.append(f"Recording: {recording}")
    lines += [one_line(line) for line in _cut(session.notes or "", _NOTES).splitlines()]
    return [line for line in lines if line]


def _authors(paper: Paper) -> str:
    named = ", ".join(one_line(author) for author in paper.authors[:_AUTHORS])
    left = len(paper.authors) - _AUTHORS
    return f"{named} and {left} more" if left > 0 else named


def _paper_address(paper: Paper) -> str:
    known = addresses(reference_to(paper.canonical, paper.version))
    return _web_address(known.page or known.pdf) or ""


def _web_address(url: str | None) -> str | None:
    """The address, if it is one of the web, with nothing in it that could end a line."""
    if not url or split(url) is None:
        return None
    return quote(url.strip(), safe="%:/?#[]@!$&'()*+,;=-._~")


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"

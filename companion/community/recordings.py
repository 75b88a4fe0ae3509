"""What clubs held: their history, and the recordings of sessions, which enter the server's archive."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from companion.archive.fetch import Fetches
from companion.archive.latest import Latest
from companion.archive.paper_references import addresses, reference_to
from companion.archive.public_addresses import Allows, is_public, is_public_host
from companion.archive.recordings import Recording, store_recording, words_at, words_of_recording
from companion.archive.references import split
from companion.archive.sources import is_address
from companion.archive.transcripts.transcript import Transcript
from companion.community.club_refusals import NoClubsError, NoSuchClubError
from companion.community.club_sessions import Meeting, meeting_of, paper_of, took_place
from companion.community.recording_refusals import (
    GoneReplacementError,
    LoginInAddressError,
    NoneHeldError,
    NotARecordingError,
    NotHeldError,
    NotOpenToAllError,
)
from companion.community.spoken_times import days_meant
from companion.community.visibility import OutsideServersError
from companion.community.wishes import typed_id
from companion.storage import episodes, series, sessions, subscriptions
from companion.storage.engine import AsyncConnection, Database
from companion.storage.episodes import Episode, Person
from companion.storage.errors import CompanionError
from companion.storage.papers import Paper
from companion.storage.series import Series
from companion.storage.sessions import Session, State

LONGEST_ADDRESS = 1000
LONGEST_NOTES = 4000
_WAITING = 100
"""Recordings that may wait at once for whoever sent them to say that they take the place of others."""
_MENTION = re.compile(r"<@!?[0-9]+>")
_GOING_ON = timedelta(days=1)
"""A session that began this long ago is over, whatever its length."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a host gives of a session: the recording's address, notes, and the address of a transcript. Without
    ``notes`` those that were sent before stay."""

    url: str
    notes: str | None = None
    transcript: str | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """What a member sent of a session that has a recording already, as it was then."""

    meeting: Meeting
    sent: Sent
    member_id: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording in the archive. ``spoken``: are its words there? ``before`` is the session as it was.
    ``problem`` is a sentence on why the address of the recording gave no words."""

    meeting: Meeting
    episode: Episode
    spoken: bool
    before: Session
    problem: str | None

    @property
    def again(self) -> bool:
        """Was there a recording before?"""
        return self.before.episode_id is not None


@dataclass(frozen=True, slots=True)
class Held:
    """A session that took place. ``episode`` is its recording in the archive."""

    meeting: Meeting
    episode: Episode | None


class Recordings:
    """The recorded sessions of all servers, over one database. Transcripts are fetched by the ``fetcher``; ``allows``
    decides which addresses recordings may be at (tests let the loopback in)."""

    def __init__(self, database: Database, fetcher: Fetches, *, allows: Allows = is_public) -> None:
        self._database = database
        self._fetcher = fetcher
        self._allows = allows
        self._waiting: Latest[int, Replacement] = Latest(_WAITING)

    def ask(self, number: int, replacement: Replacement) -> None:
        """Whoever sent it is asked, under that number, whether it shall take the place of what there is. Raises
        `CompanionError` for an address that `attach` takes in no case."""
        self._open(replacement.sent.url)
        self._waiting.put(number, replacement)

    async def answered(self, number: int, member_id: int) -> Replacement:
        """What the member was asked under that number, with the session as it is now. Raises `GoneReplacementError`
        where they were not, where it was too long ago or before a restart, and where the session has another recording,
        or other notes, by now."""
        asked = self._waiting.get(number)
        if asked is None or asked.member_id != member_id:
            raise GoneReplacementError
        then = asked.meeting.session
        async with self._database.read() as connection:
            meeting = await meeting_of(connection, then.guild_id, then.id)
        now = meeting.session
        if (now.recording_url, now.notes) != (then.recording_url, then.notes):
            raise GoneReplacementError
        return replace(asked, meeting=meeting)

    async def held(self, guild_id: int | None, club: str | None = None) -> list[Meeting]:
        """The sessions of a club, or of all the server's, that took place or have begun, the latest first; those of
        ended clubs, too. Raises `NoClubsError` and `NoSuchClubError`."""
        async with self._database.read() as connection:
            return await _held(connection, guild_id, club, self._database.clock.now())

    async def find(self, guild_id: int | None, club: str | None, typed: str | None) -> Meeting:
        """The session that was chosen (``#12``), or was on the day that was typed; the last one, for None.

        Raises `NoneHeldError`, `NotHeldError`, and as `held`.
        """
        now = self._database.clock.now()
        known = await self.held(guild_id, club)
        if not known:
            raise NoneHeldError
        if typed is None:
            return known[0]
        plain = typed.strip()
        if plain.startswith("#"):
            fits = [one for one in known if one.session.id == typed_id(plain[1:])]
        else:
            fits = [one for one in known if one.session.day in days_meant(plain, now, one.session.zone)]
        if not fits:
            raise NotHeldError(typed)
        return fits[0]

    async def attach(self, guild_id: int, session_id: int, sent: Sent) -> Recorded:
        """The recording, its notes and its words enter the archive, which this server alone sees; what was recorded of
        the session before is replaced. The session has taken place by that, and its paper is covered.

        No member is named there: the session tells who presented. Raises `CompanionError` for an address that is none,
        and where the address of a transcript gives none; then nothing has changed.
        """
        url = self._open(sent.url)
        transcript, problem = await self._words(url, sent.transcript)
        async with self._database.read() as connection:
            meeting = await meeting_of(connection, guild_id, session_id)
        session, now = meeting.session, self._database.clock.now()
        if not _has_begun(session, now):
            raise NotHeldError(f"#{session_id}")
        notes = session.notes if sent.notes is None else sent.notes.strip() or None
        recording = _recording(meeting, url, notes or "")
        stored = await store_recording(self._database, guild_id, recording, transcript or Transcript(()))
        async with self._database.write() as connection:
            episode = await episodes.by_guid(connection, stored.podcast.id, f"session:{session_id}")
            if episode is None:
                raise NotHeldError(f"#{session_id}")
            await subscriptions.subscribe(connection, guild_id, stored.podcast.id, now)
            await took_place(connection, session)
            await sessions.change(connection, session_id, now, recording_url=url, notes=notes)
            await sessions.note(connection, session_id, episode_id=episode.id)
            after = await meeting_of(connection, guild_id, session_id)
        return Recorded(after, episode, transcript is not None, session, problem)

    async def history(self, guild_id: int | None, club: str | None = None) -> list[Held]:
        """What took place, the latest first. Raises `NoneHeldError`, and as `held`."""
        async with self._database.read() as connection:
            known = await _held(connection, guild_id, club, self._database.clock.now())
            known = [one for one in known if one.session.state is State.HELD]
            seen = await subscriptions.podcast_ids(connection, guild_id or 0)
            found = await episodes.get(connection, [one.session.episode_id for one in known if one.session.episode_id])
        if not known:
            raise NoneHeldError
        of = {one.id: one for one in found.values() if one.podcast_id in seen}
        return [Held(one, of.get(one.session.episode_id or 0)) for one in known]

    def _open(self, typed: str) -> str:
        """A web address that everybody can open. Raises `CompanionError`."""
        url = _address(typed)
        host = urlsplit(url).hostname or ""
        if not is_public_host(host, self._allows):
            raise NotOpenToAllError(host)
        return url

    async def _words(self, url: str, transcript: str | None) -> tuple[Transcript | None, str | None]:
        """The words of a recording, or why there are none; neither, for sound and pictures."""
        if transcript is not None:
            return await words_at(_address(transcript), self._fetcher), None
        try:
            return await words_of_recording(url, self._fetcher), None
        except CompanionError as error:
            return None, str(error)


async def _held(connection: AsyncConnection, guild_id: int | None, club: str | None, now: datetime) -> list[Meeting]:
    if guild_id is None:
        raise OutsideServersError
    clubs = {one.id: one for one in await _clubs(connection, guild_id, club)}
    begun = await sessions.coming(connection, guild_id, now - _GOING_ON)
    found = [*await sessions.held(connection, guild_id), *(one for one in begun if one.starts_at <= now)]
    found.sort(key=lambda one: (one.starts_at, one.id), reverse=True)
    return [
        Meeting(clubs[one.series_id], one, await paper_of(connection, one)) for one in found if one.series_id in clubs
    ]


async def _clubs(connection: AsyncConnection, guild_id: int, club: str | None) -> Sequence[Series]:
    """The club of that name, or all that the server has or had."""
    known = await series.of_guild(connection, guild_id, ended=True)
    if not known:
        raise NoClubsError
    if club is None:
        return known
    named = await series.by_name(connection, guild_id, club)
    if named is None:
        raise NoSuchClubError(club, [one.name for one in known])
    return [named]


def _has_begun(session: Session, now: datetime) -> bool:
    return session.state is State.HELD or (session.state is State.PLANNED and session.starts_at <= now)


def _recording(meeting: Meeting, url: str, notes: str) -> Recording:
    session, paper = meeting.session, meeting.paper
    return Recording(
        session.id,
        paper.title if paper else f"{meeting.series.name}, {session.day}",
        session.starts_at,
        url,
        (Person(session.author, "author"),) if session.author else (),
        "\n\n".join(part for part in (_told(meeting.series, paper), _MENTION.sub("somebody", notes)) if part),
    )


def _told(club: Series, paper: Paper | None) -> str:
    """What its notes say first: which club read which paper."""
    if paper is None:
        return f"A session of the paper club {club.name}."
    authors = f" by {', '.join(paper.authors)}" if paper.authors else ""
    page = addresses(reference_to(paper.canonical, paper.version)).page
    return f"The paper club {club.name} read “{paper.title}”{authors}.{f' {page}' if page else ''}"


def _address(typed: str) -> str:
    """A web address. Raises `NotARecordingError` and `LoginInAddressError`."""
    address = typed.strip().removeprefix("<").removesuffix(">")
    parts = split(address) if is_address(address) and len(address) <= LONGEST_ADDRESS else None
    if parts is None or any(one.isspace() for one in address):
        raise NotARecordingError
    if parts.username is not None:
        raise LoginInAddressError
    return address

"""Clubs for tests, set up as a manager does it."""

from __future__ import annotations

from datetime import UTC, datetime

from companion.community.channels import Place
from companion.community.club_setup import ClubSetup, Decided
from companion.community.club_wishes import Wanted, When, Where
from companion.community.permissions import INVITED
from companion.storage import papers, sessions
from companion.storage.engine import Database
from companion.storage.papers import Paper, State
from companion.storage.series import Frequency, Venue
from companion.storage.sessions import Session

GUILD, MANAGER = 10, 5
CHANNEL = Place(11, INVITED.value)
NOON = 12 * 60
FRIDAYS = When(weekday=4, frequency=(Frequency.WEEKLY, None), minute=NOON, zone="Europe/Berlin")
LOUNGE = Where(Venue.VOICE, channel_id=12)


async def begin(
    database: Database,
    wanted: Wanted | None = None,
    when: When = FRIDAYS,
    name: str = "Friday Papers",
    guild: int = GUILD,
) -> Decided:
    """A club that meets on Fridays at noon in Berlin, or as it is wanted."""
    usual = Wanted(name=name, when=when, place=CHANNEL, where=LOUNGE)
    return await ClubSetup(database).create(guild, MANAGER, wanted or usual)


async def propose(database: Database, title: str, guild: int = GUILD, state: State = State.PROPOSED) -> int:
    """The id of a paper of that title."""
    now = database.clock.now()
    paper = Paper(
        0, guild, f"url:https://papers.example/{title}", None, title, ("Ada Fern",), None, None, 7, now, state, now
    )
    async with database.write() as connection:
        paper_id = await papers.add(connection, paper)
    assert paper_id is not None
    return paper_id


async def state_of(database: Database, paper_id: int, guild: int = GUILD) -> State:
    async with database.read() as connection:
        paper = await papers.get(connection, guild, paper_id)
    assert paper is not None
    return paper.state


async def kept(database: Database, session_id: int, guild: int = GUILD) -> Session:
    async with database.read() as connection:
        session = await sessions.get(connection, guild, session_id)
    assert session is not None
    return session


def friday(day: int, month: int = 3, hour: int = 11) -> datetime:
    """Noon in Berlin of that day of 2026, in winter."""
    return datetime(2026, month, day, hour, 0, tzinfo=UTC)

"""An invented club with sessions, for tests of every floor."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from companion.storage import series, sessions
from companion.storage.engine import Database
from companion.storage.series import Frequency, Rule, Series, Venue
from companion.storage.sessions import Session, State

GUILD, CHANNEL, VOICE = 10, 11, 12
FRIDAY = date(2026, 3, 20)
SINCE = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def a_club(name: str = "Friday Papers", guild_id: int = GUILD) -> Series:
    """A club that meets on Fridays at noon in Berlin."""
    return Series(
        id=0,
        guild_id=guild_id,
        name=name,
        rule=Rule(Frequency.WEEKLY, 4, None, date(2026, 3, 16), 12 * 60, "Europe/Berlin"),
        duration=60,
        channel_id=CHANNEL,
        hosted_by=7,
        venue=Venue.VOICE,
        venue_channel_id=VOICE,
        venue_text=None,
        capacity=None,
        assign_days=None,
        reminders=(24 * 60, 60, 0),
        created_by=5,
        since=SINCE,
    )


def a_session(series_id: int, week: int = 0, guild_id: int = GUILD) -> Session:
    """The club's session that many weeks after the first, before the clocks change."""
    day = FRIDAY + timedelta(weeks=week)
    starts_at = datetime(day.year, day.month, day.day, 11, 0, tzinfo=UTC)
    return Session(0, series_id, guild_id, day, day, 12 * 60, "Europe/Berlin", starts_at, State.PLANNED, SINCE)


async def keep(database: Database, weeks: int = 1, guild_id: int = GUILD) -> tuple[int, list[int]]:
    """Stores the club with that many sessions; their ids."""
    async with database.write() as connection:
        series_id = await series.add(connection, a_club(guild_id=guild_id))
        kept = [await sessions.add(connection, a_session(series_id, week, guild_id)) for week in range(weeks)]
    return series_id, [one for one in kept if one is not None]

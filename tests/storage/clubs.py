"""A club with one session, as rows: what questions to a presenter hang on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert

from companion.storage.engine import Database
from companion.storage.schema import series, sessions

STARTS = datetime(2026, 3, 4, 17, tzinfo=UTC)


async def a_session(
    database: Database, guild_id: int, *, presenter: int | None = None, episode_id: int | None = None
) -> int:
    """The id of a planned session of a new series in the server."""
    club: dict[str, Any] = {
        "guild_id": guild_id,
        "name": "Paper Club",
        "name_key": "paper club",
        "frequency": "weekly",
        "weekday": 2,
        "anchor": date(2026, 3, 4),
        "minute": 12 * 60,
        "zone": "America/New_York",
        "duration": 60,
        "channel_id": 1,
        "venue": "external",
        "reminders": [],
        "created_by": 1,
        "since": STARTS,
    }
    async with database.write() as connection:
        series_id = (await connection.execute(insert(series).returning(series.c.id), club)).scalar_one()
        session = {
            "series_id": series_id,
            "guild_id": guild_id,
            "slot": date(2026, 3, 4),
            "day": date(2026, 3, 4),
            "minute": 12 * 60,
            "zone": "America/New_York",
            "starts_at": STARTS,
            "state": "planned",
            "presented_by": presenter,
            "sequence": 0,
            "changed_at": STARTS,
            "episode_id": episode_id,
        }
        return (await connection.execute(insert(sessions).returning(sessions.c.id), session)).scalar_one()

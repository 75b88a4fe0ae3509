"""What is kept of clubs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from companion.storage import series
from companion.storage.engine import Database
from companion.storage.series import Frequency, Rule, Venue
from tests.storage.sample_clubs import FRIDAY, GUILD, a_club


async def test_a_club_is_kept_as_it_was_given_and_known_to_its_own_server_alone(database: Database) -> None:
    rule = Rule(Frequency.MONTHLY, 2, -1, FRIDAY, 19 * 60 + 30, "Asia/Singapore")
    club = replace(
        a_club(),
        rule=rule,
        venue=Venue.EXTERNAL,
        venue_channel_id=None,
        venue_text="https://example.org/room",
        capacity=30,
        assign_days=7,
        reminders=(90,),
    )
    async with database.write() as connection:
        club = replace(club, id=await series.add(connection, club))
        assert await series.get(connection, GUILD, club.id) == club
        assert await series.get(connection, GUILD + 1, club.id) is None
        assert await series.by_name(connection, GUILD, " friday  PAPERS") == club
        assert await series.by_name(connection, GUILD + 1, "Friday Papers") is None


async def test_a_server_has_a_name_but_once_and_other_servers_have_it_too(database: Database) -> None:
    async with database.write() as connection:
        await series.add(connection, a_club())
        await series.add(connection, a_club(guild_id=GUILD + 1))
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await series.add(connection, a_club("FRIDAY papers"))


async def test_sessions_come_of_clubs_that_are_neither_paused_nor_ended(database: Database) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        running, paused, ended = [
            replace(club, id=await series.add(connection, club)) for club in map(a_club, ("one", "two", "three"))
        ]
        paused, ended = replace(paused, paused_at=now), replace(ended, ended_at=now + timedelta(days=1))
        await series.put(connection, paused)
        await series.put(connection, ended)
        assert await series.running(connection) == [running]
        assert await series.of_guild(connection, GUILD) == [running, paused]
        assert await series.of_guild(connection, GUILD, ended=True) == [running, paused, ended]
        assert [one.running for one in (running, paused, ended)] == [True, False, False]

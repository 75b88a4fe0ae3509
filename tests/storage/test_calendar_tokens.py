"""Calendars that are subscribed to by a secret."""

from __future__ import annotations

from companion.storage import calendar_tokens
from companion.storage.calendar_tokens import CalendarToken
from companion.storage.engine import Database
from tests.storage.sample_clubs import GUILD, keep

PRIYA, JONAS = 1, 2


async def test_a_calendar_is_found_by_its_digest_until_it_is_revoked(database: Database) -> None:
    series_id, _ = await keep(database)
    now = database.clock.now()
    of_all = CalendarToken("a" * 64, GUILD, None, PRIYA, now)
    of_one = CalendarToken("b" * 64, GUILD, series_id, PRIYA, now)
    async with database.write() as connection:
        await calendar_tokens.add(connection, of_all)
        await calendar_tokens.add(connection, of_one)
        assert await calendar_tokens.get(connection, of_all.digest) == of_all
        assert await calendar_tokens.get(connection, of_one.digest) == of_one
        assert await calendar_tokens.get(connection, "c" * 64) is None
        assert await calendar_tokens.count(connection, GUILD, PRIYA) == 2
        assert await calendar_tokens.revoke(connection, GUILD, now, PRIYA, of_all.digest) == 1
        assert await calendar_tokens.revoke(connection, GUILD, now, PRIYA, of_all.digest) == 0
        assert await calendar_tokens.get(connection, of_all.digest) is None
        assert await calendar_tokens.get(connection, of_one.digest) == of_one
        assert await calendar_tokens.count(connection, GUILD, PRIYA) == 1


async def test_nobody_revokes_what_is_another_member_s_or_another_server_s(database: Database) -> None:
    await keep(database)
    now = database.clock.now()
    priyas, jonas = [CalendarToken(one * 64, GUILD, None, who, now) for one, who in (("a", PRIYA), ("b", JONAS))]
    async with database.write() as connection:
        for one in (priyas, jonas):
            await calendar_tokens.add(connection, one)
        assert await calendar_tokens.revoke(connection, GUILD, now, PRIYA, jonas.digest) == 0
        assert await calendar_tokens.revoke(connection, GUILD + 1, now) == 0
        assert await calendar_tokens.revoke(connection, GUILD, now, PRIYA) == 1
        assert await calendar_tokens.get(connection, jonas.digest) == jonas
        assert await calendar_tokens.revoke(connection, GUILD, now) == 1
        assert await calendar_tokens.get(connection, jonas.digest) is None

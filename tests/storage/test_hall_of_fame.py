from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from companion.storage import hall_of_fame, schema
from companion.storage.engine import Database
from tests import samples

LASTS = timedelta(minutes=10)
GUILD, CHANNEL, MESSAGE = 10, 11, 12


@pytest.fixture
async def clip_id(database: Database) -> int:
    await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    values: dict[str, Any] = {"guild_id": GUILD, "episode_id": 1, "first_word": 0, "last_word": 40, "title": "Bees"}
    values |= {"approximate": False, "turns": [], "made_at": database.clock.now()}
    async with database.write() as connection:
        made = await connection.execute(insert(schema.clips).returning(schema.clips.c.id), values)
        return made.scalar_one()


async def test_a_clip_is_claimed_once_until_the_claim_expires_and_never_again_once_it_is_there(
    database: Database, clip_id: int
) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        assert await hall_of_fame.claim(connection, GUILD, clip_id, CHANNEL, now, now - LASTS)
        assert not await hall_of_fame.claim(connection, GUILD, clip_id, CHANNEL, now, now - LASTS)
        later = now + LASTS * 2
        assert await hall_of_fame.claim(connection, GUILD, clip_id, CHANNEL, later, later - LASTS)
        assert await hall_of_fame.among(connection, [clip_id]) == frozenset()

        await hall_of_fame.finalise(connection, clip_id, CHANNEL, MESSAGE)
        assert await hall_of_fame.among(connection, [clip_id, clip_id + 1]) == {clip_id}
        await hall_of_fame.release(connection, clip_id, later)
        assert not await hall_of_fame.claim(connection, GUILD, clip_id, CHANNEL, later + LASTS * 2, later + LASTS)


async def test_who_lost_a_claim_does_not_release_it(database: Database, clip_id: int) -> None:
    now = database.clock.now()
    later = now + LASTS * 2
    async with database.write() as connection:
        await hall_of_fame.claim(connection, GUILD, clip_id, CHANNEL, now, now - LASTS)
        await hall_of_fame.claim(connection, GUILD, clip_id, CHANNEL, later, later - LASTS)
        await hall_of_fame.release(connection, clip_id, now)
        assert not await hall_of_fame.claim(connection, GUILD, clip_id, CHANNEL, later, later - LASTS)
        await hall_of_fame.release(connection, clip_id, later)
        assert await hall_of_fame.claim(connection, GUILD, clip_id, CHANNEL, later, later - LASTS)

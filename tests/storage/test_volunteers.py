"""Who would present in a club."""

from __future__ import annotations

from datetime import timedelta

from companion.storage import volunteers
from companion.storage.engine import Database
from companion.storage.volunteers import Volunteer
from tests.storage.sample_clubs import keep


async def test_volunteers_keep_their_place_when_they_say_so_again_and_lose_it_when_they_take_it_back(
    database: Database,
) -> None:
    series_id, _ = await keep(database)
    now = database.clock.now()
    first, second = [Volunteer(series_id, member, None, now + timedelta(hours=member)) for member in (1, 2)]
    async with database.write() as connection:
        for one in (second, first, Volunteer(series_id, 1, None, now + timedelta(days=9))):
            await volunteers.put(connection, one)
        assert await volunteers.of_series(connection, series_id) == [first, second]
        assert await volunteers.remove(connection, series_id, 1)
        assert not await volunteers.remove(connection, series_id, 1)
        assert await volunteers.of_series(connection, series_id) == [second]
        assert await volunteers.of_series(connection, series_id + 1) == []

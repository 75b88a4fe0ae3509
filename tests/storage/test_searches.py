from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from companion.storage import searches
from companion.storage.engine import Database
from companion.storage.episodes import Kind, Reference
from companion.storage.searches import Filters, Search


def search(database: Database) -> Search:
    return Search(10, 20, 30, "Priya", "winter bees", database.clock.now())


async def test_a_search_comes_back_as_it_was_made(database: Database) -> None:
    made = replace(
        search(database),
        filters=Filters(3, "Ada", date(2024, 1, 1), date(2024, 12, 31)),
        like=Reference(3, Kind.SPEECH, 1.5, None, 4, 9),
    )
    async with database.write() as connection:
        search_id = await searches.record(connection, made)

    async with database.read() as connection:
        assert await searches.get(connection, search_id) == made
        assert await searches.get(connection, search_id + 1) is None


async def test_a_search_by_words_without_filters_comes_back_without_them(database: Database) -> None:
    async with database.write() as connection:
        search_id = await searches.record(connection, search(database))
        assert await searches.get(connection, search_id) == search(database)


async def test_a_riff_remembers_what_it_varies(database: Database) -> None:
    async with database.write() as connection:
        first = await searches.record(connection, search(database))
        riff = await searches.record(connection, replace(search(database), text="summer bees", riff_on=first))
        found = await searches.get(connection, riff)

    assert found is not None
    assert found.riff_on == first


async def test_a_riff_on_a_search_that_never_was_is_refused(database: Database) -> None:
    async def riff() -> None:
        async with database.write() as connection:
            await searches.record(connection, replace(search(database), riff_on=77))

    with pytest.raises(IntegrityError):
        await riff()


async def test_the_message_with_the_results_is_remembered(database: Database) -> None:
    async with database.write() as connection:
        search_id = await searches.record(connection, search(database))
        await searches.attach_message(connection, search_id, 1234567890123456789)
        found = await searches.get(connection, search_id)

    assert found is not None
    assert found.message_id == 1234567890123456789

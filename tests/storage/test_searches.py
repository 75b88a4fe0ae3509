from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import searches, statistics
from companion.storage.engine import Database
from companion.storage.episodes import Kind, Reference
from companion.storage.schema import searches as table
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


async def test_no_filter_is_left_out_but_those_that_nobody_set(database: Database) -> None:
    made = replace(search(database), filters=Filters(episode_id=0, podcast_id=0, newest_first=True))
    async with database.write() as connection:
        search_id = await searches.record(connection, made)
        assert await searches.get(connection, search_id) == made


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
        assert await searches.attach_message(connection, search_id, 1234567890123456789)
        found = await searches.get(connection, search_id)

    assert found is not None
    assert found.message_id == 1234567890123456789


async def test_a_deleted_search_leaves_nothing(database: Database) -> None:
    async with database.write() as connection:
        kept = await searches.record(connection, search(database))
        search_id = await searches.record(connection, search(database))
        await searches.remove(connection, search_id)

        assert await searches.get(connection, search_id) is None
        assert await searches.get(connection, kept) is not None
        assert await rows(connection) == [kept]


async def test_while_riffs_on_it_stay_a_deleted_search_is_an_empty_row(database: Database) -> None:
    async with database.write() as connection:
        made = replace(search(database), message_id=77, filters=Filters(3, "Ada"))
        origin = await searches.record(connection, made)
        riffs = [await searches.record(connection, replace(made, riff_on=origin, message_id=None)) for _ in range(2)]
        await searches.remove(connection, origin)

        assert not await searches.attach_message(connection, origin, 77)
        assert await searches.get(connection, origin) is None
        assert await searches.shown_by(connection, made.guild_id, 77) is None
        left = (await connection.execute(select(table).where(table.c.id == origin))).one()
        assert (left.member_id, left.member_name, left.channel_id, left.text, left.filters) == (0, "", 0, "", {})
        riff = await searches.get(connection, riffs[0])
        assert riff is not None
        assert riff.riff_on == origin

        await searches.remove(connection, riffs[0])
        assert await rows(connection) == [origin, riffs[1]]
        await searches.remove(connection, riffs[1])
        assert await rows(connection) == []


async def test_a_deleted_riff_leaves_the_search_it_varied(database: Database) -> None:
    async with database.write() as connection:
        origin = await searches.record(connection, search(database))
        riff = await searches.record(connection, replace(search(database), riff_on=origin))
        await searches.remove(connection, riff)

        assert await rows(connection) == [origin]


async def test_a_search_is_found_by_the_message_that_shows_it_in_its_server(database: Database) -> None:
    made = replace(search(database), message_id=77)
    async with database.write() as connection:
        search_id = await searches.record(connection, made)

        assert await searches.shown_by(connection, made.guild_id, 77) == (search_id, made)
        assert await searches.shown_by(connection, made.guild_id + 1, 77) is None
        assert await searches.shown_by(connection, made.guild_id, 78) is None
        assert await searches.showing(connection, made.guild_id, [76, 77, 78]) == [77]
        assert await searches.showing(connection, made.guild_id + 1, [77]) == []


async def test_the_riffs_on_a_search_are_listed_the_first_one_first(database: Database) -> None:
    async with database.write() as connection:
        origin = await searches.record(connection, search(database))
        for text in ("summer bees", "spring bees"):
            await searches.record(connection, replace(search(database), text=text, riff_on=origin))

        assert [riff.text for riff in await searches.riffs_on(connection, origin)] == ["summer bees", "spring bees"]


async def rows(connection: AsyncConnection) -> list[int]:
    """The ids of what is stored, empty rows too."""
    return list((await connection.execute(select(table.c.id).order_by(table.c.id))).scalars())


async def test_what_is_left_of_a_deleted_search_counts_for_none(database: Database) -> None:
    async with database.write() as connection:
        origin = await searches.record(connection, search(database))
        await searches.record(connection, replace(search(database), riff_on=origin))
        await searches.remove(connection, origin)

        assert await statistics.searches_of(connection, search(database).guild_id) == 1

from __future__ import annotations

from companion.storage import sketches
from companion.storage.engine import Database
from tests.storage.readings import reading, store, store_podcast


async def kept(database: Database, *, of_files: bool = False) -> dict[int, bytes | None]:
    return sketches.stored(database.address, of_files=of_files)


async def test_an_episode_with_a_transcript_has_none_until_one_is_kept(database: Database) -> None:
    podcast = await store_podcast(database)
    spoken = await store(database, podcast, reading("pilot"))
    await store(database, podcast, reading("silent", []))
    assert await kept(database) == {spoken.id: None}

    async with database.write() as connection:
        await sketches.complete(connection, {spoken.id: b"sketch"})

    assert await kept(database) == {spoken.id: b"sketch"}


async def test_it_goes_with_what_was_said(database: Database) -> None:
    podcast = await store_podcast(database)
    spoken = await store(database, podcast, reading("pilot"))
    async with database.write() as connection:
        await sketches.complete(connection, {spoken.id: b"sketch"})

    await store(database, podcast, reading("pilot", ["Something else."]))

    assert await kept(database) == {spoken.id: None}


async def test_those_of_files_can_be_asked_for_alone(database: Database) -> None:
    podcast = await store_podcast(database)
    await store(database, podcast, reading("pilot"))
    page = await store(database, podcast, reading("file:page"))

    assert await kept(database, of_files=True) == {page.id: None}

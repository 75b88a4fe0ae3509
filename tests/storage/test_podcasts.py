from __future__ import annotations

from dataclasses import replace

import pytest

from companion.storage import index_version, podcasts
from companion.storage.engine import Database
from companion.storage.errors import NotFoundError
from companion.storage.podcasts import Podcast, PodcastFacts

FACTS = PodcastFacts("https://loose.example/feed", "Loose Ends", "https://loose.example", private=False)


async def upserted(database: Database, facts: PodcastFacts) -> Podcast:
    async with database.write() as connection:
        return await podcasts.upsert(connection, facts, database.clock.now())


async def version(database: Database) -> int:
    async with database.read() as connection:
        return await index_version.current(connection)


async def test_a_podcast_comes_back_as_it_was_stored(database: Database) -> None:
    stored = await upserted(database, FACTS)

    async with database.read() as connection:
        assert await podcasts.get(connection, stored.id) == stored
        assert await podcasts.by_key(connection, FACTS.key) == stored
        assert await podcasts.list_podcasts(connection) == [stored]
        assert await podcasts.get(connection, 99) is None
    assert (stored.title, stored.link, stored.private) == ("Loose Ends", "https://loose.example", False)


async def test_a_podcast_read_again_keeps_its_id_and_takes_the_new_facts(database: Database) -> None:
    before = await upserted(database, FACTS)
    after = await upserted(database, replace(FACTS, title="Looser Ends", private=True))

    assert (after.id, after.title, after.private) == (before.id, "Looser Ends", True)


async def test_the_index_version_is_raised_only_by_a_change(database: Database) -> None:
    await upserted(database, FACTS)
    before = await version(database)
    await upserted(database, FACTS)
    assert await version(database) == before
    await upserted(database, replace(FACTS, link=None))
    assert await version(database) > before


def podcast(number: int, title: str) -> Podcast:
    return Podcast(number, f"https://{number}.example/feed", title, None, private=True)


KNOWN = [podcast(1, "Bees"), podcast(2, "Bees at Night"), podcast(3, "Caves")]


@pytest.mark.parametrize(
    ("name", "meant"), [("3", 3), ("cave", 3), ("BEES", 1), (" night ", 2), ("https://2.example/feed", 2)]
)
def test_a_podcast_is_meant_by_id_key_title_or_a_part_of_it(name: str, meant: int) -> None:
    assert podcasts.named(name, KNOWN).id == meant


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("bee", r"fits more than one podcast: 'Bees' \(id 1\), 'Bees at Night' \(id 2\)"),
        ("moths", "no podcast 'moths'. Known: 'Bees', 'Bees at Night', 'Caves'"),
        ("", "no podcast ''"),
    ],
)
def test_a_name_that_fits_no_podcast_or_several_is_refused_with_the_choices(name: str, sentence: str) -> None:
    with pytest.raises(NotFoundError, match=sentence) as refusal:
        podcasts.named(name, KNOWN)

    assert "example/feed" not in str(refusal.value)


async def test_how_it_is_linked_outlives_a_new_reading(database: Database) -> None:
    stored = await upserted(database, FACTS)
    linked = replace(stored, link_template="{link}#t={seconds}", audio_offset=-2.0, video_offset=12.5)
    async with database.write() as connection:
        await podcasts.put_links(connection, linked)
    before = await version(database)
    assert await upserted(database, FACTS) == linked
    assert await version(database) == before
    assert await upserted(database, replace(FACTS, title="Looser Ends")) == replace(linked, title="Looser Ends")


async def test_podcasts_are_had_by_their_ids(database: Database) -> None:
    stored = await upserted(database, FACTS)
    async with database.read() as connection:
        assert await podcasts.by_ids(connection, [stored.id, 99]) == {stored.id: stored}


async def test_a_podcast_from_another_source_is_the_same(database: Database) -> None:
    stored = await upserted(database, FACTS)
    async with database.write() as connection:
        await podcasts.rekey(connection, stored.id, "file:Loose")
    assert (await upserted(database, replace(FACTS, key="file:Loose"))).id == stored.id

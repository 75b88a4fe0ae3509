from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError

from companion.storage import episodes, index_version, mentions, passages
from companion.storage.engine import Database
from companion.storage.episodes import Episode, EpisodeFacts, EpisodeSize
from companion.storage.errors import NotFoundError
from tests.storage.readings import reading, store, store_podcast


async def test_an_episode_comes_back_as_it_was_read(database: Database) -> None:
    podcast = await store_podcast(database)
    read = reading("pilot", published=datetime(2024, 5, 1, 8, tzinfo=timezone(timedelta(hours=2))))
    stored = await store(database, podcast, read)

    async with database.read() as connection:
        assert await episodes.get(connection, [stored.id, 99]) == {stored.id: stored}
        assert await episodes.turns(connection, stored.id) == list(read.turns)
        assert await episodes.chapters(connection, stored.id) == list(read.chapters)
        assert await episodes.notes(connection, stored.id) == "About pilot."
        assert await mentions.links(connection, stored.id) == list(read.links)
        assert await mentions.picks(connection, stored.id) == list(read.picks)
        kept = await passages.of_episode(connection, stored.id)
        assert [passage.passage for passage in kept] == list(read.passages)
        assert await episodes.sizes(connection) == {stored.id: EpisodeSize(turns=2, passages=2)}
    assert stored.facts == read.facts
    assert stored.content_hash == read.content_hash
    assert stored.published is not None
    assert stored.published.tzinfo is UTC


async def test_an_episode_read_again_keeps_its_id_and_only_its_new_texts(database: Database) -> None:
    podcast = await store_podcast(database)
    before = await store(database, podcast, reading("pilot", ["One.", "Two.", "Three."]))
    await store(database, podcast, reading("second"))
    after = await store(database, podcast, reading("pilot", ["Only this."], title="Pilot, mended"))

    assert after.id == before.id
    assert after.title == "Pilot, mended"
    async with database.read() as connection:
        assert [turn.text for turn in await episodes.turns(connection, after.id)] == ["Only this."]
        assert [kept.passage.text for kept in await passages.of_episode(connection, after.id)] == ["Only this."]
        assert len(await episodes.list_episodes(connection, None)) == 2


async def test_the_same_guid_in_another_podcast_is_another_episode(database: Database) -> None:
    bees, caves = await store_podcast(database, "Bees"), await store_podcast(database, "Caves")

    assert (await store(database, bees, reading("1"))).id != (await store(database, caves, reading("1"))).id


async def test_storing_an_episode_raises_the_index_version(database: Database) -> None:
    podcast = await store_podcast(database)
    async with database.read() as connection:
        before = await index_version.current(connection)
    await store(database, podcast, reading("pilot"))
    async with database.read() as connection:
        assert await index_version.current(connection) > before


async def test_episodes_are_listed_newest_first_and_of_the_given_podcasts_only(database: Database) -> None:
    bees, caves = await store_podcast(database, "Bees"), await store_podcast(database, "Caves")
    await store(database, bees, reading("undated", published=None))
    for year in (2022, 2024, 2023):
        await store(database, bees, reading(f"of {year}", published=datetime(year, 1, 1, tzinfo=UTC)))
    await store(database, caves, reading("secret"))

    async with database.read() as connection:
        of_bees = await episodes.list_episodes(connection, frozenset({bees.id}))
        assert [episode.title for episode in of_bees] == ["Of 2024", "Of 2023", "Of 2022", "Undated"]
        assert await episodes.list_episodes(connection, frozenset()) == []
        assert len(await episodes.list_episodes(connection, None)) == 5


async def test_an_episode_of_a_podcast_that_is_not_seen_cannot_be_found_by_name_or_id(database: Database) -> None:
    bees, caves = await store_podcast(database, "Bees"), await store_podcast(database, "Caves")
    secret = await store(database, caves, reading("secret"))

    async with database.read() as connection:
        assert await episodes.find(connection, "secret", frozenset({caves.id})) == secret
        for name in ("secret", str(secret.id)):
            with pytest.raises(NotFoundError, match="no episode"):
                await episodes.find(connection, name, frozenset({bees.id}))


async def test_an_episode_is_stored_whole_or_not_at_all(database: Database) -> None:
    podcast = await store_podcast(database)
    read = reading("pilot")
    twice = replace(read, passages=(read.passages[0], read.passages[0]))

    with pytest.raises(IntegrityError):
        await store(database, podcast, twice)
    async with database.read() as connection:
        assert await episodes.list_episodes(connection, None) == []


def episode(number: int, title: str) -> Episode:
    return Episode(number, 1, EpisodeFacts(f"guid {number}", title, None, None, None, None, ()), "hash")


KNOWN = [
    episode(1, "RLHF 201"),
    episode(2, "The Winter Cluster — with Tomas Ek"),
    episode(3, "The Winter Garden"),
    episode(201, "Serverless"),
    episode(5, "Winter"),
]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("2", 2),
        ("201", 201),
        ("rlhf", 1),
        ("WINTER", 5),
        ("winter cluster", 2),
        ("ek winter", 2),
        ("  Serverless ", 201),
    ],
)
def test_an_episode_is_meant_by_id_title_a_part_or_some_words_of_it(name: str, meant: int) -> None:
    assert episodes.named(name, KNOWN).id == meant


def test_a_name_that_fits_several_episodes_is_refused_with_their_titles() -> None:
    with pytest.raises(
        NotFoundError, match=r"“the winter” fits 2 episodes: “The Winter Cluster .*\(id 2\), .*\(id 3\)"
    ):
        episodes.named("the winter", KNOWN)


@pytest.mark.parametrize("name", ["moths", "", "   ", "%", "404"])
def test_a_name_that_fits_no_episode_is_refused_with_what_members_know(name: str) -> None:
    with pytest.raises(NotFoundError) as refused:
        episodes.named(name, KNOWN)
    assert str(refused.value) == f"There is no episode “{name.strip()}”: give a part of its title."

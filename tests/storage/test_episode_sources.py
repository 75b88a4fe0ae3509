from __future__ import annotations

from dataclasses import replace

from companion.storage import episode_sources, episodes
from companion.storage.engine import Database
from companion.storage.episode_sources import KnownSource
from tests.storage.readings import reading, store, store_podcast


async def test_episodes_are_known_by_what_their_source_said(database: Database) -> None:
    one, other = await store_podcast(database, "One"), await store_podcast(database, "Other")
    first = await store(database, one, replace(reading("a"), source_hash="hash of a"))
    second = await store(database, one, reading("b"))
    third = await store(database, other, replace(reading("a"), source_hash="hash of a"))
    known = KnownSource(first.id, one.id, "a", "hash of a")
    async with database.read() as connection:
        assert await episode_sources.of_podcast(connection, one.id) == {
            "a": known,
            "b": KnownSource(second.id, one.id, "b", None),
        }
        found = await episode_sources.with_hashes(
            connection, [f"hash of {name}" for name in range(1200)] + ["hash of a"]
        )
    assert found == [known, KnownSource(third.id, other.id, "a", "hash of a")]


async def test_a_hash_changes_without_the_episode(database: Database) -> None:
    podcast = await store_podcast(database)
    episode = await store(database, podcast, reading("a"))
    async with database.write() as connection:
        await episode_sources.put_hash(connection, episode.id, "new")
    async with database.read() as connection:
        assert (await episode_sources.of_podcast(connection, podcast.id))["a"].source_hash == "new"
        assert await episodes.by_guid(connection, podcast.id, "a") == episode


async def test_a_renamed_episode_keeps_its_id_and_is_to_be_read_again(database: Database) -> None:
    podcast = await store_podcast(database)
    episode = await store(database, podcast, replace(reading("a"), source_hash="hash"))
    async with database.write() as connection:
        await episode_sources.rename(connection, episode.id, "b")
    async with database.read() as connection:
        assert await episode_sources.of_podcast(connection, podcast.id) == {
            "b": KnownSource(episode.id, podcast.id, "b", None)
        }

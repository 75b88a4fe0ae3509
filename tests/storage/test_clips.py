from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from companion.storage import clips
from companion.storage.clips import Clip, ClipTurn
from companion.storage.engine import Database
from tests import samples

HERE, THERE, PRIYA = 10**17 + 1, 10**17 + 2, 300_000_000_000_000_001


async def a_clip(database: Database, first: int = 10, last: int = 60, guild_id: int = HERE) -> Clip:
    """A clip of the bees' newest episode, not stored yet."""
    bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    episode = await samples.only_episode(database, bees)
    turns = (ClipTurn("Ines Okafor", False, "A queen is an egg."), ClipTurn(None, True, "And “how”?"))
    return Clip(
        0, guild_id, episode.id, first, last, 30.5, None, True, turns, "A queen is an egg.", PRIYA, database.clock.now()
    )


async def added(database: Database, clip: Clip) -> Clip:
    async with database.write() as connection:
        return replace(clip, id=await clips.add(connection, clip))


async def test_what_is_stored_comes_back_as_it_was(database: Database) -> None:
    kept = await added(database, await a_clip(database))

    async with database.read() as connection:
        assert await clips.get(connection, HERE, kept.id) == kept
        assert await clips.get(connection, THERE, kept.id) is None
        assert await clips.of_member(connection, HERE, PRIYA) == [kept]
        assert await clips.of_member(connection, THERE, PRIYA) == []
        assert await clips.count_of_member(connection, HERE, PRIYA) == 1
        assert await clips.servers(connection) == [HERE]
    assert kept.text == "A queen is an egg.\nAnd “how”?"


async def test_those_that_share_words_are_found_the_first_one_first(database: Database) -> None:
    first = await added(database, await a_clip(database, 10, 60))
    second = await added(database, await a_clip(database, 50, 90))
    await added(database, await a_clip(database, 50, 90, THERE))

    async with database.read() as connection:
        both = await clips.overlapping(connection, HERE, first.episode_id, 60, 70)
        none = await clips.overlapping(connection, HERE, first.episode_id, 91, 95)
        other = await clips.overlapping(connection, HERE, first.episode_id + 1, 0, 95)

    assert both == [first, second]
    assert none == other == []


async def test_a_server_s_clips_are_those_of_the_podcasts_it_sees(database: Database) -> None:
    kept = await added(database, await a_clip(database))
    bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())

    async with database.read() as connection:
        assert await clips.of_guild(connection, HERE) == [kept]
        assert await clips.of_guild(connection, HERE, {bees.id}) == [kept]
        assert await clips.of_guild(connection, HERE, {bees.id + 1}) == []


async def test_the_same_span_is_kept_once_in_a_server(database: Database) -> None:
    await added(database, await a_clip(database))

    with pytest.raises(IntegrityError):
        await added(database, await a_clip(database))


async def test_only_its_server_removes_it(database: Database) -> None:
    kept = await added(database, await a_clip(database))

    async with database.write() as connection:
        assert not await clips.remove(connection, THERE, kept.id)
        assert await clips.remove(connection, HERE, kept.id)
        assert not await clips.remove(connection, HERE, kept.id)


async def test_likeness_is_the_share_of_words_in_both(database: Database) -> None:
    clip = await a_clip(database, 10, 19)

    assert clip.likeness(10, 19) == 1
    assert clip.likeness(15, 24) == pytest.approx(1 / 3)
    assert clip.likeness(20, 29) == 0

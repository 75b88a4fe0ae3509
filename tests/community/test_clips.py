from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.search import Searcher
from companion.community.clip_spans import NoClipThereError
from companion.community.clips import Clips
from companion.community.episode_pages import GoneEpisodeError
from companion.community.near_clips import NearClips
from companion.storage import clip_vectors, clips, episodes, subscriptions
from companion.storage.clips import Clip, ClipTurn
from companion.storage.engine import Database
from companion.storage.podcasts import Podcast
from tests import samples

HERE, PRIYA, JONAS = 10**17 + 1, 300_000_000_000_000_001, 300_000_000_000_000_002


async def bees_with_a_rerun(database: Database) -> Podcast:
    """The winter's episode, and the same words again a year later."""
    rerun = samples.reading("The Winter Cluster, Again", samples.WINTER_TURNS)
    podcast = await samples.store_podcast(database, samples.BEES, [*samples.bee_readings(), rerun])
    async with database.write() as connection:
        await subscriptions.subscribe(connection, HERE, podcast.id, database.clock.now())
    return podcast


async def test_the_same_words_in_a_rerun_are_the_clip_that_is_there(database: Database) -> None:
    await bees_with_a_rerun(database)
    clips = Clips(database)

    first = await clips.make_between(HERE, PRIYA, "The Winter Cluster", 150, 210)
    again = await clips.make_between(HERE, JONAS, "The Winter Cluster, Again", 150, 210)
    other = await clips.make_between(HERE, JONAS, "The Winter Cluster, Again", 40, 100)

    assert first.new
    assert not again.new
    assert again.shown == first.shown
    assert other.new


@pytest.fixture
async def searcher(database: Database) -> AsyncIterator[Searcher]:
    worker = EncodingWorker(ToyEncoder())
    yield Searcher(database, worker)
    worker.close()


SAID = "Nobody in the winter cluster gives an order, and the warm place in the middle goes round all the same."
SAID_AGAIN = "In the winter cluster nobody gives an order, and all the same the warm place goes round in the middle."
"""The same by its words; half of them are not in the same place."""
ANOTHER = "A queen that fails is not thrown out, she is fed less and less until one morning she does not move."


async def a_clip(database: Database, text: str, episode: int = 0, first_word: int = 0, guild: int = HERE) -> Clip:
    """A draft of those words, as the first words of an episode."""
    async with database.read() as connection:
        known = await episodes.list_episodes(connection, None)
    turns = (ClipTurn("Mara", uncertain=False, text=text),)
    bounds = known[episode].id, first_word, first_word + len(text.split()) - 1
    return Clip(0, guild, *bounds, None, None, True, turns, "Warm.", PRIYA, database.clock.now())


async def kept(database: Database, near: NearClips, clip: Clip) -> Clip:
    meaning = await near.meaning(clip.text)
    async with database.write() as connection:
        clip = replace(clip, id=await clips.add(connection, clip))
        if meaning is not None:
            await clip_vectors.put(connection, clip.id, meaning)
    return clip


async def like(database: Database, near: NearClips, clip: Clip) -> Clip | None:
    meaning = await near.meaning(clip.text)
    async with database.read() as connection:
        seen = await subscriptions.podcast_ids(connection, HERE)
        return await near.first_like(connection, clip, meaning, seen)


@pytest.mark.parametrize("episode", [0, 1])
async def test_what_means_the_same_is_the_clip_that_is_there(
    database: Database, searcher: Searcher, episode: int
) -> None:
    await bees_with_a_rerun(database)
    near = NearClips(database, searcher)
    first = await kept(database, near, await a_clip(database, SAID))
    await kept(database, near, await a_clip(database, ANOTHER, first_word=300))

    assert await like(database, near, await a_clip(database, SAID_AGAIN, episode, 900)) == first
    assert await like(database, near, await a_clip(database, "Drones leave in June.", episode, 900)) is None


async def test_without_a_model_only_words_tell(database: Database, searcher: Searcher) -> None:
    await bees_with_a_rerun(database)
    await kept(database, NearClips(database, searcher), await a_clip(database, SAID))

    assert await like(database, NearClips(database), await a_clip(database, SAID_AGAIN, 0, 900)) is None
    assert (
        await like(database, NearClips(database, Searcher(database)), await a_clip(database, SAID_AGAIN, 0, 900))
        is None
    )


async def test_a_clip_that_shares_few_words_with_another_is_its_own_whatever_it_means(
    database: Database, searcher: Searcher
) -> None:
    await bees_with_a_rerun(database)
    near = NearClips(database, searcher)
    first = await kept(database, near, await a_clip(database, SAID))
    few = first.last_word - 2

    assert await like(database, near, await a_clip(database, SAID_AGAIN, 0, few)) is None


async def test_clips_of_another_server_are_no_likeness(database: Database, searcher: Searcher) -> None:
    await bees_with_a_rerun(database)
    near = NearClips(database, searcher)
    await kept(database, near, await a_clip(database, SAID, guild=HERE + 1))

    assert await like(database, near, await a_clip(database, SAID_AGAIN, 0, 900)) is None


async def test_what_was_made_without_a_model_is_caught_up_on_and_of_another_model_made_anew(
    database: Database, searcher: Searcher
) -> None:
    await bees_with_a_rerun(database)
    first = await kept(database, NearClips(database), await a_clip(database, SAID))
    near = NearClips(database, searcher)
    assert await like(database, near, await a_clip(database, SAID_AGAIN, 0, 900)) is None

    assert (await NearClips(database).catch_up(), await near.catch_up(), await near.catch_up()) == (0, 1, 0)

    assert await like(database, near, await a_clip(database, SAID_AGAIN, 0, 900)) == first
    worker = EncodingWorker(ToyEncoder(32))
    other = NearClips(database, Searcher(database, worker))
    assert await like(database, other, await a_clip(database, SAID_AGAIN, 0, 900)) is None
    assert await other.catch_up() == 1
    assert await like(database, other, await a_clip(database, SAID_AGAIN, 0, 900)) == first
    worker.close()


async def test_a_clip_that_is_made_is_kept_with_its_meaning(database: Database, searcher: Searcher) -> None:
    await bees_with_a_rerun(database)

    made = await Clips(database, searcher).make_between(HERE, PRIYA, "The Winter Cluster", 150, 210)

    async with database.read() as connection:
        seen = await subscriptions.podcast_ids(connection, HERE)
        assert list(await clip_vectors.of_guild(connection, HERE, searcher.model_id or "", seen)) == [
            made.shown.clip.id
        ]
    assert await NearClips(database, searcher).catch_up() == 0


async def test_the_picker_s_clip_has_no_maker_and_no_bound(database: Database) -> None:
    podcast = await bees_with_a_rerun(database)
    episode = await samples.only_episode(database, podcast)

    clip = await Clips(database).create(HERE, None, episode.id, 0, 60)

    assert clip.made_by is None
    assert clip.id > 0


async def test_an_episode_of_no_server_s_podcast_is_not_there(database: Database) -> None:
    await bees_with_a_rerun(database)
    caves = await samples.store_podcast(database, samples.CAVES, samples.cave_readings())
    episode = await samples.only_episode(database, caves)

    with pytest.raises(GoneEpisodeError):
        await Clips(database).create(HERE, PRIYA, episode.id, 0, 60)


async def test_an_episode_without_transcript_has_no_clip(database: Database) -> None:
    notes = samples.reading(
        "Only Notes", (), notes="What was said is written nowhere, but there are these notes of it."
    )
    podcast = await samples.store_podcast(database, samples.BEES, [notes])
    async with database.write() as connection:
        await subscriptions.subscribe(connection, HERE, podcast.id, database.clock.now())

    with pytest.raises(NoClipThereError, match="no transcript of “Only Notes”"):
        await Clips(database).make_between(HERE, PRIYA, "Only Notes", 0, 30)

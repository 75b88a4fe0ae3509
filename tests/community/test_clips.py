from __future__ import annotations

import pytest

from companion.community.clips import Clips, NoClipThereError
from companion.community.episode_pages import GoneEpisodeError
from companion.storage import subscriptions
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

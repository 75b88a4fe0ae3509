"""Candidates of highlights as they are stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from companion.storage import highlight_candidates
from companion.storage.engine import Database
from companion.storage.episodes import EpisodeType
from companion.storage.highlight_candidates import Candidate
from companion.storage.podcasts import Podcast
from tests import samples


@pytest.fixture
async def bees(database: Database) -> Podcast:
    return await samples.store_podcast(database, samples.BEES, samples.bee_readings())


def candidate(episode_id: int, first: int = 0) -> Candidate:
    signals = {"density": 1.23456, "claims": -0.5}
    return Candidate(episode_id, first, first + 49, 1.5, 31.0, False, "Tomas Ek", signals)


async def test_candidates_come_back_as_they_were_with_the_day_of_their_episode(
    database: Database, bees: Podcast
) -> None:
    async with database.write() as connection:
        [newest, oldest] = [one.episode_id for one in await highlight_candidates.states(connection, None)]
        await highlight_candidates.replace(connection, oldest, [candidate(oldest, 60), candidate(oldest)], "this")

    async with database.read() as connection:
        found = await highlight_candidates.of_episode(connection, oldest)
        assert await highlight_candidates.made_of(connection) == {oldest: "this"}
        assert await highlight_candidates.of_episode(connection, newest) == []

    published = datetime(2024, 1, 17, 9, tzinfo=UTC)
    rounded = {"density": 1.235, "claims": -0.5}
    assert found == [
        replace(candidate(oldest), signals=rounded, published=published),
        replace(candidate(oldest, 60), signals=rounded, published=published),
    ]
    assert list(highlight_candidates.of_podcasts(database.address, {bees.id})) == found
    assert highlight_candidates.of_episodes(database.address, {oldest, newest}) == {oldest: found}
    assert list(highlight_candidates.of_podcasts(database.address, {bees.id + 1})) == []


async def test_candidates_are_replaced_and_go_with_their_episode(database: Database, bees: Podcast) -> None:
    async with database.write() as connection:
        [first, *_] = [one.episode_id for one in await highlight_candidates.states(connection, None)]
        await highlight_candidates.replace(connection, first, [candidate(first)], "this")
        await highlight_candidates.replace(connection, first, [candidate(first, 200)], "that")
        assert [one.first_word for one in await highlight_candidates.of_episode(connection, first)] == [200]
        await highlight_candidates.replace(connection, first, [], "that")
        assert await highlight_candidates.made_of(connection) == {}


async def test_nothing_is_kept_of_an_episode_that_is_gone(database: Database, bees: Podcast) -> None:
    async with database.write() as connection:
        await highlight_candidates.replace(connection, 999, [candidate(999)], "this")

        assert await highlight_candidates.made_of(connection) == {}


async def test_episodes_without_speech_and_trailers_have_no_candidates(database: Database) -> None:
    spoken = samples.bee_readings()[0]
    trailer = samples.reading("A trailer", samples.WINTER_TURNS)
    trailer = replace(trailer, facts=replace(trailer.facts, type=EpisodeType.TRAILER))
    await samples.store_podcast(database, samples.BEES, [spoken, trailer, samples.reading("Notes", (), notes="Words.")])

    async with database.read() as connection:
        states = await highlight_candidates.states(connection, None)
        assert len(states) == 1
        assert await highlight_candidates.states(connection, frozenset()) == []


async def test_what_an_episode_shares_with_another_stretch_is_counted_in_words(database: Database) -> None:
    one = candidate(1, 100)

    assert one.words == 50
    assert (one.shared(100, 149), one.shared(140, 300), one.shared(0, 99), one.shared(0, 100)) == (50, 10, 0, 1)

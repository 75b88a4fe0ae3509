"""A snapshot that follows an archive is the one that would be made of it anew."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from companion.archive import block_files, blocks, snapshot
from companion.archive.blocks import joined_sizes
from companion.archive.encoders import ToyEncoder
from companion.archive.results import Query
from companion.archive.search import answer
from companion.archive.snapshot import Snapshot, renewed
from companion.storage import aliases, episode_sources, episodes, index_version, podcasts, schema, vectors
from companion.storage.aliases import Alias, NamedLabel, Origin
from companion.storage.corpus import CorpusReader
from companion.storage.engine import Database
from companion.storage.names import AliasKind, AliasState
from companion.storage.passages import StoredPassage
from companion.storage.podcasts import Podcast
from tests.clocks import StoppedClock
from tests.engines import Databases
from tests.samples import embedding
from tests.storage.readings import reading, store, store_podcast

WORDS = "bee hive wax queen honey smoke comb drone".split()
ENCODER = ToyEncoder()
MODEL = ENCODER.model_id

steps = st.lists(
    st.tuples(
        st.sampled_from(["store", "store", "store", "embed", "delete", "name", "label", "move", "rename", "retitle"]),
        st.integers(0, 3),
        st.integers(0, 9),
    ),
    min_size=4,
    max_size=12,
)


@pytest.fixture(autouse=True)
def small_blocks() -> Iterator[None]:
    """Blocks so small that a handful of episodes is cut and joined in every way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "MOST_ROWS", 8)
        patch.setattr(blocks, "OUTLINED_FROM", 4)
        patch.setattr(snapshot, "_READ_AT_ONCE", 3)
        patch.setattr(block_files, "KEPT_FROM", 3)
        yield


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_whatever_happens_to_episodes_the_snapshot_is_as_if_made_anew(
    databases: Databases, happened: list[tuple[str, int, int]]
) -> None:
    with TemporaryDirectory() as folder, databases.new(Path(folder)) as url:
        asyncio.run(_live_through(url, happened))


async def _live_through(url: str, happened: list[tuple[str, int, int]]) -> None:
    async with await Database.open(url, StoppedClock()) as database:
        place = database.address
        shows = [await store_podcast(database), await store_podcast(database, "Tied Ends")]
        followed = renewed(place, None, MODEL)
        for kind, episode, variant in happened:
            await _happens(database, shows[episode % 2], shows[1 - episode % 2], kind, episode, variant)
            followed = renewed(place, followed, MODEL)
            assert_same(followed, renewed(place, None, MODEL))  # from the files in which blocks are kept
            shutil.rmtree(place.files.with_name(f"{place.files.name}.blocks"), ignore_errors=True)
            assert_same(followed, renewed(place, None, MODEL))


async def _happens(database: Database, podcast: Podcast, other: Podcast, kind: str, episode: int, variant: int) -> None:
    guid = f"episode {episode}"
    if kind == "store":
        texts = [f"{WORDS[variant % 8]} {WORDS[(variant + n) % 8]} {episode} {n}." for n in range(1 + variant % 4)]
        title = f"On {WORDS[variant % 5]}"
        await store(database, podcast, reading(guid, texts, title=title, speakers=("Ada", "Bo")))
        return
    if kind == "embed":
        await embed(database, limit=1 + variant)
        return
    async with database.write() as connection:
        known = await episodes.by_guid(connection, podcast.id, guid)
        if kind == "name":
            state = AliasState.REJECTED if variant < 3 else AliasState.ACCEPTED
            person = Alias(podcast.id, AliasKind.PERSON, "ada", f"Ada {WORDS[variant % 8]}", state, Origin.MODERATOR)
            await aliases.put(connection, person, database.clock.now())
        elif kind == "retitle":
            facts = podcasts.PodcastFacts(podcast.key, f"All of {WORDS[episode]}", None, private=variant > 5)
            await podcasts.upsert(connection, facts, database.clock.now())
        elif known is None:
            pass
        elif kind == "delete":
            await connection.execute(delete(schema.episodes).where(schema.episodes.c.id == known.id))
            await index_version.raise_version(connection, changed=())
        elif kind == "label":
            await aliases.name_label(connection, NamedLabel(known.id, "Ada", WORDS[variant % 8]))
        elif kind == "move" and await episodes.by_guid(connection, other.id, guid) is None:
            await episode_sources.move(connection, known.id, other.id, guid)
        elif kind == "rename":
            await episode_sources.rename(connection, known.id, f"episode {known.id} of old")


async def embed(database: Database, limit: int = 1000) -> None:
    async with database.write() as connection:
        missing = await vectors.missing(connection, MODEL, limit)
        await vectors.put(connection, MODEL, {one.digest: embedding(ENCODER, one.passage) for one in missing})


def assert_same(one: Snapshot, other: Snapshot) -> None:
    assert (one.version, one.model_id, one.episodes, one.podcasts) == (
        other.version,
        other.model_id,
        other.episodes,
        other.podcasts,
    )
    assert (one.names, one.picks) == (other.names, other.picks)
    assert one.passages[:] == other.passages[:]
    for name in ("passage_ids", "episode_ids", "podcast_ids", "continues", "retold", "days"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    for row in range(len(one)):
        assert one.lead(row) == other.lead(row)
        assert np.array_equal(one.outline(row).windows, other.outline(row).windows)
        assert np.array_equal(one.outline(row).sentences, other.outline(row).sentences)
    assert {label: rows.tolist() for label, rows in one.speakers.items()} == {
        label: rows.tolist() for label, rows in other.speakers.items()
    }
    for word in WORDS:
        assert np.array_equal(one.lexical.scores({word: 1.0}), other.lexical.scores({word: 1.0}))
        assert answer(one, Query(word), None) == answer(other, Query(word), None)
    assert (one.vectors is None) == (other.vectors is None)
    if one.vectors is not None and other.vectors is not None:
        query = ENCODER.encode(["bee wax"])[0]
        mine, theirs = (index.similarities(query, len(one)) for index in (one.vectors, other.vectors))
        assert np.allclose(mine.whole, theirs.whole, atol=1e-6)
        assert np.allclose(mine.window, theirs.window, atol=1e-6)


async def test_an_episode_that_is_added_leaves_the_others_unread(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    podcast = await store_podcast(database)
    for number in range(5):
        await store(database, podcast, reading(f"episode {number}", ["One bee.", "Two bees."]))
    before = renewed(database.address, None, None)
    added = await store(database, podcast, reading("another", ["Three bees."]))
    read: list[int] = []
    passages = CorpusReader.passages

    def counted(reader: CorpusReader, episode_ids: Collection[int]) -> tuple[StoredPassage, ...]:
        read.extend(episode_ids)
        return passages(reader, episode_ids)

    monkeypatch.setattr(CorpusReader, "passages", counted)
    after = renewed(database.address, before, None)

    assert read == [added.id]
    assert len(after) == len(before) + 1


async def test_another_model_brings_its_vectors_to_the_same_passages(database: Database) -> None:
    podcast = await store_podcast(database)
    await store(database, podcast, reading("pilot", ["One bee.", "Two bees."]))
    await embed(database)
    by_words = renewed(database.address, None, None)
    assert by_words.vectors is None

    by_meaning = renewed(database.address, by_words, MODEL)

    assert_same(by_meaning, renewed(database.address, None, MODEL))
    assert renewed(database.address, by_meaning, "other@64").vectors is None


async def test_an_episode_that_moves_or_is_renamed_is_so_in_the_next_snapshot(database: Database) -> None:
    podcast, other = await store_podcast(database), await store_podcast(database, "Tied Ends")
    episode = await store(database, podcast, reading("pilot"))
    before = renewed(database.address, None, None)
    async with database.write() as connection:
        await episode_sources.move(connection, episode.id, other.id, "moved")
    moved = renewed(database.address, before, None)
    async with database.write() as connection:
        await episode_sources.rename(connection, episode.id, "renamed")
    after = renewed(database.address, moved, None)

    assert len({before.version, moved.version, after.version}) == 3
    assert set(moved.podcast_ids.tolist()) == {other.id}
    assert after.episodes[episode.id].facts.guid == "renamed"


async def test_a_podcast_with_another_title_has_it_in_the_next_snapshot(database: Database) -> None:
    podcast = await store_podcast(database, "Loose Ends")
    await store(database, podcast, reading("pilot"))
    before = renewed(database.address, None, None)
    facts = podcasts.PodcastFacts(podcast.key, "Tied Ends", None, private=False)
    async with database.write() as connection:
        await podcasts.upsert(connection, facts, database.clock.now())

    after = renewed(database.address, before, None)

    assert after.podcasts[podcast.id] == replace(podcast, title="Tied Ends")
    assert after.blocks == before.blocks


def test_what_is_added_one_at_a_time_is_seldom_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MOST_ROWS", 400)
    sizes: list[int] = []
    moved = 0
    for _ in range(1000):
        groups = joined_sizes([*sizes, 1])
        rest = iter([*sizes, 1])
        grouped = [[next(rest) for _ in range(count)] for count in groups]
        moved += sum(sum(group) for group in grouped if len(group) > 1)
        sizes = [sum(group) for group in grouped]
        assert max(sizes) <= blocks.MOST_ROWS
    assert moved < 6 * 1000

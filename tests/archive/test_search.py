from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest

from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.results import Query
from companion.archive.search import OtherModelError, Searcher, answer
from companion.storage import corpus
from companion.storage.address import Address
from companion.storage.corpus import CorpusReader, ReadEpisode, reading
from companion.storage.engine import Database
from companion.storage.podcasts import Podcast
from tests.samples import BEES, CAVES, bee_readings, cave_readings, embed, store_podcast
from tests.snapshots import KITCHEN, TIDES, meaning_in, snapshot_of


@pytest.fixture
async def worker() -> AsyncIterator[EncodingWorker]:
    worker = EncodingWorker(ToyEncoder())
    yield worker
    worker.close()


@pytest.fixture
async def bees(database: Database) -> Podcast:
    podcast = await store_podcast(database, BEES, bee_readings())
    await embed(database, ToyEncoder())
    return podcast


@pytest.fixture
async def caves(database: Database) -> Podcast:
    podcast = await store_podcast(database, CAVES, cave_readings())
    await embed(database, ToyEncoder())
    return podcast


async def test_a_question_finds_the_moment(database: Database, bees: Podcast, worker: EncodingWorker) -> None:
    results = await Searcher(database, worker).search(Query("how many mites in a cup of sugar are too many?"))
    best = results.hits[0]

    assert results.semantic
    assert results.answerable
    assert best.podcast == bees
    assert best.episode.title == "The Winter Cluster"
    assert "More than nine mites in that cup" in best.passage.text
    assert best.snippet.text in best.passage.text
    assert "mites" in {best.snippet.text[start:end] for start, end in best.snippet.matches}
    assert best.url == f"https://bees.example/audio.mp3#t={int(best.snippet.start or 0)}"


async def test_words_alone_are_compared_until_an_encoder_is_attached(
    database: Database, bees: Podcast, worker: EncodingWorker
) -> None:
    searcher = Searcher(database)
    before = await searcher.search(Query("oxalic acid", podcasts=frozenset({bees.id})))
    searcher.attach(worker)
    after = await searcher.search(Query("oxalic acid", podcasts=frozenset({bees.id})))

    assert (before.semantic, after.semantic) == (False, True)
    assert "oxalic acid" in before.hits[0].snippet.text
    assert "oxalic acid" in after.hits[0].snippet.text


async def test_a_server_never_finds_a_podcast_of_another(
    database: Database, bees: Podcast, caves: Podcast, worker: EncodingWorker
) -> None:
    searcher = Searcher(database, worker)
    secret = (await searcher.search(Query("password of the lower gate stalactite"))).hits[0]
    own = frozenset({bees.id})

    for query in (
        Query("password of the lower gate stalactite", podcasts=own),
        Query("stalactite", podcasts=own, episode_id=secret.episode.id),
        Query("stalactite", podcasts=own, speaker="Piet"),
        Query("", podcasts=own, like=secret.reference),
        Query("stalactite", podcasts=frozenset()),
    ):
        assert all(hit.podcast == bees for hit in (await searcher.search(query)).hits)


async def test_an_archive_that_grows_is_seen_by_the_next_search(
    database: Database, bees: Podcast, worker: EncodingWorker
) -> None:
    searcher = Searcher(database, worker)
    assert all(hit.podcast == bees for hit in (await searcher.search(Query("stalactite lake"))).hits)

    caves = await store_podcast(database, CAVES, cave_readings())
    await embed(database, ToyEncoder())

    assert (await searcher.search(Query("stalactite lake"))).hits[0].podcast == caves


@pytest.mark.usefixtures("bees")
async def test_what_is_still_to_be_embedded_is_found_by_its_words(database: Database, worker: EncodingWorker) -> None:
    caves = await store_podcast(database, CAVES, cave_readings())

    results = await Searcher(database, worker).search(Query("stalactite lake"))

    assert results.semantic
    assert results.hits[0].podcast == caves


async def test_an_unchanged_archive_is_read_once(
    database: Database, bees: Podcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Address] = []

    @contextmanager
    def counted(address: Address, model: str | None, before: Mapping[int, ReadEpisode]) -> Generator[CorpusReader]:
        reads.append(address)
        with reading(address, model, before) as reader:
            yield reader

    monkeypatch.setattr(corpus, "reading", counted)
    searcher = Searcher(database)
    for _ in range(3):
        await searcher.refresh()
        await searcher.search(Query("mites"))

    assert reads == [database.address]


async def test_many_first_searches_at_once_load_once_and_all_answer(
    database: Database, bees: Podcast, worker: EncodingWorker
) -> None:
    searcher = Searcher(database, worker)
    found = await asyncio.gather(*(searcher.search(Query("royal jelly")) for _ in range(8)))

    assert all("royal jelly" in results.hits[0].passage.text for results in found)


async def test_vectors_of_another_model_are_refused_with_what_to_do(database: Database, bees: Podcast) -> None:
    other = EncodingWorker(ToyEncoder(16))
    try:
        searcher = Searcher(database, other)
        with pytest.raises(OtherModelError, match="companion ingest"):
            await searcher.require_vectors()
        results = await searcher.search(Query("royal jelly"))
    finally:
        other.close()

    assert not results.semantic
    assert "royal jelly" in results.hits[0].passage.text


async def test_an_archive_without_vectors_is_searched_by_words(database: Database, worker: EncodingWorker) -> None:
    await store_podcast(database, BEES, bee_readings())
    searcher = Searcher(database, worker)
    await searcher.require_vectors()

    assert not (await searcher.search(Query("royal jelly"))).semantic


async def test_an_empty_archive_answers_nothing(database: Database, worker: EncodingWorker) -> None:
    results = await Searcher(database, worker).search(Query("anything at all"))

    assert (results.hits, results.answerable, results.more) == ((), False, False)


@pytest.mark.parametrize("text", ["", "   ", "?!*", "the of and", '"quoted" -NEAR* (', "x" * 6000, "🐝", "\x00\ud800"])
@pytest.mark.parametrize("meaning", [True, False])
def test_any_text_is_a_question(text: str, meaning: bool) -> None:
    encoder = ToyEncoder()
    snapshot = snapshot_of(KITCHEN, encoder)
    asked = meaning_in(snapshot, encoder, text.encode("utf-8", "replace").decode()) if meaning else None

    results = answer(snapshot, Query(text), asked)

    assert all(hit.snippet.text in hit.passage.text for hit in results.hits)


def test_more_like_a_passage_finds_others() -> None:
    snapshot = snapshot_of(KITCHEN, ToyEncoder())
    salt = answer(snapshot, Query("salt slows the yeast"), None).hits[0]
    alike = answer(snapshot, Query("", podcasts=frozenset({1}), like=salt.reference), None)

    assert alike.hits
    assert alike.semantic
    assert all("Salt slows" not in snapshot.passages[hit.passage_id - 1].passage.text for hit in alike.hits)


def test_more_like_a_passage_that_is_gone_finds_nothing_alike() -> None:
    snapshot = snapshot_of(KITCHEN)
    salt = answer(snapshot, Query("salt slows the yeast"), None).hits[0]

    assert answer(snapshot, Query("", like=replace(salt.reference, episode_id=77)), None).hits == ()


def test_filters_hold_in_every_result() -> None:
    snapshot = snapshot_of(KITCHEN, ToyEncoder())
    tide = meaning_in(snapshot, ToyEncoder(), "the tide")

    assert {hit.episode for hit in answer(snapshot, Query("the tide", after=date(2024, 9, 15)), tide).hits} == {TIDES}
    spoken_by = answer(snapshot, Query("the tide", speaker="host"), tide).hits
    assert spoken_by
    assert all(any(piece.speaker == "Host" for piece in hit.passage.pieces) for hit in spoken_by)


def test_pages_follow_each_other_without_repeats() -> None:
    snapshot = snapshot_of(KITCHEN)
    first = answer(snapshot, Query("the oven and the tide"), None, limit=2)
    second = answer(snapshot, Query("the oven and the tide"), None, limit=2, offset=2)

    assert first.more
    assert not {hit.passage_id for hit in first.hits} & {hit.passage_id for hit in second.hits}


def test_a_filter_by_speaker_quotes_that_speaker() -> None:
    results = answer(snapshot_of(KITCHEN), Query("salt", speaker="Host"), None)

    assert [hit.snippet.speaker for hit in results.hits] == ["Host"]


def test_a_query_without_words_finds_nothing() -> None:
    assert answer(snapshot_of(KITCHEN), Query("???"), None).hits == ()

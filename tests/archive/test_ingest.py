from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from companion.archive import ingest as ingesting
from companion.archive import storing
from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.fetch import Fetcher
from companion.archive.ingest import Embedded, embed, unembedded
from companion.archive.intake import EpisodeStored, EpisodeUnchanged, Ingested, SourceRead, ingest
from companion.archive.known_podcasts import KnownSourceError
from companion.archive.tokens import Vectors
from companion.storage import episodes, passages, podcasts
from companion.storage.address import address_of
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Passage
from companion.storage.errors import CompanionError
from companion.storage.health import examine
from tests.clocks import StoppedClock
from tests.engines import Databases
from tests.feeds import item, speech, talk, write_feed

INGEST = """
import asyncio, os, signal, sys
from companion.archive import ingest as ingesting
from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.fetch import Fetcher
from companion.archive.intake import ingest
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

ingesting.TOGETHER = ingesting.COMMIT_EVERY = 2

left = int(sys.argv[3])

def tell(event):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

async def main(url, source):
    async with await Database.open(url, SystemClock()) as database:
        await ingest(database, source, Fetcher(), listener=tell)
        encoder = EncodingWorker(ToyEncoder())
        await ingesting.embed(database, encoder, listener=tell)
        encoder.close()

asyncio.run(main(sys.argv[1], sys.argv[2]))
"""

EPISODES = 5


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """A feed of some episodes with transcripts."""
    return write_feed(tmp_path / "feed.xml", [item(number) for number in range(EPISODES)])


class CountingEncoder(ToyEncoder):
    """Remembers every text that it encoded; fails once it has encoded ``until`` of them."""

    def __init__(self, until: int | None = None) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._until = until

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self._until is not None and len(self.texts) >= self._until:
            raise ConnectionAbortedError
        self.texts += texts
        return super().encode(texts)


async def embedded(database: Database, encoder: ToyEncoder | None = None) -> int:
    worker = EncodingWorker(encoder or ToyEncoder())
    try:
        return await embed(database, worker)
    finally:
        worker.close()


async def ingested(database: Database, source: Path, title: str | None = None) -> Ingested:
    return await ingest(database, str(source), Fetcher(), title=title)


async def stored_episodes(database: Database) -> dict[str, Episode]:
    async with database.read() as connection:
        return {episode.facts.guid: episode for episode in await episodes.list_episodes(connection, None)}


async def contents(url: str) -> list[list[tuple[object, ...]]]:
    """Everything that the archive holds but ids and times of storing, which may differ between ways to the same end."""
    queries = (
        "SELECT guid, title, content_hash, convention, notes FROM episodes ORDER BY guid",
        "SELECT guid, ordinal, speaker, start_s, end_s, text FROM turns JOIN episodes ON id = episode_id ORDER BY 1, 2",
        "SELECT guid, ordinal, start_s, chapters.title FROM chapters JOIN episodes ON id = episode_id ORDER BY 1, 2",
        "SELECT guid, ordinal, text, CAST(pieces AS text), p.digest FROM passages p JOIN episodes e ON e.id ="
        " episode_id ORDER BY 1, 2",
        "SELECT digest, model, dimension, rows, data FROM vectors ORDER BY digest",
    )
    address = address_of(url)
    assert examine(address).damage is None
    async with await Database.open(address, StoppedClock()) as database, database.read() as connection:
        if address.sqlite:
            assert (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all() == []
        return [[tuple(row) for row in await connection.execute(text(query))] for query in queries]


async def test_a_feed_becomes_episodes_with_turns_passages_and_vectors(database: Database, feed: Path) -> None:
    result = await ingested(database, feed)

    assert (result.podcast.title, result.new, result.changed, result.unchanged) == ("Lamps and Logbooks", 5, 0, 0)
    assert result.problems == ()
    assert result.passages > EPISODES
    assert await embedded(database) == result.passages
    stored = await stored_episodes(database)
    async with database.read() as connection:
        turns = await episodes.turns(connection, stored["lighthouse-3"].id)
    assert [turn.speaker for turn in turns] == ["Noor", "Emil"] * 3
    assert "butter" in turns[0].text


async def test_a_second_run_stores_nothing_and_embeds_nothing(
    database: Database, database_url: str, feed: Path
) -> None:
    await ingested(database, feed)
    await embedded(database)
    before = await contents(database_url)
    encoder = CountingEncoder()
    again = await ingested(database, feed)

    assert (again.new, again.changed, again.unchanged, again.passages) == (0, 0, EPISODES, 0)
    assert await embedded(database, encoder) == 0
    assert encoder.texts == []
    assert await contents(database_url) == before


async def test_a_changed_episode_keeps_its_id_and_only_its_new_texts_are_embedded(
    database: Database, feed: Path, tmp_path: Path
) -> None:
    first, second = CountingEncoder(), CountingEncoder()
    await ingested(database, feed)
    await embedded(database, first)
    before = await stored_episodes(database)
    longer = speech(2) + "\nNoor [00:09:00]: " + "And one more thing about puffins, which nobody asked for. " * 10
    write_feed(tmp_path / "feed.xml", [item(number, longer if number == 2 else None) for number in range(EPISODES)])
    again = await ingested(database, feed)
    renewed = await embedded(database, second)

    assert (again.new, again.changed, again.unchanged) == (0, 1, EPISODES - 1)
    assert {guid: kept.id for guid, kept in (await stored_episodes(database)).items()} == {
        guid: kept.id for guid, kept in before.items()
    }
    assert any("puffins" in text for text in second.texts)
    assert 0 < renewed < again.passages
    assert len(second.texts) < len(first.texts) / EPISODES


async def test_vectors_of_texts_that_are_gone_are_dropped(
    database: Database, database_url: str, databases: Databases, feed: Path, tmp_path: Path
) -> None:
    await ingested(database, feed)
    await embedded(database)
    write_feed(feed, [item(number, "Nothing much.") for number in range(EPISODES)])
    await ingested(database, feed)
    await embedded(database)

    (tmp_path / "fresh").mkdir()
    with databases.new(tmp_path / "fresh") as url:
        async with await Database.open(url, database.clock) as fresh:
            await ingested(fresh, feed)
            await embedded(fresh)
        assert await contents(database_url) == await contents(url)


async def test_an_episode_that_left_the_feed_stays(database: Database, feed: Path) -> None:
    await ingested(database, feed)
    write_feed(feed, [item(9)])
    again = await ingested(database, feed)

    assert (again.new, again.changed, again.unchanged) == (1, 0, 0)
    assert len(await stored_episodes(database)) == EPISODES + 1


async def test_a_new_way_to_embed_takes_every_episode_anew(
    database: Database, feed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def louder(passage: Passage) -> tuple[str, ...]:
        return (passage.text.upper(),)

    await ingested(database, feed)
    await embedded(database)
    monkeypatch.setattr(storing, "embedded_texts", louder)
    monkeypatch.setattr(ingesting, "embedded_texts", louder)
    again = await ingested(database, feed)

    assert again.changed == EPISODES
    assert await embedded(database) == again.passages


async def test_another_model_needs_vectors_of_its_own(database: Database, feed: Path) -> None:
    result = await ingested(database, feed)
    await embedded(database, ToyEncoder(8))

    assert await unembedded(database, "toy@8") == 0
    assert await unembedded(database, "toy@16") == result.passages
    assert await embedded(database, ToyEncoder(16)) == result.passages


async def test_embedding_that_was_interrupted_goes_on_where_it_stopped(
    database: Database, feed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingesting, "TOGETHER", 2)
    monkeypatch.setattr(ingesting, "COMMIT_EVERY", 4)
    result = await ingested(database, feed)
    broken, whole = CountingEncoder(until=result.passages), CountingEncoder()
    with pytest.raises(ConnectionAbortedError):
        await embedded(database, broken)
    left = await unembedded(database, whole.model_id)

    assert 0 < left < result.passages
    assert await embedded(database, whole) == left
    assert broken.texts[0] not in whole.texts


async def test_the_listener_hears_of_every_step(
    database: Database, feed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingesting, "TOGETHER", 2)
    monkeypatch.setattr(ingesting, "COMMIT_EVERY", 4)
    events: list[object] = []
    worker = EncodingWorker(ToyEncoder())
    result = await ingest(database, str(feed), Fetcher(), listener=events.append)
    await ingest(database, str(feed), Fetcher(), listener=events.append)
    await embed(database, worker, listener=events.append)
    worker.close()

    reading, rereading, embedding = events[:6], events[6:12], events[12:]
    assert reading[0] == SourceRead(result.podcast, EPISODES)
    assert all(isinstance(event, EpisodeStored) and event.new for event in reading[1:])
    assert rereading[1] == EpisodeUnchanged("Lighthouse number 0")
    counts = [event.done for event in embedding if isinstance(event, Embedded)]
    assert counts == [*range(4, result.passages, 4), result.passages]
    assert embedding[-1] == Embedded(result.passages, result.passages)


async def test_a_broken_file_in_a_folder_is_named_and_the_others_are_read(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "lighthouses.txt").write_text(speech(1), encoding="utf-8")
    (folder / "noise.txt").write_bytes(bytes(range(256)) * 50)
    result = await ingested(database, folder, title="Talks")

    assert (result.podcast.title, result.new) == ("Talks", 1)
    assert len(result.problems) == 1
    assert "noise.txt" in result.problems[0]


async def test_a_source_that_is_not_there_leaves_no_podcast(database: Database, tmp_path: Path) -> None:
    with pytest.raises(CompanionError, match=r"nowhere\.xml"):
        await ingested(database, tmp_path / "nowhere.xml")

    assert await stored_episodes(database) == {}


async def test_a_reference_finds_its_words_again_after_the_episode_changed(database: Database, feed: Path) -> None:
    await ingested(database, feed)
    episode = (await stored_episodes(database))["lighthouse-2"]
    async with database.read() as connection:
        before = (await passages.of_episode(connection, episode.id))[3]
    write_feed(feed, [item(2, "Welcome to the show, everyone.\n" + speech(2))])
    await ingested(database, feed)

    async with database.read() as connection:
        found = await passages.at(connection, before.reference)
    assert before.passage.start == found[0].passage.start
    assert set(before.passage.text.split()) & set(found[0].passage.text.split())


async def run_until(event: int, url: str, source: Path) -> int:
    """Ingests in a process of its own, which is killed as it tells of so many events, 0 for never; its exit status."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", INGEST, url, str(source), str(event))
    return await process.wait()


@pytest.mark.parametrize(
    "event", [EPISODES + 2, *(pytest.param(event, marks=pytest.mark.slow) for event in (1, 3, EPISODES + 5))]
)
async def test_an_ingest_that_was_killed_ends_like_one_that_was_not(
    database_url: str, databases: Databases, tmp_path: Path, feed: Path, clock: StoppedClock, event: int
) -> None:
    assert await run_until(event, database_url, feed) == -signal.SIGKILL
    left_behind = await contents(database_url)
    (tmp_path / "whole").mkdir()
    with databases.new(tmp_path / "whole") as whole:
        for url in (database_url, whole):
            async with await Database.open(url, clock) as database:
                await ingested(database, feed)
                await embedded(database)

        assert left_behind != await contents(database_url) == await contents(whole)


async def test_two_ingests_of_the_same_feed_at_once_store_everything_once(
    database_url: str, databases: Databases, tmp_path: Path, feed: Path, clock: StoppedClock
) -> None:
    assert await asyncio.gather(run_until(0, database_url, feed), run_until(0, database_url, feed)) == [0, 0]
    (tmp_path / "alone").mkdir()
    with databases.new(tmp_path / "alone") as alone:
        async with await Database.open(alone, clock) as database:
            await ingested(database, feed)
            await embedded(database)

        assert await contents(database_url) == await contents(alone)


@pytest.mark.slow
async def test_a_real_feed_is_read_once_and_then_unchanged(database: Database, real_feed: Path) -> None:
    first = await ingested(database, real_feed)
    made = await embedded(database)
    again = await ingested(database, real_feed)

    assert (first.new, first.problems) == (15, ())
    assert made == first.passages > 1000
    assert (again.new, again.changed, again.unchanged) == (0, 0, 15)
    assert await embedded(database) == 0


async def test_a_source_without_episodes_is_refused_and_makes_no_podcast(database: Database, tmp_path: Path) -> None:
    empty = tmp_path / "empty.xml"
    empty.write_text("<rss version='2.0'><channel><title>Nothing yet</title></channel></rss>", encoding="utf-8")

    with pytest.raises(CompanionError, match=r"\w"):
        await ingest(database, str(empty), Fetcher())
    async with database.read() as connection:
        assert await podcasts.list_podcasts(connection) == []


async def test_the_same_texts_under_another_title_are_the_same_podcast_called_anew(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "talk.txt").write_text(speech(1), encoding="utf-8")
    first = await ingested(database, tmp_path / "talk.txt", title="Talks")
    again = await ingested(database, tmp_path / "talk.txt", title="Our Talks")

    assert (again.podcast.id, again.podcast.title, again.unchanged) == (first.podcast.id, "Our Talks", 1)
    assert again.remarks == ("Talks holds the same texts: it is called Our Talks from now on.",)
    assert len(await stored_episodes(database)) == 1


async def test_a_title_that_was_given_outlasts_the_name_of_the_folder(database: Database, tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text(speech(1), encoding="utf-8")
    first = await ingested(database, tmp_path / "talk.txt", title="Talks")
    again = await ingested(database, tmp_path / "talk.txt")

    assert (again.podcast.id, again.podcast.title, again.unchanged) == (first.podcast.id, "Talks", 1)
    assert again.remarks == ()


async def test_they_are_also_where_one_was_not_read_whole_before(database: Database, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        (tmp_path / f"talk-{number}.txt").write_text(talk(number), encoding="utf-8")
    (tmp_path / "talk-3.srt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    first = await ingested(database, tmp_path, title="Talks")
    assert len(first.problems) == 1
    again = await ingested(database, tmp_path, title="Our Talks")

    assert (again.podcast.id, again.podcast.title, again.new) == (first.podcast.id, "Our Talks", 0)
    assert len(await stored_episodes(database)) == 3


async def test_a_part_of_a_podcast_is_not_stored_again_under_another_title(database: Database, tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"talk-{number}.txt").write_text(talk(number), encoding="utf-8")
    await ingested(database, tmp_path, title="Talks")
    with pytest.raises(
        KnownSourceError, match=r"in the podcast “Talks”, and was not stored again\. Give --title 'Talks'"
    ):
        await ingested(database, tmp_path / "talk-1.txt", title="Ours")

    async with database.read() as connection:
        assert [podcast.title for podcast in await podcasts.list_podcasts(connection)] == ["Talks"]


async def test_other_texts_under_another_title_are_another_podcast(database: Database, tmp_path: Path) -> None:
    for number, folder in enumerate(("one", "two")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "talk.txt").write_text(talk(number), encoding="utf-8")
        await ingested(database, tmp_path / folder)

    async with database.read() as connection:
        assert [podcast.title for podcast in await podcasts.list_podcasts(connection)] == ["One", "Two"]


async def test_a_folder_with_two_feeds_is_refused_with_their_names(database: Database, tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml"):
        write_feed(tmp_path / name, [item(1)], title=name)
    with pytest.raises(CompanionError, match=r"holds 2 feeds \(a.xml, b.xml\), and each is a podcast of its own"):
        await ingested(database, tmp_path)

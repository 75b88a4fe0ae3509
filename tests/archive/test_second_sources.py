from __future__ import annotations

import re
from pathlib import Path

import pytest

from companion.archive.fetch import Fetcher
from companion.archive.intake import Ingested, ingest
from companion.archive.second_sources import OF_THE_SOURCE, best_chosen
from companion.storage import episodes, podcasts, sketches, transcripts
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Turn
from companion.storage.readings import SourceTranscript
from companion.storage.transcripts import KeptTranscript
from tests.archive.test_sameness import misheard, spoken
from tests.feeds import item, talk, write_feed
from tests.storage.readings import reading

LONG = " ".join(f"word{number}" for number in range(40))


async def ingested(database: Database, source: Path, *, separate: bool = False) -> Ingested:
    return await ingest(database, str(source), Fetcher(), separate=separate)


async def listed(database: Database) -> list[Episode]:
    async with database.read() as connection:
        return await episodes.list_episodes(connection, None)


async def kept(database: Database, episode_id: int) -> list[KeptTranscript]:
    async with database.read() as connection:
        return await transcripts.of_episode(connection, episode_id)


async def turns(database: Database, episode_id: int) -> list[Turn]:
    async with database.read() as connection:
        return await episodes.turns(connection, episode_id)


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    return write_feed(tmp_path / "feed.xml", [item(1, talk(1)), item(2, talk(2)), item(3, "Only notes, no words.")])


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """What another recogniser made of the second episode, without speakers or times."""
    folder = tmp_path / "pages"
    folder.mkdir()
    path = folder / "lighthouse-page.txt"
    path.write_text(misheard(spoken(2), 0.1, 5).replace(",", "."), encoding="utf-8")
    return path


class TestAnotherTranscriptOfAKnownEpisode:
    async def test_is_linked_and_makes_no_episode_nor_podcast(self, database: Database, feed: Path, page: Path) -> None:
        await ingested(database, feed)
        before = await listed(database)

        found = await ingested(database, page)

        second = next(episode for episode in before if episode.title == "Lighthouse number 2")
        assert [episode.id for episode in await listed(database)] == [episode.id for episode in before]
        assert "is another transcript of “Lighthouse number 2” (" in found.remarks[0]
        assert (found.podcast.title, found.own) == ("Lamps and Logbooks", False)
        assert [
            (one.transcript.origin, one.added, one.transcript.chosen) for one in await kept(database, second.id)
        ] == [
            (OF_THE_SOURCE, False, True),
            ("lighthouse-page", True, False),
        ]
        async with database.read() as connection:
            assert [podcast.title for podcast in await podcasts.list_podcasts(connection)] == ["Lamps and Logbooks"]

    async def test_is_known_in_an_archive_that_was_read_before_sketches_were_kept(
        self, database: Database, feed: Path, page: Path
    ) -> None:
        await ingested(database, feed)
        before = sketches.stored(database.address, of_files=False)
        async with database.write() as connection:
            for episode_id in before:
                await sketches.replace(connection, episode_id, None)

        assert not (await ingested(database, page)).own
        assert None not in before.values()
        assert sketches.stored(database.address, of_files=False) == before

    async def test_is_no_news_the_second_time(self, database: Database, feed: Path, page: Path) -> None:
        await ingested(database, feed)
        assert (await ingested(database, page)).changed == 1

        again = await ingested(database, page)

        assert (again.new, again.changed, again.unchanged) == (0, 0, 1)

    async def test_outlives_a_change_of_the_feed_and_goes_with_its_episode(
        self, database: Database, feed: Path, page: Path
    ) -> None:
        await ingested(database, feed)
        await ingested(database, page)
        changed = talk(2) + "\nNoor [00:14:00]: And one thing more."
        await ingested(database, write_feed(feed, [item(1, talk(1)), item(2, changed), item(3, "Only notes.")]))

        second = next(episode for episode in await listed(database) if episode.title == "Lighthouse number 2")
        assert [one.transcript.origin for one in await kept(database, second.id)] == [OF_THE_SOURCE, "lighthouse-page"]
        assert (await turns(database, second.id))[-1].text == "And one thing more."

    async def test_gives_the_turns_where_it_tells_more(self, database: Database, feed: Path, page: Path) -> None:
        write_feed(feed, [item(2, re.sub(r"(Noor|Emil) (\S+):", r"\2", talk(2)))])
        await ingested(database, feed)
        write(page, talk(2))

        await ingested(database, page)
        await ingested(database, feed)

        (only,) = await listed(database)
        assert {turn.speaker for turn in await turns(database, only.id)} == {"Noor", "Emil"}
        assert [one.transcript.chosen for one in await kept(database, only.id)] == [False, True]

    async def test_is_the_transcript_of_an_episode_of_the_same_title_that_has_none(
        self, database: Database, feed: Path, page: Path
    ) -> None:
        await ingested(database, feed)
        third = page.with_name("lighthouse number 3.txt")
        write(third, talk(3))

        found = await ingested(database, third)

        assert "by its title" in found.remarks[0]
        episode = next(episode for episode in await listed(database) if episode.title == "Lighthouse number 3")
        assert len(await turns(database, episode.id)) == 12
        async with database.read() as connection:
            assert "Only notes" in await episodes.notes(connection, episode.id)
        again = await ingested(database, write_feed(feed, [item(3, "Other notes, no words.")]))
        assert again.changed == 1
        assert len(await turns(database, episode.id)) == 12

    async def test_is_an_episode_of_its_own_if_so_wished(self, database: Database, feed: Path, page: Path) -> None:
        await ingested(database, feed)

        found = await ingested(database, page, separate=True)

        assert (found.new, found.own) == (1, True)
        assert len(await listed(database)) == 4

    async def test_another_talk_is_an_episode(self, database: Database, feed: Path, page: Path) -> None:
        await ingested(database, feed)
        write(page, talk(9))

        assert (await ingested(database, page)).new == 1


class TestAPageBeforeItsFeed:
    async def test_becomes_the_feeds_episode_and_keeps_its_id(self, database: Database, feed: Path, page: Path) -> None:
        await ingested(database, page)
        (before,) = await listed(database)

        found = await ingested(database, feed)

        after = {episode.title: episode.id for episode in await listed(database)}
        assert len(after) == 3
        assert after["Lighthouse number 2"] == before.id
        assert "is “Lighthouse number 2” (" in found.remarks[0]
        assert {turn.speaker for turn in await turns(database, before.id)} == {"Noor", "Emil"}
        assert [one.transcript.origin for one in await kept(database, before.id) if one.added] == ["lighthouse-page"]
        async with database.read() as connection:
            assert [podcast.title for podcast in await podcasts.list_podcasts(connection)] == ["Lamps and Logbooks"]
        assert (await ingested(database, page)).unchanged == 1

    async def test_is_taken_by_one_item_only(self, database: Database, feed: Path, page: Path) -> None:
        await ingested(database, page)
        write_feed(feed, [item(2, talk(2)), item(5, talk(2))])

        await ingested(database, feed)

        assert sorted(episode.title for episode in await listed(database)) == [
            "Lighthouse number 2",
            "Lighthouse number 5",
        ]


class TestTheBestOfSeveral:
    def test_tells_who_speaks_and_when(self) -> None:
        plain = reading("one", [LONG], speakers=(None,))
        labelled = SourceTranscript("b", None, "x", (Turn("Ada", 0.0, None, False, LONG),), chosen=False)

        chosen = best_chosen(plain, [labelled])

        assert chosen.turns == labelled.turns
        assert [(one.origin, one.chosen) for one in chosen.transcripts] == [(OF_THE_SOURCE, False), ("b", True)]
        assert chosen.passages[0].speaker == "Ada"

    def test_is_not_a_fragment_that_names_its_speakers(self) -> None:
        plain = reading("one", [LONG], speakers=(None,))
        fragment = SourceTranscript("b", None, "x", (Turn("Ada", 0.0, None, False, LONG[:60]),), chosen=False)

        assert best_chosen(plain, [fragment]).turns == plain.turns

    def test_the_hash_tells_what_was_added(self) -> None:
        plain = reading("one", [LONG])
        one = SourceTranscript("b", None, "x", (Turn(None, None, None, False, LONG),), chosen=False)
        other = SourceTranscript("b", None, "x", (Turn(None, None, None, False, LONG + "."),), chosen=False)

        hashes = {best_chosen(plain, added).content_hash for added in ([one], [other], [one])}
        assert len(hashes) == 2

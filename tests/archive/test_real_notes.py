"""What must hold of a real podcast's notes and of a second transcript of one of its episodes; skipped where they are
not."""

from __future__ import annotations

from pathlib import Path

import pytest

from companion.archive.fetch import Fetcher
from companion.archive.intake import ingest
from companion.storage import episodes, transcripts
from companion.storage.engine import Database
from companion.storage.mentions import PickOrigin
from tests.sources import read_source

PICKS = {0: 10, 1: 2, 3: 6, 4: 2, 7: 2, 10: 2, 11: 2, 14: 1}
"""How many quotations the notes of each episode hold, by its place in the feed; all were read by eye."""


@pytest.mark.slow
class TestTheNotesOfARealPodcast:
    async def test_their_quotations_are_found_and_nothing_else(self, real_feed: Path) -> None:
        readings = (await read_source(str(real_feed), Fetcher())).readings

        found = {nth: len(reading.picks) for nth, reading in enumerate(readings) if reading.picks}
        assert found == PICKS
        for reading in readings:
            words = [word for turn in reading.turns for word in turn.text.split()]
            for pick in reading.picks:
                assert pick.origin is PickOrigin.QUOTATION
                assert pick.text in reading.notes
                said = {word.strip(".,?!").lower() for word in words[pick.first_word or 0 : (pick.last_word or 0) + 1]}
                written = [word.strip(".,?!“”").lower() for word in pick.text.split()]
                assert sum(word in said for word in written) >= 0.75 * len(written)


@pytest.mark.slow
class TestAPageWithASecondTranscript:
    @pytest.mark.parametrize("page_first", [False, True])
    async def test_is_linked_to_its_episode(self, database: Database, real_feed: Path, page_first: bool) -> None:
        page = real_feed.with_name("playground_page.txt")
        for source in (page, real_feed) if page_first else (real_feed, page):
            await ingest(database, str(source), Fetcher())

        async with database.read() as connection:
            known = await episodes.list_episodes(connection, None)
            kept = {episode.title: await transcripts.of_episode(connection, episode.id) for episode in known}
        assert len(known) == 15
        several = {title: [(one.added, one.transcript.chosen) for one in each] for title, each in kept.items() if each}
        assert several == {
            "The AI-First Graphics Editor - with Suhail Doshi of Playground AI": [(False, True), (True, False)]
        }

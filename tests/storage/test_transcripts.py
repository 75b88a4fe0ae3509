from __future__ import annotations

from dataclasses import replace

from companion.storage import podcasts, readings, transcripts
from companion.storage.engine import Database
from companion.storage.episodes import Turn
from companion.storage.podcasts import PodcastFacts
from companion.storage.readings import SourceTranscript
from companion.storage.transcripts import KeptTranscript
from companion.storage.vectors import digest_of
from tests.storage.readings import reading

FEED = SourceTranscript(
    "https://show.example/1.vtt", "en", "WebVTT captions", (Turn("Ada", 0.0, 2.5, False, "Hi."),), True
)
PLAIN = SourceTranscript(
    "https://show.example/1.txt", None, "paragraphs", (Turn(None, None, None, False, "Hi."),), False
)
PAGE = SourceTranscript("page.txt", None, "- text", (Turn(None, 1.0, None, True, "Hey.", uncertain=True),), False)


async def _episode(database: Database) -> int:
    async with database.write() as connection:
        now = database.clock.now()
        podcast = await podcasts.upsert(connection, PodcastFacts("file:show", "Show", None, False), now)
        read = reading("one")
        digests = [digest_of([passage.text]) for passage in read.passages]
        return (await readings.store(connection, podcast.id, read, digests, now)).id


async def _kept(database: Database, episode_id: int) -> list[KeptTranscript]:
    async with database.read() as connection:
        return await transcripts.of_episode(connection, episode_id)


class TestTranscripts:
    async def test_what_is_stored_comes_back(self, database: Database) -> None:
        episode_id = await _episode(database)
        async with database.write() as connection:
            await transcripts.replace(connection, episode_id, [FEED, PLAIN], database.clock.now())
            await transcripts.add(connection, episode_id, PAGE, database.clock.now())

        assert await _kept(database, episode_id) == [
            KeptTranscript(FEED, added=False),
            KeptTranscript(PLAIN, added=False),
            KeptTranscript(PAGE, added=True),
        ]

    async def test_an_added_one_outlives_those_of_the_source(self, database: Database) -> None:
        episode_id = await _episode(database)
        async with database.write() as connection:
            await transcripts.replace(connection, episode_id, [FEED], database.clock.now())
            await transcripts.add(connection, episode_id, PAGE, database.clock.now())
            await transcripts.replace(connection, episode_id, [PLAIN], database.clock.now())

        assert [kept.transcript.origin for kept in await _kept(database, episode_id)] == [PLAIN.origin, PAGE.origin]

    async def test_one_is_chosen_at_a_time(self, database: Database) -> None:
        episode_id = await _episode(database)
        async with database.write() as connection:
            now = database.clock.now()
            await transcripts.add(connection, episode_id, replace(PAGE, chosen=True), now)
            await transcripts.replace(connection, episode_id, [FEED, PAGE], now)
        assert [kept.transcript.chosen for kept in await _kept(database, episode_id)] == [True, False]

        async with database.write() as connection:
            await transcripts.replace(
                connection, episode_id, [replace(FEED, chosen=False), replace(PAGE, chosen=True)], now
            )
        assert [kept.transcript.chosen for kept in await _kept(database, episode_id)] == [False, True]

    async def test_the_same_origin_is_added_once(self, database: Database) -> None:
        episode_id = await _episode(database)
        newer = replace(PAGE, turns=(Turn(None, None, None, False, "Hello."),))
        async with database.write() as connection:
            await transcripts.add(connection, episode_id, PAGE, database.clock.now())
            await transcripts.add(connection, episode_id, newer, database.clock.now())

        async with database.read() as connection:
            assert await transcripts.added(connection, episode_id) == [newer]

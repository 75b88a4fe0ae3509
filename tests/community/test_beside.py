from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from companion.archive.search import Searcher
from companion.community.beside import Beside
from companion.community.searches import Asker, Searches
from companion.community.wishes import Wish
from companion.storage import episodes, index_version, subscriptions
from companion.storage.engine import Database
from tests import samples

GUILD = 5


@pytest.fixture
async def podcast_id(database: Database) -> int:
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    async with database.write() as connection:
        await subscriptions.subscribe(connection, GUILD, podcast.id, database.clock.now())
    return podcast.id


@pytest.fixture
def reads(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one with each reading of the database."""
    done: list[str] = []
    read = database.read

    def counted() -> object:
        done.append("read")
        return read()

    monkeypatch.setattr(database, "read", counted)
    return done


async def version_of(database: Database, *, raised: bool = False) -> int:
    async with database.write() as connection:
        if raised:
            await index_version.raise_version(connection)
        return await index_version.current(connection)


def both(beside: Beside, podcast_id: int, version: int) -> list[Callable[[], Awaitable[object]]]:
    return [
        lambda: beside.chapters({1, 2, 9}, version),
        lambda: beside.examples(frozenset({podcast_id}), version, seed=1),
    ]


async def test_chapters_and_examples_are_read_once_until_the_archive_changes(
    database: Database, podcast_id: int, reads: list[str]
) -> None:
    beside = Beside(database)
    before, after = await version_of(database), await version_of(database, raised=True)

    for version, expected in ((before, 1), (after, 2)):
        for show in both(beside, podcast_id, version):
            first = await show()
            known = len(reads)
            assert await show() == first
            assert len(reads) == known
        assert len(reads) == 2 * expected


async def test_chapters_are_those_of_each_episode_also_where_there_are_none(
    database: Database, podcast_id: int
) -> None:
    beside = Beside(database)
    version = await version_of(database)
    async with database.read() as connection:
        known = await episodes.list_episodes(connection, frozenset({podcast_id}))
        stored = await episodes.chapters_of(connection, [one.id for one in known])
    assert any(stored.values())
    some, *_ = stored

    await beside.chapters({some}, version)
    shown = await beside.chapters({*stored, 999}, version)

    assert {key: list(chapters) for key, chapters in shown.items()} == {**stored, 999: []}


async def test_a_search_that_nothing_else_hangs_on_reads_once_and_writes_once(
    database: Database, podcast_id: int, reads: list[str]
) -> None:
    writes: list[float] = []
    searches = Searches(database, Searcher(database))
    asker = Asker(GUILD, 1, 2, "Priya", message_id=77)
    for text in ("how do bees heat the hive", "the price of tea in a submarine"):
        await searches.ask(asker, Wish.typed(text))
    reads.clear()
    database.waited.append(writes.append)

    found = await searches.ask(asker, Wish.typed("how do bees heat the hive"))
    nothing = await searches.ask(asker, Wish.typed("the price of tea in a submarine"))

    assert found.results.answerable
    assert nothing.examples
    assert (len(reads), len(writes)) == (2, 2)

"""The clip of a day, as it is planned and as it is made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.search import Searcher
from companion.community.chosen_clips import ChosenClips
from companion.community.highlights import Picker, Serving
from companion.storage import clips, highlight_slots, subscriptions
from companion.storage.engine import Database
from companion.storage.highlight_slots import DAILY, Slot, State
from tests import samples

HERE, NOWHERE = 7, 8
DAY = date(2026, 3, 2)


@pytest.fixture
async def chosen(database: Database) -> AsyncIterator[ChosenClips]:
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    await samples.embed(database, ToyEncoder())
    async with database.write() as connection:
        await subscriptions.subscribe(connection, HERE, podcast.id, database.clock.now())
    worker = EncodingWorker(ToyEncoder())
    yield ChosenClips(database, Picker(database, Searcher(database, worker), Serving(bar=-9.0)))
    worker.close()


async def test_a_preview_keeps_no_clip_and_says_what_is_then_made(database: Database, chosen: ChosenClips) -> None:
    planned = await chosen.preview(HERE, DAY)

    assert planned is not None
    shown, reason = planned
    async with database.read() as connection:
        assert await clips.of_guild(connection, HERE) == []
    made = await chosen.choose(HERE, DAY)
    assert made is not None
    async with database.read() as connection:
        (kept,) = await clips.of_guild(connection, HERE)
    assert (kept.id, made.reason) == (made.clip_id, reason)
    assert (kept.text, kept.start, kept.title) == (shown.clip.text, shown.clip.start, shown.clip.title)


async def test_a_preview_shows_nothing_that_was_posted(database: Database, chosen: ChosenClips) -> None:
    first = await chosen.choose(HERE, DAY)
    assert first is not None
    async with database.write() as connection:
        await highlight_slots.put(connection, Slot(HERE, DAILY, DAY, State.POSTED, first.clip_id))

    planned = await chosen.preview(HERE, date(2026, 3, 3))

    assert planned is None or planned[0].clip.id != first.clip_id


async def test_a_server_without_podcasts_is_shown_nothing(chosen: ChosenClips) -> None:
    assert await chosen.preview(NOWHERE, DAY) is None

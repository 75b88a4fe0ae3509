"""Four processes over one database on a server: each thing is done by one of them, and every count is exact."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.ingest import embed
from companion.community.budgets import WHOLE_SERVER, Budgets
from companion.community.clubs import Clubs
from companion.community.privacy import Privacy
from companion.community.votes import Votes
from companion.storage import erasures, forgetting_words, outbox, schema
from companion.storage.budgets import Limits
from companion.storage.engine import Database
from companion.storage.erasures import Erasure
from companion.storage.outbox import Kind, Notice
from companion.storage.privacy import Fate
from tests.clocks import StoppedClock
from tests.community.clubs import GUILD, begin, propose
from tests.races.worker import ASKED, CHANNEL, CLIP, FORGOTTEN, MESSAGE, OWN, PROCESSES, QUESTIONS, THINGS
from tests.storage.everywhere import seed
from tests.storage.readings import reading, store, store_podcast

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
async def shared(server_url: str, clock: StoppedClock) -> AsyncGenerator[Database]:
    async with await Database.open(server_url, clock) as opened:
        yield opened


async def raced(job: str, server_url: str) -> list[Any]:
    """What each of the processes got, which began when all of them were ready."""
    async with AsyncExitStack() as stack:
        processes = [await stack.enter_async_context(process(job, server_url, number)) for number in range(PROCESSES)]
        for one in processes:
            assert await line(one) == "ready"
        for one in processes:
            say(one)
        return [json.loads(await line(one)) for one in processes]


@asynccontextmanager
async def process(job: str, server_url: str, number: int) -> AsyncGenerator[Process]:
    module = "tests.races.searching" if job == "search" else "tests.races.worker"
    command = sys.executable, "-m", module, job, server_url, str(number)
    started = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    try:
        yield started
        assert await started.wait() == 0
    finally:
        if started.returncode is None:
            started.kill()


async def line(of: Process) -> str:
    assert of.stdout is not None
    return (await of.stdout.readline()).decode().strip()


def say(to: Process) -> None:
    assert to.stdin is not None
    to.stdin.write(b"\n")


async def store_episodes(database: Database, count: int) -> None:
    podcast = await store_podcast(database)
    for number in range(count):
        await store(database, podcast, reading(f"episode {number}"))


async def test_each_daily_post_is_posted_by_one(shared: Database, server_url: str) -> None:
    got = await raced("posts", server_url)

    assert sorted(day for days in got for day in days) == list(range(THINGS))


async def test_each_episode_is_announced_by_one(shared: Database, server_url: str) -> None:
    await store_episodes(shared, THINGS)

    got = await raced("announcements", server_url)

    assert sorted(episode for episodes in got for episode in episodes) == list(range(1, THINGS + 1))


async def test_each_reminder_is_sent_by_one(shared: Database, server_url: str, clock: StoppedClock) -> None:
    session = (await begin(shared)).coming[0]
    now = clock.now()
    async with shared.write() as connection:
        for number in range(THINGS):
            notice = Notice(0, f"k{number}", GUILD, session.id, Kind.REMINDER, now, now + timedelta(days=1))
            assert await outbox.put(connection, notice)

    got = await raced("notices", server_url)

    assert len({notice for notices in got for notice in notices}) == sum(map(len, got)) >= THINGS


async def test_every_vote_counts_once_however_many_hear_of_it(shared: Database, server_url: str) -> None:
    await store_episodes(shared, 1)
    clip = {"id": CLIP.id, "guild_id": GUILD, "episode_id": 1, "first_word": 0, "last_word": 9}
    clip |= {"approximate": False, "turns": [], "title": "They shiver", "made_at": shared.clock.now()}
    async with shared.write() as connection:
        await connection.execute(insert(schema.clips), clip)

    async def nobody(*_: object) -> None:
        return None

    votes = Votes(shared, nobody)
    await votes.open_ballot(MESSAGE, GUILD, CHANNEL, CLIP)

    heard = await raced("votes", server_url)

    assert heard == [THINGS + OWN] * PROCESSES
    assert await votes.tally(CLIP) == (await votes.tallies([CLIP]))[CLIP]
    assert (await votes.tally(CLIP)).up == THINGS + PROCESSES * OWN // 2


async def test_a_budget_is_spent_to_the_last_question_and_no_further(shared: Database, server_url: str) -> None:
    budgets = Budgets(shared)
    await budgets.decide(GUILD, WHOLE_SERVER, Limits(questions=QUESTIONS), 5)

    got = await raced("budget", server_url)

    assert PROCESSES * ASKED > QUESTIONS
    assert sum(got) == QUESTIONS
    assert (await budgets.decided(GUILD)).spent.questions == QUESTIONS


async def test_each_date_of_a_club_is_booked_by_one(shared: Database, server_url: str) -> None:
    coming = (await begin(shared)).coming
    for number in range(PROCESSES * len(coming)):
        await propose(shared, f"On Moss {number}")

    got = await raced("bookings", server_url)

    booked = {session: paper for some in got for session, paper in some}
    assert sum(map(len, got)) == len(booked) == len(coming)
    clubs = Clubs(shared)
    assert {one.id: (await clubs.meeting(GUILD, one.id)).session.paper_id for one in coming} == booked


async def test_who_is_forgotten_by_all_at_once_is_forgotten(shared: Database, server_url: str) -> None:
    async with shared.write() as connection:
        await seed(connection, GUILD, FORGOTTEN)

    await raced("forgetting", server_url)

    kept = await Privacy(shared).kept(GUILD, FORGOTTEN)
    assert kept.of(*set(Fate) - {Fate.STAYS}) == []
    async with shared.read() as connection:
        assert await forgetting_words.mentions(connection, FORGOTTEN, GUILD) == []
        assert await erasures.asked_at(connection, Erasure(GUILD, FORGOTTEN)) is None


async def test_what_one_process_ingests_all_find(shared: Database, server_url: str) -> None:
    podcast = await store_podcast(shared)
    await store(shared, podcast, reading("old", ["A heron that is grey."]))
    worker = EncodingWorker(ToyEncoder())
    await embed(shared, worker)

    async with AsyncExitStack() as stack:
        processes = [
            await stack.enter_async_context(process("search", server_url, number)) for number in range(PROCESSES)
        ]
        for one in processes:
            assert await line(one) == "ready"
            say(one)
        for one in processes:
            assert await line(one) == "searched"
        await store(shared, podcast, reading("new", ["The blue heron, the blue heron."]))
        await embed(shared, worker)
        for one in processes:
            say(one)
        found = [json.loads(await line(one)) for one in processes]
    worker.close()

    assert found == [["Old", "New"]] * PROCESSES

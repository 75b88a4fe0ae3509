"""One of several processes that want the same things of one database at the same time.

    python -m tests.races.worker JOB URL NUMBER

Says ``ready``, waits for a line, does its job and prints what it got as JSON. What there is to get is made before.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert

from companion.community.budgets import Budgets, OverBudgetError
from companion.community.clubs import Clubs
from companion.community.outbox import Outbox
from companion.community.privacy import Privacy
from companion.community.votes import Happened, Votes, What
from companion.storage import announcements, highlight_slots, schema, sessions
from companion.storage.ballots import Subject
from companion.storage.engine import AsyncConnection, Database
from companion.storage.errors import CompanionError
from tests.clocks import StoppedClock
from tests.community.clubs import GUILD

PROCESSES = 4
THINGS = 30
"""Of each kind that is claimed, and votes that all processes hear of."""
OWN = 10
"""Votes that each process alone hears of; every other one is taken back."""
QUESTIONS, ASKED = 25, 20
"""That the server may ask a day, and that each process asks."""
FORGOTTEN = 70
CLIP, MESSAGE, CHANNEL = Subject("clip", 1), 101, 20
_DAY = date(2026, 3, 1)
_AT_ONCE, _FEW = 5, 3
_LONG = timedelta(hours=1)

Job = Callable[[Database, int, Random], Awaitable[Any]]


def member(number: int) -> int:
    """An account that is old enough to vote."""
    return (100 + number) << 22


async def _no_maker(_connection: object, _subject: Subject) -> int | None:
    return None


async def claim_posts(database: Database, _number: int, dice: Random) -> list[int]:
    """The days of a server's daily posts that this process may post."""
    now, got = database.clock.now(), list[int]()
    for nth in dice.sample(range(THINGS), THINGS):
        async with database.write() as connection:
            day = _DAY + timedelta(days=nth)
            if await highlight_slots.claim(connection, GUILD, "daily", day, now, now - _LONG) is not None:
                got.append(nth)
    return got


async def claim_announcements(database: Database, _number: int, dice: Random) -> list[int]:
    """The episodes that this process may tell a server of."""
    now, got = database.clock.now(), list[int]()
    wanted = dice.sample(range(1, THINGS + 1), THINGS)
    for first in range(0, THINGS, _FEW):
        episodes = wanted[first : first + _FEW]
        async with database.write() as connection:
            got += await announcements.claim(connection, GUILD, episodes, now, now - _LONG)
    return got


async def claim_notices(database: Database, _number: int, dice: Random) -> list[int]:
    """The reminders in the outbox that this process may send."""
    outbox, now, got = Outbox(database), database.clock.now(), list[int]()
    due = await outbox.due(now)
    for one in dice.sample(due, len(due)):
        if await outbox.claim(one.notice, now, CHANNEL) is not None:
            got.append(one.notice.id)
    return got


async def count_votes(database: Database, number: int, dice: Random) -> int:
    """All hear of the same votes, as after sessions that overlap, and each of some of its own."""
    votes, now = Votes(database, _no_maker), database.clock.now()
    own = range(THINGS + OWN * number, THINGS + OWN * (number + 1))
    heard = [Happened(What.CAME, MESSAGE, now, member(one), "👍", burst=False) for one in (*range(THINGS), *own)]
    dice.shuffle(heard)
    for first in range(0, len(heard), _FEW):
        await votes.take(heard[first : first + _FEW])
    later = now + timedelta(minutes=1)
    for one in own[::2]:
        await votes.take([Happened(What.WENT, MESSAGE, later, member(one), "👍", burst=False)])
    return len(heard)


async def spend(database: Database, number: int, _dice: Random) -> int:
    """How many questions this process may ask of those that the server has."""
    budgets = Budgets(database)

    async def ask() -> bool:
        try:
            await budgets.reserve(GUILD, number, ())
        except OverBudgetError:
            return False
        return True

    got = 0
    for _ in range(ASKED // _AT_ONCE):
        got += sum(await asyncio.gather(*(ask() for _ in range(_AT_ONCE))))
    return got


async def book(database: Database, number: int, dice: Random) -> list[list[int]]:
    """The sessions, with their papers, that are this process's: every process wants all of them for its own papers."""
    clubs, got = Clubs(database), list[list[int]]()
    async with database.read() as connection:
        coming = await sessions.coming(connection, GUILD, database.clock.now())
    papers = range(1 + number * len(coming), 1 + (number + 1) * len(coming))
    for session, paper in zip(dice.sample(coming, len(coming)), papers, strict=True):
        try:
            await clubs.schedule(GUILD, session.id, paper)
        except CompanionError:
            continue
        got.append([session.id, paper])
    return got


async def be_forgotten(database: Database, number: int, _dice: Random) -> int:
    """A member is written of and asks to be forgotten, again and again: by each process, and in each of them."""
    for nth in range(_FEW):
        async with database.write() as connection:
            await write_of(connection, FORGOTTEN, f"{number} {nth}")
        await Privacy(database).forget(GUILD, FORGOTTEN)
    return _FEW


async def write_of(connection: AsyncConnection, member_id: int, text: str) -> None:
    """The member suggests somebody, and somebody else suggests the member."""
    at = StoppedClock().now()
    row = {"guild_id": GUILD, "kind": "guest", "state": "open", "suggested_at": at}
    for by, said in ((member_id, text), (member_id + 1, f"<@{member_id}> {text}")):
        words = {"suggested_by": by, "text": said, "text_key": said}
        await connection.execute(insert(schema.suggestions), row | words)


JOBS: dict[str, Job] = {
    "posts": claim_posts,
    "announcements": claim_announcements,
    "notices": claim_notices,
    "votes": count_votes,
    "budget": spend,
    "bookings": book,
    "forgetting": be_forgotten,
}


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def main(job: str, url: str, number: int) -> None:
    async with await Database.open(url, StoppedClock()) as database:
        say("ready")
        await asyncio.to_thread(sys.stdin.readline)
        say(json.dumps(await JOBS[job](database, number, Random(number))))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))

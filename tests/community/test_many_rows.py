"""Forgetting members and servers of whom very much is kept: in short transactions, stopped anywhere and begun again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.community import erasing
from companion.community.erasing import CLAIM_LASTS, Erasing
from companion.community.privacy import Privacy
from companion.community.retention import Retention, Terms
from companion.storage import departures, erasures, forgetting, parts, schema, stand_ins
from companion.storage.engine import Database
from companion.storage.erasures import Erasure
from companion.storage.privacy import PLACES, Fate
from companion.storage.upsert import insert_or_keep
from tests.clocks import StoppedClock
from tests.storage.everywhere import AT, seed

HERE, THERE = 900000000000000010, 900000000000000011
PRIYA, JONAS = 800000000000000001, 800000000000000002
A_MINUTE = 4
ERASURE = Erasure(HERE, PRIYA)
MANY, SUGGESTIONS, EPISODES, PASSAGES = 2_500, 50, 5, 400
FIRST = 1_000_000_000
"""Their first id: far from those that `seed` gives, however often."""
A_PART = 1_500
"""Rows that one transaction deletes or changes at most: a part, or two episodes, with what hangs on them."""
FEW = 6
"""Statements of a part: that it goes on, what else is to be taken back, and what goes."""
STAYING = {(place.table.name, place.column.name) for place in PLACES if place.fate is Fate.STAYS}


class StoppedError(Exception):
    """The process was stopped there."""


@pytest.fixture
async def much(database: Database) -> Database:
    """What a large server and a member of it leave, and a private podcast of that server's own."""
    now = database.clock.now()
    async with database.write() as connection:
        for guild_id in (HERE, THERE):
            await seed(connection, guild_id, PRIYA)
        of = {"subject_kind": "clip", "member_id": PRIYA, "guild_id": HERE, "value": 1, "at": now, "emoji": "x"}
        votes = [of | {"subject_id": FIRST + number} for number in range(MANY)]
        for table in (schema.votes, schema.vote_events):
            named = [{name: value for name, value in row.items() if name in table.c} for row in votes]
            await connection.execute(insert(table), [_whole(table, row) for row in named])
        named = {"guild_id": HERE, "channel_id": 20, "member_id": PRIYA, "direct": False}
        await connection.execute(insert(schema.namings), [named | {"message_id": FIRST + n} for n in range(MANY)])
        wish = _whole(schema.suggestions, {"guild_id": HERE, "suggested_by": PRIYA, "kind": "topic", "state": "open"})
        await connection.execute(
            insert(schema.suggestions), [wish | {"text_key": f"wish {n}"} for n in range(SUGGESTIONS)]
        )
        podcast = {"id": 500, "key": "own", "title": "Own", "private": True, "created_at": now}
        await connection.execute(insert(schema.podcasts), podcast)
        seen = {"guild_id": HERE, "podcast_id": 500, "subscribed_at": now}
        await connection.execute(insert(schema.subscriptions), seen)
        for number in range(EPISODES):
            episode = _whole(schema.episodes, {"id": 500 + number, "podcast_id": 500, "guid": f"g{number}"})
            await connection.execute(insert(schema.episodes), episode)
            turn = _whole(schema.turns, {"episode_id": 500 + number})
            await connection.execute(insert(schema.turns), [turn | {"ordinal": n} for n in range(PASSAGES)])
    return database


def _whole(table: Any, row: dict[str, Any]) -> dict[str, Any]:
    """The row with something in each column that has to have it."""
    for column in table.c:
        if column.name not in row and not column.nullable and column.server_default is None and column.name != "id":
            row[column.name] = _anything(column)
    return row


def _anything(column: Any) -> Any:
    kinds = {bool: False, int: 7, float: 1.0, str: "x", bytes: b"x"}
    try:
        return kinds.get(column.type.python_type, [] if column.name == "people" else AT)
    except NotImplementedError:
        return 7


class Parts:
    """The write transactions of a database: how many rows each deleted, how many ``statements`` it took, and where the
    process is stopped."""

    def __init__(
        self,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
        stops_after: int | None = None,
        *,
        statements: bool = False,
    ) -> None:
        self.rows: list[int] = []
        self.statements: list[int] = []
        write = database.write

        @asynccontextmanager
        async def counted() -> AsyncGenerator[AsyncConnection]:
            if stops_after is not None and len(self.rows) >= stops_after:
                raise StoppedError
            async with write() as connection:
                if statements:
                    with counting(connection) as seen:
                        yield connection
                    self.statements.append(len(seen))
                    return
                before = await total(connection)
                yield connection
                self.rows.append(before - await total(connection))

        monkeypatch.setattr(database, "write", counted)


@contextlib.contextmanager
def counting(connection: AsyncConnection) -> Generator[list[str]]:
    """The statements that are executed over the connection meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_given: Any) -> None:
        seen.append(statement)

    event.listen(connection.sync_connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection.sync_connection, "before_cursor_execute", note)


async def asked_for(database: Database) -> bool:
    """Is somebody being forgotten?"""
    async with database.read() as connection:
        return (await connection.execute(select(schema.erasures))).first() is not None


async def total(connection: AsyncConnection) -> int:
    counts = [select(func.count()).select_from(table).scalar_subquery() for table in schema.metadata.sorted_tables]
    return sum((await connection.execute(select(*counts))).one())


async def of_server(database: Database, guild_id: int) -> int:
    """How many rows are the server's, but for those of a day's bounds, which go with the day."""
    tables = [one for one in schema.metadata.sorted_tables if "guild_id" in one.c and one is not schema.spent]
    counts = [
        select(func.count()).select_from(table).where(table.c.guild_id == guild_id).scalar_subquery()
        for table in tables
    ]
    async with database.read() as connection:
        return sum((await connection.execute(select(*counts))).one())


async def votes_and_voters(database: Database) -> tuple[int, int]:
    """How many votes there are on what the member voted on most, and of how many members."""
    votes = schema.votes.c
    counted = select(func.count(), func.count(votes.member_id.distinct())).where(
        votes.guild_id == HERE, votes.subject_id >= FIRST
    )
    async with database.read() as connection:
        count, voters = (await connection.execute(counted)).one()
    return count, voters


async def tidied(database: Database, clock: StoppedClock) -> None:
    """A bot runs for an hour and some minutes."""
    kept = Retention(database, Terms(log=timedelta(days=3650), left=timedelta(days=1)), lambda one: one == HERE)
    for _ in range(70):
        await kept.tidy(clock.now())
        clock.advance(timedelta(minutes=1))


async def test_a_large_server_goes_in_short_parts(
    much: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = await of_server(much, THERE)
    async with much.write() as connection:
        await departures.left(connection, {HERE}, clock.now())
    clock.advance(timedelta(days=2))
    seen = Parts(much, monkeypatch)

    await tidied(much, clock)

    deleted = [rows for rows in seen.rows if rows]
    assert sum(deleted) > 3 * MANY + EPISODES * PASSAGES
    assert max(deleted) <= A_PART
    assert await of_server(much, HERE) == 0
    assert await of_server(much, THERE) == others
    async with much.read() as connection:
        assert (
            await connection.execute(select(schema.podcasts.c.id).where(schema.podcasts.c.id == 500))
        ).first() is None


@pytest.mark.parametrize("stops_after", [1, 3, 5, 7])
async def test_a_deletion_of_a_server_that_is_stopped_anywhere_is_ended_by_the_next_start(
    much: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch, stops_after: int
) -> None:
    async with much.write() as connection:
        await departures.left(connection, {HERE}, clock.now())
    clock.advance(timedelta(days=2))
    with monkeypatch.context() as stopping:
        Parts(much, stopping, stops_after + 3)
        with pytest.raises(StoppedError):
            await tidied(much, clock)
    assert await of_server(much, HERE) > 0

    await tidied(much, clock)

    assert await of_server(much, HERE) == 0


async def test_a_server_that_the_bot_returns_to_meanwhile_keeps_what_is_left(
    much: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with much.write() as connection:
        await departures.left(connection, {HERE}, clock.now())
        await departures.forget_some(connection, HERE, 1)
    left = await of_server(much, HERE)
    async with much.write() as connection:
        assert await departures.returned(connection, {HERE}) == 1
    clock.advance(timedelta(days=2))

    await tidied(much, clock)

    assert await of_server(much, HERE) == left - 1


async def test_a_member_of_whom_much_is_kept_goes_in_short_parts(
    much: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Parts(much, monkeypatch)

    told = await Privacy(much).forget(HERE, PRIYA)

    assert len(seen.rows) > (2 * MANY + SUGGESTIONS * 20) // parts.AT_ONCE
    assert max(seen.rows) <= A_PART
    assert told.messages >= MANY
    assert {(one.place.table.name, one.place.column.name) for one in told.stays.held} <= STAYING
    assert await votes_and_voters(much) == (MANY, 1)


@pytest.mark.parametrize("guild_id", [HERE, None])
async def test_who_asked_once_is_forgotten_and_counted_once_though_the_process_is_stopped_after_every_part(
    much: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch, guild_id: int | None
) -> None:
    async with much.write() as connection:
        await seed(connection, HERE, JONAS)
    with monkeypatch.context() as stopping:
        Parts(much, stopping, 1)
        with pytest.raises(StoppedError):
            await Privacy(much).forget(guild_id, PRIYA)

    stops = 0
    while await asked_for(much):
        clock.advance(CLAIM_LASTS + timedelta(seconds=1))
        with monkeypatch.context() as stopping:
            # Every start begins with what stands for them, and the last ones look everywhere once more.
            Parts(much, stopping, 3)
            with contextlib.suppress(StoppedError):
                await Erasing(much).go_on()
        stops += 1
        async with much.write() as connection:
            await stand_ins.forget_idle(connection)
        if stops % 5 == 0:
            await Privacy(much).forget(HERE, JONAS)

    assert stops > 2 * MANY // parts.AT_ONCE
    held = (await Privacy(much).kept(guild_id, PRIYA)).held
    assert {(one.place.table.name, one.place.column.name) for one in held} <= STAYING
    assert await votes_and_voters(much) == (MANY, 1)
    async with much.read() as connection:
        noted = select(func.count()).select_from(schema.retractions).where(schema.retractions.c.guild_id == HERE)
        assert (await connection.execute(noted)).scalar_one() >= MANY


async def test_what_a_living_process_forgets_no_other_goes_on_with(much: Database, clock: StoppedClock) -> None:
    parts_of = Erasing(much)._parts  # pyright: ignore[reportPrivateUsage]
    async with much.write() as connection:
        await erasures.ask(connection, [ERASURE], clock.now())
    async for _ in parts_of(ERASURE):
        clock.advance(CLAIM_LASTS)
        async with much.read() as connection:
            assert await erasures.stopped(connection, clock.now() - CLAIM_LASTS) is None


async def test_two_that_forget_the_same_member_at_once_count_them_once(much: Database) -> None:
    await asyncio.gather(*(Privacy(much).forget(HERE, PRIYA) for _ in range(2)))

    assert await votes_and_voters(much) == (MANY, 1)
    assert not await asked_for(much)


async def test_going_on_takes_so_many_transactions_a_minute_and_the_next_minute_the_rest(
    much: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with much.write() as connection:
        await erasures.ask(connection, [ERASURE], clock.now())
    clock.advance(CLAIM_LASTS + timedelta(seconds=1))
    monkeypatch.setattr(erasing, "_A_MINUTE", A_MINUTE)
    minutes = 0
    while await asked_for(much):
        with monkeypatch.context() as counting:
            seen = Parts(much, counting)
            await Erasing(much).go_on()
        assert len(seen.rows) <= A_MINUTE + 1, "these, and that nobody is at it any more"
        minutes += 1

    assert minutes > 1
    assert await votes_and_voters(much) == (MANY, 1)


async def test_what_is_written_while_they_are_forgotten_is_taken_back_too(
    much: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase_of, late = forgetting.erase_of, FIRST + 2 * MANY

    async def erased(connection: AsyncConnection, place: Any, *given: Any) -> int:
        gone = await erase_of(connection, place, *given)
        if place.table is schema.votes:
            named = {"guild_id": HERE, "channel_id": 20, "member_id": PRIYA, "direct": False, "message_id": late}
            await connection.execute(insert_or_keep(schema.namings, ["message_id", "member_id"]), named)
        return gone

    monkeypatch.setattr(forgetting, "erase_of", erased)
    await Privacy(much).forget(HERE, PRIYA)

    async with much.read() as connection:
        noted = select(schema.retractions.c.member_id).where(schema.retractions.c.message_id == late)
        assert (await connection.execute(noted)).scalars().all() == [PRIYA]


async def test_a_part_of_what_is_much_takes_few_statements(much: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Parts(much, monkeypatch, statements=True)

    await Privacy(much).forget(HERE, PRIYA)

    # Of three kinds there are thousands. A last part looks everywhere, and again where that changed much.
    assert sorted(seen.statements)[len(seen.statements) // 2] <= FEW
    assert sum(many > FEW for many in seen.statements) <= SUGGESTIONS // 20 + 4


async def test_however_many_suggestions_they_made_the_votes_on_them_go_with_each(
    much: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "large_places", partial(forgetting.large_places, many=SUGGESTIONS))
    suggestions, votes = schema.suggestions.c, schema.votes
    theirs = select(suggestions.id).where(suggestions.guild_id == HERE, suggestions.suggested_by == PRIYA)
    async with much.write() as connection:
        made = list((await connection.execute(theirs)).scalars())
        on = {"subject_kind": "suggestion", "guild_id": HERE, "member_id": JONAS, "value": 1, "at": AT}
        await connection.execute(insert(votes), [_whole(votes, on | {"subject_id": one}) for one in made])

    await Privacy(much).forget(HERE, PRIYA)

    assert len(made) > SUGGESTIONS
    async with much.read() as connection:
        left = select(func.count()).select_from(votes).where(votes.c.subject_kind == "suggestion")
        assert (await connection.execute(left)).scalar_one() == 0

"""What is kept of sessions, and what counts as a change of one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from companion.storage import sessions
from companion.storage.engine import Database
from companion.storage.schema import papers
from companion.storage.sessions import Session, State
from tests.storage.sample_clubs import FRIDAY, GUILD, a_session, keep


@pytest.fixture
async def paper_ids(database: Database) -> list[int]:
    """Papers that were proposed in the server."""
    now = database.clock.now()
    async with database.write() as connection:
        rows = [
            {
                "guild_id": GUILD,
                "canonical": f"arxiv:2501.0000{nth}",
                "title": f"On Moss {nth}",
                "authors": ["Ada Fern"],
                "proposed_by": 7,
                "proposed_at": now,
                "state": "proposed",
                "renewed_at": now,
            }
            for nth in range(6)
        ]
        return list((await connection.execute(insert(papers).returning(papers.c.id), rows)).scalars())


async def kept(database: Database, session_id: int) -> Session:
    async with database.read() as connection:
        found = await sessions.get(connection, GUILD, session_id)
    assert found is not None
    return found


async def test_a_series_has_one_session_a_slot(database: Database) -> None:
    series_id, (session_id,) = await keep(database)
    async with database.write() as connection:
        assert await sessions.add(connection, a_session(series_id)) is None
        stored = replace(a_session(series_id), id=session_id)
        assert await sessions.of_series(connection, series_id) == [stored]
        assert await sessions.get(connection, GUILD + 1, session_id) is None


async def test_one_slot_is_booked_once_however_many_book_it_at_once(database: Database, paper_ids: list[int]) -> None:
    _, (session_id,) = await keep(database)

    async def book(paper_id: int) -> bool:
        async with database.write() as connection:
            return await sessions.book(connection, session_id, paper_id, paper_id + 100, None, database.clock.now())

    booked = await asyncio.gather(*map(book, paper_ids))
    (winner,) = [paper_id for paper_id, first in zip(paper_ids, booked, strict=True) if first]
    after = await kept(database, session_id)
    assert (after.paper_id, after.presented_by, after.sequence) == (winner, winner + 100, 1)


async def test_a_session_that_is_not_planned_is_not_booked(database: Database, paper_ids: list[int]) -> None:
    _, (session_id,) = await keep(database)
    async with database.write() as connection:
        now = database.clock.now()
        await sessions.change(connection, session_id, now, state=State.SKIPPED)
        assert not await sessions.book(connection, session_id, paper_ids[0], None, None, now)


async def test_the_sequence_rises_with_each_change_that_calendars_show_and_with_nothing_else(
    database: Database,
) -> None:
    _, (session_id,) = await keep(database)
    before = await kept(database, session_id)
    later = before.changed_at + timedelta(hours=1)
    async with database.write() as connection:
        assert not await sessions.change(connection, session_id, later, day=before.day, author=None)
        await sessions.note(connection, session_id, event_id=99, message_id=98, thread_id=97)
        assert await sessions.hold(connection, session_id)
        assert not await sessions.hold(connection, session_id)
    quiet = await kept(database, session_id)
    assert quiet == replace(before, state=State.HELD, event_id=99, message_id=98, thread_id=97)
    async with database.write() as connection:
        assert await sessions.change(connection, session_id, later, author="Ada Fern", minute=750)
    changed = replace(quiet, author="Ada Fern", minute=750, sequence=1, changed_at=later)
    assert await kept(database, session_id) == changed
    async with database.read() as connection:
        assert await sessions.by_event(connection, 99) == changed
        assert await sessions.by_event(connection, 98) is None


async def test_what_changes_for_a_club_changes_its_planned_sessions_that_are_still_to_come(database: Database) -> None:
    series_id, ids = await keep(database, 5)
    first, _, third, fourth, _ = ids
    at = (await kept(database, first)).starts_at
    async with database.write() as connection:
        await sessions.change(connection, third, at, state=State.SKIPPED)
        await sessions.touch_coming(connection, series_id, at, [fourth])
    assert [(await kept(database, one)).sequence for one in ids] == [0, 1, 1, 0, 1]


async def test_an_event_is_created_by_who_claims_it_until_the_claim_expires(database: Database) -> None:
    _, (session_id,) = await keep(database)
    now, lasts = database.clock.now(), timedelta(minutes=10)
    async with database.write() as connection:
        assert await sessions.claim_event(connection, session_id, now, now - lasts)
        assert not await sessions.claim_event(connection, session_id, now, now - lasts)
        later = now + lasts * 2
        assert await sessions.claim_event(connection, session_id, later, later - lasts)
        await sessions.note(connection, session_id, event_id=99)
        assert not await sessions.claim_event(connection, session_id, later + lasts * 2, later + lasts)


async def test_sessions_are_found_by_when_they_are_and_what_became_of_them(database: Database) -> None:
    series_id, ids = await keep(database, 3)
    await keep(database, 1, GUILD + 1)
    start = (await kept(database, ids[0])).starts_at
    async with database.write() as connection:
        await sessions.change(connection, ids[0], start, presented_by=7)
        await sessions.hold(connection, ids[0])
        assert [one.id for one in await sessions.coming(connection, GUILD, start)] == ids[1:]
        assert await sessions.coming(connection, GUILD, start, series_id + 1) == []
        week = timedelta(weeks=1)
        assert len(await sessions.planned(connection, None, start + week * 2)) == 2
        assert [one.id for one in await sessions.planned(connection, start + week, start + week * 2)] == [ids[1]]
        assert [one.id for one in await sessions.held(connection, GUILD)] == [ids[0]]
        assert await sessions.held(connection, GUILD + 1) == []
        assert await sessions.presented(connection, GUILD) == {7: (1, start)}
        assert await sessions.presented(connection, GUILD + 1) == {}
        assert [one.id for one in await sessions.of_series(connection, series_id, FRIDAY + week)] == ids[1:]

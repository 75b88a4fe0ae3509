"""Members see, take along and have forgotten what is kept of them; what stays is declared."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.community.privacy import Privacy
from companion.storage import forgetting_words, stand_ins, votes
from companion.storage import thumbs as kept_thumbs
from companion.storage.ballots import CLIP, Subject
from companion.storage.engine import Database
from companion.storage.privacy import PLACES, Fate
from companion.storage.schema import metadata, questions, thumbs
from tests.storage.everywhere import AT, everything, seed

BEES, CAVES = 900000000000000010, 900000000000000011
PRIYA, JONAS = 800000000000000001, 800000000000000002
STAYING = {(place.table.name, place.column.name) for place in PLACES if place.fate is Fate.STAYS}
NONE_BEFORE = {("retractions", "member_id"), ("erasures", "member_id")}
"""Where nobody is before they ask to be forgotten."""
COUNTED = {place.table for place in PLACES if place.fate is Fate.STAND_IN} - {thumbs}
"""Thumbs on an answer go with it."""

Rows = dict[Any, list[dict[str, Any]]]


async def rows(database: Database) -> Rows:
    async with database.read() as connection:
        return await everything(connection)


def naming(kept: Rows, member_id: int, guild_id: int | None = None) -> set[tuple[str, str]]:
    """The columns in which the member's id stands, alone or in anything."""
    return {
        (table.name, name)
        for table, some in kept.items()
        for row in some
        if guild_id is None or row.get("guild_id", guild_id) == guild_id
        for name, value in row.items()
        if str(member_id) in str(value)
    }


async def a_world(database: Database) -> None:
    """Two members, in every table, in two servers."""
    async with database.write() as connection:
        for guild_id in (BEES, CAVES):
            for member_id in (PRIYA, JONAS):
                await seed(connection, guild_id, member_id)


async def test_a_member_is_in_every_place_before(database: Database) -> None:
    await a_world(database)

    found = naming(await rows(database), PRIYA)

    declared = {(place.table.name, place.column.name) for place in PLACES} - NONE_BEFORE
    assert declared <= found


async def test_nothing_names_who_is_forgotten_but_what_is_declared_to_stay(database: Database) -> None:
    await a_world(database)

    await Privacy(database).forget(None, PRIYA)

    assert naming(await rows(database), PRIYA) <= STAYING


async def test_who_is_forgotten_in_a_server_stays_in_the_others(database: Database) -> None:
    await a_world(database)
    before = await rows(database)

    await Privacy(database).forget(BEES, PRIYA)

    after = await rows(database)
    in_caves = [
        {table.name: [row for row in some if row.get("guild_id") == CAVES] for table, some in kept.items()}
        for kept in (before, after)
    ]
    assert in_caves[0] == in_caves[1]
    here = {one for one in naming(after, PRIYA, BEES) if "guild_id" in metadata.tables[one[0]].c}
    assert here <= STAYING


async def test_nobody_else_is_touched(database: Database) -> None:
    await a_world(database)
    before = naming(await rows(database), JONAS)

    await Privacy(database).forget(None, PRIYA)

    assert naming(await rows(database), JONAS) >= before


async def test_totals_stay(database: Database) -> None:
    await a_world(database)
    before = await rows(database)
    clips = {row["subject_id"] for row in before[metadata.tables["votes"]]}
    subjects = [Subject(CLIP, one) for one in clips]
    async with database.read() as connection:
        tallies, voters = await votes.tallies(connection, subjects), await votes.voters(connection, subjects)

    await Privacy(database).forget(None, PRIYA)

    after = await rows(database)
    assert {table.name: len(after[table]) for table in COUNTED} == {table.name: len(before[table]) for table in COUNTED}
    async with database.read() as connection:
        assert await votes.tallies(connection, subjects) == tallies
        assert await votes.voters(connection, subjects) >= voters


async def test_thumbs_on_the_answers_of_others_count_on(database: Database) -> None:
    await a_world(database)
    async with database.write() as connection:
        theirs = select(questions.c.id).where(questions.c.member_id == JONAS, questions.c.guild_id == BEES)
        answer = (await connection.execute(theirs)).scalar_one()
        await kept_thumbs.press(connection, answer, PRIYA, False, AT)

    await Privacy(database).forget(None, PRIYA)

    async with database.read() as connection:
        counted = (await kept_thumbs.tallies(connection, [answer]))[answer]
    assert (counted.up, counted.down) == (1, 1)


async def test_who_is_forgotten_twice_is_forgotten(database: Database) -> None:
    await a_world(database)
    await Privacy(database).forget(BEES, PRIYA)
    async with database.write() as connection:
        await seed(connection, BEES, PRIYA)

    await Privacy(database).forget(BEES, PRIYA)
    told = await Privacy(database).forget(None, PRIYA)

    assert naming(await rows(database), PRIYA) <= STAYING
    assert {held.place.fate for held in told.stays.held} == {Fate.STAYS}


async def test_show_counts_what_there_is_and_tells_why_something_stays(database: Database) -> None:
    await a_world(database)

    here = await Privacy(database).kept(BEES, PRIYA)
    everywhere = await Privacy(database).kept(None, PRIYA)

    assert {held.rows for held in here.held} == {1}
    assert {held.rows for held in everywhere.held} == {2}
    assert everywhere.servers == 2
    assert all(held.place.why for held in everywhere.of(Fate.STAYS, Fate.STAND_IN, Fate.NOBODY))


async def test_a_vote_is_counted_once_and_a_trace_of_one_that_is_gone_too(database: Database) -> None:
    await a_world(database)

    async def votes_shown() -> set[str]:
        kept = await Privacy(database).kept(BEES, PRIYA)
        return {held.place.what for held in kept.held if "vote" in held.place.what}

    assert await votes_shown() == {"votes you gave"}
    async with database.write() as connection:
        await connection.execute(metadata.tables["votes"].delete())
    assert await votes_shown() == {"reactions you voted with", "times you voted or took it back"}


async def test_what_is_said_to_be_gone_is_what_did_not_have_to_stay(database: Database) -> None:
    await a_world(database)
    before = await Privacy(database).kept(BEES, PRIYA)

    told = await Privacy(database).forget(BEES, PRIYA)

    announced = before.of(Fate.DELETED, Fate.EMPTIED, Fate.STAND_IN, Fate.NOBODY)
    assert told.gone == sum(held.rows for held in announced)
    assert told.stays.rows > 0


async def test_nothing_is_shown_of_who_is_unknown(database: Database) -> None:
    await a_world(database)

    kept = await Privacy(database).kept(None, 42)

    assert (kept.rows, kept.servers) == (0, 0)


async def test_an_export_has_every_row_as_json_and_nobody_else(database: Database) -> None:
    await a_world(database)

    exported = json.loads(json.dumps(await Privacy(database).export(None, PRIYA)))

    kept = await Privacy(database).kept(None, PRIYA)
    written = {what: len(kind["rows"]) for what, kind in exported["kept"].items()}
    parts = {place.what for place in PLACES if place.within}
    assert written == {**dict.fromkeys(parts, 2), **{held.place.what: held.rows for held in kept.held}}
    assert str(JONAS) not in json.dumps(exported)
    assert exported["kept"]["searches you made"]["rows"][0]["guild_id"] == str(BEES)


async def test_what_others_write_while_a_member_is_forgotten_is_not_written_over(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_world(database)
    look, sessions = forgetting_words.mentions, metadata.tables["sessions"]

    async def mentions(connection: AsyncConnection, member_id: int, guild_id: int | None, *more: Any) -> list[Any]:
        found = await look(connection, member_id, guild_id, *more)
        async with database.write() as writing:
            hers = sessions.c.notes.contains(str(PRIYA))
            await writing.execute(sessions.update().where(hers).values(notes=f"Thanks to <@{PRIYA}>: chapter 2!"))
            await writing.execute(metadata.tables["member_questions"].delete())
        return found

    monkeypatch.setattr(forgetting_words, "mentions", mentions)
    await Privacy(database).forget(BEES, PRIYA)

    here = {row["notes"] for row in (await rows(database))[sessions] if row["guild_id"] == BEES}
    assert "Thanks to <@0>: chapter 2!" in here
    assert not [notes for notes in here if str(PRIYA) in notes]


async def test_an_export_of_what_a_host_judged_has_not_what_others_asked(database: Database) -> None:
    await a_world(database)

    exported = await Privacy(database).export(BEES, PRIYA)

    judged = exported["kept"]["answers you marked as a host"]["rows"][0]
    assert set(judged) == {"id", "guild_id", "asked_at", "judged_at"}


async def test_why_managers_blocked_a_member_is_not_told_to_them(database: Database) -> None:
    await a_world(database)

    exported = await Privacy(database).export(BEES, PRIYA)

    assert set(exported["kept"]["servers that blocked you"]["rows"][0]) == {"guild_id", "member_id", "blocked_at"}


async def test_nothing_is_kept_of_who_stands_for_whom_once_no_reaction_asks_for_it(database: Database) -> None:
    await a_world(database)
    await Privacy(database).forget(None, PRIYA)
    async with database.read() as connection:
        assert PRIYA in await stand_ins.of(connection, BEES, [PRIYA, JONAS])

    async with database.write() as connection:
        await connection.execute(metadata.tables["ballots"].update().values(open=False))
        await stand_ins.forget_idle(connection)

    async with database.read() as connection:
        assert await stand_ins.of(connection, BEES, [PRIYA, JONAS]) == {}


async def test_the_messages_that_show_a_member_s_words_are_deleted_and_others_lose_the_name(database: Database) -> None:
    await a_world(database)
    before = await rows(database)

    told = await Privacy(database).forget(BEES, PRIYA)

    noted = (await rows(database))[metadata.tables["retractions"]]
    asked = {
        row["message_id"]
        for name in ("searches", "questions")
        for row in before[metadata.tables[name]]
        if row["member_id"] == PRIYA and row["guild_id"] == BEES
    }
    assert {row["message_id"] for row in noted if not row["member_id"]} == asked
    assert {row["member_id"] for row in noted} == {0, PRIYA}
    assert told.messages == len(noted)

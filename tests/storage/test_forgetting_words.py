"""Whoever is forgotten is taken out of what others wrote, and search shows it so from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import aliases, forgetting_words, index_version, names, schema
from companion.storage.aliases import Alias, NamedLabel, Origin
from companion.storage.engine import Database
from companion.storage.names import AliasKind, AliasState
from tests.storage.everywhere import AT, seed

BEES, CAVES = 900000000000000010, 900000000000000011
PRIYA, JONAS = 800000000000000001, 800000000000000002
NOBODY_AS_LONG = "0" * len(str(PRIYA))


@pytest.fixture
async def episode(database: Database) -> Mapping[Any, Any]:
    """An episode in which somebody speaks whom the transcript calls ``S1``, and a server's session that it records."""
    async with database.write() as connection:
        await seed(connection, CAVES, JONAS)
        await seed(connection, BEES, JONAS)
        recorded = select(schema.sessions.c.episode_id).where(schema.sessions.c.guild_id == BEES)
        found = select(schema.episodes).where(schema.episodes.c.id.in_(recorded))
        row = (await connection.execute(found)).mappings().one()
        await connection.execute(
            update(schema.turns).where(schema.turns.c.episode_id == row["id"]).values(speaker="S1")
        )
    return row


async def forget(database: Database, guild_id: int | None = None) -> None:
    async with database.write() as connection:
        found = await forgetting_words.mentions(connection, PRIYA, guild_id)
        await forgetting_words.redact(connection, found, PRIYA, -7)


async def revision(connection: AsyncConnection, episode_id: int) -> int:
    return (
        await connection.execute(select(schema.episodes.c.revision).where(schema.episodes.c.id == episode_id))
    ).scalar_one()


async def who_speaks(connection: AsyncConnection, episode: Mapping[Any, Any]) -> str:
    known = await names.names_in(connection, None)
    return known.of(episode["podcast_id"], episode["id"], "S1")


@pytest.mark.parametrize("by", ["alias", "label"])
async def test_a_name_with_a_member_in_it_is_read_anew_by_search(
    database: Database, episode: Mapping[Any, Any], by: str
) -> None:
    named = f"<@{PRIYA}>"
    async with database.write() as connection:
        if by == "alias":
            alias = Alias(
                episode["podcast_id"], AliasKind.PERSON, "S1", named, AliasState.ACCEPTED, Origin.MODERATOR, ""
            )
            await aliases.put(connection, alias, AT)
        else:
            await aliases.name_label(connection, NamedLabel(episode["id"], "S1", named, Origin.MODERATOR))
        before = await index_version.current(connection)
        assert await who_speaks(connection, episode) == named

    await forget(database)

    async with database.read() as connection:
        assert await who_speaks(connection, episode) == "<@0>"
        now = await index_version.current(connection)
        assert await revision(connection, episode["id"]) == now > before


async def test_two_spellings_of_members_who_are_forgotten_do_not_become_one(
    database: Database, episode: Mapping[Any, Any]
) -> None:
    podcast_id, state = episode["podcast_id"], AliasState.ACCEPTED
    async with database.write() as connection:
        for spelling in (f"bee {PRIYA}", "bee 0"):
            alias = Alias(podcast_id, AliasKind.TERM, spelling, "Bee", state, Origin.MODERATOR, "")
            await aliases.put(connection, alias, AT)

    await forget(database)

    async with database.read() as connection:
        known = await aliases.listed(connection, [podcast_id], [state])
    assert {one.spelling for one in known} == {"bee -7", "bee 0"}


async def written(connection: AsyncConnection, table: Table, name: str, episode_id: int, words: str) -> None:
    of = table.c.id if table is schema.episodes else table.c.episode_id
    await connection.execute(update(table).where(of == episode_id).values({name: words}))


@pytest.mark.parametrize("guild_id", [BEES, None])
async def test_the_notes_of_a_recording_name_them_no_more_and_are_as_long_as_before(
    database: Database, episode: Mapping[Any, Any], guild_id: int | None
) -> None:
    notes, passages = f"<@{PRIYA}> and <@{JONAS}> brought wax.", schema.passages
    async with database.write() as connection:
        await written(connection, schema.episodes, "notes", episode["id"], notes)
        await written(connection, passages, "text", episode["id"], notes)
        await connection.execute(update(passages).values(kind="notes"))
        before = await index_version.current(connection)

    await forget(database, guild_id)

    without = f"<@{NOBODY_AS_LONG}> and <@{JONAS}> brought wax."
    async with database.read() as connection:
        kept = select(schema.episodes.c.notes, passages.c.text).join(passages).where(passages.c.text == without)
        assert [tuple(row) for row in await connection.execute(kept)] == [(without, without)]
        assert await revision(connection, episode["id"]) == await index_version.current(connection) > before


async def test_notes_of_other_servers_recordings_and_of_podcasts_stay_as_they_are(
    database: Database, episode: Mapping[Any, Any]
) -> None:
    async with database.write() as connection:
        await connection.execute(update(schema.episodes).values(notes=f"By <@{PRIYA}>."))
        await connection.execute(
            update(schema.sessions).where(schema.sessions.c.guild_id == BEES).values(episode_id=None)
        )
        version = await index_version.current(connection)

    await forget(database, BEES)

    async with database.read() as connection:
        kept = select(func.count()).select_from(schema.episodes).where(schema.episodes.c.notes == f"By <@{PRIYA}>.")
        assert (await connection.execute(kept)).scalar_one() == 2
        assert await index_version.current(connection) == version

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from companion.storage import suggestions
from companion.storage.engine import Database
from companion.storage.suggestions import State, Suggestion, SuggestionKind

HERE, THERE, PRIYA = 10**17 + 1, 10**17 + 2, 300_000_000_000_000_001
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def added(
    database: Database,
    text: str = "Ada Moreau",
    kind: SuggestionKind = SuggestionKind.GUEST,
    guild_id: int = HERE,
) -> Suggestion:
    suggestion = Suggestion(0, guild_id, kind, text, PRIYA, NOW)
    async with database.write() as connection:
        return replace(suggestion, id=await suggestions.add(connection, suggestion))


async def test_what_is_stored_comes_back_to_its_server_alone(database: Database) -> None:
    ada = await added(database)

    async with database.read() as connection:
        assert await suggestions.get(connection, HERE, ada.id) == ada
        assert await suggestions.get(connection, THERE, ada.id) is None
        assert await suggestions.same(connection, HERE, SuggestionKind.GUEST, "ada moreau!") == ada
        assert await suggestions.same(connection, HERE, SuggestionKind.TOPIC, "Ada Moreau") is None
        assert await suggestions.same(connection, THERE, SuggestionKind.GUEST, "Ada Moreau") is None


async def test_the_same_words_are_one_suggestion_of_a_kind(database: Database) -> None:
    await added(database)
    await added(database, kind=SuggestionKind.TOPIC)
    await added(database, guild_id=THERE)

    with pytest.raises(IntegrityError):
        await added(database, "ADA MOREAU")


async def test_only_open_ones_of_the_server_are_listed_and_counted(database: Database) -> None:
    ada = await added(database)
    bo = await added(database, "Bo Lind")
    winter = await added(database, "Winter", SuggestionKind.TOPIC)
    await added(database, "Elsewhere", guild_id=THERE)
    async with database.write() as connection:
        assert await suggestions.move(connection, bo.id, State.DONE)
        assert not await suggestions.move(connection, bo.id, State.DONE)

    async with database.read() as connection:
        assert await suggestions.of_guild(connection, HERE) == [ada, winter]
        assert await suggestions.of_guild(connection, HERE, SuggestionKind.GUEST) == [ada]
        assert await suggestions.of_guild(connection, HERE, state=State.DONE) == [replace(bo, state=State.DONE)]
        assert await suggestions.count_open(connection, HERE, PRIYA) == 2
        assert await suggestions.count_open(connection, THERE, PRIYA) == 1


async def test_only_its_own_server_removes_a_suggestion(database: Database) -> None:
    ada = await added(database)

    async with database.write() as connection:
        assert not await suggestions.remove(connection, THERE, ada.id)
        assert await suggestions.remove(connection, HERE, ada.id)
        assert await suggestions.get(connection, HERE, ada.id) is None

"""A deletion that cannot be done keeps no other waiting, and who comes back is forgotten again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.community.erasing import CLAIM_LASTS, Erasing
from companion.community.privacy import Privacy
from companion.storage import erasures, forgetting_words, schema
from companion.storage.engine import Database
from companion.storage.erasures import ANYWHERE, Erasure
from companion.storage.forgetting_words import Mention
from tests.clocks import StoppedClock
from tests.storage.everywhere import AT, seed

BEES = 900000000000000010
PRIYA, JONAS = 800000000000000001, 800000000000000002


async def wished(connection: AsyncConnection) -> None:
    """Somebody else suggests what names the member."""
    row = {"guild_id": BEES, "suggested_by": JONAS, "kind": "guest", "state": "open", "suggested_at": AT}
    text = f"<@{PRIYA}>"
    await connection.execute(insert(schema.suggestions), row | {"text": text, "text_key": text})


async def test_who_comes_back_is_forgotten_again_where_the_same_was_written_of_them(database: Database) -> None:
    async with database.write() as connection:
        await seed(connection, BEES, PRIYA)
        await wished(connection)
    await Privacy(database).forget(BEES, PRIYA)
    async with database.write() as connection:
        await wished(connection)

    await Privacy(database).forget(BEES, PRIYA)

    async with database.read() as connection:
        assert await forgetting_words.mentions(connection, PRIYA, BEES) == []


async def test_one_that_fails_keeps_no_other_waiting(
    database: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.write() as connection:
        for member_id in (PRIYA, JONAS):
            await seed(connection, BEES, member_id)
            await erasures.ask(connection, [Erasure(ANYWHERE, member_id)], clock.now())
            clock.advance(timedelta(seconds=1))
    clock.advance(CLAIM_LASTS)
    redact = forgetting_words.redact

    async def failing(connection: AsyncConnection, found: Sequence[Mention], member_id: int, *given: Any) -> None:
        if member_id == PRIYA:
            raise OSError("no answer")
        await redact(connection, found, member_id, *given)

    monkeypatch.setattr(forgetting_words, "redact", failing)
    with pytest.raises(OSError, match="no answer"):
        await Erasing(database).go_on()
    await Erasing(database).go_on()

    async with database.read() as connection:
        assert await forgetting_words.mentions(connection, JONAS, None) == []


async def test_what_is_asked_for_again_while_another_is_at_it_is_still_to_come(
    database: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was asked the second time is stopped, and the first had read all before."""
    mentions = forgetting_words.mentions

    async def meanwhile(connection: AsyncConnection, *given: Any) -> list[Mention]:
        found = await mentions(connection, *given)
        monkeypatch.setattr(forgetting_words, "mentions", mentions)
        async with database.write() as another:
            await wished(another)
            await erasures.ask(another, [Erasure(BEES, PRIYA)], clock.now())
        return found

    monkeypatch.setattr(forgetting_words, "mentions", meanwhile)
    await Privacy(database).forget(BEES, PRIYA)
    clock.advance(CLAIM_LASTS + timedelta(seconds=1))
    await Erasing(database).go_on()

    async with database.read() as connection:
        assert await forgetting_words.mentions(connection, PRIYA, BEES) == []
        assert await erasures.asked_at(connection, Erasure(BEES, PRIYA)) is None


async def test_who_finds_that_another_has_done_it_does_nothing_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would write a number in the member's place of which nobody knows any more whose it is."""
    async with database.write() as connection:
        await seed(connection, BEES, PRIYA)
        await wished(connection)
    mentions, redact = forgetting_words.mentions, forgetting_words.redact
    redacted = 0

    async def meanwhile(connection: AsyncConnection, *given: Any) -> list[Mention]:
        found = await mentions(connection, *given)
        monkeypatch.setattr(forgetting_words, "mentions", mentions)
        await Privacy(database).forget(BEES, PRIYA)
        return found

    async def counted(*given: Any) -> None:
        nonlocal redacted
        redacted += 1
        await redact(*given)

    monkeypatch.setattr(forgetting_words, "mentions", meanwhile)
    monkeypatch.setattr(forgetting_words, "redact", counted)
    await Privacy(database).forget(BEES, PRIYA)

    assert redacted == 1
    async with database.read() as connection:
        assert await forgetting_words.mentions(connection, PRIYA, BEES) == []
        assert await erasures.asked_at(connection, Erasure(BEES, PRIYA)) is None

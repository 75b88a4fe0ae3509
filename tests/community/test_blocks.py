from __future__ import annotations

import asyncio

import pytest

from companion.community.blocks import REMEMBERED, Blocks, Named, NotBlockedError, UnblockableError
from companion.storage.engine import Database
from tests.clocks import StoppedClock

GUILD, OTHER_GUILD = 10, 11
MANAGER, MEMBER = 1, 2


async def test_a_block_holds_at_once_and_only_in_its_server(database: Database) -> None:
    blocks = Blocks(database)
    assert not await blocks.is_blocked(GUILD, MEMBER)

    await blocks.block(GUILD, Named(MEMBER), "spam", MANAGER)

    assert await blocks.is_blocked(GUILD, MEMBER)
    assert not await blocks.is_blocked(OTHER_GUILD, MEMBER)
    assert not await blocks.is_blocked(GUILD, MANAGER)


async def test_to_block_again_keeps_the_reason_unless_another_is_given(database: Database) -> None:
    blocks = Blocks(database)
    told = [(await blocks.block(GUILD, Named(MEMBER), reason, MANAGER)).reason for reason in ("spam", "", "insults")]

    assert told == ["spam", "spam", "insults"]
    assert [one.reason for one in await blocks.listed(GUILD)] == ["insults"]

    await blocks.unblock(GUILD, MEMBER)

    assert (await blocks.block(GUILD, Named(MEMBER), "", MANAGER)).reason == ""


async def test_it_ends_at_once(database: Database) -> None:
    blocks = Blocks(database)
    await blocks.block(GUILD, Named(MEMBER), "spam", MANAGER)

    await blocks.unblock(GUILD, MEMBER)

    assert not await blocks.is_blocked(GUILD, MEMBER)
    assert await blocks.listed(GUILD) == []


async def test_another_process_sees_it_within_seconds(database: Database, clock: StoppedClock) -> None:
    here, there = Blocks(database), Blocks(database)
    assert not await there.is_blocked(GUILD, MEMBER)

    await here.block(GUILD, Named(MEMBER), "spam", MANAGER)

    assert not await there.is_blocked(GUILD, MEMBER)
    clock.advance(REMEMBERED)
    assert await there.is_blocked(GUILD, MEMBER)


async def test_a_block_while_others_ask_is_not_forgotten_again(database: Database, clock: StoppedClock) -> None:
    blocks = Blocks(database)
    for member in range(MEMBER, MEMBER + 20):
        clock.advance(REMEMBERED)
        asking = [asyncio.create_task(blocks.is_blocked(GUILD, 99)) for _ in range(5)]
        await blocks.block(GUILD, Named(member), "", MANAGER)
        await asyncio.gather(*asking)
        assert await blocks.is_blocked(GUILD, member)


async def test_asking_costs_no_look_at_the_database_for_as_long_as_it_is_remembered(
    database: Database, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = Blocks(database)
    await blocks.is_blocked(GUILD, MEMBER)

    monkeypatch.delattr(Database, "read")

    assert not await blocks.is_blocked(GUILD, MEMBER)


@pytest.mark.parametrize(
    ("named", "refusal"),
    [
        (Named(MANAGER), "yourself"),
        (Named(MANAGER, manages=True), "yourself"),
        (Named(3, manages=True), "may manage this server"),
        (Named(4, is_bot=True), "Bots"),
    ],
)
async def test_who_cannot_be_blocked_is_told_apart(database: Database, named: Named, refusal: str) -> None:
    blocks = Blocks(database)

    with pytest.raises(UnblockableError, match=refusal):
        await blocks.block(GUILD, named, "", MANAGER)

    assert await blocks.listed(GUILD) == []


async def test_who_is_not_blocked_cannot_be_unblocked(database: Database) -> None:
    blocks = Blocks(database)
    await blocks.block(OTHER_GUILD, Named(MEMBER), "", MANAGER)

    with pytest.raises(NotBlockedError):
        await blocks.unblock(GUILD, MEMBER)

    assert await blocks.is_blocked(OTHER_GUILD, MEMBER)

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from companion.community.fair_use import BOUNDS, FairUse, TooOftenError, Work
from tests.clocks import StoppedClock

GUILD, OTHER_GUILD = 10, 11
ADA, BO = 1, 2


async def use(fair_use: FairUse, work: Work, guild_id: int, member_id: int, times: int = 1) -> None:
    for _ in range(times):
        async with fair_use.turn(work, guild_id, member_id):
            pass


async def test_five_searches_at_once_and_then_one_in_three_seconds(clock: StoppedClock) -> None:
    fair_use = FairUse(clock)
    await use(fair_use, Work.SEARCH, GUILD, ADA, times=5)

    with pytest.raises(TooOftenError, match="searched a lot") as refused:
        fair_use.turn(Work.SEARCH, GUILD, ADA)

    assert refused.value.again == clock.now() + timedelta(seconds=3)
    clock.advance(timedelta(seconds=3))
    await use(fair_use, Work.SEARCH, GUILD, ADA)


async def test_a_cool_down_is_one_member_s_for_one_kind_of_work(clock: StoppedClock) -> None:
    fair_use = FairUse(clock)
    await use(fair_use, Work.SEARCH, GUILD, ADA, times=5)

    await use(fair_use, Work.SEARCH, GUILD, BO)
    await use(fair_use, Work.CHART, GUILD, ADA)


async def test_it_is_the_same_in_every_server_lest_many_servers_be_many_quotas(clock: StoppedClock) -> None:
    fair_use = FairUse(clock)
    await use(fair_use, Work.SEARCH, GUILD, ADA, times=3)
    await use(fair_use, Work.SEARCH, OTHER_GUILD, ADA, times=2)

    for guild in (GUILD, OTHER_GUILD, OTHER_GUILD + 1):
        with pytest.raises(TooOftenError, match="searched a lot"):
            fair_use.turn(Work.SEARCH, guild, ADA)


async def test_feeds_are_counted_for_the_whole_server(clock: StoppedClock) -> None:
    fair_use = FairUse(clock)
    await use(fair_use, Work.INGEST, GUILD, ADA, times=2)
    await use(fair_use, Work.INGEST, GUILD, BO)

    with pytest.raises(TooOftenError, match="for this server"):
        fair_use.turn(Work.INGEST, GUILD, BO)
    await use(fair_use, Work.INGEST, OTHER_GUILD, BO)


async def test_charts_are_drawn_one_at_a_time(clock: StoppedClock) -> None:
    fair_use = FairUse(clock)
    begun: list[int] = []

    async def draw(member: int) -> None:
        async with fair_use.turn(Work.CHART, GUILD, member):
            begun.append(member)
            await asyncio.sleep(0)

    async with fair_use.turn(Work.CHART, GUILD, BO):
        drawing = asyncio.create_task(draw(ADA))
        await asyncio.sleep(0.01)
        assert begun == []
    await drawing


async def test_one_member_s_queue_is_bounded(clock: StoppedClock) -> None:
    fair_use = FairUse(clock)
    bounds = BOUNDS[Work.CHART]
    release = asyncio.Event()

    async def draw() -> None:
        async with fair_use.turn(Work.CHART, GUILD, ADA):
            await release.wait()

    drawing: list[asyncio.Task[None]] = []
    for _ in range(1 + bounds.waiting):
        drawing.append(asyncio.create_task(draw()))
        await asyncio.sleep(0)
        clock.advance(bounds.rate.every)

    with pytest.raises(TooOftenError, match="Wait until that is answered") as refused:
        fair_use.turn(Work.CHART, GUILD, ADA)
    assert refused.value.again is None
    release.set()
    await asyncio.gather(*drawing)


@pytest.mark.parametrize(
    ("work", "row"),
    [
        (Work.SEARCH, "| {burst}, then one in {every} seconds | {at_once} |"),
        (Work.LOOKUP, "| {burst}, then one a second | {at_once} |"),
        (Work.CHART, "| {burst}, then one in {every} seconds | {at_once} |"),
        (Work.INGEST, "| {burst} for the whole server, then one in {minutes} minutes | {at_once} server |"),
    ],
)
def test_the_page_of_commands_tells_the_numbers(work: Work, row: str) -> None:
    bounds = BOUNDS[work]
    seconds = int(bounds.rate.every.total_seconds())
    told = row.format(burst=bounds.rate.burst, every=seconds, minutes=seconds // 60, at_once=bounds.at_once)

    assert told in (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")


async def test_what_the_program_does_by_itself_waits_in_the_same_queue_and_cools_down_never(
    clock: StoppedClock,
) -> None:
    fair_use = FairUse(clock)
    assert not fair_use.is_full(Work.INGEST)
    for _ in range(10):
        async with fair_use.own_turn(Work.INGEST):
            assert fair_use.is_full(Work.INGEST)

    await use(fair_use, Work.INGEST, GUILD, ADA)


async def test_what_the_program_does_by_itself_is_called_when_it_had_to_wait(clock: StoppedClock) -> None:
    fair_use, done = FairUse(clock), list[str]()

    async def work(name: str) -> None:
        async with fair_use.own_turn(Work.ASK):
            done.append(name)
            await asyncio.sleep(0)

    await asyncio.wait_for(asyncio.gather(work("first"), work("second"), work("third")), timeout=5)

    assert done == ["first", "second", "third"]

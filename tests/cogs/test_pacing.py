from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from itertools import pairwise

import pytest

from companion.cogs.pacing import paced

TICK = 0.02


async def growing(count: int, pause: float, *, fault: bool = False) -> AsyncGenerator[int]:
    for state in range(count):
        yield state
        await asyncio.sleep(pause)
    if fault:
        raise RuntimeError


async def shown(states: AsyncGenerator[int], every: float, editing: float = 0.0) -> list[tuple[int, float]]:
    """What was passed on, and when, in seconds."""
    clock = asyncio.get_running_loop().time
    began = clock()
    found: list[tuple[int, float]] = []
    async for state in paced(states, every):
        found.append((state, clock() - began))
        await asyncio.sleep(editing)
    return found


async def test_the_first_state_is_shown_at_once_and_the_last_one_always() -> None:
    found = await shown(growing(10, TICK), every=4 * TICK)

    assert found[0][0] == 0
    assert found[0][1] < TICK
    assert found[-1][0] == 9


async def test_never_two_within_the_pace_but_the_last() -> None:
    found = await shown(growing(20, TICK), every=5 * TICK)

    times = [time for _, time in found]
    gaps = [later - earlier for earlier, later in pairwise(times[:-1])]
    assert len(found) < 8
    assert all(gap >= 5 * TICK * 0.95 for gap in gaps)
    assert [state for state, _ in found] == sorted({state for state, _ in found})


async def test_a_slow_edit_holds_up_nobody_who_writes() -> None:
    found = await shown(growing(20, TICK), every=TICK, editing=8 * TICK)

    assert found[-1][0] == 19
    assert found[-1][1] < 30 * TICK


async def test_one_state_is_shown_once() -> None:
    assert [state for state, _ in await shown(growing(1, 0.0), every=TICK)] == [0]
    assert await shown(growing(0, 0.0), every=TICK) == []


async def test_a_fault_comes_after_the_newest_state() -> None:
    last = None

    async def show() -> None:
        nonlocal last
        async for state in paced(growing(3, 0.0, fault=True), TICK):
            last = state

    with pytest.raises(RuntimeError):
        await show()
    assert last == 2


async def test_who_stops_looking_ends_the_writing() -> None:
    ended: list[bool] = []

    async def forever() -> AsyncGenerator[int]:
        try:
            while True:
                yield 1
                await asyncio.sleep(TICK)
        finally:
            ended.append(True)

    states = paced(forever(), TICK)
    await anext(states)
    await states.aclose()

    assert ended == [True]

from __future__ import annotations

import asyncio
import threading
from datetime import datetime, timedelta

import pytest

from companion.bot.schedule import MINUTE, Schedule
from tests.clocks import StoppedClock


async def test_a_tick_calls_every_duty_with_the_time_also_after_one_that_failed(
    clock: StoppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    called: list[datetime] = []

    async def failing(_now: datetime) -> None:
        raise RuntimeError("out of order")

    async def noting(now: datetime) -> None:
        called.append(now)

    schedule = Schedule(clock, (noting, failing, noting))
    await schedule.tick()

    assert called == [clock.now(), clock.now()]
    assert "out of order" in caplog.text


async def test_it_ticks_every_minute_on_the_loop_until_it_is_stopped(clock: StoppedClock) -> None:
    called: list[asyncio.AbstractEventLoop] = []
    thrice = asyncio.Event()

    async def noting(_now: datetime) -> None:
        called.append(asyncio.get_running_loop())
        if len(called) == 3:
            thrice.set()

    assert MINUTE == 60
    schedule = Schedule(clock, (noting,), minute=0.01)
    schedule.start()
    await asyncio.wait_for(thrice.wait(), 20)
    await schedule.stop()
    ticks = len(called)
    await asyncio.sleep(0.05)

    assert called == [asyncio.get_running_loop()] * ticks


@pytest.mark.parametrize("jump", [timedelta(days=-30), timedelta(days=30)])
async def test_it_goes_on_whatever_the_clock_is_set_to(clock: StoppedClock, jump: timedelta) -> None:
    called: list[datetime] = []
    twice = asyncio.Event()

    async def noting(now: datetime) -> None:
        if called:
            twice.set()
        called.append(now)
        clock.advance(jump)

    schedule = Schedule(clock, (noting,), minute=0.01)
    schedule.start()
    await asyncio.wait_for(twice.wait(), 20)
    await schedule.stop()

    assert called[1] == called[0] + jump


async def test_a_tick_is_never_called_before_the_last_one_has_ended(clock: StoppedClock) -> None:
    at_once: list[int] = []
    running = 0
    enough = asyncio.Event()

    async def long(_now: datetime) -> None:
        nonlocal running
        running += 1
        await asyncio.sleep(0.05)
        at_once.append(running)
        running -= 1
        if len(at_once) == 3:
            enough.set()

    schedule = Schedule(clock, (long,), minute=0.01)
    schedule.start()
    await asyncio.wait_for(enough.wait(), 20)
    await schedule.stop(1)

    assert set(at_once) == {1}


async def test_a_tick_that_is_stopped_leaves_its_thread_in_peace(clock: StoppedClock) -> None:
    begun = asyncio.Event()

    async def long(_now: datetime) -> None:
        begun.set()
        await asyncio.Event().wait()

    others = set(threading.enumerate())
    schedule = Schedule(clock, (long,), minute=0.01)
    schedule.start()
    await asyncio.wait_for(begun.wait(), 20)
    await schedule.stop()
    (thread,) = [one for one in threading.enumerate() if one.name == "schedule" and one not in others] or [None]
    if thread is not None:
        await asyncio.to_thread(thread.join, 5)

    assert all(one.name != "schedule" for one in threading.enumerate() if one not in others)


async def test_stopping_waits_for_the_tick_that_it_cancels(clock: StoppedClock) -> None:
    ended: list[str] = []

    async def long(_now: datetime) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("tidied up")

    schedule = Schedule(clock, (long,))
    schedule.start()
    ticking = asyncio.create_task(schedule.tick())
    await asyncio.sleep(0.01)
    await schedule.stop()

    assert ended == ["tidied up"]
    await asyncio.gather(ticking, return_exceptions=True)


async def test_a_duty_that_goes_on_has_time_to_end_and_no_other_begins(clock: StoppedClock) -> None:
    ended: list[str] = []
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def long(_now: datetime) -> None:
        begun.set()
        await may_end.wait()
        ended.append("long")

    async def next_one(_now: datetime) -> None:
        ended.append("next")

    schedule = Schedule(clock, (long, next_one))
    ticking = asyncio.create_task(schedule.tick())
    await begun.wait()
    stopping = asyncio.create_task(schedule.stop(10))
    await asyncio.sleep(0)
    may_end.set()
    await stopping
    await ticking

    assert ended == ["long"]


async def test_whoever_watches_hears_of_ticks_and_of_duties_that_failed(clock: StoppedClock) -> None:
    async def failing(_now: datetime) -> None:
        raise RuntimeError("out of order")

    heard: list[str] = []
    schedule = Schedule(clock, (failing, failing))
    schedule.failed.append(lambda: heard.append("failed"))
    schedule.ticked.append(lambda seconds: heard.append("ticked" if 0 <= seconds < 5 else "slow"))
    await schedule.tick()

    assert heard == ["failed", "failed", "ticked"]

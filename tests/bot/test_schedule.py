from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from companion.bot.schedule import Schedule
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


async def test_it_ticks_every_minute_and_a_late_tick_counts(clock: StoppedClock) -> None:
    schedule = Schedule(clock, ())
    schedule.start()
    (job,) = schedule.jobs()
    try:
        assert job.trigger.interval == timedelta(minutes=1)
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
        assert timedelta(0) < job.next_run_time - datetime.now(UTC) <= timedelta(minutes=1)
    finally:
        await schedule.stop()


async def test_the_thread_that_counts_the_minutes_has_the_duties_called_on_the_loop(clock: StoppedClock) -> None:
    called: list[asyncio.AbstractEventLoop] = []

    async def noting(_now: datetime) -> None:
        called.append(asyncio.get_running_loop())

    schedule = Schedule(clock, (noting,))
    schedule.start()
    (job,) = schedule.jobs()
    await asyncio.to_thread(job.func)
    await schedule.stop()
    await asyncio.to_thread(job.func)

    assert called == [asyncio.get_running_loop()]


async def test_a_tick_that_is_stopped_leaves_its_thread_in_peace(clock: StoppedClock) -> None:
    begun = asyncio.Event()

    async def long(_now: datetime) -> None:
        begun.set()
        await asyncio.Event().wait()

    schedule = Schedule(clock, (long,))
    schedule.start()
    (job,) = schedule.jobs()
    calling = asyncio.create_task(asyncio.to_thread(job.func))
    await begun.wait()
    await schedule.stop()

    assert await asyncio.wait_for(calling, 5) is None


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


async def test_the_library_does_not_warn_of_long_ticks(clock: StoppedClock) -> None:
    Schedule(clock, ())

    assert not logging.getLogger("apscheduler.scheduler").isEnabledFor(logging.WARNING)


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

"""Rounds: a job from its beginning, killed once or twice at points that chance chooses, then let to its end."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic

from discord.utils import time_snowflake

from tests.faults.jobs import Job, WrongError, require
from tests.faults.killing import Trap
from tests.faults.nursery import LONGEST, Ended, Nursery
from tests.faults.places import KeptClock, Place, faults_of
from tests.faults.world import World

_BY_TIME = 0.3
"""The part of the kills that come at a time rather than at a point."""
_SOON = 8
"""Points after a request in which it is noted what came of it."""
_MIDDLE = 0.004
"""Seconds after a point at most."""


@dataclass(slots=True)
class Report:
    """What came of a job's rounds. ``wrong`` has a sentence with the seed for each round that failed."""

    job: str
    points: int = 0
    rounds: int = 0
    kills: int = 0
    seconds: float = 0.0
    acknowledged: int = 0
    wrong: list[str] = field(default_factory=list[str])

    def __str__(self) -> str:
        return (
            f"{self.job:9} {self.rounds:4} rounds, {self.kills:4} kills among {self.points:5} points,"
            f" {self.acknowledged:6} acknowledged, {len(self.wrong)} wrong, {self.seconds:.1f} s"
        )


async def run(job: Job, times: int, seed: int, nursery: Nursery, first: int = 0) -> Report:
    """So many rounds of a job. The round of a number is the same for the same seed, as far as chance is ours."""
    report, begun = Report(job.name), monotonic()
    whole = await _round(job, nursery, lambda: (None, None), 0, report, Random(seed))
    report.points = whole.points
    for number in range(first, first + times):
        dice = Random(f"{job.name} {seed} {number}")

        def strike(dice: Random = dice) -> tuple[Trap | None, float | None]:
            if dice.random() < _BY_TIME:
                return None, dice.uniform(0, whole.seconds)
            later = dice.uniform(0, _MIDDLE) if dice.random() < 0.5 else 0.0
            if whole.requests and dice.random() < 0.5:
                return Trap(dice.randint(1, _SOON), later, dice.randint(1, whole.requests)), None
            return Trap(dice.randint(1, whole.points), later), None

        try:
            await _round(job, nursery, strike, dice.randint(1, 2), report, dice)
        except WrongError as error:
            report.wrong.append(f"{job.name} --seed {seed} --first {number}: {error}")
        report.rounds += 1
    report.seconds = monotonic() - begun
    return report


async def _round(
    job: Job,
    nursery: Nursery,
    strike: Callable[[], tuple[Trap | None, float | None]],
    kills: int,
    report: Report,
    dice: Random,
) -> Ended:
    async with AsyncExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix=f"fault-{job.name}-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        world = job.world()
        if job.talks:
            await stack.enter_async_context(world.serving())
        place = Place(folder, world.base)
        # Discord's ids tell the time, which is the workers': messages are looked for from when they were begun.
        world.messages.next_id = lambda: time_snowflake(KeptClock(place).now())
        await job.prepare(place, world, dice)
        for _ in range(kills):
            ended = await _accompanied(job, nursery, place, world, *strike())
            require(ended.said is None, ended.said)
            if not ended.killed:
                break
            report.kills += 1
            _require_whole(place)
            await job.check_stopped(place, world)
        ended = await _accompanied(job, nursery, place, world, None, None)
        require(ended.said is None, ended.said)
        require(not ended.killed, f"the worker did not end within {LONGEST} s")
        _require_whole(place)
        await job.check_done(place, world)
        report.acknowledged += len(place.acknowledged())
        return ended


async def _accompanied(
    job: Job, nursery: Nursery, place: Place, world: World, trap: Trap | None, after: float | None
) -> Ended:
    beside = asyncio.create_task(job.accompany(place, world))
    try:
        return await nursery.run(job.name, place, trap, after)
    finally:
        beside.cancel()
        (error,) = await asyncio.gather(beside, return_exceptions=True)
        if isinstance(error, Exception):
            raise error


def _require_whole(place: Place) -> None:
    faults = faults_of(place.database) if place.database.exists() else []
    require(not faults, "the database is damaged:", faults)

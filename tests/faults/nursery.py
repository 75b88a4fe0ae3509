"""Where workers come from: a process that has imported everything once, and forks a real process for each.

It reads a line of JSON for each worker, and says in another what became of it. It has no threads of its own, so that a
fork is whole.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
import sys
import time
import traceback
from asyncio.subprocess import PIPE, Process
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, NoReturn, Self

from companion.bot.client import COGS
from tests.faults.killing import Points, Trap
from tests.faults.places import Place

_REPORT = "report.json"
LONGEST = 120.0
"""Seconds after which a worker hangs."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a worker ended: the ``points`` and ``requests`` that it passed, where it was not killed, why it failed."""

    killed: bool
    seconds: float
    points: int = 0
    requests: int = 0
    said: str | None = None


class Nursery:
    """The harness's side."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def open(cls) -> Self:
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.nursery", stdin=PIPE, stdout=PIPE, env=environment
        )
        return cls(process)

    async def run(self, job: str, place: Place, trap: Trap | None = None, after: float | None = None) -> Ended:
        """Runs a worker to its end, the one that it has by itself or that of the trap, or ``after`` so many seconds."""
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError("the nursery has pipes")
        order = {
            "job": job,
            "folder": str(place.folder),
            "discord": place.discord,
            "trap": astuple(trap) if trap else None,
            "after": after,
        }
        self._process.stdin.write(f"{json.dumps(order)}\n".encode())
        line = await self._process.stdout.readline()
        if not line:
            raise AssertionError("the nursery ended")
        return Ended(**json.loads(line))

    async def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()


def main() -> None:
    """Serves orders until there are no more."""
    from tests.faults.all_jobs import JOBS

    # Whatever workers need is imported once, before there are any.
    for module in (*COGS, "companion.archive.kernels", "alembic.command", "alembic.config", "aiosqlite"):
        importlib.import_module(module)
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        place = Place(Path(order["folder"]), order["discord"])
        begun = time.monotonic()
        worker = os.fork()
        if worker == 0:
            _work(JOBS[order["job"]].work, place, Trap(*order["trap"]) if order["trap"] else None)
        status = _ended(worker, order["after"])
        killed = os.WIFSIGNALED(status)
        told: dict[str, Any] = {"killed": killed, "seconds": time.monotonic() - begun}
        report = place.folder / _REPORT
        if not killed:
            told |= json.loads(report.read_text())
        report.unlink(missing_ok=True)
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()


def _ended(worker: int, after: float | None) -> int:
    """The worker's exit status; it is killed when its time is up."""
    end = time.monotonic() + (LONGEST if after is None else after)
    while True:
        ended, status = os.waitpid(worker, os.WNOHANG)
        if ended:
            return status
        if time.monotonic() >= end:
            os.kill(worker, signal.SIGKILL)
            return os.waitpid(worker, 0)[1]
        time.sleep(0.0005)


def _work(work: Any, place: Place, trap: Trap | None) -> NoReturn:
    points = Points(trap)
    said: str | None = None
    try:
        points.watch()
        asyncio.run(work(place))
    except BaseException:
        said = traceback.format_exc()
    (place.folder / "report.json").write_text(
        json.dumps({"points": points.passed, "requests": points.requests, "said": said})
    )
    os._exit(0)


if __name__ == "__main__":
    main()

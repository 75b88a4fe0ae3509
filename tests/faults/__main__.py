"""Killing workers at points that chance chooses, over and over: `python -m tests.faults [JOB …] [--times 100]`.

Each line tells of a job: how often it was killed, and what went wrong, with what does it again.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.faults.all_jobs import JOBS
from tests.faults.nursery import Nursery
from tests.faults.rounds import run


def main() -> int:
    """Status 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=f"of {', '.join(JOBS)}; all, where none is named")
    parser.add_argument("--times", type=int, default=100, help="rounds of each job")
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--first", type=int, default=0, help="the number of the first round")
    options = parser.parse_args()
    if unknown := set(options.jobs) - set(JOBS):
        parser.error(f"there is no job {', '.join(sorted(unknown))}")
    return asyncio.run(_run(options.jobs or list(JOBS), options.times, options.seed, options.first))


async def _run(names: list[str], times: int, seed: int, first: int) -> int:
    nursery, wrong = await Nursery.open(), 0
    try:
        for name in names:
            report = await run(JOBS[name], times, seed, nursery, first)
            sys.stdout.write(f"{report}\n" + "".join(f"  {one}\n" for one in report.wrong))
            sys.stdout.flush()
            wrong += len(report.wrong)
    finally:
        await nursery.close()
    return bool(wrong)


sys.exit(main())

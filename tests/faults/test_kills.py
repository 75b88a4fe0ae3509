"""Workers that are killed at points that chance chooses, and what they leave; a hundred times by hand:
``python -m tests.faults --times 100``.
"""

from __future__ import annotations

import sys

import pytest

from tests.faults.all_jobs import JOBS
from tests.faults.nursery import Nursery
from tests.faults.rounds import run

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="workers are forked"),
    pytest.mark.sqlite_only("a server takes back what the killed had begun, as tests of lost connections show"),
]

TIMES = 10


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", JOBS)
async def test_whenever_it_is_killed_nothing_is_lost_and_nothing_done_twice(name: str) -> None:
    nursery = await Nursery.open()
    try:
        report = await run(JOBS[name], TIMES, 1, nursery)
    finally:
        await nursery.close()

    assert report.wrong == []
    assert report.rounds == TIMES
    assert report.kills >= TIMES / 2, "the kills come too late to mean anything"
    assert report.acknowledged > 0

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.cogs.tally_pace import Pace, Shown


@given(st.lists(st.tuples(st.floats(0, 0.5), st.sampled_from([1, 2])), max_size=200), st.floats(0.5, 5))
def test_however_much_changes_a_message_is_shown_at_most_every_so_often_and_last_after_the_last_change(
    changes: list[tuple[float, int]], every: float
) -> None:
    pace = Pace(every)
    now = 0.0
    due: dict[int, float] = {}
    changed: dict[int, float] = {}
    shown: dict[int, list[float]] = {1: [], 2: []}

    def pass_time(until: float) -> None:
        for key, at in sorted(due.items(), key=lambda one: one[1]):
            if at <= until:
                del due[key]
                pace.begin(key, at)
                shown[key].append(at)

    for pause, key in changes:
        now += pause
        pass_time(now)
        changed[key] = now
        wait = pace.wanted(key, now)
        if wait is not None:
            due[key] = now + wait
    pass_time(now + every)

    assert pace.planned == []
    for key, at in changed.items():
        assert shown[key][-1] >= at
        assert len(shown[key]) <= now / every + 2
    for times in shown.values():
        assert all(later - earlier >= every - 1e-9 for earlier, later in pairwise(times))


async def test_a_burst_is_shown_at_once_and_then_with_its_last_state() -> None:
    state, seen = 0, list[int]()

    async def show(_key: int) -> None:
        seen.append(state)

    shown = Shown(show, every=0.05)
    for state in range(1, 1001):
        shown.changed(7)
        if state == 1:
            await asyncio.sleep(0)
    await asyncio.sleep(0.15)

    assert seen == [1, 1000]


async def test_what_was_to_be_shown_is_shown_before_the_end() -> None:
    seen: list[int] = []

    async def show(key: int) -> None:
        seen.append(key)

    shown = Shown(show, every=60)
    shown.changed(7)
    shown.changed(8)
    await shown.finish()
    shown.changed(7)
    assert seen == [7, 8]
    await shown.finish()
    assert seen == [7, 8, 7]


async def test_a_message_that_cannot_be_shown_is_logged_and_tried_again_with_the_next_change(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tries = 0

    async def show(_key: int) -> None:
        nonlocal tries
        tries += 1
        raise ValueError("no")

    shown = Shown(show, every=0.0)
    for _ in range(2):
        shown.changed(7)
        await shown.finish()

    assert tries == 2
    assert caplog.text.count("the tally of 7 could not be shown") == 2

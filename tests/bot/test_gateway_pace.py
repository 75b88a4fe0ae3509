"""How often a bot connects, and begins a session, in a day on which everything goes wrong."""

from __future__ import annotations

from itertools import pairwise

from companion.bot.gateway_pace import (
    CONNECTS_EVERY,
    LEAST,
    MANY,
    MOST,
    SPARING,
    ConnectPace,
    IdentifyPace,
    wait_before_start,
)

A_DAY = 86_400.0
ALLOWED = 1_000


class Stopwatch:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def begun_in_a_day(pace: IdentifyPace, clock: Stopwatch, shards: int = 1) -> list[float]:
    """When sessions begin that Discord ends at once, each time."""
    times: list[float] = []
    while clock.now < A_DAY:
        for shard in range(shards):
            # The library gives a connection up after a minute, and comes back.
            while wait := pace.wait(shard):
                clock.now += min(wait, 60.0)
            pace.begins(shard)
            times.append(clock.now)
    return times


def test_a_session_that_is_ended_at_once_all_day_begins_far_less_than_a_thousand_times() -> None:
    clock = Stopwatch()
    times = begun_in_a_day(IdentifyPace(clock), clock)
    assert len(times) < ALLOWED * 0.7
    gaps = [after - before for before, after in pairwise(times)]
    assert LEAST <= gaps[0] <= LEAST + 1
    assert all(MOST <= gap <= MOST + 1 for gap in gaps[5:100])
    assert all(SPARING <= gap <= SPARING + 1 for gap in gaps[MANY:])


def test_a_session_after_a_quiet_hour_begins_as_soon_as_the_first() -> None:
    clock = Stopwatch()
    pace = IdentifyPace(clock)
    assert pace.wait(0) == 0
    for _ in range(10):
        clock.now += pace.wait(0)
        pace.begins(0)
    clock.now += 3_601
    assert pace.wait(0) <= LEAST + 1


def test_shards_begin_five_seconds_apart() -> None:
    clock = Stopwatch()
    pace = IdentifyPace(clock)
    times: list[float] = []
    for shard in range(4):
        clock.now += pace.wait(shard)
        pace.begins(shard)
        times.append(clock.now)
    assert times == [0, LEAST, 2 * LEAST, 3 * LEAST]


def test_a_bot_that_is_started_anew_every_ten_seconds_never_uses_up_its_day() -> None:
    now, begun = 0.0, 0
    while (now := now + wait_before_start(ALLOWED - begun, ALLOWED, A_DAY - now, 1)) < A_DAY:
        begun += 1
        now += 10.0
    assert begun < ALLOWED


def test_a_bot_that_is_started_seldom_does_not_wait() -> None:
    assert wait_before_start(998, ALLOWED, 3_600.0, 1) == 0


def test_a_bot_with_more_shards_than_sessions_waits_for_the_next_day() -> None:
    assert wait_before_start(3, ALLOWED, 3_600.0, 4) == 3_600.0


def test_connections_that_are_closed_at_once_are_made_a_few_times_and_then_every_five_seconds() -> None:
    clock = Stopwatch()
    pace = ConnectPace(clock)
    waits = [pace.wait(4) for _ in range(6)]
    assert waits == [0, 0, 0, 0, CONNECTS_EVERY, 2 * CONNECTS_EVERY]
    clock.now += 1_000
    assert [pace.wait(4) for _ in range(5)] == [0, 0, 0, 0, CONNECTS_EVERY]

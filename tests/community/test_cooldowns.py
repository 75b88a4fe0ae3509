from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from companion.community.cooldowns import Cooldowns, Rate

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
RATE = Rate(burst=3, every=10 * SECOND)

rates = st.builds(Rate, burst=st.integers(1, 6), every=st.integers(1, 60).map(lambda seconds: seconds * SECOND))
pauses = st.lists(st.integers(0, 90_000).map(lambda millis: timedelta(milliseconds=millis)), max_size=60)


def instants(steps: list[timedelta]) -> list[datetime]:
    """The start, and where each pause after it ends."""
    found = [NOON]
    for step in steps:
        found.append(found[-1] + step)
    return found


class ByTheBook:
    """A token bucket as textbooks have it: tokens that come back with time."""

    def __init__(self, rate: Rate) -> None:
        self.rate, self.tokens, self.seen = rate, float(rate.burst), NOON

    def use(self, now: datetime) -> bool:
        self.tokens = min(self.rate.burst, self.tokens + (now - self.seen) / self.rate.every)
        self.seen = now
        if self.tokens < 1 - 1e-9:
            return False
        self.tokens -= 1
        return True


def test_the_burst_is_free_and_then_one_comes_back_at_a_time() -> None:
    cooldowns = Cooldowns(RATE)

    assert [cooldowns.use("ada", NOON) for _ in range(4)] == [None, None, None, NOON + 10 * SECOND]
    assert cooldowns.use("ada", NOON + 9 * SECOND) == NOON + 10 * SECOND
    assert cooldowns.use("ada", NOON + 10 * SECOND) is None
    assert cooldowns.use("ada", NOON + 10 * SECOND) == NOON + 20 * SECOND


def test_a_refusal_costs_nothing() -> None:
    cooldowns = Cooldowns(RATE)
    for _ in range(100):
        cooldowns.use("ada", NOON)

    assert cooldowns.use("ada", NOON + 10 * SECOND) is None


def test_each_key_has_a_bucket_of_its_own() -> None:
    cooldowns = Cooldowns(RATE)
    for _ in range(4):
        cooldowns.use("ada", NOON)

    assert cooldowns.use("bo", NOON) is None


@given(rates, pauses)
def test_it_lets_through_what_a_textbook_s_bucket_does(rate: Rate, steps: list[timedelta]) -> None:
    cooldowns, book = Cooldowns(rate), ByTheBook(rate)

    for now in instants(steps):
        assert (cooldowns.use("ada", now) is None) == book.use(now)


@given(rates, pauses)
def test_the_instant_that_it_names_is_the_first_at_which_it_lets_through(rate: Rate, steps: list[timedelta]) -> None:
    cooldowns = Cooldowns(rate)

    for now in instants(steps):
        again = cooldowns.use("ada", now)
        if again is not None:
            assert now < again <= now + rate.every
            assert cooldowns.use("ada", again - timedelta(microseconds=1)) == again


@given(st.integers(1, 5), st.integers(1, 30))
def test_buckets_of_those_who_left_are_forgotten(burst: int, every: int) -> None:
    cooldowns = Cooldowns(Rate(burst, every * SECOND))
    now = NOON

    for member in range(5000):
        now += every * SECOND
        cooldowns.use(member, now)

    assert len(cooldowns) <= 1001


def test_forgetting_forgives_nobody_who_is_still_cooling_down() -> None:
    cooldowns = Cooldowns(RATE)
    for _ in range(3):
        cooldowns.use("ada", NOON)

    for member in range(5000):
        cooldowns.use(member, NOON + 5 * SECOND)

    assert cooldowns.use("ada", NOON + 5 * SECOND) == NOON + 10 * SECOND

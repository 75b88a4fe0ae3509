from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.due import SPREAD, Polled, due, due_at, jitter
from companion.storage.feeds import FeedState

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

INSTANTS = st.datetimes(datetime(2026, 3, 1), datetime(2026, 3, 28), timezones=st.just(UTC))  # noqa: DTZ001  bounds
INTERVALS = st.timedeltas(timedelta(minutes=5), timedelta(days=7))
STATES = st.builds(
    FeedState,
    address=st.none(),
    etag=st.none(),
    last_modified=st.none(),
    reader=st.just("1"),
    read_at=INSTANTS,
    failures=st.integers(0, 3),
    not_before=st.none() | INSTANTS,
)
FEEDS = st.builds(Polled, st.integers(1, 10**6), st.just("https://a.example"), st.none() | STATES)


def feed(read_at: datetime, failures: int = 0, not_before: datetime | None = None) -> Polled:
    return Polled(1, "https://a.example", FeedState(None, None, None, "1", read_at, failures, not_before))


def test_a_feed_is_asked_again_after_the_interval() -> None:
    assert due([feed(NOW - HOUR * (1 + SPREAD))], NOW, HOUR) != []
    assert due([feed(NOW - timedelta(minutes=59))], NOW, HOUR) == []


def test_a_feed_that_was_never_asked_is_asked_at_once_and_first() -> None:
    never = Polled(9, "https://b.example", None)

    assert due([feed(NOW - 5 * HOUR), never], NOW, HOUR)[0] is never


def test_after_a_failure_the_back_off_decides() -> None:
    assert due([feed(NOW - 9 * HOUR, 2, NOW + timedelta(minutes=1))], NOW, HOUR) == []
    assert due([feed(NOW - timedelta(minutes=6), 1, NOW)], NOW, HOUR) != []


@given(st.lists(FEEDS), INSTANTS, INTERVALS)
def test_no_feed_is_asked_before_it_may_be(feeds: list[Polled], now: datetime, interval: timedelta) -> None:
    for one in due(feeds, now, interval):
        if one.state is None:
            continue
        at = due_at(one, interval)
        if at is not None and at > now + interval * (1 + SPREAD) + timedelta(days=2):
            continue  # no feed is put off for so long: the clock was wrong
        assert one.state.not_before is None or one.state.not_before <= now
        assert one.state.failures or one.state.read_at + interval <= now


@given(FEEDS, INSTANTS, INTERVALS)
def test_every_feed_is_due_in_the_end_and_stays_so(one: Polled, now: datetime, interval: timedelta) -> None:
    at = due_at(one, interval)
    times: list[datetime] = [now]
    times += [at] if at else []
    latest = max(times)

    assert due([one], latest, interval) == [one]
    assert due([one], latest + interval, interval) == [one]


@given(st.lists(FEEDS), INSTANTS, INTERVALS)
def test_who_waits_for_longest_comes_first(feeds: list[Polled], now: datetime, interval: timedelta) -> None:
    times = [due_at(one, interval) for one in due(feeds, now, interval)]
    known = [at for at in times if at is not None]

    assert times[: len(times) - len(known)] == [None] * (len(times) - len(known))
    assert known == sorted(known)


@given(st.integers(1, 10**9), INTERVALS)
def test_the_spread_is_a_feeds_own_and_small(podcast_id: int, interval: timedelta) -> None:
    assert jitter(podcast_id, interval) == jitter(podcast_id, interval)
    assert timedelta(0) <= jitter(podcast_id, interval) <= interval * SPREAD


def test_feeds_are_spread() -> None:
    assert len({jitter(podcast_id, HOUR) // timedelta(minutes=1) for podcast_id in range(100)}) > 8

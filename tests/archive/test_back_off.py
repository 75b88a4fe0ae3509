from __future__ import annotations

from datetime import UTC, datetime, timedelta

from companion.archive.back_off import next_attempt

NOW = datetime(2024, 3, 14, tzinfo=UTC)


def test_without_a_failure_a_feed_may_be_asked() -> None:
    assert next_attempt(0, NOW) is None


def test_each_failure_doubles_the_pause_up_to_a_day() -> None:
    pauses = [next_attempt(failures, NOW) for failures in (1, 2, 3, 9, 10, 10_000)]
    minutes = [(pause - NOW) / timedelta(minutes=1) for pause in pauses if pause]
    assert minutes == [5, 10, 20, 1280, 1440, 1440]


def test_a_host_that_asks_for_longer_gets_it_within_reason() -> None:
    assert next_attempt(1, NOW, 3600) == NOW + timedelta(hours=1)
    assert next_attempt(1, NOW, 1) == NOW + timedelta(minutes=5)
    assert next_attempt(1, NOW, 1e9) == NOW + timedelta(days=1)

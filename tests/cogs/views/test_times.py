from __future__ import annotations

from datetime import UTC, datetime

import pytest

from companion.cogs.views.times import clock_time, day


@pytest.mark.parametrize(
    ("seconds", "approximate", "shown"),
    [
        (0, False, "0:00"),
        (59.9, False, "0:59"),
        (3570, True, "~59:30"),
        (3725, False, "1:02:05"),
        (36000, True, "~10:00:00"),
    ],
)
def test_a_time_in_an_episode_is_hours_minutes_seconds(seconds: float, approximate: bool, shown: str) -> None:
    assert clock_time(seconds, approximate) == shown


def test_a_date_is_an_instant_that_discord_shows_in_the_reader_s_own_zone() -> None:
    assert day(datetime(2024, 1, 17, 9, tzinfo=UTC)) == "<t:1705482000:D>"

"""Days and times in words, read on the clocks of a zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.spoken_times import (
    Ambiguous,
    InGap,
    NotATimeError,
    Reading,
    Understood,
    days_meant,
    minutes_of,
    understood,
)

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
"""A Saturday, at one in Berlin."""
USUAL = 18 * 60


def read(typed: str, zone: str = BERLIN) -> list[str]:
    """What may be meant, as the clocks show it."""
    meant = understood(typed, NOW, zone, USUAL)
    if isinstance(meant, Ambiguous):
        found = meant.readings
    else:
        found = (meant.reading if isinstance(meant, Understood) else meant.instead,)
    return [f"{one.day} {one.minute // 60:02}:{one.minute % 60:02}" for one in found]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("friday noon", "2026-03-20 12:00"),
        ("Friday at noon", "2026-03-20 12:00"),
        ("noon on friday", "2026-03-20 12:00"),
        ("2026-03-06 12:00", "2026-03-06 12:00"),
        ("2026-03-27T09:05", "2026-03-27 09:05"),
        ("tomorrow 5pm", "2026-03-15 17:00"),
        ("5 p.m. tomorrow", "2026-03-15 17:00"),
        ("5pm", "2026-03-14 17:00"),
        ("12:30", "2026-03-15 12:30"),
        ("17", "2026-03-14 17:00"),
        ("this saturday 15:00", "2026-03-14 15:00"),
        ("saturday 12:30", "2026-03-21 12:30"),
        ("Mar 20th 9:30 pm", "2026-03-20 21:30"),
        ("20 March, 12.30", "2026-03-20 12:30"),
        ("6 march 9am", "2027-03-06 09:00"),
        ("feb 29 noon", "2028-02-29 12:00"),
        ("20.3.2026 12h", "2026-03-20 12:00"),
        ("in two weeks 19h30", "2026-03-28 19:30"),
        ("in 3 days 12am", "2026-03-17 00:00"),
        ("the day after tomorrow midday", "2026-03-16 12:00"),
        ("tonight 8", "2026-03-14 20:00"),
        ("thurs", "2026-03-19 18:00"),
        ("31/3/2026", "2026-03-31 18:00"),
    ],
)
def test_what_means_one_instant_is_understood(typed: str, meant: str) -> None:
    assert isinstance(understood(typed, NOW, BERLIN, USUAL), Understood)
    assert read(typed) == [meant]


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("friday 5", ["2026-03-20 05:00", "2026-03-20 17:00"]),
        ("5", ["2026-03-14 17:00", "2026-03-15 05:00"]),
        ("friday midnight", ["2026-03-20 00:00", "2026-03-21 00:00"]),
        ("next friday", ["2026-03-20 18:00", "2026-03-27 18:00"]),
        ("saturday 15:00", ["2026-03-14 15:00", "2026-03-21 15:00"]),
        ("3/4 noon", ["2026-04-03 12:00", "2027-03-04 12:00"]),
        ("5/6/2026 noon", ["2026-05-06 12:00", "2026-06-05 12:00"]),
    ],
)
def test_what_may_mean_several_instants_is_not_guessed_at(typed: str, readings: list[str]) -> None:
    assert isinstance(understood(typed, NOW, BERLIN, USUAL), Ambiguous)
    assert read(typed) == readings


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "friday 25:00", "friday 12:60", "2026-02-30 12:00", "13pm", "0am", "31 April 2026 noon", "12:00 UTC",
     "friday noon or so", "9999-12-31 noon", "in some weeks", "in 0 days", "friday saturday", "noon noon"],
)  # fmt: skip
def test_what_no_clock_shows_is_refused_with_how_to_write_it(typed: str) -> None:
    with pytest.raises(NotATimeError, match="Europe/Berlin"):
        understood(typed, NOW, BERLIN, USUAL)


def test_a_day_alone_has_the_usual_time_where_there_is_one() -> None:
    assert read("friday") == ["2026-03-20 18:00"]
    with pytest.raises(NotATimeError):
        understood("friday", NOW, BERLIN)


def test_a_time_in_a_gap_is_none_and_the_first_after_it_is_offered() -> None:
    meant = understood("2026-03-29 02:30", NOW, BERLIN)
    assert meant == InGap(Reading(date(2026, 3, 29), 180, datetime(2026, 3, 29, 1, 0, tzinfo=UTC)))


def test_a_time_that_the_clocks_show_twice_has_two_readings() -> None:
    meant = understood("2026-11-01 01:30", NOW, "America/New_York")
    instants = datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert meant == Ambiguous(tuple(Reading(date(2026, 11, 1), 90, at) for at in instants), twice=True)


def test_days_alone_are_read_too() -> None:
    assert days_meant("friday", NOW, BERLIN) == (date(2026, 3, 20),)
    assert days_meant("saturday", NOW, BERLIN) == (date(2026, 3, 14), date(2026, 3, 21))
    assert days_meant("2026-03-06", NOW, BERLIN) == (date(2026, 3, 6),)
    for typed in ("noon", "whenever", "friday whenever"):
        with pytest.raises(NotATimeError):
            days_meant(typed, NOW, BERLIN)


@pytest.mark.parametrize("typed", ["friday noon", "friday, at 6pm", "20 March 18:00", "2026-03-20 12:00"])
def test_where_a_day_is_asked_for_the_time_behind_it_makes_no_difference(typed: str) -> None:
    assert days_meant(typed, NOW, BERLIN) == (date(2026, 3, 20),)


def test_what_the_refusal_gives_for_examples_is_read() -> None:
    examples = re.findall("“([^”]+)”", str(NotATimeError("?", BERLIN)).partition("such as")[2])
    assert len(examples) == 3
    assert all(days_meant(typed, NOW, BERLIN) for typed in examples)


def test_times_alone_are_read_too() -> None:
    assert [minutes_of(typed) for typed in ("noon", "9:05", "5", "midnight", "7pm", "whenever")] == [
        (720,), (545,), (300, 1020), (0, 1440), (1140,), (),
    ]  # fmt: skip


@given(
    st.dates(date(2026, 3, 15), date(2030, 12, 31)),
    st.times(),
    st.sampled_from([BERLIN, "America/New_York", "Asia/Singapore", "Australia/Sydney", "Australia/Lord_Howe"]),
)
def test_every_minute_of_every_year_is_read_as_the_instants_at_which_clocks_show_it(
    day: date, clock: time, zone: str
) -> None:
    wall = datetime.combine(day, clock.replace(second=0, microsecond=0))
    meant = understood(f"{wall:%Y-%m-%d %H:%M}", NOW, zone)
    if isinstance(meant, InGap):
        shown = meant.instead.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        before = (meant.instead.at - timedelta(minutes=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert before < wall < shown
        return
    readings = meant.readings if isinstance(meant, Ambiguous) else (meant.reading,)
    assert len(readings) in (1, 2)
    for one in readings:
        assert one.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
        assert datetime.combine(one.day, time()) + timedelta(minutes=one.minute) == wall


@given(st.text(max_size=60))
def test_nothing_that_is_typed_does_any_harm(typed: str) -> None:
    try:
        meant = understood(typed, NOW, BERLIN, USUAL)
    except NotATimeError:
        return
    assert isinstance(meant, (Understood, Ambiguous, InGap))

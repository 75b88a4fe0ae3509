from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.fields import Role, Seconds, meanings_of, scale_of, time_of


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("00:01:02.500", 62.5),
        ("1:02", 62.0),
        ("00:01:02:12", 62.0),
        ("62.5s", 62.5),
        ("62500ms", 62.5),
        ("PT62.5S", 62.5),
        ("PT1M2.5S", 62.5),
        ("PT1H", 3600.0),
        ({"seconds": "62", "nanos": 500_000_000}, 62.5),
    ],
)
def test_times_with_a_unit_are_known(value: object, seconds: float) -> None:
    time = time_of(value)
    assert isinstance(time, Seconds)
    assert time == seconds


@pytest.mark.parametrize("value", [62.5, "62.5"])
def test_bare_numbers_are_in_a_unit_of_their_own(value: object) -> None:
    time = time_of(value)
    assert time == 62.5
    assert not isinstance(time, Seconds)


@pytest.mark.parametrize("value", [None, True, -1, float("nan"), float("inf"), "soon", "", "PT", [], {}, "1:2:3:4:5"])
def test_other_values_are_no_times(value: object) -> None:
    assert time_of(value) is None


@pytest.mark.parametrize(
    ("name", "role", "unit"),
    [
        ("startTime", Role.START, None),
        ("start_time", Role.START, None),
        ("tStartMs", Role.START, 1e-3),
        ("offsetInTicks", Role.START, 1e-7),
        ("start_seconds", Role.START, 1.0),
        ("end_ms", Role.END, 1e-3),
        ("durationMilliseconds", Role.LASTING, 1e-3),
        ("speaker_label", Role.SPEAKER, None),
    ],
)
def test_names_tell_role_and_unit(name: str, role: Role, unit: float | None) -> None:
    assert [(meaning.role, meaning.unit) for meaning in meanings_of(name)][:1] == [(role, unit)]


@given(st.integers(1, 20_000), st.floats(1.5, 5.0), st.sampled_from([1.0, 1e-3, 1 / 16_000, 1e-7]))
def test_samples_of_audio_are_told_where_somebody_speaks_all_the_time(words: int, rate: float, unit: float) -> None:
    assert scale_of(words, words / rate / unit, without_pauses=True) == unit


@given(st.integers(1, 20_000), st.floats(0.5, 5.0), st.sampled_from([1.0, 1e-3, 1e-7]))
def test_the_unit_shows_in_the_speed_of_speech(words: int, rate: float, unit: float) -> None:
    assert scale_of(words, words / rate / unit) == unit

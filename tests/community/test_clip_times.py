from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.clip_times import UnreadTimeError, seconds_of


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("754", 754), ("12:34", 754), ("1:02:03", 3723), (" ~59:30 ", 3570), ("90:00", 5400), ("0:07.5", 7.5), ("0", 0)],
)
def test_times_are_read_as_they_are_shown_and_as_seconds(typed: str, seconds: float) -> None:
    assert seconds_of(typed) == seconds


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("soon", "is no time in an episode"),
        ("", "is no time in an episode"),
        ("-5", "is no time in an episode"),
        ("1:2:3:4", "is no time in an episode"),
        ("12:75", "has more than 59 seconds"),
        ("1:75:00", "has more than 59 minutes"),
        ("١٢:٣٤", "is no time in an episode"),
        ("1e5", "is no time in an episode"),
    ],
)
def test_what_is_no_time_is_refused_with_how_to_write_one(typed: str, reason: str) -> None:
    with pytest.raises(UnreadTimeError, match=reason) as refused:
        seconds_of(typed)

    assert "`12:34`" in str(refused.value)


@given(st.text(max_size=50))
def test_anything_typed_is_read_or_refused(typed: str) -> None:
    try:
        seconds = seconds_of(typed)
    except UnreadTimeError as refused:
        said = str(refused)
    else:
        assert seconds >= 0
        return
    assert len(said) < 300

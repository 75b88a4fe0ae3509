from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.marks import marks_in, seconds_of


@pytest.mark.parametrize(
    ("clock", "seconds"),
    [
        ("0:53", 53),
        ("62:07", 3727),
        ("01:02:03", 3723),
        ("01:02:03,500", 3723.5),
        ("90", 90),
        ("1:2:3:4", None),
        ("", None),
        ("x", None),
        ("²:10", None),
    ],
)
def test_clocks_are_read(clock: str, seconds: float | None) -> None:
    assert seconds_of(clock) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Ann [00:05:53]: hi (1:02) there", [353, 62]),
        ("0:10 first line\n 0:20\nat 12:30 we met", [10, 20]),
        ("Ann  0:12\nhello", [12]),
        ("[5m53s] hi [1h 02m 03s] there", [353, 3723]),
        ("[00:05:53:12] Ann\n00:05:54;07 Bob\n", [353, 354]),
        ("00:05:53:12 - 00:06:01:03\nAnn", [353]),
        ("[00:05:53](https://v.example/?t=353) Ann", [353]),
        ("**Ann** *0:12*\nhello", [12]),
        ("Ann Lee 00:00:12: hello", [12]),
        ("a ratio of 3:45 is no mark", []),
    ],
)
def test_marks_stand_in_brackets_or_at_the_ends_of_lines(text: str, seconds: list[float]) -> None:
    assert [mark.seconds for mark in marks_in(text)] == seconds


@given(st.text(alphabet=st.sampled_from("[]():0123459.,- \nab*")))
def test_marks_are_in_order_and_apart(text: str) -> None:
    marks = marks_in(text)
    assert all(before.end <= after.start for before, after in pairwise(marks))

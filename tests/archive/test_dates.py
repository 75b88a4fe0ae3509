from __future__ import annotations

from datetime import UTC, datetime
from time import struct_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.dates import instant


@pytest.mark.parametrize(
    "spelled",
    ["March 14, 2024", "Mar 14, 2024", "Thursday, March 14, 2024", "14.03.2024", "2024/03/14", "1710374400"],
)
def test_a_day_is_read_however_it_is_spelled(spelled: str) -> None:
    assert instant(spelled, None) == datetime(2024, 3, 14, tzinfo=UTC)


def test_a_time_of_day_is_kept() -> None:
    assert instant("Mar 14, 2024  7:08 PM", None) == datetime(2024, 3, 14, 19, 8, tzinfo=UTC)


def test_what_feedparser_understood_is_taken() -> None:
    parsed = struct_time((2024, 3, 14, 19, 8, 0, 3, 74, 0))
    assert instant("Thu, 14 Mar 2024 19:08 GMT", parsed) == datetime(2024, 3, 14, 19, 8, tzinfo=UTC)


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_none(spelled: str) -> None:
    read = instant(spelled, None)
    assert read is None or read.tzinfo is UTC

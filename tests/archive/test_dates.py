from __future__ import annotations

from datetime import UTC, datetime
from time import struct_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.dates import instant

EVENING = datetime(2024, 3, 14, 19, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "spelled",
    [
        "March 14, 2024", "Mar 14, 2024", "Thursday, March 14th, 2024", "14.03.2024", "14.3.24", "2024/03/14",
        "2024-03-14", "20240314", "1710374400", "1710374400000", "14 Mar 2024", "Thu, 14 Mar 24", "14-Mar-2024",
        "14. März 2024", "Do, 14 Mär 2024", "jeudi 14 mars 2024", "14 de marzo de 2024", "14 marzo 2024",
        "14 de março de 2024", "14 maart 2024", "14/03/2024", "03/14/2024",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_spelled(spelled: str) -> None:
    assert instant(spelled) == datetime(2024, 3, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "spelled",
    [
        "Thu, 14 Mar 2024 19:08:00 +0000", "Thu, 14 Mar 2024 19:08:00 GMT", "Mar 14, 2024  7:08 PM",
        "Thu, 14 Mar 2024 14:08:00 EST", "Thu, 14 Mar 2024 12:08 -0700", "Thu, 14 Mar 2024 12:08:00 GMT-0700 (PDT)",
        "14 Mar 24 20:08 CET", "2024-03-14T19:08:00Z", "2024-03-14T21:08:00.5+02:00", "2024-03-14 19:08",
        "20240314T190800Z", "14.03.2024 19:08", "Thu Mar 14 19:08:00 UTC 2024", "Do, 14 Mär 2024 20:08:00 +0100",
        # The weekday is wrong, the zone is none, the month is in full.
        "Mon, 14 March 2024 19:08:00 XYZ", "Thu, 14 Mar 2024 19:08:00 +9999",
    ],
)  # fmt: skip
def test_an_instant_is_read_in_its_zone(spelled: str) -> None:
    assert instant(spelled) == EVENING


def test_midnight_may_be_the_end_of_a_day() -> None:
    assert instant("Thu, 14 Mar 2024 24:00:00 GMT") == datetime(2024, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "spelled", ["", "yesterday", "March", "03/04/2024", "31 Feb 2024", "0000-00-00", "Thu, 01 Jan 1970 00:00:00 GMT"]
)
def test_where_nobody_can_tell_there_is_no_date(spelled: str) -> None:
    assert instant(spelled) is None


def test_feedparsers_reading_is_taken_where_the_spelling_is_none_of_ours() -> None:
    parsed = struct_time((2024, 3, 14, 19, 8, 0, 3, 74, 0))
    assert instant("2024-074T19:08", parsed) == EVENING
    assert instant("Thu, 15 Mar 2024 19:08 GMT", parsed) == datetime(2024, 3, 15, 19, 8, tzinfo=UTC)


@given(
    st.integers(315532800, 4070908800).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.sampled_from(["%a, %d %b %Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]),
)
def test_the_standard_spellings_come_back(date: datetime, spelling: str) -> None:
    assert instant(date.strftime(spelling) + " +0000") == date


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[\d:/.,+\- TZa-z]{1,30}")))
def test_any_text_is_a_date_or_none(spelled: str) -> None:
    read = instant(spelled)
    assert read is None or read.tzinfo is UTC

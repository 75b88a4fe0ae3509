from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.timing import filled, growth, trusted

TIMES = st.lists(st.one_of(st.none(), st.floats(0, 1e5)))


@given(TIMES)
def test_trusted_times_never_decrease_and_are_the_given_ones(times: list[float | None]) -> None:
    kept = trusted(times)
    known = [time for time in kept if time is not None]
    assert known == sorted(known)
    assert all(after in (None, before) for before, after in zip(times, kept, strict=True))


@given(st.lists(st.floats(0, 1e5)))
def test_times_in_order_are_all_trusted(times: list[float]) -> None:
    assert trusted(sorted(times)) == sorted(times)


def test_the_mark_that_contradicts_the_others_is_dropped() -> None:
    assert trusted([1427.0, 13.0, 14.0, None, 32.0]) == [None, 13.0, 14.0, None, 32.0]


@given(TIMES)
def test_filled_times_stay_between_their_neighbours(times: list[float | None]) -> None:
    full = filled(trusted(times), range(0, 10 * len(times), 10))
    known = [time for time in full if time is not None]
    assert known == sorted(known)


def test_gaps_are_filled_in_proportion_to_the_text() -> None:
    assert filled([None, 10.0, None, 20.0, None], [0, 100, 125, 200, 300]) == [None, 10.0, 12.5, 20.0, None]


def test_growth_is_the_share_of_times_that_agree() -> None:
    assert growth([1.0, 2.0, 3.0, 0.5]) == 0.75
    assert growth([None]) == 1.0

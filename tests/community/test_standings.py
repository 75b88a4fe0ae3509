from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.community.beta import below, quantile
from companion.community.standings import ranked, server_mean, stability
from companion.storage.standings import Counted

VOTERS = 10


@st.composite
def fields(draw: st.DrawFn, most: int = 8) -> list[Counted]:
    """Clips of a server with ten voters."""
    return [
        Counted(number, up, draw(st.integers(0, VOTERS - up)), draw(st.integers(1, 3)))
        for number, up in enumerate(draw(st.lists(st.integers(0, VOTERS), min_size=1, max_size=most)), 1)
    ]


def scored(*counted: Counted, voters: int = VOTERS) -> dict[int, float]:
    mean = server_mean(counted, voters)
    return {one.counted.clip_id: one.score for one in ranked(counted, voters, mean)}


def test_the_formula_is_the_documented_one() -> None:
    # k = 6 and 2 of n = 10 and 20 chances: m = (8 + 1) / (30 + 2), s = 10.
    mean = 9 / 32
    first, second = Counted(1, 7, 1, 1), Counted(2, 2, 0, 2)

    assert scored(first, second) == pytest.approx({1: (mean * 10 + 6) / 20, 2: (mean * 10 + 2) / 30})


def test_what_was_posted_twice_does_not_win_by_that() -> None:
    scores = scored(Counted(1, 5, 0, 1), Counted(2, 6, 0, 2))

    assert scores[1] > scores[2]


def test_few_votes_pull_to_the_middle() -> None:
    few = ranked([Counted(1, 2, 0, 1)], 3, 0.5)[0]
    many = ranked([Counted(1, 200, 0, 1)], 300, 0.5)[0]

    assert few.too_few
    assert not many.too_few
    assert abs(few.score - 0.5) < abs(many.score - 0.5)
    assert few.high - few.low > 4 * (many.high - many.low)


def test_equal_scores_are_ties_and_share_their_rank() -> None:
    table = ranked([Counted(1, 3, 0, 1), Counted(2, 5, 0, 1), Counted(3, 4, 1, 1), Counted(4, 1, 0, 1)], VOTERS, 0.3)

    assert [(one.counted.clip_id, one.rank, one.tied) for one in table] == [
        (2, 1, False), (1, 2, True), (3, 2, True), (4, 4, False),
    ]  # fmt: skip


@given(fields(), st.data())
def test_a_vote_more_for_a_clip_never_lowers_it_and_one_against_never_lifts_it(
    field: list[Counted], data: st.DataObject
) -> None:
    mean = server_mean(field, VOTERS)
    one = data.draw(st.sampled_from(field))
    before = ranked([one], VOTERS, mean)[0].score
    assert ranked([replace(one, up=one.up + 1)], VOTERS + 1, mean) != []
    if one.up + one.down < VOTERS:
        assert ranked([replace(one, up=one.up + 1)], VOTERS, mean)[0].score >= before
        assert ranked([replace(one, down=one.down + 1)], VOTERS, mean)[0].score <= before


@given(fields())
def test_every_score_lies_in_its_interval_and_ranks_follow_scores(field: list[Counted]) -> None:
    table = ranked(field, VOTERS, server_mean(field, VOTERS))

    assert {one.counted for one in table} == set(field)
    for one in table:
        assert 0 < one.low < one.high < 1
        assert one.low < one.score + 1e-6
    for earlier, later in pairwise(table):
        assert (earlier.rank == later.rank) == (abs(earlier.score - later.score) < 1e-9)
        assert earlier.score > later.score - 1e-9


@settings(max_examples=60, deadline=None)
@given(fields(4))
def test_stability_is_the_share_of_pairs_of_votes_without_which_the_winner_still_leads(field: list[Counted]) -> None:
    mean = server_mean(field, VOTERS)

    assert stability(field, VOTERS, mean) == pytest.approx(_by_trying_all(field, mean))


def _by_trying_all(field: Sequence[Counted], mean: float) -> float | None:
    table = ranked(field, VOTERS, mean)
    given_votes = [(i, value) for i, one in enumerate(field) for value in [1] * one.up + [-1] * one.down]
    if len(given_votes) < 2 or table[0].tied or not table[0].votes:
        return None
    outcomes: dict[tuple[tuple[int, int], tuple[int, int]], bool] = {}
    held = tried = 0
    for first in range(len(given_votes)):
        for second in range(first + 1, len(given_votes)):
            pair = given_votes[first], given_votes[second]
            if pair not in outcomes:
                left = list(field)
                for i, value in pair:
                    left[i] = replace(left[i], up=left[i].up - (value > 0), down=left[i].down - (value < 0))
                again = ranked(left, VOTERS, mean)
                outcomes[pair] = again[0].counted.clip_id == table[0].counted.clip_id and not again[0].tied
            held += outcomes[pair]
            tried += 1
    return held / tried


def test_a_clear_winner_is_stable_and_a_narrow_one_is_not() -> None:
    clear = [Counted(1, 9, 0, 1), Counted(2, 2, 0, 1)]
    narrow = [Counted(1, 5, 0, 1), Counted(2, 4, 0, 1)]

    assert stability(clear, VOTERS, 0.3) == 1.0
    assert 0 < (stability(narrow, VOTERS, 0.3) or 0) < 1
    assert stability([Counted(1, 4, 0, 1), Counted(2, 4, 0, 1)], VOTERS, 0.3) is None
    assert stability([], VOTERS, 0.3) is None


@pytest.mark.parametrize(
    ("value", "a", "b", "expected"), [(0.3, 1, 1, 0.3), (0.5, 2, 2, 0.5), (0.25, 2, 1, 0.0625), (0.2, 1, 3, 0.488)]
)
def test_the_beta_distribution_where_it_has_a_simple_form(value: float, a: float, b: float, expected: float) -> None:
    assert below(value, a, b) == pytest.approx(expected)


@given(st.floats(0.01, 0.99), st.floats(0.2, 500), st.floats(0.2, 500))
def test_a_quantile_has_its_share_below_it(share: float, a: float, b: float) -> None:
    assert below(quantile(share, a, b), a, b) == pytest.approx(share, abs=1e-6)

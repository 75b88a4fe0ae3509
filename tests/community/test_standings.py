from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.community.beta import below, quantile
from companion.community.bradley_terry import strengths, weights
from companion.community.scores import Field, Score, field_of, ranked
from companion.community.stability import stability
from companion.storage.standings import Compared, Counted
from tests.examples import examples

VOTERS = 10


@st.composite
def clips(draw: st.DrawFn, most: int = 8, least: int = 1) -> list[Counted]:
    """Clips of a server with ten voters."""
    return [
        Counted(number, up, draw(st.integers(0, VOTERS - up)), draw(st.integers(1, 3)))
        for number, up in enumerate(draw(st.lists(st.integers(0, VOTERS), min_size=least, max_size=most)), 1)
    ]


@st.composite
def fields(draw: st.DrawFn, most: int = 6, votes: int = VOTERS) -> Field:
    """The same, with duels between some of them."""
    counted = draw(clips(most, least=2))
    pair = st.permutations([one.clip_id for one in counted]).map(lambda some: (some[0], some[1]))
    duels = [
        Compared(left, right, draw(st.integers(0, votes)), draw(st.integers(0, votes)))
        for left, right in draw(st.lists(pair, max_size=5))
    ]
    return field_of(counted, VOTERS, duels)


def scored(*counted: Counted, voters: int = VOTERS, duels: Sequence[Compared] = ()) -> dict[int, float]:
    return scores_in(field_of(counted, voters, duels))


def scores_in(field: Field) -> dict[int, float]:
    return {one.counted.clip_id: one.score for one in ranked(field)}


def score_of(field: Field, clip_id: int) -> Score:
    return next(one for one in ranked(field) if one.counted.clip_id == clip_id)


def with_clip(field: Field, place: int, **changed: Any) -> Field:
    """The field with one clip changed, its prior as it was."""
    return replace(
        field, clips=(*field.clips[:place], replace(field.clips[place], **changed), *field.clips[place + 1 :])
    )


def test_without_duels_the_formula_is_the_documented_one() -> None:
    # k = 6 and 2 of n = 10 and 20 chances: m = (8 + 1) / (30 + 2), s = 10.
    mean = 9 / 32
    first, second = Counted(1, 7, 1, 1), Counted(2, 2, 0, 2)

    assert scored(first, second) == pytest.approx({1: (mean * 10 + 6) / 20, 2: (mean * 10 + 2) / 30})


@settings(deadline=None)
@given(clips())
def test_without_duels_scores_and_bounds_are_those_of_the_beta_distribution(counted: list[Counted]) -> None:
    field = field_of(counted, VOTERS)

    for one in ranked(field):
        used, chances = max(0, one.counted.up - one.counted.down), one.counted.posts * VOTERS
        a, b = field.mean * VOTERS + used, (1 - field.mean) * VOTERS + chances - used
        assert one.score == pytest.approx(a / (a + b), rel=1e-12)
        assert (one.low, one.high) == pytest.approx((quantile(0.05, a, b), quantile(0.95, a, b)))


def test_a_duel_parts_what_reactions_left_equal() -> None:
    even = Counted(1, 4, 0, 1), Counted(2, 4, 0, 1), Counted(3, 4, 0, 1)

    scores = scored(*even, duels=[Compared(1, 2, 7, 3)])

    assert scores[1] > scores[3] > scores[2]
    assert scores[1] * (1 - scores[3]) / scores[3] / (1 - scores[1]) == pytest.approx(
        scores[3] * (1 - scores[2]) / scores[2] / (1 - scores[3]), rel=0.05
    )


def test_to_win_over_a_strong_clip_is_worth_more_than_over_a_weak_one() -> None:
    counted = [Counted(1, 4, 0, 1), Counted(2, 4, 0, 1), Counted(3, 9, 0, 1), Counted(4, 0, 0, 1)]

    scores = scored(*counted, duels=[Compared(1, 3, 6, 4), Compared(2, 4, 6, 4)])

    assert scores[1] > scores[2]


def test_what_never_was_posted_stands_by_its_duels() -> None:
    field = field_of([Counted(1, 4, 0, 1)], VOTERS, [Compared(9, 1, 8, 1)])

    assert score_of(field, 9).score > score_of(field, 1).score
    assert score_of(field, 9).votes == 9
    assert not score_of(field, 9).too_few


def test_what_is_not_wanted_moves_no_score_of_what_is() -> None:
    field = field_of([Counted(1, 4, 0, 1), Counted(2, 7, 0, 1), Counted(3, 1, 0, 1)], VOTERS, [Compared(1, 2, 8, 1)])

    assert {one.counted.clip_id: one.score for one in ranked(field, {1, 3})} == {
        clip_id: score for clip_id, score in scores_in(field).items() if clip_id != 2
    }
    assert [one.rank for one in ranked(field, {1, 3})] == [1, 2]


def test_what_was_posted_twice_does_not_win_by_that() -> None:
    scores = scored(Counted(1, 5, 0, 1), Counted(2, 6, 0, 2))

    assert scores[1] > scores[2]


def test_few_votes_pull_to_the_middle() -> None:
    few = ranked(Field((Counted(1, 2, 0, 1),), 3, (), 0.5))[0]
    many = ranked(Field((Counted(1, 200, 0, 1),), 300, (), 0.5))[0]

    assert few.too_few
    assert not many.too_few
    assert abs(few.score - 0.5) < abs(many.score - 0.5)
    assert few.high - few.low > 4 * (many.high - many.low)


def test_equal_scores_are_ties_and_share_their_rank() -> None:
    table = ranked(
        field_of([Counted(1, 3, 0, 1), Counted(2, 5, 0, 1), Counted(3, 4, 1, 1), Counted(4, 1, 0, 1)], VOTERS)
    )

    assert [(one.counted.clip_id, one.rank, one.tied) for one in table] == [
        (2, 1, False), (1, 2, True), (3, 2, True), (4, 4, False),
    ]  # fmt: skip


@settings(deadline=None)
@given(fields(), st.data())
def test_a_vote_more_for_a_clip_lowers_none_and_one_against_lifts_none(field: Field, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(field.clips) - 1))
    one, before = field.clips[place], scores_in(field)
    if one.up + one.down >= one.posts * VOTERS:
        return

    for_it, against = (scores_in(with_clip(field, place, **{way: getattr(one, way) + 1})) for way in ("up", "down"))

    for clip_id, score in before.items():
        assert for_it[clip_id] >= score - 1e-9
        assert against[clip_id] <= score + 1e-9
    assert for_it[one.clip_id] - before[one.clip_id] >= -1e-9 if one.down else for_it[one.clip_id] > before[one.clip_id]


@settings(deadline=None)
@given(fields(), st.data())
def test_a_choice_in_a_duel_lifts_the_one_and_lowers_the_other_and_is_the_same_from_either_side(
    field: Field, data: st.DataObject
) -> None:
    left, right = data.draw(st.permutations([one.clip_id for one in field.clips]))[:2]
    before = scores_in(field)

    after = scores_in(replace(field, duels=(*field.duels, Compared(left, right, 1, 0))))
    mirrored = scores_in(replace(field, duels=(*field.duels, Compared(right, left, 0, 1))))

    assert after[left] > before[left]
    assert after[right] < before[right]
    assert mirrored == pytest.approx(after, rel=1e-9)


@settings(deadline=None)
@given(fields(), st.randoms())
def test_names_and_order_of_clips_and_duels_are_of_no_account(field: Field, chance: Any) -> None:
    numbers = [one.clip_id for one in field.clips]
    named = dict(zip(numbers, chance.sample(numbers, len(numbers)), strict=True))
    other = [replace(one, clip_id=named[one.clip_id]) for one in field.clips]
    duels = [replace(one, left_id=named[one.left_id], right_id=named[one.right_id]) for one in field.duels]
    chance.shuffle(other)
    chance.shuffle(duels)

    renamed = scores_in(field_of(other, VOTERS, duels))

    assert {clip_id: renamed[named[clip_id]] for clip_id in numbers} == pytest.approx(scores_in(field), rel=1e-8)


@settings(deadline=None)
@given(fields())
def test_every_score_lies_in_its_interval_and_ranks_follow_scores(field: Field) -> None:
    table = ranked(field)

    assert {one.counted for one in table} == set(field.clips)
    for one in table:
        assert 0 < one.low < one.high < 1
        assert one.low < one.score + 1e-6
    for earlier, later in pairwise(table):
        assert (earlier.rank == later.rank) == (abs(earlier.score - later.score) < 1e-9)
        assert earlier.score > later.score - 1e-9


@settings(deadline=None)
@given(fields())
def test_choices_in_duels_never_make_less_known_of_a_clip(field: Field) -> None:
    evidence = field.evidence(*field.counts())

    known = weights(evidence, strengths(evidence)) / (evidence.successes + evidence.failures)

    paired = abs(field.pairs).T @ [one.for_left + one.for_right for one in field.duels] > 0
    assert (known[paired] > 1).all()
    assert known[~paired] == pytest.approx(1)


@examples(60)
@given(fields(4, votes=4))
def test_stability_is_the_share_of_pairs_of_votes_without_which_the_winner_still_leads(field: Field) -> None:
    assert stability(field) == pytest.approx(_by_trying_all(field))


def _by_trying_all(field: Field) -> float | None:
    table = ranked(field)
    votes = [(place, name) for place, one in enumerate(field.clips) for name in ["up"] * one.up + ["down"] * one.down]
    choices = [
        (place, name)
        for place, duel in enumerate(field.duels)
        for name in ["for_left"] * duel.for_left + ["for_right"] * duel.for_right
    ]
    if len(votes) + len(choices) < 2 or table[0].tied or not table[0].votes:
        return None
    held = tried = 0
    for left_out, ways in Counter(combinations([*votes, *choices], 2)).items():
        again = ranked(_without(_without(field, *left_out[0]), *left_out[1]))
        held += ways * (again[0].counted.clip_id == table[0].counted.clip_id and not again[0].tied)
        tried += ways
    return held / tried


def _without(field: Field, place: int, name: str) -> Field:
    if name in ("up", "down"):
        return with_clip(field, place, **{name: getattr(field.clips[place], name) - 1})
    fewer = replace(field.duels[place], **{name: getattr(field.duels[place], name) - 1})
    return replace(field, duels=(*field.duels[:place], fewer, *field.duels[place + 1 :]))


def test_a_clear_winner_is_stable_and_a_narrow_one_is_not() -> None:
    clear = [Counted(1, 9, 0, 1), Counted(2, 2, 0, 1)]
    narrow = [Counted(1, 5, 0, 1), Counted(2, 4, 0, 1)]

    assert stability(field_of(clear, VOTERS)) == 1.0
    assert 0 < (stability(field_of(narrow, VOTERS)) or 0) < 1
    assert stability(field_of([Counted(1, 4, 0, 1), Counted(2, 4, 0, 1)], VOTERS)) is None
    assert stability(field_of([], VOTERS)) is None


def test_of_very_many_ways_to_leave_out_two_votes_some_are_tried_and_always_the_same() -> None:
    many = [Counted(number, 3 + number % 5, number % 3, 1) for number in range(1, 60)]
    duels = [Compared(number, number + 1, number % 7, number % 4) for number in range(1, 59)]
    field = field_of([*many, Counted(60, 9, 0, 1)], VOTERS, [*duels, Compared(60, 1, 3, 2)])

    first = stability(field)

    assert first is not None
    assert 0 < first <= 1
    assert stability(field) == first


@pytest.mark.parametrize(
    ("value", "a", "b", "expected"), [(0.3, 1, 1, 0.3), (0.5, 2, 2, 0.5), (0.25, 2, 1, 0.0625), (0.2, 1, 3, 0.488)]
)
def test_the_beta_distribution_where_it_has_a_simple_form(value: float, a: float, b: float, expected: float) -> None:
    assert below(value, a, b) == pytest.approx(expected)


@settings(deadline=None)
@given(st.floats(0.01, 0.99), st.floats(0.2, 500), st.floats(0.2, 500))
def test_a_quantile_has_its_share_below_it(share: float, a: float, b: float) -> None:
    assert below(quantile(share, a, b), a, b) == pytest.approx(share, abs=1e-6)

"""What votes make of a server's taste."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.taste import BASE, PRECISION, PRIOR, Dueled, Taste, Voted, learnt
from companion.community.weights import SIGNALS
from companion.storage.highlight_history import Stretch
from tests.examples import examples

SIGNAL = "numbers"


def voted(number: int, value: float, up: int, down: int, signal: str = SIGNAL) -> Voted:
    return Voted(Stretch(1, 100 * number, 100 * number + 50), {signal: value}, up, down)


def weight(taste: Taste, signal: str = SIGNAL) -> float:
    return taste.weights[signal].mean


def test_without_votes_the_table_is_the_taste() -> None:
    assert learnt([]) == PRIOR
    assert weight(PRIOR) == SIGNALS[SIGNAL].weight


def test_liking_clips_with_numbers_raises_the_weight_of_numbers_and_nothing_else() -> None:
    liked = [voted(number, 2.0, 6, 0) for number in range(10)]
    disliked = [voted(100 + number, -1.0, 0, 6) for number in range(10)]

    taste = learnt([*liked, *disliked])

    assert weight(taste) > weight(PRIOR) + 0.05
    assert taste.weights["names"].mean == pytest.approx(weight(PRIOR, "names"))
    assert learnt([voted(n, 2.0, 0, 6) for n in range(10)]).weights[SIGNAL].mean < weight(PRIOR)


def test_the_more_votes_the_surer_the_weight() -> None:
    few, many = (learnt([voted(number, 1.0, 3, 2) for number in range(count)]) for count in (2, 20))

    assert PRECISION < few.weights[SIGNAL].precision < many.weights[SIGNAL].precision
    assert many.weights["names"].precision == pytest.approx(PRECISION)


def test_one_crowded_evening_is_not_the_taste_for_good() -> None:
    crowd = learnt([voted(0, 2.0, 1000, 0)])
    evenings = learnt([voted(number, 2.0, 10, 0) for number in range(100)])

    assert weight(crowd) - weight(PRIOR) < 0.5 * (weight(evenings) - weight(PRIOR))


def test_liking_everything_is_no_taste() -> None:
    taste = learnt([voted(number, value, 8, 0) for number, value in enumerate([-1.0, 1.0] * 10)])

    assert weight(taste) == pytest.approx(weight(PRIOR), abs=0.03)
    assert taste.weights[BASE].mean > 0.5


def test_votes_that_are_taken_back_never_counted() -> None:
    before = learnt([voted(0, 2.0, 3, 1)])

    assert learnt([voted(0, 2.0, 3, 1), voted(1, 2.0, 0, 0)]).weights == before.weights


def test_a_duel_tells_by_the_difference() -> None:
    numbers, none = {SIGNAL: 2.0}, {SIGNAL: -0.5}

    assert weight(learnt([], [Dueled(numbers, none, 9, 1)])) > weight(PRIOR)
    assert weight(learnt([], [Dueled(none, numbers, 9, 1)])) < weight(PRIOR)
    assert learnt([], [Dueled(numbers, numbers, 9, 1)]).weights[SIGNAL].mean == pytest.approx(weight(PRIOR))
    assert learnt([], [Dueled(numbers, none, 9, 1)]).weights[BASE] == PRIOR.weights[BASE]


def test_a_clip_that_was_liked_more_than_its_signals_let_expect_has_a_score_of_its_own() -> None:
    loved, hated, untried = voted(0, 0.0, 12, 0), voted(1, 0.0, 0, 12), voted(2, 0.0, 0, 0)

    own = {clip.stretch: clip.score for clip in learnt([loved, hated, untried]).clips[1]}

    assert own[loved.stretch].mean > 0.5 > -0.5 > own[hated.stretch].mean
    assert own[untried.stretch].mean == pytest.approx(0.0)
    assert own[loved.stretch].precision > own[untried.stretch].precision


def test_a_lone_vote_is_hardly_a_score() -> None:
    [once] = learnt([voted(0, 0.0, 1, 0)]).clips[1]
    [often] = learnt([voted(0, 0.0, 20, 0)]).clips[1]

    assert 0 < once.score.mean < 0.2 < often.score.mean


VOTES = st.lists(
    st.builds(
        voted,
        st.integers(0, 50),
        st.floats(-2.5, 2.5),
        st.integers(0, 500),
        st.integers(0, 500),
        st.sampled_from(list(SIGNALS)),
    ),
    max_size=12,
)


@examples(60)
@given(VOTES)
def test_the_order_of_votes_does_not_matter_and_no_votes_break_the_fit(votes: list[Voted]) -> None:
    taste = learnt(votes)
    turned = learnt(votes[::-1])

    for name, one in taste.weights.items():
        assert np.isfinite(one.mean)
        assert one.precision >= PRIOR.weights[name].precision - 1e-9
        assert turned.weights[name].mean == pytest.approx(one.mean, abs=1e-6)


@examples(40)
@given(VOTES)
def test_no_step_away_from_the_fit_makes_the_votes_likelier(votes: list[Voted]) -> None:
    taste = learnt(votes)

    def cost(signal: str, shift: float) -> float:
        """The negative logarithm of prior and likelihood, written out by hand."""
        total = 0.0
        means = {name: one.mean + (shift if name == signal else 0.0) for name, one in taste.weights.items()}
        for name, mean in means.items():
            total += 0.5 * PRIOR.weights[name].precision * (mean - PRIOR.weights[name].mean) ** 2
        for one in votes:
            z = means[BASE] + sum(means[name] * value for name, value in one.signals.items())
            counted = 1 / (1 + (max(one.up + one.down, 1) - 1) * 0.1)
            total += counted * (one.up * np.logaddexp(0, -z) + one.down * np.logaddexp(0, z))
        return total

    for signal in (SIGNAL, "density", BASE):
        assert cost(signal, 0.0) <= min(cost(signal, 0.01), cost(signal, -0.01)) + 1e-9


def test_a_drawn_taste_is_reproducible_and_near_what_is_known() -> None:
    one, same, other = (PRIOR.drawn(np.random.default_rng(seed)) for seed in (1, 1, 2))

    assert one == same != other
    drawn = [PRIOR.drawn(np.random.default_rng(seed)).weights[SIGNAL].mean for seed in range(400)]
    assert np.mean(drawn) == pytest.approx(weight(PRIOR), abs=0.01)
    assert np.std(drawn) == pytest.approx(0.25 / np.sqrt(PRECISION), rel=0.15)

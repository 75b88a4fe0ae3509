from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.encoders import Encoder, ToyEncoder
from companion.archive.extractive import FAR_BEHIND, MOST, OF_ONE_PASSAGE, Excerpt, best_excerpts, joined, quoted
from companion.archive.results import Hit, Query
from companion.archive.run_signs import WEIGHTS, Signs, weighed_runs
from companion.archive.search import Found, found
from companion.storage.episodes import Episode, Passage
from tests.snapshots import BAKING, KITCHEN, TIDES, meaning_in, snapshot_of, spoken

ENCODER = ToyEncoder(512)


def asked(text: str, talk: Mapping[Episode, Sequence[Passage]] = KITCHEN, encoder: Encoder | None = ENCODER) -> Found:
    snapshot = snapshot_of(talk, encoder)
    return found(snapshot, Query(text), meaning_in(snapshot, encoder, text) if encoder else None, 8)


def signs_of(text: str, talk: Mapping[Episode, Sequence[Passage]] = KITCHEN) -> dict[str, Signs]:
    """The signs of every run, by its words."""
    of = asked(text, talk)
    hits = of.results.hits
    return {
        hit.passage.text[run.start : run.end]: run.signs for hit in hits for run in weighed_runs(of, hit, hits[0].score)
    }


def quotations(of: Found) -> list[str]:
    hits = of.results.hits
    return [hits[one.hit].passage.text[one.start : one.end] for one in quoted(of, hits)]


def test_the_answer_goes_before_the_question_that_asks_for_it() -> None:
    said = quotations(asked("what about salt and the yeast?"))

    assert said[0] != "What about salt?"
    assert any("Salt slows the yeast down" in one for one in said)


def test_a_run_with_the_questions_words_covers_them() -> None:
    oven = spoken(0, ("Ida", "The oven lies about its temperature. Buy a thermometer for two coins."))
    signs = signs_of("a thermometer for the oven", {BAKING: [oven], TIDES: KITCHEN[TIDES]})

    full = signs["The oven lies about its temperature. Buy a thermometer for two coins."]
    half = signs["Buy a thermometer for two coins."]
    assert full.covered == pytest.approx(1.0)
    assert 0 < half.covered < 1
    assert full.near > signs["It leaps."].near


def test_a_question_is_known_as_one() -> None:
    signs = signs_of("salt in bread")

    assert signs["What about salt?"].asks == 1
    assert signs["Salt slows the yeast down, so I add it an hour late."].asks == 0


def test_where_a_figure_is_asked_for_a_figure_counts() -> None:
    asks, does_not = signs_of("how much is a thermometer"), signs_of("is a thermometer worth it")

    assert asks["Buy a thermometer for two coins."].figure == 1
    assert asks["The oven lies about its temperature."].figure == 0
    assert does_not["Buy a thermometer for two coins."].figure == 0


def test_without_a_model_words_decide() -> None:
    of = asked("a thermometer for the oven", encoder=None)
    signs = [run.signs for hit in of.results.hits for run in weighed_runs(of, hit, 0.0)]

    assert all(one.near == 0 for one in signs)
    assert any("thermometer" in text for text in quotations(of))


def test_the_cosine_of_a_sentence_is_that_of_its_window() -> None:
    long = "The lantern was lit and the boat went out. " * 8
    talk = {TIDES: [spoken(0, ("Bram Kok", f"{long}Eels swim with the tide. {long}"))]}
    of = asked("eels swim with the tide", talk)
    [hit] = of.results.hits
    near = {hit.passage.text[run.start : run.end]: run.signs.near for run in weighed_runs(of, hit, hit.score)}
    vectors = of.snapshot.vectors
    assert vectors is not None
    stored = vectors.of(0)
    assert stored is not None
    vector = of.question.vector
    assert vector is not None

    cosines = (stored[1:] @ vector).tolist()
    assert near["Eels swim with the tide."] == pytest.approx(max(cosines), abs=1e-5)


def test_other_weights_choose_otherwise() -> None:
    of = asked("what about salt and the yeast?")
    hits = of.results.hits
    longing_for_questions = WEIGHTS._replace(asks=50.0)

    chosen = quoted(of, hits, longing_for_questions)

    assert "What about salt?" in [hits[one.hit].passage.text[one.start : one.end] for one in chosen]


def excerpt(hit: int, first: int, after: int, weight: float, piece: int = 0) -> Excerpt:
    return Excerpt(hit, piece, 6 * first, 6 * after - 1, (100 * hit + first, 100 * hit + after), weight)


def hits_of(count: int) -> list[Hit]:
    """Passages of one episode, a hundred words apart, of sixty words of five letters each, all different."""
    [hit] = asked("bread", {BAKING: [spoken(0, ("Ida", "bread " * 60))]}, encoder=None).results.hits
    said = [" ".join(f"b{n}x{place:02}" for place in range(60)) for n in range(count)]
    return [replace(hit, passage=spoken(n, ("Ida", text))) for n, text in enumerate(said)]


HITS = hits_of(4)


def test_weak_ones_are_left_out_beside_strong_ones_but_there_are_two() -> None:
    chosen = best_excerpts([excerpt(0, 0, 5, 9.0), excerpt(1, 0, 5, 1.0), excerpt(2, 0, 5, 0.9)], HITS)

    assert [one.weight for one in chosen] == [9.0, 1.0]


def test_the_last_place_goes_to_another_passage_than_all_others() -> None:
    own = [excerpt(0, 20 * n, 20 * n + 5, 5.0) for n in range(3)]
    chosen = best_excerpts([*own, excerpt(0, 15, 19, 4.9), excerpt(1, 0, 5, 4.0)], HITS)

    assert {one.hit for one in chosen} == {0, 1}


def test_excerpts_that_touch_in_one_turn_become_one() -> None:
    one, next_to_it, far = excerpt(0, 0, 20, 3.0), excerpt(0, 22, 40, 2.0), excerpt(0, 53, 58, 1.0)

    [first, second] = joined([one, next_to_it, far])

    assert (first.start, first.end, first.words, first.weight) == (one.start, next_to_it.end, (0, 40), 3.0)
    assert second == far


def test_excerpts_of_two_turns_stay_two() -> None:
    assert len(joined([excerpt(0, 0, 20, 3.0), excerpt(0, 20, 40, 2.0, piece=1)])) == 2


def test_they_are_read_in_the_order_in_which_they_were_said() -> None:
    chosen = best_excerpts([excerpt(2, 0, 5, 9.0), excerpt(0, 0, 5, 8.0), excerpt(1, 0, 5, 8.5)], HITS)

    assert [one.hit for one in chosen] == [0, 1, 2]


def spanning(hit: int, first: int, length: int, weight: float) -> Excerpt:
    return excerpt(hit, first, first + length, weight)


SPANS = st.builds(
    spanning,
    st.integers(0, 3),
    st.integers(0, 50),
    st.integers(1, 10),
    st.floats(-20, 20),
)


@given(st.lists(SPANS, max_size=30))
def test_whatever_there_is_to_choose_from_no_word_is_quoted_twice(candidates: list[Excerpt]) -> None:
    chosen = best_excerpts(candidates, HITS)

    assert bool(chosen) == bool(candidates)
    assert len(chosen) <= MOST
    assert all(before.words[1] <= after.words[0] for before, after in pairwise(chosen))
    counts = np.bincount([one.hit for one in chosen], minlength=4)
    assert counts.max(initial=0) <= OF_ONE_PASSAGE
    best = max((one.weight for one in candidates), default=0.0)
    assert len(chosen) <= 2 or all(one.weight >= best - FAR_BEHIND for one in chosen)


COLD = "A dough that is kept cold for three days tastes of more than one that was hurried through an afternoon."


def test_what_a_teaser_has_is_quoted_once_from_where_it_was_said() -> None:
    teaser = spoken(0, ("Ida", f"{COLD} Bread is patience."))
    conversation = spoken(
        7, ("Ida", f"As I tell everybody, {COLD.lower()} The cold lets the salt do its work on the dough.")
    )
    of = asked("why is a dough kept cold for three days?", {BAKING: [teaser, conversation], TIDES: KITCHEN[TIDES]})

    said = quotations(of)

    assert sum("kept cold for three days" in one for one in said) == 1
    assert any("as i tell everybody" in one.lower() for one in said)

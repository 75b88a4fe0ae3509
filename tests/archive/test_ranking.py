from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.encoders import ToyEncoder
from companion.archive.passage_vectors import Similarities
from companion.archive.query import Question, content_terms
from companion.archive.ranking import BEST_MIX, Evidence, allowed, fused, rank, retrieve
from companion.archive.results import Query
from companion.storage.episodes import Kind
from tests.snapshots import BAKING, KITCHEN, SECRET, TIDES, snapshot_of, spoken

SNAPSHOT = snapshot_of(KITCHEN, ToyEncoder())
EVERYTHING = np.ones(len(SNAPSHOT), np.bool_)
unit = st.floats(0, 1, width=32)


def question(text: str, *, meaning: bool = True) -> Question:
    return Question(content_terms(text), ToyEncoder().encode([text])[0] if meaning else None, frozenset())


def rows(query: Query) -> list[int]:
    return np.flatnonzero(allowed(SNAPSHOT, query)).tolist()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query("x"), [0, 1, 2, 3, 4, 5, 6]),
        (Query("x", podcasts=frozenset({1})), [0, 1, 2, 3, 4, 5]),
        (Query("x", podcasts=frozenset({2})), [6]),
        (Query("x", podcasts=frozenset()), []),
        (Query("x", episode_id=TIDES.id), [4, 5]),
        (Query("x", podcasts=frozenset({1}), episode_id=SECRET.id), []),
        (Query("x", speaker="HOST"), [1, 3]),
        (Query("x", speaker="kok"), [4, 5]),
        (Query("x", speaker="Ida Moreau"), [0, 1, 2]),
        (Query("x", speaker="nobody"), []),
        (Query("x", after=date(2024, 3, 1), before=date(2024, 3, 1)), [0, 1, 2, 3]),
        (Query("x", after=date(2024, 3, 2)), [4, 5]),
        (Query("x", before=date(2024, 2, 29)), []),
    ],
)
def test_filters_leave_what_they_say(query: Query, expected: list[int]) -> None:
    assert rows(query) == expected


@given(
    st.text(max_size=40),
    st.frozensets(st.sampled_from([1, 2, 3])),
    st.sampled_from([None, "ghost", "ida", "host"]),
    st.sampled_from([None, 1, 2, 3]),
    st.booleans(),
)
def test_no_ranking_shows_a_podcast_that_was_not_asked_for(
    text: str, podcasts: frozenset[int], speaker: str | None, episode_id: int | None, meaning: bool
) -> None:
    query = Query(text, podcasts=podcasts, speaker=speaker, episode_id=episode_id)
    evidence = retrieve(SNAPSHOT, question(text, meaning=meaning))
    ranking = rank(SNAPSHOT, evidence, allowed(SNAPSHOT, query))

    assert {int(SNAPSHOT.podcast_ids[row]) for row in ranking.rows} <= podcasts


@given(st.text(max_size=60), st.booleans())
def test_a_ranking_is_sorted_and_says_nothing_twice(text: str, meaning: bool) -> None:
    ranking = rank(SNAPSHOT, retrieve(SNAPSHOT, question(text, meaning=meaning)), EVERYTHING)

    assert np.all(np.diff(ranking.scores) <= 0)
    assert len(set(ranking.rows.tolist())) == len(ranking.rows)


def test_ranking_again_by_changed_evidence_goes_by_what_changed() -> None:
    evidence = retrieve(SNAPSHOT, question("salt yeast hour"))
    first = rank(SNAPSHOT, evidence, EVERYTHING)
    last = int(first.rows[-1])
    nearness = np.zeros(len(SNAPSHOT), np.float32)
    nearness[last] = 9.0

    assert rank(SNAPSHOT, evidence.with_nearness(nearness), EVERYTHING).rows[0] == last
    words = nearness / np.float32(9)
    assert rank(SNAPSHOT, replace(evidence, coverage=words * 5), EVERYTHING).rows[0] == last
    assert rank(SNAPSHOT, evidence, EVERYTHING).rows.tolist() == first.rows.tolist()


def test_words_alone_find_only_what_has_them() -> None:
    ranking = rank(SNAPSHOT, retrieve(SNAPSHOT, question("eels and lanterns", meaning=False)), EVERYTHING)

    assert ranking.rows.tolist() == [5]


def test_coverage_is_a_share() -> None:
    coverage = retrieve(SNAPSHOT, question("salt yeast hour")).coverage

    assert coverage.min() >= 0
    assert 0.5 < coverage[1] <= 1
    assert int(np.argmax(coverage)) == 1


@given(st.lists(st.tuples(unit, unit, unit), min_size=2, max_size=6))
def test_a_passage_that_is_better_in_everything_is_ranked_above(values: list[tuple[float, float, float]]) -> None:
    words, whole, window = (np.array(column, np.float32) for column in zip(*values, strict=True))
    scores = fused(Evidence(words, Similarities(whole, window)), BEST_MIX)

    for first, one in enumerate(values):
        for second, other in enumerate(values):
            if all(a >= b for a, b in zip(one, other, strict=True)):
                assert scores[first] >= scores[second] - 1e-6


def test_speech_of_an_undated_episode_is_neither_before_nor_after() -> None:
    dated = allowed(SNAPSHOT, Query("x", after=date(1, 1, 1))) | allowed(SNAPSHOT, Query("x", before=date(9999, 1, 1)))

    assert {int(episode) for episode in SNAPSHOT.episode_ids[dated]} == {BAKING.id, TIDES.id}


def test_what_was_said_goes_before_show_notes_that_say_the_same() -> None:
    said = spoken(0, (None, "The eels come up the river in April, when the lanterns are lit."))
    written = replace(said, ordinal=1, kind=Kind.NOTES)
    asked = question("when do the eels come up the river")

    transcribed = snapshot_of({TIDES: [written, said]}, ToyEncoder())
    told_only = snapshot_of({TIDES: [written], BAKING: [said]}, ToyEncoder())

    assert rank(transcribed, retrieve(transcribed, asked), np.ones(2, np.bool_)).rows.tolist() == [1, 0]
    scores = rank(told_only, retrieve(told_only, asked), np.ones(2, np.bool_)).scores
    assert scores[0] == pytest.approx(scores[1]), "notes are all there is of that episode"

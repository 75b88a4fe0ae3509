from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from companion.archive import vector_index
from companion.archive.codes import CodedQuery, Codes
from companion.archive.passage_vectors import PassageVectors, Similarities
from companion.archive.tokens import Vectors
from companion.archive.vector_index import Mask, VectorIndex, Wanted, highest

DIMENSION = 192


def unit(vectors: NDArray[Any]) -> Vectors:
    made: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return made


def clustered(size: int, seed: int) -> tuple[Vectors, Vectors]:
    """Vectors around some topics, as sentences are, and twenty questions about the topics."""
    random = np.random.default_rng(seed)
    topics = random.standard_normal((40, DIMENSION))
    strays = random.standard_normal((size, DIMENSION))
    questions = topics[:20] + 0.7 * random.standard_normal((20, DIMENSION))
    return unit(topics[random.integers(40, size=size)] + 0.9 * strays), unit(questions)


def index_of(vectors: Vectors, parts: int = 3) -> VectorIndex:
    """Every passage has its own vector, and every third two windows more: its neighbours'."""
    cuts = np.linspace(0, len(vectors), parts + 1).astype(int).tolist()
    made: list[PassageVectors | None] = []
    for first, last in pairwise(cuts):
        matrices = {
            row - first: vectors[[row, row - 1, row - 2]] if row % 3 == 0 else vectors[[row]]
            for row in range(first, last)
        }
        like = next((part.whole.codes for part in made if part is not None), None)
        made.append(PassageVectors.of(matrices, like))
    return VectorIndex(made, [last - first for first, last in pairwise(cuts)])


def wanted(size: int, *masks: Mask) -> Wanted:
    return Wanted(np.zeros(size, np.float32), 0.5, 0.5, masks)


def scores(similar: Similarities) -> Vectors:
    return (similar.whole + similar.window) / np.float32(2)


def test_exact_similarities_are_those_of_every_vector() -> None:
    vectors, questions = clustered(200, 0)
    similar = index_of(vectors).similarities(questions[0], 200)
    cosines = vectors @ questions[0]

    assert similar.whole == pytest.approx(cosines, abs=1e-6)
    assert similar.window[1] == pytest.approx(cosines[1], abs=1e-6)
    assert similar.window[150] == pytest.approx(max(cosines[149], cosines[148]), abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_the_first_look_finds_nearly_all_of_the_best_and_scores_them_exactly(seed: int) -> None:
    size = 20_000
    vectors, questions = clustered(size, seed)
    index = index_of(vectors)
    everything = np.ones(size, np.bool_)
    found = 0
    for question in questions:
        exact = scores(index.similarities(question, size))
        similar, likely = index.best_similarities(question, size, wanted(size, everything))
        near = scores(similar)[likely]
        best = likely[np.argsort(-near)[:10]]
        assert scores(similar)[best] == pytest.approx(exact[best], abs=1e-5)
        found += len(np.intersect1d(best, np.argsort(-exact)[:10]))
    assert found >= 0.98 * 10 * len(questions)


@pytest.mark.parametrize("share", [0.3, 0.02, 0.001])
def test_what_may_not_be_seen_takes_no_place_from_what_may(share: float) -> None:
    size = 20_000
    vectors, questions = clustered(size, 7)
    index = index_of(vectors)
    random = np.random.default_rng(0)
    found = 0
    for question in questions:
        exact = scores(index.similarities(question, size))
        # The best five hundred are all another server's.
        mask = (random.random(size) < share) & (exact < np.sort(exact)[-500])
        similar, likely = index.best_similarities(question, size, wanted(size, mask))
        seen = likely[mask[likely]]
        best = seen[np.argsort(-scores(similar)[seen])[:10]]
        found += len(np.intersect1d(best, np.flatnonzero(mask)[np.argsort(-exact[mask])[:10]]))
    assert found >= 0.95 * 10 * len(questions)


def test_what_else_speaks_for_a_passage_counts_in_the_first_look() -> None:
    size = 20_000
    vectors, questions = clustered(size, 3)
    index = index_of(vectors)
    exact = scores(index.similarities(questions[0], size))
    far = int(np.argmin(exact))
    prior = np.zeros(size, np.float32)
    prior[far] = 3.0

    similar, likely = index.best_similarities(questions[0], size, Wanted(prior, 0.5, 0.5, [np.ones(size, np.bool_)]))

    assert far in likely
    assert scores(similar)[far] == pytest.approx(exact[far], abs=1e-5)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.data())
def test_vectors_that_are_cut_and_joined_again_are_the_same(counts: list[int], data: st.DataObject) -> None:
    random = np.random.default_rng(len(counts))
    matrices = {row: unit(random.standard_normal((count, 8))) for row, count in enumerate(counts) if count}
    whole = PassageVectors.of(matrices)
    cut = data.draw(st.integers(0, len(counts)))
    if whole is None:
        return
    parts = [(begin, part) for begin, end in ((0, cut), (cut, len(counts))) if (part := whole.part(begin, end))]

    again = PassageVectors.joined(parts)

    for row in range(len(counts)):
        mine, theirs = again.of_row(row), matrices.get(row)
        assert (mine is None and theirs is None) or np.array_equal(np.asarray(mine), np.asarray(theirs))
    query = unit(random.standard_normal((1, 8)))[0]
    estimates = Similarities.none(len(counts)), Similarities.none(len(counts))
    again.estimated(CodedQuery(query), estimates[0])
    whole.estimated(CodedQuery(query), estimates[1])
    assert estimates[0].whole.tolist() == estimates[1].whole.tolist()
    assert estimates[0].window.tolist() == estimates[1].window.tolist()


@pytest.mark.parametrize("dimension", [3, 64, 100, 384, 1024])
def test_the_bits_of_vectors_are_the_signs_of_their_numbers_whatever_the_dimension(dimension: int) -> None:
    random = np.random.default_rng(dimension)
    vectors, query = unit(random.standard_normal((50, dimension))), unit(random.standard_normal((1, dimension)))[0]
    codes = Codes.of(vectors)
    expected = ((vectors > codes.mean) != (query > codes.mean)).sum(axis=1)

    assert np.bitwise_count(codes.bits ^ codes.signs(query)).sum(axis=1).tolist() == expected.tolist()
    assert codes.estimates(query).shape == (dimension + 1,)


def test_codes_around_other_means_can_be_joined() -> None:
    vectors, questions = clustered(600, 1)
    apart = [PassageVectors.of({0: vectors[:1], 1: vectors[1:2]}), PassageVectors.of({0: vectors[2:3]})]
    joined = PassageVectors.joined(
        [(0, part) for part in apart[:1] if part] + [(2, part) for part in apart[1:] if part]
    )

    assert joined.whole.matrix @ questions[0] == pytest.approx(vectors[:3] @ questions[0], abs=1e-6)
    assert joined.whole.codes.bits.shape == (3, DIMENSION // 64)


@given(st.lists(st.integers(0, 50), max_size=300), st.integers(1, 40))
def test_the_highest_scores_are_found(values: list[int], count: int) -> None:
    given_scores = np.array(values, np.float32)

    places = highest(given_scores, count)

    best = sorted(range(len(values)), key=lambda place: (-values[place], place))[:count]
    assert places.tolist() == sorted(best), "of equal ones the first"


def test_the_highest_of_very_many_scores_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_index, "_SAMPLE", 100)
    for given_scores in (
        np.random.default_rng(0).standard_normal(5_000).astype(np.float32),
        np.zeros(5_000, np.float32),
        np.arange(5_000, dtype=np.float32),
    ):
        found = given_scores[highest(given_scores, 70)]
        assert sorted(found.tolist()) == sorted(given_scores.tolist())[-70:]

from __future__ import annotations

import math
from collections import Counter
from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.bm25 import K1, MOST_COUNTED, Bm25, Field, Postings, term_digests
from companion.archive.lexical import term_counts

FIELDS = (Field(1.0, 0.75), Field(0.4, 0.3))
letters = st.sampled_from(["ant", "bee", "cat", "dog", "eel"])
documents = st.lists(st.tuples(st.lists(letters, max_size=8), st.lists(letters, max_size=3)), min_size=1, max_size=8)


def index(documents: list[tuple[list[str], list[str]]], k1: float = 1.2) -> Bm25:
    return Bm25([postings(documents)], FIELDS, k1)


def postings(documents: list[tuple[list[str], list[str]]]) -> Postings:
    return Postings.of([[text for text, _ in documents], [title for _, title in documents]])


def written_out(documents: list[tuple[list[str], list[str]]], query: list[str], k1: float) -> list[float]:
    """BM25F word by word, as in the paper."""
    means = [sum(len(document[field]) for document in documents) / len(documents) for field in (0, 1)]
    scores: list[float] = []
    for document in documents:
        score = 0.0
        for term in query:
            holding = sum(term in text or term in title for text, title in documents)
            frequency = 0.0
            for field, mean, settings in zip(document, means, FIELDS, strict=True):
                discount = 1 - settings.b + settings.b * len(field) / max(mean, 1e-9)
                frequency += settings.weight * Counter(field)[term] / discount if field else 0.0
            idf = math.log1p((len(documents) - holding + 0.5) / (holding + 0.5))
            score += idf * frequency * (k1 + 1) / (frequency + k1)
        scores.append(score)
    return scores


@given(documents, st.lists(letters, max_size=5), st.floats(0.2, 3.0))
def test_scores_are_those_of_the_formula(
    documents: list[tuple[list[str], list[str]]], query: list[str], k1: float
) -> None:
    scores = index(documents, k1).scores(term_counts(query))

    assert scores == pytest.approx(written_out(documents, query, k1), rel=1e-4, abs=1e-5)


@given(documents, st.lists(letters, min_size=1, max_size=5))
def test_no_score_exceeds_the_best_one_possible(documents: list[tuple[list[str], list[str]]], query: list[str]) -> None:
    bm25 = index(documents)

    assert bm25.scores(term_counts(query)).max() <= bm25.best_score(term_counts(query)) + 1e-4


@given(documents, letters)
def test_documents_with_a_term_are_those_that_score(documents: list[tuple[list[str], list[str]]], term: str) -> None:
    bm25 = index(documents)

    assert bm25.documents_with(term).tolist() == np.flatnonzero(bm25.scores({term: 1.0})).tolist()


def test_an_empty_archive_answers_nothing() -> None:
    assert len(Bm25([], FIELDS).scores({"bee": 1.0})) == 0


def test_a_term_that_nobody_said_is_the_rarest() -> None:
    bm25 = index([(["bee"], []), (["cat"], [])])

    assert bm25.idf("zebra") > bm25.idf("bee")


@given(documents, st.data())
def test_postings_that_are_cut_and_joined_again_are_the_same(
    documents: list[tuple[list[str], list[str]]], data: st.DataObject
) -> None:
    whole = postings(documents)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(documents)), max_size=3)))
    bounds = list(pairwise([0, *cuts, len(documents)]))

    again = Postings.joined([whole.part(first, last) for first, last in bounds])

    assert same(again, whole)
    assert all(same(whole.part(first, last), postings(documents[first:last])) for first, last in bounds)


@given(documents, documents, st.lists(letters, min_size=1, max_size=5))
def test_documents_score_the_same_in_parts_and_in_one(
    some: list[tuple[list[str], list[str]]], others: list[tuple[list[str], list[str]]], query: list[str]
) -> None:
    in_parts = Bm25([postings(some), postings(others)], FIELDS)
    in_one = index([*some, *others], K1)

    assert in_parts.scores(term_counts(query)) == pytest.approx(in_one.scores(term_counts(query)), abs=1e-6)
    assert all(in_parts.documents_with(term).tolist() == in_one.documents_with(term).tolist() for term in query)


@given(documents, documents, st.lists(letters, min_size=1, max_size=5))
def test_whether_a_term_is_held_is_the_same_however_it_is_asked(
    some: list[tuple[list[str], list[str]]], others: list[tuple[list[str], list[str]]], asked: list[str]
) -> None:
    bm25 = Bm25([postings(some), postings(others)], FIELDS)
    every = np.arange(bm25.size, dtype=np.int32)

    for term, held in zip(asked, bm25.held(asked).tolist(), strict=True):
        holding = bm25.holding(term, every)
        assert np.flatnonzero(holding).tolist() == bm25.documents_with(term).tolist()
        assert held == bm25.is_held(term, np.ones(bm25.size, np.bool_)) == bool(holding.any())
        assert not bm25.is_held(term, ~holding)


def test_a_word_that_is_repeated_without_end_is_counted_as_far_as_it_matters() -> None:
    assert postings([(["bee"] * 3000, [])]).counts.tolist() == [[MOST_COUNTED], [0]]


def same(one: Postings, other: Postings) -> bool:
    return all(np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(Postings))


@given(st.lists(st.text(max_size=5), max_size=6))
def test_a_term_has_the_same_digest_whatever_stands_beside_it(terms: list[str]) -> None:
    assert term_digests(terms).tolist() == [int(term_digests([term])[0]) for term in terms]

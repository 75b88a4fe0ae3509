from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.lexical import Bm25, Field, term_counts, terms, words

FIELDS = {"text": Field(1.0, 0.75), "title": Field(0.4, 0.3)}
letters = st.sampled_from(["ant", "bee", "cat", "dog", "eel"])
documents = st.lists(st.tuples(st.lists(letters, max_size=8), st.lists(letters, max_size=3)), min_size=1, max_size=8)


def index(documents: list[tuple[list[str], list[str]]], k1: float = 1.2) -> Bm25:
    return Bm25({"text": [text for text, _ in documents], "title": [title for _, title in documents]}, FIELDS, k1)


def written_out(documents: list[tuple[list[str], list[str]]], query: list[str], k1: float) -> list[float]:
    """BM25F word by word, as in the paper."""
    means = [sum(len(document[field]) for document in documents) / len(documents) for field in (0, 1)]
    scores: list[float] = []
    for document in documents:
        score = 0.0
        for term in query:
            holding = sum(term in text or term in title for text, title in documents)
            frequency = 0.0
            for field, mean, settings in zip(document, means, FIELDS.values(), strict=True):
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
    assert len(Bm25({"text": [], "title": []}, FIELDS).scores({"bee": 1.0})) == 0


def test_a_term_that_nobody_said_is_the_rarest() -> None:
    bm25 = index([(["bee"], []), (["cat"], [])])

    assert bm25.idf("zebra") > bm25.idf("bee")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("running", "runs"),
        ("Bees", "bee"),
        ("GPT-2", "gpt2"),
        ("gpt 4", "GPT-4"),
        ("3, 000 plus", "3000"),
        ("GPT 4. 5", "gpt 4.5"),
        ("swyx's joke", "swyx’s joke"),
        ("don't", "dont"),
        ("self-driving", "self driving"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_of_a_word_find_each_other(one: str, other: str) -> None:
    assert set(terms(one)) & set(terms(other))


@given(st.text(max_size=80))
def test_words_stand_where_they_say_and_do_not_overlap(text: str) -> None:
    last = 0
    for word in words(text):
        assert last <= word.start < word.end <= len(text)
        assert set(word.terms) <= set(terms(text[word.start : word.end]))
        last = word.end

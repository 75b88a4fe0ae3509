from __future__ import annotations

import numpy as np

from companion.archive.encoders import ToyEncoder
from companion.archive.lexical import terms
from companion.archive.query import LIKE_TERMS, content_terms, question_like
from tests.snapshots import KITCHEN, snapshot_of


def test_the_talk_around_a_question_is_left_out() -> None:
    asked = content_terms("What did the guest say about salt and yeast in that episode?")

    assert set(asked) == set(terms("salt yeast"))


def test_a_question_of_filler_alone_keeps_its_words() -> None:
    assert set(content_terms("what about it")) == set(terms("what about it"))


def test_an_empty_question_has_no_terms() -> None:
    assert content_terms("?!") == {}


def test_a_passage_stands_for_itself_by_its_rarest_words_and_its_meaning() -> None:
    snapshot = snapshot_of(KITCHEN, ToyEncoder())
    question = question_like(snapshot, 1, frozenset({1}))

    assert set(terms("salt yeast slows")) <= set(question.terms)
    assert len(question.terms) <= LIKE_TERMS
    assert question.vector is not None
    assert snapshot.vectors is not None
    assert int(np.argmax(snapshot.vectors.similarities(question.vector, len(snapshot)).whole)) == 1

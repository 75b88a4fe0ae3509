from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.encoders import ToyEncoder
from companion.archive.late_interaction import AtHand, Meaning, packed, word_by_word
from companion.archive.query import Question, content_terms
from companion.archive.ranking import Evidence, compared, rank, retrieve
from companion.archive.tokens import Tokens, Vectors, unit_rows
from tests.snapshots import KITCHEN, meaning_in, snapshot_of

ENCODER = ToyEncoder()
SNAPSHOT = snapshot_of(KITCHEN, ENCODER)
EVERYTHING = np.ones(len(SNAPSHOT), np.bool_)


def tokens(vectors: Vectors) -> Tokens:
    return Tokens(unit_rows(vectors), np.array([[place, place + 1] for place in range(len(vectors))], np.int64))


def nearness(question: Vectors, *passages: Vectors) -> list[float]:
    """How near passages come to a question of equally rare words."""
    text = " ".join("abcdefgh"[: len(question)])
    spans = np.array([[2 * place, 2 * place + 1] for place in range(len(question))], np.int64)
    held = {number: packed(tokens(passage)) for number, passage in enumerate(passages)}

    def source(_passage_ids: Sequence[int]) -> dict[int, bytes]:
        return held

    closer = word_by_word(text, Meaning(question[0], Tokens(unit_rows(question), spans), source), SNAPSHOT.lexical)
    assert closer is not None
    return closer.nearness(list(range(len(passages) + 1)), np.zeros(len(passages) + 1, np.bool_)).tolist()


def test_packed_tokens_take_a_bit_a_dimension() -> None:
    assert packed(tokens(np.array([[1, -1, 1, -1, 1, -1, 1, -1, 1], [-1] * 9], np.float32))) == bytes(
        [0b10101010, 0b10000000, 0, 0]
    )


def test_a_question_is_nearest_to_the_passage_that_has_its_words_anywhere_in_it() -> None:
    random = np.random.default_rng(0)
    question = random.normal(size=(4, 384)).astype(np.float32)
    others = random.normal(size=(60, 384)).astype(np.float32)
    scattered = np.concatenate([others[:20], question[:2], others[20:], question[2:]])
    half = np.concatenate([others, question[:2]])

    all_of_it, part, nothing, unknown = nearness(question, scattered, half, others)

    assert all_of_it == pytest.approx(1.0, abs=0.08)
    assert all_of_it > part + 0.2 > nothing + 0.4
    assert np.isnan(unknown)


def test_what_is_said_just_before_and_after_counts_too_where_the_talk_goes_on() -> None:
    random = np.random.default_rng(1)
    question = random.normal(size=(2, 384)).astype(np.float32)
    others = random.normal(size=(20, 384)).astype(np.float32)
    halves = [tokens(np.concatenate([others, half[None]])) for half in question]
    held = {number: packed(half) for number, half in enumerate(halves)}
    spans = np.array([[0, 1], [2, 3]], np.int64)
    meaning = Meaning(question[0], Tokens(unit_rows(question), spans), lambda ids: {one: held[one] for one in ids})
    closer = word_by_word("x y", meaning, SNAPSHOT.lexical)
    assert closer is not None

    alone = closer.nearness([0, 1], np.array([False, False]))
    together = closer.nearness([0, 1], np.array([False, True]))

    assert together.min() >= alone.max()
    assert together[0] == pytest.approx(together[1], abs=0.01)
    assert together.sum() > alone.sum() + 0.2


def test_of_two_passages_beside_each_other_the_one_that_says_the_words_is_nearer() -> None:
    random = np.random.default_rng(4)
    question = random.normal(size=(2, 384)).astype(np.float32)
    others = random.normal(size=(20, 384)).astype(np.float32)
    held = {0: packed(tokens(others)), 1: packed(tokens(np.concatenate([others, question])))}
    spans = np.array([[0, 1], [2, 3]], np.int64)
    meaning = Meaning(question[0], Tokens(unit_rows(question), spans), lambda ids: {one: held[one] for one in ids})
    closer = word_by_word("x y", meaning, SNAPSHOT.lexical)
    assert closer is not None

    before, saying = closer.nearness([0, 1], np.array([False, True]))

    assert saying > before > closer.nearness([0], np.array([False]))[0] + 0.2


@pytest.mark.parametrize("dimension", [384, 300])
def test_tokens_that_are_at_hand_are_not_read(dimension: int) -> None:
    random = np.random.default_rng(2)
    question = unit_rows(random.normal(size=(2, dimension)).astype(np.float32))
    sizes = (9, 4, 30)
    held = [packed(tokens(random.normal(size=(size, dimension)).astype(np.float32))) for size in sizes]
    read: list[int] = []

    def source(passage_ids: Sequence[int]) -> dict[int, bytes]:
        read.extend(passage_ids)
        return {one: held[one] for one in passage_ids}

    spans = np.array([[0, 1], [2, 3]], np.int64)
    closer = word_by_word("x y", Meaning(question[0], Tokens(question, spans), source), SNAPSHOT.lexical)
    assert closer is not None
    apart = np.zeros(3, np.bool_)
    every = closer.nearness([0, 1, 2], apart)
    read.clear()

    data = np.frombuffer(b"".join(held), np.uint8)
    ends = np.cumsum([len(one) for one in held], dtype=np.int64)
    begins = np.concatenate((np.zeros(1, np.int64), ends[:-1]))
    second, others = (AtHand(places, data, begins[places], ends[places]) for places in map(np.array, ([1], [0, 2])))
    assert closer.nearness([0, 1, 2], apart, [second]).tolist() == every.tolist()
    assert read == [0, 2]
    read.clear()
    assert closer.nearness([0, 1, 2], apart, [others, second]).tolist() == every.tolist()
    assert read == []


@given(st.integers(0, 2**32 - 1), st.integers(1, 100), st.integers(1, 8))
def test_the_estimate_of_the_nearest_cosine_is_close_at_any_dimension_and_length(
    seed: int, length: int, asked: int
) -> None:
    random = np.random.default_rng(seed)
    question = unit_rows(random.normal(size=(asked, 384)).astype(np.float32))
    passage = unit_rows(random.normal(size=(length, 384)).astype(np.float32) + question.sum(axis=0))
    exact = (passage @ question.T).max(axis=0).mean()

    assert nearness(question, passage)[0] == pytest.approx(exact, abs=0.2)


def test_a_word_that_a_model_takes_apart_counts_once() -> None:
    spans = np.array([[0, 2], [2, 4], [4, 6], [7, 11]], np.int64)
    split = Tokens(unit_rows(np.eye(4, 8, dtype=np.float32)), spans)
    closer = word_by_word("zirkon salt", Meaning(split.vectors[0], split, lambda _: {}), SNAPSHOT.lexical)

    assert closer is not None
    assert closer.weights[:3].sum() == pytest.approx(
        SNAPSHOT.lexical.idf("zirkon") / (SNAPSHOT.lexical.idf("zirkon") + SNAPSHOT.lexical.idf("salt"))
    )
    assert closer.weights.sum() == pytest.approx(1.0)


def test_a_question_without_words_is_compared_by_its_vector_alone() -> None:
    nothing = Tokens(np.zeros((0, 8), np.float32), np.zeros((0, 2), np.int64))

    assert word_by_word("?!", Meaning(np.zeros(8, np.float32), nothing, lambda _: {}), SNAPSHOT.lexical) is None


def asked(text: str, missing: Sequence[int] = ()) -> Question:
    meaning = meaning_in(SNAPSHOT, ENCODER, text)

    def source(passage_ids: Sequence[int]) -> dict[int, bytes]:
        return {one: codes for one, codes in meaning.source(passage_ids).items() if one not in missing}

    closer = word_by_word(text, Meaning(meaning.vector, meaning.tokens, source), SNAPSHOT.lexical)
    return Question(content_terms(text), meaning.vector, frozenset(), word_by_word=closer)


def closely(question: Question) -> Evidence:
    evidence = retrieve(SNAPSHOT, question)
    return compared(SNAPSHOT, question, evidence, [rank(SNAPSHOT, evidence, EVERYTHING)])


def test_passages_that_are_compared_word_by_word_gain_what_others_do_not() -> None:
    question = asked("buy a thermometer")
    evidence = closely(question)

    assert evidence.nearness is not None
    best = int(rank(SNAPSHOT, evidence, EVERYTHING).rows[0])
    assert "thermometer" in SNAPSHOT.passages[best].passage.text
    assert evidence.nearness[best] == evidence.nearness.max() > evidence.nearness.min() == 0


def test_a_passage_whose_tokens_are_still_to_be_made_counts_like_the_mean_of_the_others() -> None:
    every = SNAPSHOT.passage_ids.tolist()
    evidence = closely(asked("buy a thermometer", missing=every[-1:]))
    without = closely(asked("buy a thermometer", missing=every))

    assert evidence.nearness is not None
    assert evidence.nearness[-1] == pytest.approx(float(evidence.nearness[:-1].mean()))
    assert without.nearness is None

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from companion.archive.answerable import (
    THRESHOLD,
    Phrased,
    Signs,
    asks_a_price,
    is_answered,
    named_terms,
    probability,
    signs_of,
)
from companion.archive.encoders import ToyEncoder
from companion.archive.lexical import terms
from companion.archive.query import Question, content_terms
from companion.archive.ranking import rank, retrieve
from companion.archive.results import Query
from companion.archive.search import answer
from companion.archive.snapshot import Mask, Snapshot
from tests.snapshots import KITCHEN, meaning_in, snapshot_of

ENCODER = ToyEncoder(512)
SNAPSHOT = snapshot_of(KITCHEN, ENCODER)
EVERYTHING = np.ones(len(SNAPSHOT), np.bool_)
FOUND = Signs(window=0.6, lead=0.4, named=1.0, unpriced=False, terms=8, literal=False)


def asked(text: str, mask: Mask = EVERYTHING, *, meaning: bool = True) -> bool:
    question = Question(content_terms(text), ENCODER.encode([text])[0] if meaning else None, frozenset())
    evidence = retrieve(SNAPSHOT, question)
    ranking = rank(SNAPSHOT, evidence, mask)
    return is_answered(SNAPSHOT, Phrased(text, text), question, evidence, ranking, ranking)


def signs(text: str, typed: str | None = None, snapshot: Snapshot = SNAPSHOT) -> Signs:
    question = Question(content_terms(text), ENCODER.encode([text])[0], frozenset())
    evidence = retrieve(snapshot, question)
    ranking = rank(snapshot, evidence, EVERYTHING)
    return signs_of(snapshot, Phrased(text, typed or text), question, evidence, ranking, ranking)


def test_what_was_said_is_answered_and_what_was_not_is_refused() -> None:
    assert asked("salt slows the yeast down so I add it an hour late")
    assert not asked("what do they think of quarterly zirconium futures")


@pytest.mark.parametrize(
    ("worse", "why"),
    [
        (replace(FOUND, window=0.3), "the best window is further away"),
        (replace(FOUND, lead=0.1), "nothing stands out"),
        (replace(FOUND, named=0.2), "what the question names is not there"),
        (replace(FOUND, unpriced=True), "a price was asked for, and none is near"),
        (replace(FOUND, terms=7), "a few words lead more easily"),
    ],
)
def test_each_sign_counts(worse: Signs, why: str) -> None:
    assert probability(worse) < probability(FOUND), why


def test_a_near_miss_is_refused() -> None:
    assert probability(FOUND) > THRESHOLD
    assert probability(replace(FOUND, lead=0.15, named=0.0)) < THRESHOLD


def test_a_few_words_that_stand_together_in_one_passage_are_found_whatever_else() -> None:
    assert signs("yeast").literal
    assert signs("salt yeast").literal
    assert not signs("yeast zirconium").literal
    assert not signs("which yeast do they take").literal
    assert probability(replace(FOUND, lead=0.0, window=0.1, literal=True)) == 1.0


def test_names_that_no_result_holds_are_missed() -> None:
    assert signs("when does Salt slow the yeast").named == 1.0
    assert signs("when does Zirconium slow the yeast").named == 0.0


def test_the_name_of_the_podcast_is_not_missed() -> None:
    named_so = {key: replace(podcast, title="Zirconium Daily") for key, podcast in SNAPSHOT.podcasts.items()}
    theirs = replace(SNAPSHOT, podcasts=named_so)

    assert signs("when does Zirconium slow the yeast", snapshot=theirs).named == 1.0
    assert signs("when do Zirconium and Barium slow the yeast", snapshot=theirs).named == 0.0


def test_names_count_less_the_further_down_they_stand() -> None:
    text = "when does Salt slow the yeast"
    question = Question(content_terms(text), ENCODER.encode([text])[0], frozenset())
    evidence = retrieve(SNAPSHOT, question)
    best_first = rank(SNAPSHOT, evidence, EVERYTHING)
    holding = SNAPSHOT.lexical.holding("salt", best_first.rows)
    last_first = np.concatenate((best_first.rows[~holding], best_first.rows[holding]))
    without = int(np.sum(~holding))

    named = signs_of(
        SNAPSHOT, Phrased(text, text), question, evidence, replace(best_first, rows=last_first), best_first
    ).named

    assert 0 < without < 10
    assert named == pytest.approx(0.9**without)


def test_names_in_what_is_left_of_a_question_are_known_by_the_whole_of_it() -> None:
    left = "Zirconium Valley yeast"

    assert signs(left).named == 1.0, "it may be a title"
    assert signs(left, "What did Ida say about the Zirconium Valley yeast?").named == 0.0
    assert signs("Salt and yeast", "What did Ida say about Salt and yeast?").named == 1.0


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("What did Ida say about GPT-4?", "Ida GPT-4"),
        ("FlashAttention on n8n", "FlashAttention n8n"),
        ("Why is bread slow", ""),
        ("WHAT DID THEY SAY ABOUT BREAD", ""),
        ("The Patient Loaf And Its Baker", ""),
        ("Zanzibar", ""),
    ],
)
def test_names_are_known_by_capitals_inside_the_sentence_and_by_digits(text: str, names: str) -> None:
    assert named_terms(text) == set(terms(names))


@pytest.mark.parametrize(("text", "number"), [("over 100k loaves", "100"), ("a 7B oven", "7"), ("20GB of bread", "20")])
def test_of_a_number_with_its_unit_the_number_alone_is_named(text: str, number: str) -> None:
    assert named_terms(text) == {number}


@pytest.mark.parametrize(
    "text",
    ["How much does the Pro plan cost per month?", "what's the price of a loaf", "how much did she pay for the oven"],
)
def test_a_question_for_a_price_is_known(text: str) -> None:
    assert asks_a_price(text)


@pytest.mark.parametrize("text", ["Is it likelier to cost people their jobs?", "how much water", "what does it do"])
def test_other_questions_ask_for_no_price(text: str) -> None:
    assert not asks_a_price(text)


def test_nothing_found_is_no_answer() -> None:
    assert not asked("salt", np.zeros(len(SNAPSHOT), np.bool_))
    assert not asked("zirconium", meaning=False)


def test_words_alone_are_believed_until_there_is_a_model() -> None:
    assert asked("salt", meaning=False)


def test_a_filter_makes_nothing_that_it_leaves_less_likely() -> None:
    text = "salt slows the yeast down so I add it an hour late"
    meaning = meaning_in(SNAPSHOT, ENCODER, text)
    found = answer(SNAPSHOT, Query(text), meaning).hits[0].episode.id

    assert answer(SNAPSHOT, Query(text, episode_id=found), meaning).answerable

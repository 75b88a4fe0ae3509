from __future__ import annotations

import numpy as np

from companion.archive.answerable import THRESHOLD, probability
from companion.archive.encoders import ToyEncoder
from companion.archive.query import Question, content_terms
from companion.archive.ranking import rank, retrieve
from companion.archive.results import Query
from companion.archive.search import answer
from companion.archive.snapshot import Mask
from tests.snapshots import KITCHEN, snapshot_of

ENCODER = ToyEncoder(512)
SNAPSHOT = snapshot_of(KITCHEN, ENCODER)
EVERYTHING = np.ones(len(SNAPSHOT), np.bool_)


def chance(text: str, mask: Mask = EVERYTHING, *, meaning: bool = True) -> float:
    question = Question(content_terms(text), ENCODER.encode([text])[0] if meaning else None, frozenset())
    evidence = retrieve(SNAPSHOT, question)
    ranking = rank(SNAPSHOT, evidence, mask)
    return probability(SNAPSHOT, question, evidence, ranking, ranking, mask)


def test_what_was_said_is_likelier_answered_than_what_was_not() -> None:
    assert chance("salt slows the yeast down so I add it an hour late") > THRESHOLD
    assert chance("quarterly zirconium futures") < THRESHOLD


def test_words_of_a_podcast_that_may_not_be_seen_are_no_evidence() -> None:
    without_secret = SNAPSHOT.podcast_ids == 1

    assert chance("the curtain", without_secret) < chance("the curtain")


def test_nothing_found_is_no_answer() -> None:
    assert chance("salt", np.zeros(len(SNAPSHOT), np.bool_)) == 0.0
    assert chance("zirconium", meaning=False) == 0.0


def test_words_alone_are_believed_until_there_is_a_model() -> None:
    assert chance("salt", meaning=False) == 1.0


def test_a_filter_makes_nothing_that_it_leaves_less_likely() -> None:
    text = "salt slows the yeast down so I add it an hour late"
    found = answer(SNAPSHOT, Query(text), ENCODER.encode([text])[0]).hits[0].episode.id

    assert answer(SNAPSHOT, Query(text, episode_id=found), ENCODER.encode([text])[0]).answerable

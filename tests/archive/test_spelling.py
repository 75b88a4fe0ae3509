from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.expansion import Expansion, added, coverage
from companion.archive.query import content_terms
from companion.archive.snapshot import Mask, Snapshot
from companion.archive.spelling import corrections
from tests.snapshots import episode, snapshot_of, spoken

CLUB, GATE = episode(1, "The Club"), episode(2, "The Gate", podcast=2)
TALK = {
    CLUB: [
        spoken(0, ("Ida", "Our treasurer counts the ballots, and the treasurer is never wrong.")),
        spoken(1, ("Ida", "I asked the treasurer about the accordion that we bought."), start=60),
        spoken(2, ("Ole", "An accordion would have helped. We should know, and we will."), start=120),
        spoken(3, ("Ole", "There was one zeppelin."), start=180),
    ],
    GATE: [
        spoken(0, ("Piet", "The password is stalactite.")),
        spoken(1, ("Piet", "As I said, stalactite it is."), start=60),
    ],
}


def snapshot() -> Snapshot:
    return snapshot_of(TALK)


def seen(archive: Snapshot, podcast: int = 1) -> Mask:
    return archive.podcast_ids == podcast


def corrected(query: str, known: tuple[str, ...] = ()) -> tuple[str, ...]:
    archive = snapshot()
    return added(corrections(archive, query, content_terms(query), seen(archive), known))


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("who is the treasurrer", "treasurer"),
        ("who is the treausrer", "treasurer"),
        ("treasurar?", "treasurer"),
        ("Tresurer", "treasurer"),
        ("acordion music", "accordion"),
        ("acordeon", "accordion"),
    ],
)
def test_an_unknown_word_is_searched_for_as_the_known_one_that_it_nearly_is(query: str, meant: str) -> None:
    assert corrected(query) == (meant,)


@pytest.mark.parametrize(
    "query",
    [
        "treasurer",  # known
        "tresaur",  # too far
        "balot",  # too short
        "treaSurrer",  # written with care
        "wouldd know",  # a word that tells nothing
        "ballets",
        "zepplin",  # said once only: may be a slip itself
        "gr8asurer",  # no word
        "dreasurer",  # another first letter
        "xqzzt vvbrr kkwpp llmnn",  # no language of ours
        "",
    ],
)
def test_what_is_no_slip_is_left_alone(query: str) -> None:
    assert corrected(query) == ()


def test_what_an_alias_knows_is_no_slip() -> None:
    assert corrected("treasurrer", known=("treasurr",)) == ()


def test_nothing_is_told_of_podcasts_that_the_asker_does_not_see() -> None:
    archive = snapshot()

    assert corrections(archive, "stalactyte", content_terms("stalactyte"), seen(archive)) == ()
    (found,) = corrections(archive, "stalactyte", content_terms("stalactyte"), seen(archive, 2))
    assert found.spellings[0].text == "stalactite"
    assert not seen(archive)[found.rows].any()


def test_a_word_that_only_others_have_is_unknown_here() -> None:
    archive = snapshot()
    talk = {**TALK, GATE: [spoken(0, ("Piet", "The treasurrer, the treasurrer."))]}

    (found,) = corrections(snapshot_of(talk), "treasurrer", content_terms("treasurrer"), seen(archive)[:5])

    assert found.spellings[0].text == "treasurer"


def test_a_correction_counts_less_than_the_word_itself() -> None:
    archive = snapshot()

    def best(query: str) -> float:
        terms = content_terms(query)
        expanded: tuple[Expansion, ...] = corrections(archive, query, terms, seen(archive))
        return float(coverage(archive, terms, expanded).max())

    assert 0 < best("treasurrer") < best("treasurer")


@given(st.text("treasuacodinz é’-1", max_size=40))
def test_whatever_is_typed_only_visible_passages_are_offered(query: str) -> None:
    archive = snapshot()
    for found in corrections(archive, query, content_terms(query), seen(archive)):
        assert found.weight < 1
        assert np.all(seen(archive)[found.rows])

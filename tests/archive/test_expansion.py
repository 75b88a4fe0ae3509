from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.expansion import added, coverage, expansions, parts_of, pattern, weights_in
from companion.archive.query import content_terms
from companion.archive.snapshot import Snapshot
from companion.storage.names import Names
from tests.snapshots import episode, snapshot_of, spoken

OVENS, TRAINS = episode(1, "Ovens at night"), episode(2, "Trains", podcast=2)
TALK = {
    OVENS: [
        spoken(0, ("Ida", "We switched the oven to Bay Kernel last spring and it never failed us.")),
        spoken(1, ("Ida", "BAK3N-L is what the label says, so we call it that."), start=60),
        spoken(2, ("Ole", "The bay was calm. A kernel of corn lay on the quay."), start=120),
        spoken(3, ("shyx", "I would rather talk about bread, its crust and its crumb."), start=180),
    ],
    TRAINS: [spoken(0, ("Piet", "At Bay Kernel the train stops for eleven minutes."))],
}
NAMES = Names({1: {"shyx": "Shona Wong"}}, {1: {"bay kernel": "BAK3N-L", "bake nell": "BAK3N-L"}}, {})


def archive(names: Names = NAMES) -> Snapshot:
    return replace(snapshot_of(TALK), names=names)


def found(query: str, podcasts: frozenset[int] | None = None, names: Names = NAMES) -> list[float]:
    """The share of the query's words that each passage has."""
    snapshot = archive(names)
    terms = content_terms(query)
    return coverage(snapshot, terms, expansions(snapshot, query, terms, podcasts)).tolist()


class TestFinding:
    @pytest.mark.parametrize("query", ["BAK3N-L", "bak3n l", "Bay Kernel", "bake nell", "the BAK3N-L oven"])
    def test_either_spelling_finds_passages_with_the_other(self, query: str) -> None:
        shares = found(query)

        assert shares[0] > 0.3
        assert shares[1] > 0.3

    def test_words_of_a_spelling_that_stand_apart_are_not_it(self) -> None:
        assert found("BAK3N-L")[2] == 0.0

    def test_an_alias_finds_passages_of_its_own_podcast_only(self) -> None:
        assert found("BAK3N-L")[4] == 0.0

    def test_aliases_of_podcasts_that_are_not_searched_do_nothing(self) -> None:
        snapshot = archive()

        assert expansions(snapshot, "BAK3N-L", content_terms("BAK3N-L"), frozenset({2})) == ()

    def test_a_person_is_found_where_they_speak_whatever_they_are_called(self) -> None:
        assert found("Shona Wong bread")[3] > found("Shona Wong bread", names=Names({}, {}, {}))[3]

    def test_nothing_changes_for_a_query_that_names_none_of_it(self) -> None:
        assert found("calm bread") == found("calm bread", names=Names({}, {}, {}))


class TestScoring:
    def test_two_spellings_in_one_passage_are_no_more_than_the_better_one(self) -> None:
        talk = {
            OVENS: [spoken(0, ("Ida", "Bay Kernel it is.")), spoken(1, ("Ida", "Bay Kernel, or bake nell, it is."))]
        }
        snapshot = replace(snapshot_of(talk), names=NAMES)
        terms = content_terms("BAK3N-L")
        shares = coverage(snapshot, terms, expansions(snapshot, "BAK3N-L", terms, None))

        assert shares[1] <= shares[0] * 1.05

    @given(st.lists(st.sampled_from(["bay", "kernel", "BAK3N-L", "bake nell", "shyx", "Shona Wong", "bread"])))
    def test_no_share_is_above_one(self, words: list[str]) -> None:
        shares = np.array(found(" ".join(words)))

        assert np.all((shares >= 0) & (shares <= 1.0 + 1e-6))


class TestShowing:
    def test_it_is_told_what_else_was_searched_for(self) -> None:
        snapshot = archive()

        assert added(expansions(snapshot, "BAK3N-L?", content_terms("BAK3N-L?"), None)) == ("bay kernel",)
        assert added(expansions(snapshot, "bread", content_terms("bread"), None)) == ()

    def test_the_spelling_that_was_found_counts_where_it_stands(self) -> None:
        snapshot, terms = archive(), content_terms("BAK3N-L")
        expanded = expansions(snapshot, "BAK3N-L", terms, None)

        assert {"bay", "kernel"} <= weights_in("At Bay Kernel, then", terms, expanded).keys()
        assert weights_in("A kernel by the bay", terms, expanded) == terms


@pytest.mark.parametrize("text", ["VQGAN-CLIP", "vqgan clip", "VQGAN–CLIP"])
def test_a_joined_word_has_the_parts_of_the_words_apart(text: str) -> None:
    assert parts_of(text) == ("vqgan", "clip")


@pytest.mark.parametrize("text", ["by n8n,", "N8N’s flows", "n-8-n", "n8ns"])
def test_a_spelling_is_found_however_it_is_joined(text: str) -> None:
    assert pattern("n8n").search(text)


@pytest.mark.parametrize("text", ["an8n", "n8nx", "n 8 m"])
def test_a_spelling_is_a_whole_word(text: str) -> None:
    assert not pattern("n8n").search(text)


@given(st.text(max_size=30), st.text(max_size=60))
def test_any_spelling_makes_a_pattern(spelling: str, text: str) -> None:
    pattern(spelling).search(text)

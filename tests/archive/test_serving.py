from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.lexical import term_counts, terms
from companion.archive.query import Question
from companion.archive.ranking import Ranking
from companion.archive.serving import OF_ONE_EPISODE, PAGE, Pick, episodes_meant, serve, shown
from companion.archive.snapshot import Snapshot
from companion.storage.episodes import Episode, Passage
from tests.snapshots import episode, snapshot_of, spoken

LONG = "This sentence is padding that nobody would ever look for, said at length. " * 13


def archive(*lengths: int, long: bool = True) -> Snapshot:
    """Episodes of so many passages; passage n of episode m says "m-n" at its beginning."""
    talk: dict[Episode, list[Passage]] = {}
    for number, length in enumerate(lengths):
        talk[episode(number, f"Episode {number}")] = [
            spoken(
                n, ("Ann", f"Item e{number}p{n} is here. {LONG if long else ''}".strip()), start=100.0 * n, first_turn=n
            )
            for n in range(length)
        ]
    return snapshot_of(talk)


def pages(snapshot: Snapshot, rows: list[int], text: str = "", *, meant: Collection[int] = ()) -> list[list[Pick]]:
    weights = term_counts(terms(text))
    ranking = Ranking(np.array(rows, np.int32), np.linspace(1, 0, len(rows), dtype=np.float32))
    served = serve(snapshot, ranking, Question(weights, None, frozenset()), weights, meant=meant)
    return [list(page.picks) for page in served]


def served(snapshot: Snapshot, rows: list[int], text: str = "", *, meant: Collection[int] = ()) -> list[Pick]:
    return [pick for page in pages(snapshot, rows, text, meant=meant) for pick in page]


LONG_ARCHIVE = archive(12, 12, 12, 12)
EVERYTHING = np.ones(len(LONG_ARCHIVE), np.bool_)


@given(st.permutations(range(48)), st.integers(0, 48))
def test_every_page_but_the_last_says_that_there_are_more(rows: list[int], count: int) -> None:
    ranking = Ranking(np.array(rows[:count], np.int32), np.linspace(1, 0, count, dtype=np.float32))
    found = list(serve(LONG_ARCHIVE, ranking, Question({}, None, frozenset()), {}))

    assert [page.more for page in found] == [True] * (len(found) - 1) + [False] * bool(found)
    assert all(page.picks for page in found)


@given(st.permutations(range(48)), st.integers(0, 48))
def test_a_page_takes_four_of_an_episode_and_loses_nothing(rows: list[int], count: int) -> None:
    found = pages(LONG_ARCHIVE, rows[:count])

    assert sorted(pick.row for page in found for pick in page) == sorted(rows[:count])
    for page in found:
        assert len(page) <= PAGE
        assert max(Counter(LONG_ARCHIVE.episode_ids[pick.row] for pick in page).values()) <= OF_ONE_EPISODE


def test_the_first_ten_of_an_episode_are_shown_where_it_is_the_one_that_is_meant() -> None:
    snapshot = archive(30)
    rows = list(range(0, 30, 2))

    assert [pick.row for pick in served(snapshot, rows, meant=[0])] == rows
    assert len(served(snapshot, rows)) == len(rows)


def test_short_neighbours_become_one_result_around_the_better_one() -> None:
    snapshot = archive(4, 1, long=False)
    picks = served(snapshot, [2, 4, 1], "e0p1 e0p2")

    assert [pick.row for pick in picks] == [2, 4]
    assert shown(snapshot, picks[0]).text == "Item e0p1 is here.\nItem e0p2 is here."
    assert picks[0].score == 1.0


def test_long_neighbours_stay_two_results() -> None:
    assert [pick.row for pick in served(LONG_ARCHIVE, [2, 3], "e0p2 e0p3")] == [2, 3]


def test_passages_of_two_episodes_are_never_merged() -> None:
    snapshot = archive(1, 1, long=False)

    assert [pick.row for pick in served(snapshot, [0, 1], "e0p0 e1p0")] == [0, 1]


def test_a_result_goes_on_into_what_follows_as_far_as_it_may() -> None:
    snapshot = archive(3, long=False)

    assert shown(snapshot, Pick(0, 1.0)).text == "Item e0p0 is here.\nItem e0p1 is here."
    assert shown(snapshot, Pick(2, 1.0)).text == "Item e0p2 is here."


def test_the_only_episode_that_the_filters_leave_is_meant() -> None:
    assert episodes_meant(LONG_ARCHIVE, (), LONG_ARCHIVE.episode_ids == 2) == {2}
    assert episodes_meant(LONG_ARCHIVE, (), EVERYTHING) == frozenset()


def test_an_episode_that_alone_has_a_name_is_meant_by_it() -> None:
    assert episodes_meant(LONG_ARCHIVE, terms("e3p7"), EVERYTHING) == {3}
    assert episodes_meant(LONG_ARCHIVE, terms("item"), EVERYTHING) == frozenset()
    assert episodes_meant(LONG_ARCHIVE, terms("never"), EVERYTHING) == frozenset()


def test_an_episode_that_may_not_be_seen_takes_no_name_away_from_another() -> None:
    seen = LONG_ARCHIVE.episode_ids == 1

    assert episodes_meant(LONG_ARCHIVE, terms("item"), seen) == {1}

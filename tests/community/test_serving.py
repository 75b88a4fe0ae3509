"""The rules that no score overrides, and the choice among what they leave."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.serving import Choice, Rule, Serving, choose, parts_of, same, seed_of, shortlist
from companion.community.taste import PRIOR, OwnScore, Taste
from companion.community.weights import VOTES
from companion.storage.highlight_candidates import Candidate
from companion.storage.highlight_history import Posted, Stretch
from companion.storage.highlight_weights import Weight
from tests.examples import examples

DAY = date(2025, 6, 2)
RULES = Serving()
GOOD = {"density": 2.5, "claims": 2.5}


def candidate(
    episode: int = 1,
    first: int = 0,
    *,
    speaker: str | None = "Tomas",
    days_old: int | None = 400,
    signals: dict[str, float] | None = None,
) -> Candidate:
    published = None if days_old is None else datetime(2025, 6, 2, 9, tzinfo=UTC) - timedelta(days=days_old)
    return Candidate(episode, first, first + 59, None, None, True, speaker, signals or GOOD, published)


def posted(episode: int, first: int = 0, *, days_ago: int = 1, daily: bool = True) -> Posted:
    return Posted(Stretch(episode, first, first + 59), DAY - timedelta(days=days_ago), daily)


def picked(candidates: list[Candidate], *history: Posted, day: date = DAY) -> Choice | None:
    return choose(candidates, RULES, PRIOR, history, day, seed=7)


def left(candidates: list[Candidate], *history: Posted) -> set[tuple[int, int]]:
    listed = shortlist(candidates, RULES, PRIOR, history, DAY)
    return {(one.episode_id, one.first_word) for one in listed.candidates}


def test_nothing_below_the_bar_is_posted() -> None:
    assert picked([candidate(signals={"density": 0.1})]) is None
    assert picked([]) is None


def test_a_clip_is_not_posted_again_within_the_year_nor_what_overlaps_with_it() -> None:
    candidates = [candidate(1, 0), candidate(1, 30), candidate(1, 200)]

    assert left(candidates, posted(1, 0, days_ago=100)) == {(1, 200)}
    assert left(candidates, posted(1, 0, days_ago=400)) == {(1, 0), (1, 30), (1, 200)}


def test_a_clip_that_a_member_posted_is_not_the_next_highlight() -> None:
    assert left([candidate(1, 0), candidate(1, 200)], posted(1, 0, daily=False)) == {(1, 200)}


def test_an_episode_rests_for_some_days() -> None:
    candidates = [candidate(number, speaker=None) for number in range(1, 10)]

    assert {episode for episode, _ in left(candidates, posted(3, 500, days_ago=6))} == set(range(1, 10)) - {3}
    assert {episode for episode, _ in left(candidates, posted(3, 500, days_ago=7))} == set(range(1, 10))


def test_a_speaker_rests_for_some_days() -> None:
    candidates = [candidate(number, speaker=name) for number, name in enumerate(["Ada", "Bo", "Cy", "Ada"], 1)]

    assert {episode for episode, _ in left(candidates, posted(1, 0, days_ago=2))} == {2, 3}
    assert {episode for episode, _ in left(candidates, posted(1, 0, days_ago=5))} == {2, 3, 4}


def test_a_small_archive_rests_no_longer_than_it_can() -> None:
    two = [candidate(1, 0), candidate(1, 200), candidate(2, 0), candidate(2, 200)]

    assert {episode for episode, _ in left(two, posted(1, 0, days_ago=1))} == {2}
    assert left([candidate(1, 0), candidate(1, 200)], posted(1, 0, days_ago=1)) == {(1, 200)}


def test_a_new_episode_goes_first_and_once() -> None:
    candidates = [candidate(1), candidate(2, days_old=3, signals={"density": 2.3}), candidate(2, 200, days_old=3)]

    first = picked(candidates)

    assert first is not None
    assert (first.episode_id, first.rule) == (2, Rule.NEW)
    second = picked(candidates, posted(2, first.first_word))
    assert second is not None
    assert (second.episode_id, second.rule) == (1, Rule.ANY)


def test_of_two_new_episodes_the_newer_goes_first() -> None:
    assert left([candidate(1, days_old=5), candidate(2, days_old=2), candidate(3, days_old=None)]) == {(2, 0)}


def test_an_episode_that_is_not_out_yet_is_not_new() -> None:
    listed = shortlist([candidate(1, days_old=-2), candidate(2)], RULES, PRIOR, (), DAY)

    assert listed.rule is Rule.ANY


def test_recent_episodes_take_turns_with_older_ones() -> None:
    candidates = [candidate(number, days_old=30 if number < 8 else 500, speaker=None) for number in range(1, 20)]
    history: list[Posted] = []
    rules: list[Rule] = []
    for number in range(9):
        day = DAY + timedelta(days=number)
        choice = choose(candidates, RULES, PRIOR, history, day, seed_of(1, day))
        assert choice is not None
        rules.append(choice.rule)
        history.insert(0, Posted(choice.stretch, day, daily=True))

    assert rules == [Rule.RECENT, Rule.OLDER, Rule.OLDER] * 3


def test_what_was_turned_down_is_not_offered_again_for_the_day() -> None:
    candidates = [candidate(1), candidate(2)]
    first = picked(candidates)
    assert first is not None

    second = choose(candidates, RULES, PRIOR, (), DAY, 7, [first.stretch])

    assert second is not None
    assert second.episode_id != first.episode_id
    assert choose(candidates, RULES, PRIOR, (), DAY, 7, [first.stretch, second.stretch]) is None


def test_a_day_that_was_filled_already_is_filled_the_same() -> None:
    candidates = [candidate(number, speaker=None) for number in range(1, 30)]
    first = picked(candidates)
    assert first is not None

    assert picked(candidates, Posted(first.stretch, DAY, daily=True)) == first


def test_a_clip_that_members_liked_comes_before_its_likes_after_the_cool_down() -> None:
    taste = Taste(PRIOR.weights, {2: (OwnScore(Stretch(2, 0, 59), Weight(0.9, 1e6)),)})
    candidates = [candidate(1), candidate(2), candidate(3)]

    choice = choose(candidates, RULES, taste, (), DAY, 7)

    assert choice is not None
    assert choice.episode_id == 2
    assert choice.parts[VOTES] == 0.9
    assert choice.score == pytest.approx(sum(parts_of(candidates[1], taste).values()))


def test_seeds_differ_by_server_day_and_what_was_turned_down() -> None:
    seeds = {seed_of(1, DAY), seed_of(2, DAY), seed_of(1, DAY + timedelta(days=1)), seed_of(1, DAY, 1)}

    assert len(seeds) == 4


def test_exploring_finds_others_than_the_best_and_says_so() -> None:
    near = [
        candidate(number, speaker=None, signals={"density": 2.4, signal: 1.0})
        for number, signal in enumerate(["people", "turn", "argument", "title", "claims"])
    ]
    choices = [choose(near, RULES, PRIOR, (), DAY, seed) for seed in range(60)]

    chosen = {choice.episode_id for choice in choices if choice is not None}
    assert len(chosen) > 1
    assert all(choice is not None and choice.explored == (choice.episode_id != 4) for choice in choices)


CANDIDATES = st.lists(
    st.builds(
        candidate,
        st.integers(1, 4),
        st.integers(0, 300),
        speaker=st.sampled_from(["Ada", "Bo", None]),
        days_old=st.one_of(st.none(), st.integers(-3, 100)),
        signals=st.fixed_dictionaries({"density": st.floats(-2.5, 2.5), "claims": st.floats(-2.5, 2.5)}),
    ),
    max_size=15,
    unique_by=lambda one: (one.episode_id, one.first_word),
)
HISTORIES = st.lists(
    st.builds(posted, st.integers(1, 4), st.integers(0, 300), days_ago=st.integers(0, 500), daily=st.booleans()),
    max_size=8,
)


@examples(150)
@given(CANDIDATES, HISTORIES, st.integers(0, 2**63))
def test_whatever_happened_the_choice_keeps_the_rules_and_is_the_same_again(
    candidates: list[Candidate], history: list[Posted], seed: int
) -> None:
    choice = choose(candidates, RULES, PRIOR, history, DAY, seed)

    assert choose(candidates[::-1], RULES, PRIOR, history, DAY, seed) == choice
    if choice is None:
        return
    [chosen] = [one for one in candidates if Stretch(one.episode_id, one.first_word, one.last_word) == choice.stretch]
    assert sum(PRIOR.parts(chosen.signals).values()) >= RULES.bar
    year = [
        one for one in history if one.day > DAY - timedelta(days=RULES.clip_days) and (one.day < DAY or not one.daily)
    ]
    assert not any(same(chosen, one.stretch) for one in year)

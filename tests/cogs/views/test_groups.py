"""Results that stand for episodes and people, as messages."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.results import Asked, Group, Hit, Intent, Query, Results, Snippet
from companion.cogs.views.results import results_message
from companion.cogs.views.understood import names_of, understood
from companion.community.searches import Answer
from companion.storage.episodes import Kind, Passage
from companion.storage.podcasts import Podcast
from companion.storage.searches import Search
from tests.cogs.views.test_results import (
    HOSTILE,
    NOW,
    SEARCHES,
    assert_within_limits,
    components,
    episode,
    hits,
    text_of,
)
from tests.examples import examples


@st.composite
def intents(draw: st.DrawFn) -> Intent:
    return Intent(
        kind=draw(st.sampled_from(Asked)),
        words="x",
        topic=draw(HOSTILE),
        people=tuple(draw(st.lists(HOSTILE, min_size=1, max_size=3))),
        newest_first=draw(st.booleans()),
        episode_id=draw(st.none() | st.just(10**9)),
        after=draw(st.none() | st.just(NOW.date())),
        before=draw(st.none() | st.just(NOW.date())),
        widened=draw(st.booleans()),
    )


@st.composite
def grouped(draw: st.DrawFn) -> Results:
    intent = draw(intents())
    found: list[Hit] = draw(st.lists(hits(), max_size=5))
    groups: list[Group] = []
    if intent.kind is Asked.COMPARE and found:
        first = draw(st.integers(0, len(found)))
        groups = [
            Group(draw(HOSTILE.filter(bool)), draw(st.integers(0, 200)), tuple(some))
            for some in (found[:first], found[first:])
        ]
    elif intent.kind in (Asked.EVERYONE, Asked.WHICH_EPISODE):
        groups = [Group(draw(HOSTILE.filter(bool)), draw(st.integers(0, 200)), (hit,)) for hit in found]
    return Results(Query("x"), tuple(found), draw(st.booleans()), True, draw(st.booleans()), intent, tuple(groups))


def answered(results: Results, **more: object) -> Answer:
    search = Search(1, 2, 3, "Ana", "bees", NOW)
    return replace(Answer(5, search, None, None, results, 0, (), loading=False), **more)


@examples(80)
@given(grouped(), SEARCHES, SEARCHES, st.booleans())
def test_every_kind_of_answer_keeps_to_every_limit_of_discord(
    results: Results, search: object, origin: object, loading: bool
) -> None:
    examples = () if results.answerable else ("one", "two", "three")
    assert_within_limits(
        results_message(answered(results, search=search, origin=origin, examples=examples, loading=loading, page=3))
    )


def test_a_comparison_with_as_much_under_it_as_there_can_be_is_still_a_message() -> None:
    found = [hit_at(first) for first in range(0, 50, 10)]
    groups = (Group("Ana", 0, tuple(found)), Group("Ben", 0, ()))
    intent = Intent(Asked.COMPARE, "x", "wax", ("Ana", "Ben"))
    results = Results(Query("x"), tuple(found), False, False, True, intent, groups)

    assert_within_limits(results_message(answered(results, examples=("one", "two", "three"), loading=True, page=3)))


def hit_at(first_word: int) -> Hit:
    said = Snippet("wax", (), "Ana", 1.0, False)
    found = Passage(0, Kind.SPEECH, "Ana", 1.0, 2.0, True, first_word, first_word + 9, None, "wax", ())
    return Hit(1, found, episode("Wax"), Podcast(1, "k", "Hive Minds", None, private=False), 1.0, said, None)


def test_five_results_with_all_their_buttons_are_still_a_message() -> None:
    results = Results(Query("x"), tuple(hit_at(first) for first in range(0, 50, 10)), True, False, True)
    message = results_message(answered(results, loading=True, page=3))

    assert_within_limits(message)
    assert [part["label"] for part in components(message) if part["type"] == 2].count("Save") == 5


@given(hits())
def test_two_people_in_one_passage_have_no_button_twice(hit: Hit) -> None:
    groups = (Group("Ana", 1, (hit,)), Group("Ben", 1, (hit,)))
    results = Results(Query("x"), (hit, hit), True, True, False, Intent(Asked.EVERYONE, "x", "x"), groups)

    assert_within_limits(results_message(answered(results)))


def test_a_person_without_a_word_on_it_is_named() -> None:
    groups = (Group("Ana", 0, ()), Group("Ben", 0, ()))
    intent = Intent(Asked.COMPARE, "x", "wax", ("Ana", "Ben"))
    shown = text_of(results_message(answered(Results(Query("x"), (), False, True, False, intent, groups))))

    assert "**Ana** and **Ben** on “wax”, side by side." in shown


def test_names_are_joined_as_in_a_sentence() -> None:
    assert names_of(["Ana"]) == "**Ana**"
    assert names_of(["Ana", "Ben"]) == "**Ana** and **Ben**"
    assert names_of(["Ana", "Ben", "*Cleo*"]) == r"**Ana**, **Ben** and **\*Cleo\***"
    assert names_of([]) == ""


def test_what_was_read_into_the_words_is_said() -> None:
    def said(intent: Intent) -> str:
        return understood(Results(Query("x"), (), True, True, intent=intent))

    assert said(Intent(Asked.MOMENT, "x", "x")) == ""
    assert said(Intent(Asked.MOMENT, "x", "x", widened=True)).startswith("Nothing near it")
    assert said(Intent(Asked.WHICH_EPISODE, "wax", "wax", newest_first=True)) == "Episodes about “wax”, newest first."
    assert said(Intent(Asked.LATEST, "wax", "wax", newest_first=True)) == "Newest first: “wax”."
    assert said(Intent(Asked.EVERYONE, "wax", "wax", after=NOW.date())) == (
        "Everyone who talked about “wax”, from 2025-01-01."
    )

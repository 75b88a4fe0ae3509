"""What each kind of question gets, from words to results."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from companion.archive.encoders import ToyEncoder
from companion.archive.intent import intent_of
from companion.archive.known_names import names_in
from companion.archive.results import Asked, Query, Results
from companion.archive.search import answer
from companion.archive.snapshot import Snapshot
from companion.storage.episodes import Episode, Kind, Passage
from tests.snapshots import episode, meaning_in, snapshot_of, spoken

TODAY = date(2026, 11, 21)
ENCODER = ToyEncoder()

SPRING = episode(1, "Bread in Spring", published=datetime(2023, 4, 1, tzinfo=UTC))
AUTUMN = episode(2, "The Oven and the Sea", published=datetime(2024, 10, 1, tzinfo=UTC))
WINTER = episode(3, "Nets", published=datetime(2025, 1, 5, tzinfo=UTC))
UNDATED = episode(4, "A Letter")
HIDDEN = episode(5, "Behind the Door", podcast=2, published=datetime(2026, 1, 1, tzinfo=UTC))

TALK: dict[Episode, list[Passage]] = {
    SPRING: [
        spoken(0, ("Ida", "Sourdough wakes slowly in spring, and I feed the sourdough twice a day with rye.")),
        spoken(
            2, ("Host", "Do you salt it?"), ("Ida", "Salt slows the sourdough down, an hour late is best."), start=90
        ),
        spoken(4, ("Ida", "My sourdough is called Bert and lives behind the stove."), start=180),
    ],
    AUTUMN: [
        spoken(0, ("Bram", "On a boat the sourdough sours in half the time, the sea is warm and never still.")),
        spoken(2, ("Bram", "Ovens on ships swing on two axes, like a compass does."), start=90),
    ],
    WINTER: [
        spoken(0, ("Bram", "Nets are mended with a flat needle, and the knots are older than the town.")),
        spoken(2, ("Host", "Yeah."), ("Bram", "The sourdough starter froze in the net loft and woke again."), start=90),
    ],
    UNDATED: [spoken(0, ("Cleo", "I wrote to a sourdough once and it did not write back."))],
    HIDDEN: [spoken(0, ("Ghost", "Sourdough, sourdough and sourdough behind the door, said Ghost."))],
}


def asked(text: str, snapshot: Snapshot | None = None, **more: object) -> Results:
    archive = snapshot_of(TALK, ENCODER) if snapshot is None else snapshot
    query = replace(Query(text, podcasts=frozenset({1})), **more)
    intent = intent_of(text, names_in(archive, query.podcasts), TODAY)
    return answer(archive, query, meaning_in(archive, ENCODER, intent.words), limit=5, intent=intent)


def test_which_episode_gets_episodes_each_once_with_its_best_moment() -> None:
    results = asked("which episode was about sourdough?")

    assert results.kind is Asked.WHICH_EPISODE
    assert results.groups[0].name == "Bread in Spring"
    assert len({hit.episode for hit in results.hits}) == len(results.hits) == len(results.groups)
    assert results.groups[0].relevant == 3
    assert "sourdough" in results.hits[0].snippet.text.casefold()


def test_the_newest_episode_comes_first_only_when_asked_for() -> None:
    assert [hit.episode for hit in asked("most recent episode about sourdough").hits][:2] == [WINTER, AUTUMN]
    assert asked("which episode was about sourdough").hits[0].episode == SPRING


def test_the_latest_is_in_order_of_days_and_only_what_bears_on_it() -> None:
    results = asked("latest on sourdough")

    assert [hit.episode for hit in results.hits][:2] == [WINTER, AUTUMN]
    assert results.hits[-1].episode in (SPRING, UNDATED)
    assert all("sourdough" in hit.passage.text.casefold() for hit in results.hits)


def test_an_episode_without_a_date_is_never_the_latest() -> None:
    shown = [hit.episode for hit in asked("latest on sourdough that wrote back").hits]

    assert UNDATED not in shown[:-1]


def test_what_hardly_bears_on_a_question_fills_no_page() -> None:
    text = "knots of the nets, mended with a flat needle"
    results = asked(text)

    assert results.hits[0].episode == WINTER
    assert all(hit.score >= results.hits[0].score / 2 for hit in results.hits)
    assert len(results.hits) < 5
    assert not results.more


def test_what_somebody_said_quotes_them_first() -> None:
    results = asked("what did Bram say about sourdough")

    assert [hit.snippet.speaker for hit in results.hits][:2] == ["Bram", "Bram"]


def test_two_stand_side_by_side() -> None:
    results = asked("compare what Ida and Bram said about sourdough")
    ida, bram = results.groups

    assert (ida.name, bram.name) == ("Ida", "Bram")
    assert {hit.snippet.speaker for hit in ida.hits} == {"Ida"}
    assert {hit.snippet.speaker for hit in bram.hits} == {"Bram"}
    assert all("sourdough" in hit.snippet.text.casefold() for group in results.groups for hit in group.hits)
    assert tuple(hit for group in results.groups for hit in group.hits) == results.hits


def test_who_says_nothing_of_it_is_shown_with_the_nearest_and_no_count() -> None:
    ida, bram = asked("compare Ida and Bram on compass axes").groups

    assert bram.relevant == 1
    assert (ida.relevant, len(ida.hits)) == (0, 1)


def test_everyone_who_gets_people_each_once_with_their_best_moment() -> None:
    results = asked("who talked about sourdough?")

    assert [group.name for group in results.groups] == [hit.snippet.speaker for hit in results.hits]
    assert {group.name: group.relevant for group in results.groups} == {"Ida": 3, "Bram": 2, "Cleo": 1}
    assert results.groups[0].name == "Ida"


def test_whoever_says_its_words_in_passing_is_listed_too() -> None:
    passing = spoken(
        6, ("Cleo", f"{'Of ships and wood and ropes, and more of them. ' * 9} And one sourdough."), start=900
    )
    talk = {**TALK, UNDATED: [passing]}
    results = asked("everyone who mentioned sourdough", snapshot_of(talk, ENCODER))

    assert "Cleo" in {group.name for group in results.groups}


def test_whoever_only_agrees_did_not_talk_about_it() -> None:
    assert "Host" not in {group.name for group in asked("everyone who mentioned the net loft").groups}


def test_nobody_of_another_server_is_listed_named_or_compared() -> None:
    for question in (
        "who talked about sourdough",
        "which episode was about sourdough behind the door",
        "compare Ghost and Ida on sourdough",
        "what did Ghost say about sourdough",
        "latest on sourdough",
        "what was said of sourdough in the door episode",
    ):
        results = asked(question)
        assert HIDDEN not in {hit.episode for hit in results.hits}
        assert "Ghost" not in {group.name for group in results.groups}
        assert results.intent is not None
        assert "Ghost" not in results.intent.people
        assert results.intent.episode_id is None


@pytest.mark.parametrize(
    "question",
    [
        "which episode was about sourdough",
        "who talked about sourdough",
        "latest on sourdough",
        "compare Ida and Bram on sourdough",
        "what did Ida say about sourdough",
    ],
)
@pytest.mark.parametrize("meaning", [True, False])
def test_pages_of_any_kind_follow_each_other_without_repeats(question: str, meaning: bool) -> None:
    snapshot = snapshot_of(TALK, ENCODER if meaning else None)
    intent = intent_of(question, names_in(snapshot, None), TODAY)
    of_words = meaning_in(snapshot, ENCODER, intent.words) if meaning else None
    seen: list[int] = []
    for page in range(10):
        results = answer(snapshot, Query(question), of_words, limit=2, offset=2 * page, intent=intent)
        seen += [hit.passage_id for hit in results.hits]
        if not results.more:
            break
    else:
        pytest.fail("the pages never end")

    assert len(seen) == len(set(seen)) > 1 or results.kind is Asked.EVERYONE


def test_what_one_episode_alone_answers_fills_its_pages() -> None:
    bread = ("Rye", "Spelt", "Barley", "Oat", "Wheat", "Millet")
    padding = "We talked of the weather, of the ferry and of the neighbours for a long while. " * 12
    said = [
        spoken(number, ("Ida", f"{grain} sourdough is what I bake. {padding}"), start=90.0 * number, first_turn=number)
        for number, grain in enumerate(bread)
    ]
    nothing = [spoken(0, ("Bram", "Nets are mended with a flat needle."))]
    other = [spoken(0, ("Cleo", "A sourdough, once. And the sea, the tide, the wind, the gulls, the harbour."))]
    snapshot = snapshot_of({SPRING: said, AUTUMN: nothing, WINTER: other})
    first, second, third = (
        answer(snapshot, Query("sourdough that I bake"), None, limit=5, offset=5 * page) for page in range(3)
    )

    assert [len(page.hits) for page in (first, second, third)] == [5, 2, 0]
    assert [page.more for page in (first, second)] == [True, False]


def test_an_episode_that_the_question_names_is_searched_while_it_answers() -> None:
    results = asked("what was said of salt in the bread episode")

    assert {hit.episode for hit in results.hits} == {SPRING}
    assert results.intent is not None
    assert (results.intent.episode_id, results.intent.widened) == (SPRING.id, False)


def test_days_without_anything_near_never_cost_the_answer() -> None:
    results = asked("who talked about sourdough last month")

    assert "Ida" in {group.name for group in results.groups}
    assert results.intent is not None
    assert (results.intent.after, results.intent.widened) == (None, True)


def test_a_filter_goes_before_what_the_words_name() -> None:
    results = asked("what was said of salt in the bread episode", episode_id=WINTER.id)

    assert {hit.episode for hit in results.hits} <= {WINTER}


def notes(ordinal: int, text: str) -> Passage:
    return replace(spoken(ordinal, (None, text), start=None), kind=Kind.NOTES)


def test_notes_are_nobody_s_words() -> None:
    told = notes(0, "In this letter: sourdough, rye and salt.")
    results = asked("who talked about sourdough", snapshot_of({UNDATED: [told]}, ENCODER))

    assert results.hits == ()
    assert not results.answerable


@pytest.mark.parametrize("question", ["what did Bram say about sourdough", "latest that Bram said about sourdough"])
@pytest.mark.parametrize("meaning", [True, False])
def test_notes_are_not_among_what_somebody_said(question: str, meaning: bool) -> None:
    told = "Bram says what sourdough is: sourdough, said Bram, about sourdough."
    of_letter, of_nets = notes(0, told), notes(4, told)
    talk = {**TALK, UNDATED: [of_letter], WINTER: [*TALK[WINTER], of_nets]}
    snapshot = snapshot_of(talk, ENCODER if meaning else None)
    query = Query(question, podcasts=frozenset({1}))
    intent = intent_of(question, names_in(snapshot, query.podcasts), TODAY)
    of_words = meaning_in(snapshot, ENCODER, intent.words) if meaning else None
    results = answer(snapshot, query, of_words, intent=intent)

    assert results.kind is Asked.SAID_BY
    assert {hit.passage.kind for hit in results.hits} == {Kind.SPEECH}
    assert [hit.snippet.speaker for hit in results.hits][:2] == ["Bram", "Bram"]


def test_who_is_only_told_of_in_notes_said_nothing_of_it() -> None:
    snapshot = snapshot_of({**TALK, UNDATED: [notes(0, "What Bram says about sourdough.")]})
    question = "what did Bram say about sourdough"
    intent = intent_of(question, names_in(snapshot, None), TODAY)
    results = answer(snapshot, Query(question, episode_id=UNDATED.id), None, intent=intent)

    assert (results.hits, results.answerable) == ((), False)


@pytest.mark.parametrize("question", ["who talked about sourdough", "latest on x", "which episode was about rye"])
def test_an_empty_archive_answers_no_kind_of_question(question: str) -> None:
    results = asked(question, snapshot_of({}, ENCODER))

    assert (results.hits, results.answerable, results.more) == ((), False, False)

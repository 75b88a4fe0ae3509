from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from companion.archive.intent import LONGEST, intent_of
from companion.archive.known_names import KnownEpisode, KnownNames, KnownSpeaker
from companion.archive.lexical import terms
from companion.archive.results import Asked, Intent
from tests.examples import examples
from tests.timing import least_seconds

TODAY = date(2026, 11, 21)
TITLES = {
    1: (1.0, "The Patient Loaf, with Ida Moreau of Kiln"),
    2: (2.0, "Reading the Tide, with Bram Kok"),
    3: (None, "What the Kiln Remembers, with Ida Sorel"),
}


def speaker(name: str, *episodes: int) -> KnownSpeaker:
    return KnownSpeaker(name, frozenset(name.casefold().split()), " ".join(TITLES[one][1] for one in episodes))


NAMES = KnownNames(
    [
        speaker("Ida Moreau", 1),
        speaker("Ida Sorel", 3),
        speaker("Bram", 2),
        speaker("Wolfgang", 1, 2, 3),
        speaker("Guest 4", 2),
        speaker("Will", 3),
    ],
    [KnownEpisode(key, number, frozenset(terms(title))) for key, (number, title) in TITLES.items()],
    {"the miller": "Ida Moreau"},
)


def read(question: str) -> Intent:
    return intent_of(question, NAMES, TODAY)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("which episode was about sourdough starters?", "sourdough starters"),
        ("what episode has bram kok on", "bram kok"),
        ("wich epsiode did they talk about eels in", "eels"),
        ("The episode where they counted eels by lantern", "counted eels by lantern"),
        ("can you find me the episode with Ida Sorel", "Ida Sorel"),
        ("hey so in what ep do they mention spring tides??", "spring tides"),
        ("who was the guest that kept a diary of flour", "kept a diary of flour"),
        ("which guest counted eels", "counted eels"),
        ("they counted eels at night, which episode was that?", "counted eels at night"),
        ("episodes about salt", "salt"),
    ],
)
def test_which_episode(question: str, topic: str) -> None:
    assert (read(question).kind, read(question).topic) == (Asked.WHICH_EPISODE, topic)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("latest on salt", "salt"),
        ("what's the latest they said about yeast?", "yeast"),
        ("newest news on the tide tables", "tide tables"),
        ("what did they say recently about ovens", "ovens"),
        ("have they talked about eels lately", "eels"),
        ("when did they last talk about flour", "flour"),
        ("thermometers, newest first", "thermometers"),
    ],
)
def test_the_latest(question: str, topic: str) -> None:
    found = read(question)

    assert (found.kind, found.topic, found.newest_first) == (Asked.LATEST, topic, True)


def test_the_latest_episode_is_an_episode() -> None:
    found = read("most recent episode about yeast")

    assert (found.kind, found.topic, found.newest_first) == (Asked.WHICH_EPISODE, "yeast", True)


@pytest.mark.parametrize(
    ("question", "person", "topic"),
    [
        ("what did Ida Moreau say about salt", "Ida Moreau", "salt"),
        ("what did bram say about eels", "Bram", "eels"),
        ("what did Bram Kok say about eels?", "Bram Kok", "eels"),
        ("what did wolfang say about ovens", "Wolfgang", "ovens"),
        ("wolfgang's take on bread", "Wolfgang", "bread"),
        ("wolfgangs thoughts on bread", "Wolfgang", "bread"),
        ("according to Bram, do eels sleep", "Bram", "eels sleep"),
        ("why do eels swim at night, according to bram", "Bram", "why do eels swim at night"),
        ("Sorel on kilns", "Ida Sorel", "kilns"),
        ("what did the miller say about flour", "Ida Moreau", "flour"),
        ("what did will say about clay", "Will", "clay"),
    ],
)
def test_what_somebody_said(question: str, person: str, topic: str) -> None:
    found = read(question)

    assert (found.kind, found.people) == (Asked.SAID_BY, (person,))
    assert topic in (found.topic, f"why {found.topic}", f"why do {found.topic}")


def test_what_somebody_said_is_searched_by_all_its_words() -> None:
    assert read("what did Bram say about eels").words == "what did Bram say about eels"


def test_a_name_that_two_have_stands_for_both() -> None:
    assert read("what did ida say about kilns").people == ("Ida",)


def test_what_somebody_said_lately_is_theirs_and_the_newest_first() -> None:
    found = read("what did bram say recently about eels")

    assert (found.kind, found.people, found.newest_first, found.topic) == (Asked.SAID_BY, ("Bram",), True, "eels")


@pytest.mark.parametrize(
    ("question", "people", "topic"),
    [
        ("compare what Ida Moreau and Bram said about patience", ("Ida Moreau", "Bram"), "patience"),
        ("bram vs wolfgang on eels", ("Bram", "Wolfgang"), "eels"),
        ("do wolfgang and bram agree about the moon?", ("Wolfgang", "Bram"), "moon"),
        ("what do Ida Sorel and Ida Moreau think about kilns", ("Ida Sorel", "Ida Moreau"), "kilns"),
        ("Compare Wolfgang, Bram and Ida Sorel on clay", ("Wolfgang", "Bram", "Ida Sorel"), "clay"),
        ("difference between bram's and wolfgang's views on nets", ("Bram", "Wolfgang"), "nets"),
    ],
)
def test_two_or_three_side_by_side(question: str, people: tuple[str, ...], topic: str) -> None:
    found = read(question)

    assert (found.kind, found.people, found.topic) == (Asked.COMPARE, people, topic)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("who talked about salt", "salt"),
        ("everyone who mentioned eels", "eels"),
        ("list all guests who talked about kilns", "kilns"),
        ("which guests have said something about flour?", "flour"),
        ("do you remember who talked about the moon", "moon"),
        ("everybody who thinks bread is dead", "bread is dead"),
    ],
)
def test_everyone_who(question: str, topic: str) -> None:
    assert (read(question).kind, read(question).topic) == (Asked.EVERYONE, topic)


@pytest.mark.parametrize(
    "question",
    [
        "why is the oven so slow?",
        "latest llama model size",
        "compare sourdough and yeast on price",
        "who was it that stole the beehive",
        "who explained tides like that",
        "what did the guest say about eels",
        "what did they say about eels",
        "didn't someone say that bread is the best",
        "what will happen to bakeries",
        "the one with the sandwich",
        "which kind of flour remembers the weather",
        "latest episode",
        "which episode was it",
        "how many papers were accepted in 2023",
        "who",
        "compare",
        "",
        "?!",
    ],
)
def test_whatever_is_in_doubt_asks_for_a_moment_by_all_its_words(question: str) -> None:
    assert read(question) == Intent(Asked.MOMENT, question, question)


@pytest.mark.parametrize(
    ("question", "episode_id"),
    [
        ("what do they say about salt in the patient loaf episode", 1),
        ("in the tide episode, how are eels counted", 2),
        ("what was said of clay in the episode with Ida Sorel, again?", 3),
        ("in episode 2 what did they say about nets", 2),
        ("what did wolfgang say about salt in ep #1", 1),
        ("what was said in the kiln episode", None),
        ("in episode 77, what of salt", None),
        ("what do they say in the first episode", None),
    ],
)
def test_an_episode_is_meant_where_its_title_number_or_guest_fits_one(question: str, episode_id: int | None) -> None:
    assert read(question).episode_id == episode_id


@pytest.mark.parametrize(
    ("question", "after", "before"),
    [
        ("who talked about bread last month", date(2026, 10, 1), date(2026, 10, 31)),
        ("what did they say in 2023 about agents", date(2023, 1, 1), date(2023, 12, 31)),
        ("episodes from march 2024 about salt", date(2024, 3, 1), date(2024, 3, 31)),
        ("last week's episode on eels", date(2026, 11, 9), date(2026, 11, 15)),
        ("episodes since 2025 about kilns", date(2025, 1, 1), None),
        ("how was NeurIPS 2023", None, None),
        ("which flour won in 2019", None, None),
    ],
)
def test_days_count_where_they_are_days_of_episodes(question: str, after: date | None, before: date | None) -> None:
    found = read(question)

    assert (found.after, found.before) == (after, before)


def test_days_are_not_searched_for() -> None:
    assert read("who talked about bread last month").words == "bread"
    assert read("what did they say in 2023 about agents").words == "what did they say about agents"


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("hey, anyone remember why hives go cold lol", "why hives go cold"),
        ("yo quick q - why are hives cold ??", "why are hives cold?"),
        ("ok so can someone here tell me what a queen costs? 🙏", "what a queen costs?"),
        ("What do bees eat, please?", "What do bees eat?"),
        ("do you recall who keeps bees, thanks a lot in advance!", "who keeps bees"),
        ("so-called bees", "so-called bees"),
        ("who said thank you", "who said thank you"),
        ("tell me", "tell me"),
    ],
)
def test_talk_around_what_a_message_asks_is_not_searched_for(message: str, asked: str) -> None:
    intent = read(message)
    assert (intent.kind, intent.words, intent.topic) == (Asked.MOMENT, asked, asked)


def test_of_a_long_message_the_sentences_that_ask_are_searched_for() -> None:
    told = "I have been catching up while I was out with the dog. " * 8
    assert read(f"Hi all! {told}Why do hives go cold in May? {told}").words == "Why do hives go cold in May?"
    assert read(told.strip()).words == told.strip(), "nothing is asked"
    short = "Hives are cold. Why is that?"
    assert read(short).words == short


def test_a_pasted_text_is_no_question() -> None:
    pasted = "which episode was about " + "bread " * LONGEST

    assert read(pasted) == Intent(Asked.MOMENT, pasted, pasted)


PARTS = st.sampled_from(
    """which what who the episode episodes ep where about on in did they talk talked mention say said recently latest
    last time compare and vs bram wolfgang ida everyone guests all list eels 's , ? : # 12 2024 march month
    since""".split()
)


@examples(300)
@given(st.lists(PARTS, max_size=60).map(" ".join) | st.text(max_size=400))
@example("ida ida talk")
def test_any_text_is_read_at_once_and_leaves_words_to_search_by(text: str) -> None:
    assert least_seconds(partial(intent_of, text, NAMES, TODAY), 0.5) < 0.5
    found = intent_of(text, NAMES, TODAY)
    assert found.words.strip() or not text.strip()
    assert set(found.people) <= {"Ida Moreau", "Ida Sorel", "Bram", "Wolfgang", "Guest 4", "Will", "Ida", "Bram Kok"}


@pytest.mark.parametrize(
    "word", ["which episode ", "a ", "compare ", "who ", "last the ", "say recently ", "'s ", "in the a "]
)
def test_a_word_said_over_and_over_costs_no_time(word: str) -> None:
    assert least_seconds(partial(read, (word * LONGEST)[:LONGEST]), 0.5) < 0.5

from __future__ import annotations

from companion.archive.encoders import ToyEncoder
from companion.archive.results import Query
from companion.archive.snapshot import Snapshot
from companion.archive.topics import Trace, traced
from tests.snapshots import BAKING, KITCHEN, SECRET, TIDES, episode, snapshot_of, spoken

ALL = frozenset({1, 2})


def counted(trace: Trace) -> dict[str, int]:
    """How many passages of each episode speak of the topic, where any does."""
    return {share.episode.title: share.speaking for share in trace.shares if share.speaking}


def with_a_model(text: str) -> tuple[Snapshot, Trace]:
    encoder = ToyEncoder()
    snapshot = snapshot_of(KITCHEN, encoder)
    [vector] = encoder.encode([text])
    return snapshot, traced(snapshot, Query(text, ALL), vector)


def test_passages_that_say_the_words_speak_of_it() -> None:
    trace = traced(snapshot_of(KITCHEN), Query("the tide", ALL), None)

    assert counted(trace) == {TIDES.title: 2, SECRET.title: 1}
    assert not trace.semantic


def test_what_a_title_says_is_not_said_in_every_passage_under_it() -> None:
    trace = traced(snapshot_of(KITCHEN), Query("loaf", ALL), None)

    assert counted(trace) == {}
    assert trace.first is None
    assert trace.top == ()


def test_a_topic_of_several_words_takes_all_of_them() -> None:
    trace = traced(snapshot_of(KITCHEN), Query("salt and yeast", frozenset({1})), None)

    assert counted(trace) == {BAKING.title: 1}


def test_nothing_of_podcasts_that_are_not_the_asker_s_is_counted() -> None:
    trace = traced(snapshot_of(KITCHEN), Query("curtain tide", frozenset({1})), None)

    assert {share.episode.podcast_id for share in trace.shares} == {1}
    assert counted(trace) == {}


def test_all_that_was_said_is_counted_beside_what_speaks_of_it() -> None:
    trace = traced(snapshot_of(KITCHEN), Query("tide", ALL), None)

    assert {share.episode.title: share.passages for share in trace.shares} == {
        owner.title: len(passages) for owner, passages in KITCHEN.items()
    }


def test_only_passages_in_which_a_speaker_talks() -> None:
    trace = traced(snapshot_of(KITCHEN), Query("tide", ALL, speaker="Bram Kok"), None)

    assert counted(trace) == {TIDES.title: 2}
    assert [share.episode.title for share in trace.shares] == [TIDES.title]


def test_the_first_mention_is_of_the_earliest_day_and_links_to_its_second() -> None:
    undated = episode(4, "Salt Mines")
    talk = {undated: [spoken(0, ("Zoe", "We dig for salt."))], **KITCHEN}

    trace = traced(snapshot_of(talk), Query("salt", ALL), None)

    assert trace.first is not None
    assert trace.first.episode == BAKING
    assert "salt" in trace.first.snippet.text.casefold()


def test_where_no_day_is_known_the_first_is_the_first_that_there_is() -> None:
    trace = traced(snapshot_of({SECRET: KITCHEN[SECRET]}), Query("oven", ALL), None)

    assert trace.first is not None
    assert trace.first.episode == SECRET


def test_the_episodes_with_most_of_it_come_first_with_their_best_moment() -> None:
    trace = traced(snapshot_of(KITCHEN), Query("tide", ALL), None)

    assert [(hit.episode.title, count) for hit, count in trace.top] == [(TIDES.title, 2), (SECRET.title, 1)]


def test_meaning_counts_beside_words() -> None:
    text = KITCHEN[TIDES][1].text
    _, trace = with_a_model(text.replace("lantern", "torchlight"))

    assert trace.semantic
    assert counted(trace)[TIDES.title] >= 1


def test_words_that_stand_together_by_chance_are_not_a_topic() -> None:
    far = "The oven is warm, and there is a word about honey and another about rain and about snow and about shoes"
    talk = {BAKING: [spoken(0, ("Ida", f"{far}. The eels are fine, thank you, said the lantern to the door."))]}
    encoder = ToyEncoder()
    snapshot = snapshot_of(talk, encoder)
    away = -encoder.encode([talk[BAKING][0].text])[0]

    assert counted(traced(snapshot, Query("lantern oven", ALL), away)) == {}
    assert counted(traced(snapshot, Query("lantern oven", ALL), None)) == {BAKING.title: 1}

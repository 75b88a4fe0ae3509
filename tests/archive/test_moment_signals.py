"""What speaks for a moment: in its words, in its meaning, and in who says it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from companion.archive.encoders import ToyEncoder
from companion.archive.grains import embedded_texts
from companion.archive.moment_meaning import hashed, hashed_windows, meaning_signals, windows_of
from companion.archive.moment_signals import Judged, Material, guest, judged_moments
from companion.archive.moment_words import MOST, SIGNALS, Vocabulary, word_signals
from companion.archive.moments import Moment, moments
from companion.archive.passages import passages_of
from companion.storage.episodes import EpisodeFacts, Person, Turn
from companion.storage.mentions import EditorsPick, PickOrigin
from tests.archive.test_teasers import FROST, WOOL, episode, said
from tests.samples import QUEEN_TURNS, WINTER_TURNS

PLAIN = (
    "The cluster stays warm in winter and the workers take turns at the edge, where the air is cold. A colony has food"
    " for the dark months if nobody takes too much of the harvest in the last weeks of summer."
)
VOCABULARY = Vocabulary.of([PLAIN] * 20 + [turn.text for turn in (*WINTER_TURNS, *QUEEN_TURNS)])


def moment(text: str) -> Moment:
    return Moment(0, len(text.split()) - 1, None, None, True, None, 0, 0, text, 1.0, 1.0)


def signals(text: str) -> dict[str, float]:
    return word_signals(moment(text), VOCABULARY)


@pytest.mark.parametrize(
    ("signal", "text"),
    [
        ("numbers", f"{PLAIN} We had 26 colonies and 14 of them died at 34 degrees."),
        ("names", f"{PLAIN} We asked Tomas Ek in Umeå and Ines in Lagos."),
        ("claims", f"{PLAIN} I believe the most important thing is never to open the best hive."),
        ("people", f"{PLAIN} People and students everywhere, everyone, keep bees for people."),
        ("argument", f"{PLAIN} Because frost is dry, however, and so the reason is damp."),
        ("story", f"{PLAIN} I was there, I saw it, we went back and found what had happened."),
        ("fillers", f"{PLAIN} Like, you know, it is, like, kind of, uh, basically fine."),
        ("questions", f"{PLAIN} Why is that? And who knows? Does anybody?"),
        ("addressed", f"{PLAIN} What you do with your hives is up to you."),
        ("unresolved", f"It does that because they said this to him. {PLAIN}"),
        ("housekeeping", f"Welcome back to the podcast, and thanks for joining us. {PLAIN}"),
        ("housekeeping", f"{PLAIN} Use the promo code of our sponsor and subscribe."),
        ("housekeeping", f"In our conversation we get into winter. {PLAIN}"),
        ("housekeeping", f"{PLAIN} I have two things to plug."),
        ("housekeeping", f"{PLAIN} Today we are going to talk about frost."),
        ("housekeeping", f"I wanted to ask about the hives. {PLAIN}"),
        ("housekeeping", f"{PLAIN} You get 20% off and a free month."),
        ("flaws", f"{PLAIN} It ends here.The next heading runs into the talk."),
        (
            "rare",
            f"{PLAIN} Oxalic propolis, nosema, varroa, chalkbrood, requeening, foulbrood, supersedure, trophallaxis.",
        ),
    ],
)
def test_a_signal_rises_with_what_it_is_named_for(signal: str, text: str) -> None:
    assert signals(text)[signal] > signals(PLAIN)[signal]


def test_no_signal_counts_for_more_than_its_bound() -> None:
    shouted = signals(
        "People people people people. " * 30 + "Uh like uh like. " * 30 + "1 2 3 4 5 6 7 8 9 10 11 12 " * 9
    )

    assert all(abs(value) <= MOST for value in shouted.values())
    assert shouted["people"] == MOST


def test_a_moment_without_words_of_any_language_the_lists_know_is_no_error() -> None:
    assert set(signals("蜂は冬に震える。")) == set(SIGNALS)
    assert set(signals("…")) == set(SIGNALS)


def spoken(turns: tuple[Turn, ...]) -> tuple[list[Moment], Material]:
    passages = passages_of(turns, "", ())
    encoder = ToyEncoder(256)
    windows = windows_of(passages, [encoder.encode(embedded_texts(one)) for one in passages])
    facts = EpisodeFacts("1", "The Winter Cluster, with Tomas Ek", None, None, None, None, ())
    return moments(turns), Material(
        facts, turns, VOCABULARY, frozenset(), (), windows, encoder.encode([facts.title])[0]
    )


def filler(number: int) -> str:
    """Talk of its own: no two of these share a telling word."""
    return "We " + " ".join(f"w{number}x{place}" for place in range(80)) + "."


def test_what_the_episode_comes_back_to_is_denser_than_what_is_said_once() -> None:
    theme = (
        "Bees shiver all winter because shivering burns honey and keeps the brood and the queen warm in the cluster."
    )
    turns = tuple(
        Turn("Tomas Ek", None, None, True, " ".join([theme] * 3) if place % 2 == 0 else filler(place))
        for place in range(40)
    )
    found, material = spoken(turns)
    assert material.spoken is not None

    density, _ = meaning_signals(found, material.spoken, None)

    themes = [value for value, one in zip(density, found, strict=True) if "x1" not in one.text]
    others = [value for value, one in zip(density, found, strict=True) if "shiver" not in one.text]
    assert min(themes) > max(others)


def test_without_a_title_or_anything_elsewhere_meaning_says_nothing() -> None:
    found, material = spoken(WINTER_TURNS[1:2])
    assert material.spoken is not None

    density, title = meaning_signals(found, material.spoken, None)

    assert density.tolist() == [0.0] * len(found)
    assert title.tolist() == [0.0] * len(found)


def test_windows_need_the_vectors_of_every_passage() -> None:
    passages = passages_of(WINTER_TURNS, "", ())

    assert windows_of(passages, [None] * len(passages)) is None
    assert windows_of([], []) is None


def test_words_stand_in_for_meaning_where_there_is_no_model() -> None:
    passages = passages_of(WINTER_TURNS, "", ())

    windows = hashed_windows(passages, VOCABULARY)

    assert windows is not None
    last = passages[-1].last_word
    assert (int(windows.first[0]), int(windows.last[-1])) == (0, last)
    near, far = (float(windows.vectors[0] @ hashed(text, VOCABULARY)) for text in ("winter colony", "oxalic pastry"))
    assert near > far
    assert np.allclose(np.linalg.norm(windows.vectors, axis=1), 1)


def test_a_guest_is_whom_the_episode_bills_and_a_host_who_is_always_there() -> None:
    facts = EpisodeFacts(
        "1", "Heat, with Tomas Ek", None, None, None, None, (Person("Ines Okafor", "Guest"), Person("Piet Vos", "host"))
    )
    material = Material(facts, (), VOCABULARY, frozenset({"mara lindqvist"}))

    assert guest("Tomas Ek", material) == 1.0
    assert guest("Tomas", material) == 1.0
    assert guest("Ines Okafor", material) == 1.0
    assert guest("Piet Vos", material) == -1.0
    assert guest("Mara Lindqvist", material) == -1.0
    assert guest("Somebody Else", material) == 0.0
    assert guest("SPEAKER 1", material) == 0.0
    assert guest(None, material) == 0.0


def quoting(*picks: EditorsPick) -> list[Judged]:
    return judged_moments(replace(spoken(WINTER_TURNS)[1], picks=picks))


def test_what_the_teaser_was_cut_from_is_previewed_and_the_teaser_itself_is_no_moment() -> None:
    turns = episode(said("Tomas", WOOL), said("Tomas", FROST))
    facts = EpisodeFacts("1", "Winter", None, None, None, None, ())

    judged = judged_moments(Material(facts, turns, VOCABULARY, frozenset()))

    previewed = [one for one in judged if one.signals["previewed"] == 1.0]
    assert {part for one in previewed for part in (FROST, WOOL) if part in one.moment.text} == {FROST, WOOL}
    assert all(one.moment.first_word >= len(f"{WOOL} {FROST}".split()) for one in judged)
    assert min(one.signals["previewed"] for one in judged) == 0.0


def test_what_a_teaser_repeats_is_no_denser_for_it() -> None:
    turns = tuple(episode(said("Tomas", f"{WOOL} {FROST}")))
    found, material = spoken(turns)
    assert material.spoken is not None
    words = len(f"{WOOL} {FROST}".split())

    judged = judged_moments(material)

    behind = [one for one in found if one.first_word >= words]
    twice, _ = meaning_signals(behind, material.spoken, None)
    wool = [number for number, one in enumerate(behind) if WOOL in one.text]
    densities = {one.moment.first_word: one.signals["density"] for one in judged}
    assert all(densities.get(behind[number].first_word, -3.0) < twice[number] for number in wool)


def test_what_the_notes_quote_is_quoted_as_far_as_it_is_that_moment() -> None:
    plain = quoting()
    target = plain[1].moment

    judged = quoting(EditorsPick(PickOrigin.QUOTATION, "…", None, None, True, target.first_word, target.last_word, 0.9))

    quoted = {(one.moment.first_word, one.moment.last_word): one.signals["quoted"] for one in judged}
    assert quoted[target.first_word, target.last_word] == 0.9
    assert min(quoted.values()) == 0.0
    assert all(one.signals["quoted"] == 0.0 for one in plain)


def test_a_soundbite_is_found_by_its_seconds() -> None:
    judged = quoting(EditorsPick(PickOrigin.SOUNDBITE, "Hear it hum", 45.0, 120.0, False))

    assert max(one.signals["quoted"] for one in judged) > 0.5
    assert all(one.signals["quoted"] == 0.0 for one in judged if one.moment.start and one.moment.start > 130)


def test_every_moment_has_every_signal() -> None:
    wanted = {*SIGNALS, "density", "title", "turn", "guest", "quoted", "previewed"}

    assert all(set(one.signals) == wanted for one in quoting())
    assert judged_moments(replace(spoken(WINTER_TURNS)[1], turns=())) == []

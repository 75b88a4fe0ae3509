"""What an episode begins with that was cut out of its conversation."""

from __future__ import annotations

from itertools import pairwise

import pytest

from companion.archive.teasers import LONGEST, teaser_of, without_teaser
from companion.storage.episodes import Turn

FROST = (
    "A colony that freezes in January was lost in August already. Nobody looks into a hive in August, since there is"
    " honey to be sold, and so the mites have six weeks in which nobody counts them. In autumn all of it"
    " looks like bad luck."
)
WOOL = (
    "We packed forty hives in wool, and thirty of them were dead by March. Damp kills bees far sooner than frost does,"
    " and wool keeps whatever damp there is exactly where the cluster hangs. I tell every"
    " beginner to drill a hole."
)
WELCOME = "Welcome to the invented hive. Today a keeper from the north tells what her bees taught her in thirty years."


def said(speaker: str, text: str) -> Turn:
    return Turn(speaker, None, None, True, text)


def talk(number: int) -> Turn:
    """Eighty words of its own: no two of these share a run of words."""
    return said("Ines", "We " + " ".join(f"word{number}x{place}" for place in range(79)) + ".")


def words(turns: list[Turn]) -> list[str]:
    return [word for turn in turns for word in turn.text.split()]


def episode(*opening: Turn, among: tuple[Turn, ...] = (said("Tomas", FROST), said("Tomas", WOOL))) -> list[Turn]:
    """A conversation of some 2,000 words with these turns in its midst, after an opening and a welcome."""
    talked = [talk(number) for number in range(24)]
    return [*opening, said("Ines", WELCOME), *talked[:14], among[0], *talked[14:20], *among[1:], *talked[20:]]


def test_a_teaser_is_found_with_the_places_that_it_was_cut_from() -> None:
    turns = episode(said("Tomas", WOOL), said("Tomas", FROST))

    teaser = teaser_of(turns)

    assert teaser is not None
    assert words(turns)[: teaser.words] == f"{WOOL} {FROST}".split()
    spoken = words(turns)
    assert [" ".join(spoken[first : last + 1]) for first, last in teaser.spans] == [FROST, WOOL]
    assert all(first >= teaser.words for first, _ in teaser.spans)


def test_it_is_found_where_recognition_heard_a_few_words_otherwise() -> None:
    heard = FROST.replace("was lost in August already", "was lost in all, just already")

    teaser = teaser_of(episode(said("Tomas", heard)))

    assert teaser is not None
    assert teaser.words == len(heard.split())


def test_what_is_no_teaser_is_none() -> None:
    advertised = (
        "Hive scales of the firm of Ek weigh your colonies day and night, and tell your telephone what they found."
    )

    assert teaser_of([]) is None
    assert teaser_of(episode()) is None
    assert (
        teaser_of(episode(said("Tomas", "It was a long winter, and we lost a great many of our strongest bees.")))
        is None
    )
    # Said twice, though only once the episode has begun.
    assert (
        teaser_of(episode(said("Ines", WELCOME), talk(90), said("Ines", advertised), among=(said("Ines", advertised),)))
        is None
    )


def test_a_short_text_that_repeats_itself_has_none() -> None:
    assert teaser_of([said("Tomas", FROST), said("Tomas", FROST)]) is None


def test_without_its_teaser_a_speech_begins_with_what_comes_after() -> None:
    # The welcome runs on in the turn of the teaser.
    turns = episode(Turn("Ines", 3.0, 40.0, False, f"{FROST} {WELCOME}"))
    teaser = teaser_of(turns)
    assert teaser is not None

    rest = without_teaser(turns, teaser)

    assert words(rest) == words(turns)[len(FROST.split()) :]
    assert rest[0].approximate
    assert rest[1:] == turns[1:]


@pytest.mark.parametrize("again", ["Thanks for listening to the invented hive, and see you all next week."])
def test_a_sentence_that_is_said_at_both_ends_is_no_teaser(again: str) -> None:
    assert teaser_of([*episode(said("Ines", again)), said("Ines", again)]) is None


def test_the_invented_talk_shares_no_run_of_words() -> None:
    assert all(
        set(one.text.split()) & set(other.text.split()) == {"We"} for one, other in pairwise(map(talk, range(9)))
    )
    assert len(words(episode())) > 3 * LONGEST

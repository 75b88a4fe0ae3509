from __future__ import annotations

import pytest

from companion.community.noticed import AROUND, MOST_WORDS, labels_in, misheard, spoken_by
from companion.storage.episodes import Kind, Passage, Piece, Reference

FIRST = 40
"""Where the passage begins among the words of its episode."""
MARA, TOMAS, MARA_AGAIN = (
    "Do the bees heat it themselves?",
    f"{'They shiver. ' * 40}Then Viki Gangklep drew it.{' They rest.' * 40}",
    "Viki who?",
)
TEXT = "\n".join((MARA, TOMAS, MARA_AGAIN))
PASSAGE = Passage(
    3, Kind.SPEECH, "Tomas", 60.0, 120.0, False, FIRST, FIRST + len(TEXT.split()) - 1, None, TEXT,
    (
        Piece(0, 5, "Mara", 60.0, 63.0, False),
        Piece(len(MARA) + 1, 6, "Tomas", 63.0, 117.0, False),
        Piece(len(MARA) + len(TOMAS) + 2, 7, "Mara", 117.0, 120.0, False),
    ),
)  # fmt: skip
REFERENCE = Reference(9, Kind.SPEECH, 60.0, 120.0, PASSAGE.first_word, PASSAGE.last_word)


def words(reference: Reference | None) -> list[str]:
    """What a reference marks in the passage."""
    assert reference is not None
    return [*TEXT.split()][reference.first_word - FIRST : reference.last_word + 1 - FIRST]


def test_a_misheard_name_is_shown_amid_words_of_the_same_voice() -> None:
    shown = words(misheard([PASSAGE], REFERENCE, "viki gangklep"))

    assert shown[AROUND : AROUND + 2] == ["Viki", "Gangklep"]
    assert len(shown) == 2 * AROUND + 2


def test_of_a_voice_that_says_less_all_is_shown() -> None:
    assert " ".join(words(misheard([PASSAGE], REFERENCE, "who"))) == MARA_AGAIN


@pytest.mark.parametrize("spelling", ["Gangkle", "themselves They", "drew Viki", "Wanda"])
def test_what_nobody_says_in_one_breath_is_nowhere(spelling: str) -> None:
    assert misheard([PASSAGE], REFERENCE, spelling) is None


def test_it_is_looked_for_in_every_passage_that_is_meant() -> None:
    greeting = Piece(0, 4, None, 0.0, 60.0, False)
    before = Passage(2, Kind.SPEECH, None, 0.0, 60.0, False, 38, 39, None, "Good evening.", (greeting,))

    assert "Gangklep" in words(misheard([before, PASSAGE], REFERENCE, "Gangklep"))


def test_the_times_are_those_of_the_words() -> None:
    found = misheard([PASSAGE], REFERENCE, "Viki who")

    assert found is not None
    assert found.start == 117.0
    assert found.episode_id == REFERENCE.episode_id


def test_who_says_the_quoted_words_comes_first() -> None:
    quoted = len(MARA.split()), len(MARA.split()) + 4

    assert labels_in([PASSAGE], REFERENCE, None) == ["Mara", "Tomas"]
    assert labels_in([PASSAGE], REFERENCE, quoted) == ["Tomas", "Mara"]


def test_a_speaker_is_shown_by_the_quoted_words_if_they_are_theirs() -> None:
    quoted = len(MARA.split()), len(MARA.split()) + 4

    assert words(spoken_by([PASSAGE], REFERENCE, "Tomas", quoted)) == TOMAS.split()[:4]
    assert " ".join(words(spoken_by([PASSAGE], REFERENCE, "Mara", quoted))) == MARA
    assert len(words(spoken_by([PASSAGE], REFERENCE, "Tomas", None))) == MOST_WORDS


def test_whoever_does_not_speak_there_is_not_shown() -> None:
    assert spoken_by([PASSAGE], REFERENCE, "tomas", None) is None

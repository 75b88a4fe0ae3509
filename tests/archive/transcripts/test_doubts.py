from __future__ import annotations

import pytest

from companion.archive.transcripts.doubts import with_doubts
from companion.storage.episodes import Turn
from tests.timing import least_seconds


def doubtful(*turns: tuple[str, float, float, str]) -> list[bool]:
    return [turn.uncertain for turn in with_doubts([Turn(who, s, e, False, text) for who, s, e, text in turns])]


@pytest.mark.parametrize("label", ["Ann/Bob", "Ann & Bob", "Ann and Bob", "Both", "Multiple Speakers", "Everyone"])
def test_a_label_of_several_voices_is_doubtful(label: str) -> None:
    assert doubtful((label, 0, 1, "Hi."), ("Ann", 1, 2, "Hi.")) == [True, False]


@pytest.mark.parametrize("label", ["Anderson", "Speaker 1", "SPEAKER_00", "Roland Bothe", "spk_0"])
def test_a_name_is_not(label: str) -> None:
    assert doubtful((label, 0, 1, "Hi.")) == [False]


def test_words_of_another_in_the_middle_of_a_sentence_are_doubtful() -> None:
    assert doubtful(("A", 0, 1, "We told the"), ("B", 1, 2, "model to"), ("A", 2, 3, "close the gates.")) == [
        False,
        True,
        False,
    ]


def test_a_remark_in_the_middle_of_a_sentence_is_not() -> None:
    assert doubtful(("A", 0, 1, "We told the"), ("B", 1, 2, "Right."), ("A", 2, 3, "model to close.")) == [False] * 3


def test_without_punctuation_words_that_leave_no_pause_are_doubtful() -> None:
    turns = [("A", 0.0, 1.0, "we told the"), ("B", 1.05, 1.5, "model"), ("A", 1.55, 3.0, "to close")]
    assert doubtful(*turns) == [False, True, False]
    turns = [("A", 0.0, 1.0, "we told the"), ("B", 2.0, 2.5, "right"), ("A", 3.5, 4.0, "model to close")]
    assert doubtful(*turns) == [False, False, False]


def test_who_speaks_while_another_does_is_doubtful() -> None:
    assert doubtful(("A", 0, 10, "We told the model."), ("B", 4, 7, "It did close."), ("A", 11, 12, "Yes.")) == [
        False,
        True,
        False,
    ]


def test_a_short_overlap_is_not() -> None:
    assert doubtful(("A", 0, 10, "We told the model."), ("B", 9.8, 14, "It did close.")) == [False, False]


def test_thousands_of_labels_are_no_burden() -> None:
    turns = [Turn(f"Caller {nth}", nth, nth + 1, False, "Hi. How are you?") for nth in range(4000)]
    assert not any(turn.uncertain for turn in with_doubts(turns))
    assert least_seconds(lambda: with_doubts(turns), 2) < 2

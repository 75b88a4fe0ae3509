from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.caption import Caption
from companion.archive.transcripts.cues import captions_of_cues

SAID = ["One two.", "Three four.", "Five six.", "Seven eight.", "Nine ten."]


def cues(order: list[int]) -> list[Caption]:
    return [Caption(2.0 * nth, 2.0 * nth + 2, None, SAID[nth]) for nth in order]


@pytest.mark.parametrize("order", [[0, 2, 1, 3, 4], [1, 0, 2, 3, 4], [0, 1, 2, 4, 3], [4, 3, 2, 1, 0], [2, 3, 4, 0, 1]])
def test_cues_out_of_order_are_put_where_there_is_room_for_them(order: list[int]) -> None:
    assert [cue.text for cue in captions_of_cues(cues(order))] == SAID


@given(st.permutations(range(5)))
def test_no_cue_is_lost_whatever_their_order(order: list[int]) -> None:
    assert sorted(cue.text for cue in captions_of_cues(cues(order))) == sorted(SAID)


@pytest.mark.parametrize("wrong", [3.0, 5000.0])
def test_a_wrong_time_moves_no_words(wrong: float) -> None:
    told = cues([0, 1, 2, 3, 4])
    told[3] = told[3]._replace(start=wrong, end=wrong + 2)
    assert [cue.text for cue in captions_of_cues(told)] == SAID


def test_times_of_words_that_tremble_move_no_words() -> None:
    words = [Caption(time, time + 0.1, None, text) for text, time in [("so", 1.0), ("it", 1.3), ("is", 1.25)]]
    assert [cue.text for cue in captions_of_cues(words)] == ["so", "it", "is"]


def test_a_cue_that_is_there_twice_is_read_once() -> None:
    assert [cue.text for cue in captions_of_cues(cues([0, 1, 1, 2, 2, 3]))] == SAID[:4]


def test_people_who_repeat_themselves_are_heard_out() -> None:
    said = ["Yes.", "Yes.", "No no.", "No no.", "It is so."]
    told = [Caption(nth, nth + 1, None, text) for nth, text in enumerate(said)]
    assert [cue.text for cue in captions_of_cues(told)] == said


def test_lines_that_scroll_are_read_once_with_the_times_inside_of_them() -> None:
    shown = ["hello world", "hello world\nthis is", "this is", "this is\nthe end"]
    told = [
        Caption(float(nth), nth + 1.0, None, text, marks=((text.rfind(" ") + 1, nth + 0.5),))
        for nth, text in enumerate(shown)
    ]
    read = captions_of_cues(told)
    assert [(cue.start, cue.text, cue.marks) for cue in read] == [
        (0.0, "hello world", ((6, 0.5),)),
        (1.0, "this is", ((5, 1.5),)),
        (3.0, "the end", ((4, 3.5),)),
    ]


def test_the_line_above_is_what_was_shown_last_also_after_a_pause() -> None:
    shown = [Caption(4.0 * n, 4.0 * n + 2, None, "\n".join(SAID[max(0, n - 1) : n + 1])) for n in range(3)]
    going_on = [Caption(8.0 + 2 * n, 10.0 + 2 * n, None, "\n".join(SAID[n + 1 : n + 3])) for n in range(1, 3)]
    assert [cue.text for cue in captions_of_cues([*shown, *going_on])] == SAID


def test_lines_that_grow_word_by_word_are_read_once() -> None:
    shown = ["gates", "gates close", "gates close twice", "gates close twice daily", "and open", "and open again"]
    told = [Caption(float(nth), nth + 1.0, None, text) for nth, text in enumerate(shown)]
    assert " ".join(cue.text for cue in captions_of_cues(told)) == "gates close twice daily and open again"


def test_single_words_said_twice_are_kept() -> None:
    told = [
        Caption(float(nth), nth + 0.5, None, text) for nth, text in enumerate(["no", "no", "no", "not", "not", "now"])
    ]
    assert [cue.text for cue in captions_of_cues(told)] == ["no", "no", "no", "not", "not", "now"]

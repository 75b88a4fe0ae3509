from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.timed_lines import captions_of_lrc, captions_of_substation, captions_of_table


def test_lines_of_lrc_last_until_the_next() -> None:
    captions = captions_of_lrc("[ti:Talk]\n[00:12.50] Gates close\n[01:00.00] twice\n[01:02.00]\n")
    assert [(c.start, c.end, c.text) for c in captions] == [(12.5, 60.0, "Gates close"), (60.0, 62.0, "twice")]


def test_a_line_of_lrc_with_several_times_is_said_as_often() -> None:
    captions = captions_of_lrc("[00:01.00][00:09.00] Gates\n[00:05.00] close\n")
    assert [(c.start, c.text) for c in captions] == [(1.0, "Gates"), (5.0, "close"), (9.0, "Gates")]


def test_lrc_may_be_early_and_may_time_words() -> None:
    captions = captions_of_lrc("[offset:500]\n[00:01.00] <00:01.00> Gates <00:02.00> close\n[00:05.00] twice\n")
    assert (captions[0].start, captions[0].marks) == (0.5, ((0, 0.5), (6, 1.5)))


@pytest.mark.parametrize("text", ["[00:01.00] one\nand more", "Ann [00:01.00]: so", "[00:01.00] alone", ""])
def test_other_texts_are_no_lrc(text: str) -> None:
    assert captions_of_lrc(text) == []


def test_substation_is_read_by_the_names_of_its_columns() -> None:
    text = (
        "[Script Info]\n\n[Events]\nFormat: Start, End, Name, Text\n"
        "Dialogue: 0:00:01.00,0:00:02.50,Ann,{\\i1}Gates, all{\\i0}\\Nclose\nComment: 0:00:02.00,0:00:03.00,,no\n"
    )
    assert [(c.start, c.end, c.speaker, c.text) for c in captions_of_substation(text)] == [
        (1.0, 2.5, "Ann", "Gates, all\nclose")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "start\tend\ttext\n500\t1500\tGates close twice\n1500\t3000\tand open",
        "0.5\t1.5\tGates close twice\n1.5\t3.0\tand open",
        'start,end,text\n0.5,1.5,"Gates close twice"\n1.5,3,and open',
        "Start Time;End Time;Transcript\n00:00:00.5;00:00:01.5;Gates close twice\n00:00:01.5;00:00:03;and open",
    ],
)
def test_tables_are_read_in_any_unit_with_any_delimiter(text: str) -> None:
    assert [(c.start, c.end, c.text) for c in captions_of_table(text)] == [
        (0.5, 1.5, "Gates close twice"),
        (1.5, 3.0, "and open"),
    ]


def test_commas_that_nobody_quoted_stay_in_the_text() -> None:
    (caption,) = captions_of_table("start,text\n1.5,Gates, all of them, close")
    assert caption.text == "Gates, all of them, close"


@pytest.mark.parametrize("text", ["name,age\nAnn,3", "Well, so it is.\nYes, it is.", "", "a\tb\tc\nd\te\tf"])
def test_other_tables_are_no_transcripts(text: str) -> None:
    assert captions_of_table(text) == []


@given(st.text(alphabet=st.sampled_from('start,end\ttext|;"\n\r0123456789.: []<>')))
def test_any_text_is_read(text: str) -> None:
    for read in (captions_of_lrc, captions_of_substation, captions_of_table):
        assert all(caption.text.strip() for caption in read(text))


def test_quoted_cells_may_stand_behind_a_blank() -> None:
    text = '1.00, 2.50, Ana, "So, it goes."\n3.00, 4.50, Owen, "It does, yes."\n5.00, 6.50, Ana, "Good, then."\n'
    assert [(caption.speaker, caption.text) for caption in captions_of_table(text)] == [
        ("Ana", "So, it goes."),
        ("Owen", "It does, yes."),
        ("Ana", "Good, then."),
    ]

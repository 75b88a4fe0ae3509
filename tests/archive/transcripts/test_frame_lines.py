from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.frame_lines import captions_of_frames
from companion.archive.transcripts.reader import read_transcript


def test_frames_are_counted_at_the_rate_of_the_first_line() -> None:
    text = "{1}{1}25.000\n{50}{175}Ana: {i:i}So it|goes.\n{200}{300}Owen: It does.\n{325}{}Ana: Yes."
    turns = read_transcript(text).turns
    assert [(turn.speaker, turn.start, turn.approximate, turn.text) for turn in turns] == [
        ("Ana", 2.0, False, "So it goes."),
        ("Owen", 8.0, False, "It does."),
        ("Ana", 13.0, False, "Yes."),
    ]


def test_where_no_rate_is_told_times_are_approximate() -> None:
    captions = captions_of_frames("{24}{48}So\n{72}{96}it\n{120}{240}goes.")
    assert [(round(caption.start or 0, 1), caption.approximate) for caption in captions] == [
        (1.0, True),
        (3.0, True),
        (5.0, True),
    ]


def test_tenths_of_a_second_stand_in_brackets() -> None:
    captions = captions_of_frames("[20][70]/So it|/goes.\n[80][100]It does.\n[110][150]Yes.")
    assert [(caption.start, caption.end, caption.text) for caption in captions] == [
        (2.0, 7.0, "So it\ngoes."),
        (8.0, 10.0, "It does."),
        (11.0, 15.0, "Yes."),
    ]


@pytest.mark.parametrize(
    "text", ["{1}{2}a\n{3}{4}b", "{1}{2}a\n{3}{4}b\nc\nd", "[1][2]", "{0}{0}0.0\n{1}{2}a\n{3}{4}b"]
)
def test_other_texts_have_no_frames(text: str) -> None:
    assert captions_of_frames(text) == []


@given(st.text(alphabet=st.sampled_from("{}[]0123.|/\nab ")))
def test_any_text_is_read(text: str) -> None:
    captions_of_frames(text)

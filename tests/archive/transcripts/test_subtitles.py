from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.subtitles import captions_of, is_subtitles

SRT = """1
00:00:01,000 --> 00:00:03,500
Ann: Hello and
welcome.

2
00:00:04,000 --> 00:00:06,000
<i>It is 1998.</i>

"""
VTT = """WEBVTT - a title

STYLE
::cue { color: red }

NOTE nobody says this

intro
00:01.000 --> 00:03.000 align:start position:0%
<v Ann>Fish &amp; chips</v>

00:00:03.000 --> 00:00:05.000
<v.loud Bob Lee>Yes. <v Ann>No.

NOTE
nor this

1:00:05.000 --> 1:00:06.000
<c.yellow>late</c><00:00:05.500>r
"""


def test_subrip_is_read_without_numbers_and_tags() -> None:
    assert [(c.start, c.end, c.text) for c in captions_of(SRT)] == [
        (1.0, 3.5, "Ann: Hello and\nwelcome."),
        (4.0, 6.0, "It is 1998."),
    ]


def test_webvtt_is_read_with_voices_and_without_comments_styles_and_names() -> None:
    assert [(c.start, c.speaker, c.text) for c in captions_of(VTT)] == [
        (1.0, "Ann", "Fish & chips"),
        (3.0, "Bob Lee", "Yes."),
        (3.0, "Ann", "No."),
        (3605.0, None, "later"),
    ]


def test_prose_is_no_subtitles() -> None:
    assert not is_subtitles("Ann: we went --> there at 10:00")


@given(st.text(alphabet=st.sampled_from("0123:.,-> \n<v>/abNOTE{}\\&;")))
def test_any_text_is_read(text: str) -> None:
    assert all(caption.text.strip() for caption in captions_of(f"0:01.0 --> 0:02.0\n{text}"))


def test_a_caption_that_was_moved_to_before_the_beginning_is_at_the_beginning() -> None:
    text = "1\n-00:00:00,500 --> 00:00:02,000\nSo it goes.\n\n2\n00:00:02,500 --> 00:00:04,000\nIt does.\n"
    assert [(caption.start, caption.text) for caption in captions_of(text)] == [(0.0, "So it goes."), (2.5, "It does.")]

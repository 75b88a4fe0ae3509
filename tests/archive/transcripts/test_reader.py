from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.reader import TranscriptError, best_of, read_transcript
from companion.archive.transcripts.transcript import Transcript
from companion.storage.episodes import Turn


@pytest.mark.parametrize(
    ("text", "convention"),
    [
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Hi.", "WebVTT captions"),
        ("1\n00:00:01,000 --> 00:00:02,000\nHi.", "SubRip captions"),
        ('{"segments": [{"start": 0, "end": 1, "text": "Hi there, all."}]}', "JSON segments"),
        ('[{"word": "Hi", "start": 0, "end": 1}]', "JSON words"),
        (
            "<cite>Ann:</cite><time>0:00</time><p>Hi.</p><cite>Bob:</cite><time>0:04</time><p>Yes.</p>" * 3,
            "Name [time]: text",
        ),
        ("[00:00:01] music\n[00:00:05] and words\n[00:00:09] and more", "[time] text"),
    ],
)
def test_the_format_shows_in_the_text(text: str, convention: str) -> None:
    assert read_transcript(text).convention == convention


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "talk.txt holds no words."),
        ('{"chapters": []}', "talk.txt is not a transcript that can be read: the JSON holds no segments with text."),
        ("WEBVTT\n\n", "talk.txt has captions without any words."),
        (
            "a=1;b=2\nx:9:/bin\n{0} [1]",
            "talk.txt is not a transcript: it holds no speaker labels, no times, and no prose.",
        ),
    ],
)
def test_what_is_no_transcript_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(TranscriptError) as refused:
        read_transcript(text, name="talk.txt")
    assert str(refused.value) == sentence


def test_the_transcript_that_tells_most_wins() -> None:
    plain = Transcript((Turn(None, None, None, False, "Many words, and nothing else about them."),))
    with_times = Transcript((Turn(None, 1.0, 2.0, False, "Fewer words."),))
    with_both = Transcript((Turn("Ann", 1.0, 2.0, False, "Words."),))
    assert best_of([plain, with_both, with_times]) is with_both
    assert best_of([plain, with_times, Transcript(())]) is with_times


@given(st.text(alphabet=st.sampled_from('{}[]":,0129. ->\nWEBVTT<v>abA*')))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(TranscriptError):
        assert read_transcript(text).turns


@given(st.text())
def test_any_unicode_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(TranscriptError):
        assert read_transcript(text).turns

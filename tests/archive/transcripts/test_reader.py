from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.reader import TranscriptError, best_of, read_transcript
from companion.archive.transcripts.transcript import Transcript
from companion.storage.episodes import Turn
from tests.timing import least_seconds


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


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" \n\t ", "talk holds no words."),
        ("<rss version='2.0'><channel/></rss>", "talk is a feed, not a transcript: add it as a feed."),
        (
            "<html><head><title>404 Not Found</title></head><body><p>Nothing is here.</p></body></html>",
            "talk is a web page without a transcript. It says “404 Not Found”.",
        ),
        (
            "<html><body><p>Please log in to go on.</p><input type='password'></body></html>",
            "talk is a web page without a transcript.",
        ),
        ('{"error": {"message": "Not found"}}', "talk is not a transcript: its JSON holds neither times nor speakers."),
        (
            '{"segments": [{"text": "Ga',
            "talk is not a transcript that can be read: the JSON breaks off or is wrong in line 1.",
        ),
        (
            '{"name": "app", "version": "1.0.0", "scripts": {"test": "run"}}',
            "talk is not a transcript that can be read: the JSON holds no segments with text.",
        ),
    ],
)
def test_other_files_are_refused_with_what_they_are(text: str, sentence: str) -> None:
    with pytest.raises(TranscriptError) as refused:
        read_transcript(text, name="talk")
    assert str(refused.value) == sentence


def test_a_transcript_as_one_text_in_json_is_read_as_that_text() -> None:
    text = "Ann: Gates close.\nBob: Do they?\nAnn: Twice a day.\nBob: I see."
    transcript = read_transcript(json.dumps({"title": "Gates", "transcript": text}))
    assert [turn.speaker for turn in transcript.turns] == ["Ann", "Bob", "Ann", "Bob"]


def said(words: int, *, speaker: str | None = None, start: float | None = None) -> Transcript:
    return Transcript(tuple(Turn(speaker, start, None, False, "ten words " * 5) for _ in range(words // 10)))


def test_a_part_of_a_transcript_does_not_win_by_its_speakers() -> None:
    whole, part = said(5000), said(500, speaker="Ann", start=1.0)
    assert best_of([part, whole]) is whole
    assert best_of([said(4000, speaker="Ann"), whole]).turns[0].speaker == "Ann"


def test_names_win_over_numbers() -> None:
    assert best_of([said(500, speaker="Speaker 1", start=1.0), said(400, speaker="Ann", start=1.0)]).turns[
        0
    ].speaker == ("Ann")


def test_another_language_does_not_win() -> None:
    english, spanish = said(400, start=1.0), said(500, speaker="Ana", start=1.0)
    assert best_of([spanish, english], ["es", "en-GB"], "en-us") is english
    assert best_of([spanish, english], ["es", None], "en") is english
    assert best_of([spanish, english], ["es", "en"]) is spanish
    assert best_of([spanish, Transcript(())], ["es", "en"], "en") is spanish


@pytest.mark.parametrize("written", ["json", "srt"])
def test_ninety_minutes_are_read_in_a_moment(written: str) -> None:
    words = [
        (word, nth * 0.36) for nth, word in enumerate("Gates close twice daily and nobody minds that.".split() * 1875)
    ]
    if written == "json":
        data = [{"word": word, "start": at, "end": at + 0.3, "speaker": int(at // 60) % 2} for word, at in words]
        text = json.dumps({"words": data})
    else:
        cues = (" ".join(word for word, _ in words[nth : nth + 8]) for nth in range(0, len(words), 8))
        text = "\n".join(
            f"{nth}\n00:{nth // 23:02}:{nth % 23 * 2:02},000 --> 00:{nth // 23:02}:{nth % 23 * 2 + 2:02},000\n{cue}\n"
            for nth, cue in enumerate(cues)
        )
    assert sum(len(turn.text.split()) for turn in read_transcript(text).turns) == len(words)
    # Measured at 0.1 to 0.2 s; the bound allows for a machine that others use, too.
    assert least_seconds(lambda: read_transcript(text), 0.6) < 0.6


def test_data_in_elements_is_no_prose() -> None:
    rows = "\n".join(
        f'  <podcast:item key="k{nth}" url="https://e.example/{nth}">Some words {nth}</podcast:item>'
        for nth in range(9)
    )
    with pytest.raises(TranscriptError):
        read_transcript(f"<wrapper>\n{rows}\n</wrapper>")

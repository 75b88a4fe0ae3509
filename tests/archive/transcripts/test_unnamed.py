"""JSON and tables whose fields have names that nobody knows."""

from __future__ import annotations

import json

import pytest

from companion.archive.transcripts.reader import TranscriptError, read_transcript

_SAID = (
    ("Ann Lee", 3.5, "We left the mill at noon."),
    ("Bob", 41.0, "And nobody was there, was there?"),
    ("Ann Lee", 47.25, "Nobody at all."),
    ("Bob", 63.0, "So you took the night train instead."),
    ("Ann Lee", 90.0, "It was the only one that ran."),
    ("Bob", 97.5, "I remember."),
)


def _turns(text: str) -> list[tuple[str | None, float | None, str]]:
    return [(turn.speaker, turn.start, turn.text) for turn in read_transcript(text).turns]


def test_what_fields_hold_tells_what_they_are() -> None:
    rows = [{"nr": nth, "von": at, "wer": who, "gesagt": said} for nth, (who, at, said) in enumerate(_SAID)]
    assert _turns(json.dumps({"inhalt": {"zeilen": rows}})) == [(who, at, said) for who, at, said in _SAID]


def test_times_in_milliseconds_are_told_by_the_speed_of_speech() -> None:
    rows = [{"zeit": int(at * 1000), "wer": {"heisst": who}, "gesagt": said} for who, at, said in _SAID]
    assert _turns(json.dumps(rows)) == list(_SAID)


def test_objects_by_number_are_a_list() -> None:
    rows = {str(nth): {"von": at, "wer": who, "gesagt": said} for nth, (who, at, said) in enumerate(_SAID)}
    assert _turns(json.dumps({"zeilen": rows})) == list(_SAID)


def test_speakers_are_called_what_a_list_elsewhere_calls_them() -> None:
    people = [{"key": "p1", "heisst": "Ann Lee"}, {"key": "p2", "heisst": "Bob"}]
    keys = {"Ann Lee": "p1", "Bob": "p2"}
    rows = [{"personKey": keys[who], "von": at, "parts": [{"x": said}]} for who, at, said in _SAID]
    assert _turns(json.dumps({"people": people, "rows": rows})) == list(_SAID)


def test_a_table_with_columns_of_unknown_names_is_read_by_what_they_hold() -> None:
    table = "\n".join(
        ["nr;zeit;wer;utterance", *(f'{n};{int(t * 1000)};{w};"{s}"' for n, (w, t, s) in enumerate(_SAID))]
    )
    assert _turns(table) == list(_SAID)


def test_a_table_without_a_heading_has_speakers_between_times_and_text() -> None:
    table = "\n".join(f"00:{int(t) // 60:02}:{int(t) % 60:02}:12\t00:02:00:00\t{w}\t{s}" for w, t, s in _SAID)
    assert _turns(table) == [(who, float(int(at)), said) for who, at, said in _SAID]


@pytest.mark.parametrize(
    "document",
    [
        [{"startTime": at, "title": said} for _, at, said in _SAID],
        [{"published": at, "description": said, "author": who} for who, at, said in _SAID],
        [{"nr": nth, "remark": said} for nth, (_, _, said) in enumerate(_SAID)],
        [{"at": at, "label": f"Part {nth}"} for nth, (_, at, _) in enumerate(_SAID)],
    ],
)
def test_sentences_that_nobody_says_are_no_transcript(document: object) -> None:
    with pytest.raises(TranscriptError):
        read_transcript(json.dumps(document))

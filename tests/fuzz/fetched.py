"""Fuzzed: what is fetched besides feeds and transcripts (audio, links in notes, headers, answers of recognisers), and
what operators give."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any, cast

from companion.archive.fetch import seconds_to_wait
from companion.archive.mp3_places import places, tag_length
from companion.archive.note_links import found_links, links_of
from companion.archive.references import split, video_time
from companion.archive.transcription import joined_segments
from companion.bot.commands.questions import QuestionsError, read_questions
from companion.storage.shards import Shards

_HOUR = 3600.0


def audio(data: bytes) -> None:
    """Whatever an audio file begins with, its seconds and bytes rise, or nothing is known of them."""
    assert 0 <= tag_length(data) < 1 << 29
    said = int.from_bytes(data[:4]) if len(data) > 4 else None
    for total in (None, len(data), said):
        found = places(data, 0, total, 60.0)
        if found is None:
            continue
        assert all(before < after for before, after in pairwise(found.seconds))
        assert all(before < after for before, after in pairwise(found.bytes))
        assert found.byte_at(0.0) <= found.byte_at(30.0) <= found.byte_at(90.0)
        assert found.second_at(found.bytes[0]) <= found.second_at(found.bytes[-1] + 1000)


def notes(data: bytes) -> None:
    """Whatever stands in show notes, its links are addresses of the web, each with the words that it stands on."""
    found = found_links([data.decode("utf-8", errors="replace")])
    for link in links_of(found):
        assert split(link.url) is not None
        assert (video_time(link.url) or 0) >= 0


def waiting(data: bytes) -> None:
    """Whatever a host asks for, it is not asked again for an hour at most."""
    asked, _, date = data.decode("latin-1").partition("\n")
    assert 0 <= seconds_to_wait(asked, date) <= _HOUR


def heard(data: bytes) -> None:
    """Whatever a recogniser answers in JSON, its segments are texts with times."""
    try:
        answer: object = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(answer, dict):
        for segment in joined_segments([(0.0, cast("dict[str, Any]", answer)), (600.0, {"text": "So it is."})]):
            assert segment["text"].strip()
            assert isinstance(segment["start"], float)


def questions(data: bytes) -> None:
    """Whatever a file of questions holds, it is read or refused with its line."""
    with contextlib.suppress(QuestionsError):
        read_questions(data, "questions.jsonl")


def shards(data: bytes) -> None:
    """Whatever is set as shards is a range of them, or refused."""
    with contextlib.suppress(ValueError):
        parsed = Shards.parse(data.decode("utf-8", errors="replace"))
        assert 0 <= parsed.first <= parsed.last < parsed.count
        assert Shards.parse(str(parsed)) == parsed


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (audio, notes, waiting, heard, questions, shards)
}
_FRAME = b"\xff\xfb\x90\x00" + bytes(413)
SEEDS: dict[str, tuple[bytes, ...]] = {
    "audio": (
        _FRAME * 3,
        b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10) + _FRAME * 2,
        _FRAME[:36]
        + b"Xing\x00\x00\x00\x07"
        + (100).to_bytes(4)
        + (41_700).to_bytes(4)
        + bytes(range(100))
        + _FRAME * 2,
    ),
    "notes": (
        b'<p>See <a href="https://a.example/p?t=1m2s#x">the <b>paper</b></a> and https://youtu.be/abcdefghijk?t=9.</p>',
        b"- [Gates](https://arxiv.org/abs/2401.00001) \xe2\x80\x93 doi:10.1000/182\n- <https://b.example/c_(d)>",
    ),
    "waiting": (b"120", b"Fri, 01 Mar 2024 10:00:00 GMT\nFri, 01 Mar 2024 09:59:00 GMT"),
    "heard": (b'{"segments": [{"start": 1, "end": 2.5, "text": "Well.", "speaker": "A"}]}', b'{"text": "Well."}'),
    "questions": (b'{"id": 1, "question": "Who opens the gates?"}\n\n{"id": "b", "question": "When?"}\n',),
    "shards": (b"0-3/8", b"5/8"),
}
"""What each reads as it should."""

"""What is fuzzed: a function a parser, that takes any bytes and fails where the parser breaks a promise.

Every parser promises to return or to raise the error that it documents, soon, and to return what can be stored.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from companion.archive.decoding import NotTextError, decoded
from companion.archive.feeds import read_feed
from companion.archive.front_matter import front_matter
from companion.archive.guards import checked
from companion.archive.live_text import has_link, has_mention
from companion.archive.markup import itemised, plain_text
from companion.archive.transcripts.chapters import chapters_of_json
from companion.archive.transcripts.reader import TranscriptError, read_transcript
from companion.archive.transcripts.timed_text import captions_of_xml
from companion.archive.verbatim import as_said, quoted_spans
from companion.storage.errors import CompanionError
from tests.archive.numbered import source
from tests.fuzz import fetched, typed

_CHARSETS = (
    None,
    "utf-8",
    "latin-1",
    "shift_jis",
    "koi8-r",
    "utf-16",
    "utf-7",
    "hex",
    "punycode",
    "undefined",
    "x\x00",
)
_NAMES = (
    "segments words results channels alternatives items text body word punctuated_word content value start end "
    "startTime endTime start_time end_time ts end_ts offset duration tStartMs dDurationMs tOffsetMs segs events "
    "utf8 from to timestamp speaker speaker_label speakers name id channel type attaches_to monologues "
    "elements nBest display 0 1"
).split()
_SCALARS = (None, True, 0, 1, -1, 1.5, 1e308, 10**18, "", " ", ".", "Ann", "Hello", " there.", "00:00:01.500", "1.5s")
_MORE_SCALARS = ("PT1.5S", "punctuation", "spacing", "\ud800", "\x00", "Ann: Hi.", ">> Hi", "2024", "0", "[_BEG_]")
_DEEPEST = 6
_SOURCES = (source(1, ("Ann", "Well, the gates close twice daily, at 4 and at 16. Bob opens them again.")),)


def decoding(data: bytes) -> None:
    """Any bytes are a text without control characters, or refused."""
    charset = _CHARSETS[data[0] % len(_CHARSETS)] if data else None
    with contextlib.suppress(NotTextError):
        text = decoded(data[1:], charset)
        assert "\x00" not in text
        assert "\r" not in text
        text.encode()


def transcript(data: bytes) -> None:
    """Any text is a transcript whose times grow, or refused with a sentence."""
    with contextlib.suppress(NotTextError):
        _read(decoded(data))


def recognised(data: bytes) -> None:
    """Any JSON that looks like a recogniser's is a transcript, or refused."""
    _read(json.dumps(_value(iter(data), 0)))


def timed_text(data: bytes) -> None:
    """Any XML gives captions with words, or none."""
    text = data.decode("utf-8", errors="replace")
    assert all(caption.text.strip() for caption in captions_of_xml(text))


def chapters(data: bytes) -> None:
    """Any chapter file is read, or refused as ValueError."""
    with contextlib.suppress(ValueError):
        chapters_of_json(data.decode("utf-8", errors="replace"))


def feed(data: bytes) -> None:
    """Any bytes are a feed, or refused with a sentence."""
    with contextlib.suppress(CompanionError):
        read_feed(data)


def facts(data: bytes) -> None:
    """Any text has what stands above it taken off, and nothing of the rest; its day is one, or none."""
    text = data.decode("utf-8", errors="replace")
    found = front_matter(text)
    assert text.endswith(found.text)
    assert found.prose or found.facts or found.text == text
    assert found.published is None or found.published.tzinfo is not None
    assert "\n" not in found.title


def markup(data: bytes) -> None:
    """Any markup becomes words."""
    text = plain_text(data.decode("utf-8", errors="replace"))
    assert "\x00" not in text
    assert itemised(text).split() or not text.split()


def guarded(data: bytes) -> None:
    """Of any reply only what cites the passages and quotes them is left, without links and mentions."""
    prose = data.decode("utf-8", errors="replace")
    left = checked(prose, _SOURCES, "Who opens the gates?", finished=True).prose
    assert not has_link(left)
    assert not has_mention(left)
    assert set(re.findall(r"\[(\d+)\]", left)) <= {"1"}
    (said,) = (one.hit.passage.text for one in _SOURCES)
    for line in left.split("\n"):
        for start, end in quoted_spans(line):
            assert as_said(line[start:end], said) or as_said(line[start:end], _SOURCES[0].hit.episode.title)


TARGETS: dict[str, Callable[[bytes], None]] = (
    {
        target.__name__: target
        for target in (decoding, transcript, recognised, timed_text, chapters, feed, facts, markup, guarded)
    }
    | typed.TARGETS
    | fetched.TARGETS
)


def _read(text: str) -> None:
    try:
        turns = read_transcript(text).turns
    except TranscriptError:
        return
    assert turns
    assert all(turn.text.strip() for turn in turns)
    starts = [turn.start for turn in turns if turn.start is not None]
    assert all(before <= after for before, after in pairwise(starts))
    assert all(turn.end is None or turn.start is None or turn.end >= turn.start for turn in turns)
    assert not any(turn.approximate and turn.start is None for turn in turns)
    "".join(turn.text + (turn.speaker or "") for turn in turns).encode()


def _value(data: Iterator[int], depth: int) -> object:
    """A JSON value that the bytes choose: objects of usual names, lists, texts, times, and what else there is."""
    choice = next(data, 0)
    if depth < _DEEPEST and choice < 80:
        return {_NAMES[next(data, 0) % len(_NAMES)]: _value(data, depth + 1) for _ in range(choice % 7)}
    if depth < _DEEPEST and choice < 140:
        return [_value(data, depth + 1) for _ in range(choice % 9)]
    scalars = (*_SCALARS, *_MORE_SCALARS)
    return scalars[choice % len(scalars)] if choice < 220 else next(data, 0) / 7

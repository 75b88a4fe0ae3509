"""JSON transcripts as captions: Podcasting 2.0, Whisper's segments and words, and their relatives."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from companion.archive.markup import clean
from companion.archive.transcripts.captions import Caption
from companion.archive.transcripts.marks import seconds_of

_LISTS = ("segments", "utterances", "chunks", "transcript", "words", "results", "items", "channels")
_TEXTS = ("body", "text", "punctuated_word", "word", "transcript", "content")
_STARTS = ("startTime", "start", "start_time", "from", "offset", "timestamp", "time")
_ENDS = ("endTime", "end", "end_time", "to")
_SPEAKERS = ("speaker", "speaker_label", "speaker_name", "name")
_FASTEST_IN_MILLISECONDS = 0.1
"""Words a second below which times must be milliseconds: nobody speaks that slowly."""


def captions_of_json(data: str) -> list[Caption]:
    """The captions of a JSON transcript; of single words where each has its own time.

    Raises ValueError where the data is not JSON, or holds no list of timed or spoken texts.
    """
    try:
        document: object = json.loads(data)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
    segments = _segments(document)
    captions = [caption for segment in segments for caption in _captions(segment)]
    if not captions:
        raise ValueError("the JSON holds no segments with text")
    return _in_seconds(captions)


def _segments(document: object) -> list[Mapping[str, object]]:
    """The first list of objects with texts, at the top or under a usual name."""
    if isinstance(document, list):
        found = [
            _unwrapped(cast("Mapping[str, object]", item))
            for item in cast("list[object]", document)
            if isinstance(item, Mapping)
        ]
        return found if any(_text(item) for item in found) else []
    if isinstance(document, Mapping):
        fields = cast("Mapping[str, object]", document)
        for name in _LISTS:
            found = _segments(fields.get(name))
            if found:
                return found
    return []


def _unwrapped(item: Mapping[str, object]) -> Mapping[str, object]:
    """The item with what the first of its alternatives says, where it says nothing itself."""
    alternatives = item.get("alternatives")
    first = cast("list[object]", alternatives)[0] if isinstance(alternatives, list) and alternatives else None
    return item if _text(item) or not isinstance(first, Mapping) else {**cast("Mapping[str, object]", first), **item}


def _captions(segment: Mapping[str, object]) -> list[Caption]:
    text, speaker = _text(segment), _first_text(segment, _SPEAKERS)
    start, end = _span(segment)
    words = segment.get("words")
    if isinstance(words, list):
        spoken = _words(cast("list[object]", words), speaker)
        if spoken and (not text or _say_as_much(_joined(spoken), text)):
            return spoken
    glued = segment.get("type") == "punctuation"
    return [Caption(start, end, speaker, text, glued)] if text.strip() else []


def _words(words: Sequence[object], speaker: str | None) -> list[Caption]:
    items = [cast("Mapping[str, object]", word) for word in words if isinstance(word, Mapping)]
    spaced = any(_text(item).startswith(" ") for item in items)
    captions: list[Caption] = []
    for item in items:
        text = _text(item)
        if text.strip():
            start, end = _span(item)
            glued = (spaced and not text.startswith(" ")) or item.get("type") == "punctuation"
            captions.append(Caption(start, end, _first_text(item, _SPEAKERS) or speaker, text.strip(), glued))
    return captions


def _joined(captions: Sequence[Caption]) -> str:
    return "".join(caption.text if caption.glued else f" {caption.text}" for caption in captions)


def _say_as_much(words: str, text: str) -> bool:
    """Do the words make up the text, with all of its punctuation at least?"""
    return _letters(words) == _letters(text) and len("".join(words.split())) >= len("".join(text.split()))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _text(segment: Mapping[str, object]) -> str:
    return clean(next((value for name in _TEXTS if isinstance(value := segment.get(name), str)), ""))


def _first_text(segment: Mapping[str, object], names: Sequence[str]) -> str | None:
    value = next((segment[name] for name in names if segment.get(name) not in (None, "")), None)
    if isinstance(value, Mapping):
        return _first_text(cast("Mapping[str, object]", value), ("name",))
    if isinstance(value, int) and not isinstance(value, bool):
        return f"Speaker {value}"
    return clean(value).strip() or None if isinstance(value, str) else None


def _span(segment: Mapping[str, object]) -> tuple[float | None, float | None]:
    pair = segment.get("timestamp")
    if isinstance(pair, list) and len(cast("list[object]", pair)) == 2:
        first, last = cast("list[object]", pair)
        return _seconds(first), _seconds(last)
    start = next((seconds for name in _STARTS if (seconds := _seconds(segment.get(name))) is not None), None)
    end = next((seconds for name in _ENDS if (seconds := _seconds(segment.get(name))) is not None), None)
    lasting = _seconds(segment.get("duration"))
    if end is None and start is not None and lasting is not None:
        end = start + lasting
    return start, end


def _seconds(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e10:
        return float(value)
    return seconds_of(value.removesuffix("s")) if isinstance(value, str) else None


def _in_seconds(captions: Sequence[Caption]) -> list[Caption]:
    """The captions with their times in seconds, also where the file gives milliseconds."""
    timed = [caption for caption in captions if caption.start is not None and caption.end is not None]
    spoken = sum(len(caption.text.split()) for caption in timed)
    lasting = sum(max(0.0, (caption.end or 0.0) - (caption.start or 0.0)) for caption in timed)
    if not spoken or spoken >= _FASTEST_IN_MILLISECONDS * lasting:
        return list(captions)
    return [
        replace(
            caption,
            start=None if caption.start is None else caption.start / 1000,
            end=None if caption.end is None else caption.end / 1000,
        )
        for caption in captions
    ]

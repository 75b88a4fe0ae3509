"""Pieces of a recogniser's output as captions: times in seconds, blanks where they belong, channels interleaved."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeGuard

from companion.archive.transcripts.caption import Caption
from companion.archive.transcripts.fields import Seconds, scale_of
from companion.archive.transcripts.pieces import Piece
from companion.archive.transcripts.timing import grows

STOPS = ".?!…。？！"
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")
"""A character of a script that puts no blanks between words."""
_CLOSING = re.compile(r"[.,?!;:…%)\]}”’。，、？！；：]+")
_PUNCTUATION = frozenset(("punctuation", "punct", "punc"))
_CHANNEL = re.compile(r"(?:ch|channel|track)?[ _-]?(\d{1,3})", re.IGNORECASE)
_UNSURE = 0.4
"""Confidence of a recogniser in the speaker, below which that is doubtful."""
_RESTART = 1.0
"""Seconds back from which on a time begins anew."""
_MOST_RUNS = 16
_LEAST_RUN = 2
"""Captions that each channel must have on average: a single time that runs backwards is an error, not a channel."""
_LONGEST_WORDS = 12
"""Letters of a word on average, from which on there are no blanks between words."""
_PAUSE = 0.8
"""Seconds of silence that end what one channel says."""


def captions_in(pieces: Sequence[Piece], names: Mapping[str, str]) -> list[Caption]:
    """Pieces as captions: times in seconds, speakers by their names, blanks where they belong, channels by time."""
    words = [piece.text.count(" ") + 1 for piece in pieces]
    starts, ends = [piece.start for piece in pieces], [piece.end for piece in pieces]
    scale = _scale_of_starts(pieces, starts, ends, words)
    starts, ends = _in_seconds(starts, scale), _in_seconds(ends, scale)
    if None in ends:
        lasting = _in_seconds([piece.lasting for piece in pieces], _scale_of_lasting(pieces, words))
        ends = [
            start + (long or 0.0) if end is None and start is not None and long is not None else end
            for start, end, long in zip(starts, ends, lasting, strict=True)
        ]
    captions = [
        Caption(start, end, speaker, text, glued, False, False, piece.sureness is not None and piece.sureness < _UNSURE)
        for piece, start, end, speaker, glued in zip(
            pieces, starts, ends, _speakers(pieces, names), _glued(pieces), strict=True
        )
        if (text := piece.text.strip()) or not piece.text
    ]
    return _interleaved(captions)


def _in_seconds(times: Sequence[float | None], scale: float) -> Sequence[float | None]:
    if scale == 1.0 and Seconds not in set(map(type, times)):
        return times
    return [None if time is None else float(time) if isinstance(time, Seconds) else time * scale for time in times]


def _scale_of_starts(
    pieces: Sequence[Piece], starts: Sequence[float | None], ends: Sequence[float | None], words: Sequence[int]
) -> float:
    """Seconds in the unit of starts and ends: by how long the pieces last, else by how far their starts are apart."""
    said = lasting = 0.0
    for start, end, count in zip(starts, ends, words, strict=True):
        if start is not None and end is not None and not (isinstance(start, Seconds) or isinstance(end, Seconds)):
            said, lasting = said + count, lasting + max(0.0, end - start)
    if lasting:
        letters = sum(len(piece.text) for piece in pieces)
        return scale_of(said, lasting, without_pauses=letters <= _LONGEST_WORDS * sum(words))
    if any(_counts(piece.lasting) for piece in pieces):
        return _scale_of_lasting(pieces, words)
    told = [(start, count) for start, count in zip(starts, words, strict=True) if _counts(start)]
    if len(told) < 2:
        return 1.0
    values = [value for value, _ in told]
    # Silence counts too where only starts are known: a tenth of the usual speed is still one.
    return scale_of(10 * sum(count for _, count in told), max(values) - min(values))


def _scale_of_lasting(pieces: Sequence[Piece], words: Sequence[int]) -> float:
    told = [(piece.lasting, count) for piece, count in zip(pieces, words, strict=True) if _counts(piece.lasting)]
    return scale_of(sum(count for _, count in told), sum(value for value, _ in told))


def _counts(time: float | None) -> TypeGuard[float]:
    """Is it a time in a unit that nobody named?"""
    return time is not None and not isinstance(time, Seconds)


def _speakers(pieces: Sequence[Piece], names: Mapping[str, str]) -> list[str | None]:
    """Who says each piece. Channels are speakers of their own where there are several and one speaker in each."""
    channels = {piece.channel for piece in pieces}
    several = len(channels) > 1
    if not several and not names and not _only_on_change(pieces):
        return [piece.speaker for piece in pieces]
    voices: Counter[str | None] = Counter(
        channel for channel, _ in {(piece.channel, piece.speaker) for piece in pieces}
    )
    shared = several and any(count > 1 for count in voices.values())
    distinct = len({piece.speaker for piece in pieces if piece.speaker}) >= len(channels)
    result: list[str | None] = []
    for piece in pieces if not _only_on_change(pieces) else _filled_speakers(pieces):
        name = names.get(piece.speaker, piece.speaker) if piece.speaker else None
        if several and piece.channel is not None and (name is None or not distinct or shared):
            label = _channel_label(piece.channel)
            named = name is not None and not re.fullmatch(r"Speaker \d+", name)
            name = (
                name
                if named
                else label
                if not shared or name is None
                else f"{name} ({label.replace('Speaker', 'channel')})"
            )
        result.append(name)
    return result


def _only_on_change(pieces: Sequence[Piece]) -> bool:
    """Is a speaker named where one begins to speak, and not again until the next one does?"""
    named = [piece.speaker for piece in pieces]
    told = sum(map(bool, named))
    again = sum(here is not None and here == after for here, after in pairwise(named))
    return bool(named and named[0]) and 1 < told < len(named) and again * 10 <= told


def _filled_speakers(pieces: Sequence[Piece]) -> list[Piece]:
    result: list[Piece] = []
    for piece in pieces:
        result.append(piece if piece.speaker else piece._replace(speaker=result[-1].speaker if result else None))
    return result


def _channel_label(channel: str) -> str:
    number = _CHANNEL.fullmatch(channel.strip())
    return f"Speaker {number[1]}" if number else channel


def _glued(pieces: Sequence[Piece]) -> list[bool]:
    """For each piece whether it follows the one before without a blank.

    Where blanks stand in the pieces themselves they decide, also as pieces of their own. Otherwise words are apart, and
    punctuation, and words of scripts without blanks, are not.
    """
    texts = [piece.text for piece in pieces]
    if not any(texts):
        return [False] * len(texts)
    if any(text != text.strip() for text in texts):
        return _glued_by_blanks(pieces)
    result: list[bool] = []
    before, glue_before = " ", ""
    for piece in pieces:
        text, glue = piece.text, piece.glue
        glued = piece.kind in _PUNCTUATION or glue in ("previous", "both") or glue_before in ("next", "both")
        apart = not text or (text.isalnum() and text.isascii()) or _is_apart(text, before)
        result.append(glued or not apart)
        before, glue_before = text or before, glue
    return result


def _is_apart(text: str, before: str) -> bool:
    """Are blanks usual between these two, by their own signs?"""
    if not text[:1].isalnum() and _CLOSING.fullmatch(text):
        return False
    return text.isascii() or not (UNSPACED.match(text) and UNSPACED.match(before[-1:]))


def _glued_by_blanks(pieces: Sequence[Piece]) -> list[bool]:
    result: list[bool] = []
    before = " "
    parent: int | None = None
    for piece in pieces:
        text = piece.text
        result.append(not (text[:1].isspace() or before[-1:].isspace()) and piece.parent == parent)
        before, parent = text or before, piece.parent
    return result


def _interleaved(captions: Sequence[Caption]) -> list[Caption]:
    """Captions whose times begin anew (a channel after the other) in the order of time, by what is said in one go."""
    if grows([caption.start for caption in captions]):
        return list(captions)
    runs: list[list[Caption]] = []
    latest = 0.0
    for caption in captions:
        if not runs or (caption.start is not None and caption.start < latest - _RESTART):
            runs.append([])
            latest = 0.0
        runs[-1].append(caption)
        latest = max(latest, caption.start or 0.0)
    if not 1 < len(runs) <= _MOST_RUNS or len(runs) * _LEAST_RUN > len(captions):
        return list(captions)
    said = [part for run in runs for part in _in_one_go(run)]
    said.sort(key=lambda part: part[0])
    return [caption for _, part in said for caption in part]


def _in_one_go(run: Sequence[Caption]) -> list[tuple[float, list[Caption]]]:
    """Parts of a run that end with a sentence, a pause or a speaker, with their starts."""
    parts: list[tuple[float, list[Caption]]] = []
    latest = 0.0
    before: Caption | None = None
    for caption in run:
        parted = before is None or (
            not caption.glued
            and (
                before.speaker != caption.speaker
                or before.text.endswith(tuple(STOPS))
                or (caption.start is not None and caption.start - (before.end or latest) > _PAUSE)
            )
        )
        latest = caption.start if caption.start is not None else latest
        if parted:
            parts.append((latest, []))
        parts[-1][1].append(caption)
        before = caption
    return parts

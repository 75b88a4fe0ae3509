"""Captions (short timed lines, or single words) joined into turns of whole sentences."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from companion.archive.sentences import sentence_spans
from companion.archive.transcripts.caption import Caption
from companion.archive.transcripts.cues import captions_of_cues
from companion.archive.transcripts.doubts import with_doubts
from companion.archive.transcripts.labels import speaker_of
from companion.archive.transcripts.timing import filled, trusted
from companion.archive.transcripts.voices import with_voices
from companion.storage.episodes import Turn

_WORDS_OF_A_TURN = 50
"""A monologue starts a new turn at the first sentence end after so many words, where its time is known."""
_MOST_WORDS = 150
_UNCERTAIN = 0.3
"""Share of a turn's characters whose speaker is doubtful, from which on the turn's speaker is."""


def turns_of(captions: Sequence[Caption]) -> tuple[Turn, ...]:
    """Join captions into turns: one speaker, whole sentences, exact times where a turn begins with a caption.

    What cues repeat is read once, and speakers are taken from the text where it names them (`Ann: When you`). Times
    that contradict the others are dropped; where one is missing it is interpolated, and marked approximate.
    """
    captions = with_voices(captions_of_cues(captions))
    parts = _timed([part for caption in captions for part in _cut_at_marks(caption)])
    turns: list[Turn] = []
    first = 0
    for nth in range(1, len(parts) + 1):
        if nth == len(parts) or parts[nth].opens or parts[nth].speaker != parts[first].speaker:
            turns += _turns_of_run(speaker_of(parts[first].speaker), parts[first:nth])
            first = nth
    return with_doubts(_in_order(turns))


def _cut_at_marks(caption: Caption) -> list[Caption]:
    """The caption in parts that begin with the times inside of it."""
    marks = caption.marks and [(at, time) for at, time in caption.marks if 0 < at < len(caption.text)]
    if not marks:
        return [caption] if caption.text.strip() else []
    parts: list[Caption] = []
    starts = [(0, caption.start), *marks]
    for nth, (at, time) in enumerate(starts):
        stop, end = starts[nth + 1] if nth + 1 < len(starts) else (len(caption.text), caption.end)
        text = caption.text[at:stop].strip()
        if text:
            glued = not caption.text[at - 1].isspace() and not caption.text[at].isspace() if at else caption.glued
            opens, approximate = (False, False) if parts else (caption.opens, caption.approximate)
            parts.append(Caption(time, end, caption.speaker, text, glued, opens, approximate, caption.uncertain))
    return parts


def _timed(captions: Sequence[Caption]) -> list[Caption]:
    """The captions with starts that never decrease; those that contradict the rest or are missing are interpolated."""
    known = trusted([caption.start for caption in captions])
    offsets: list[int] = []
    length = 0
    for caption in captions:
        offsets.append(length)
        length += len(caption.text) + 1
    starts = filled(known, offsets) if None in known else known
    result: list[Caption] = []
    for nth, (caption, start) in enumerate(zip(captions, starts, strict=True)):
        end = caption.end if known[nth] is not None else None
        if end is None and start is not None:
            end = starts[nth + 1] if nth + 1 < len(starts) else None
        if start is caption.start and end is caption.end:
            result.append(caption)
        else:
            approximate = caption.approximate or known[nth] is None
            result.append(caption._replace(start=start, end=end, approximate=approximate and start is not None))
    return result


def _turns_of_run(speaker: str | None, run: Sequence[Caption]) -> list[Turn]:
    pieces: list[str] = []
    offsets: list[int] = []
    length = 0
    for caption in run:
        words = " ".join(caption.text.split())
        if length and not caption.glued:
            pieces.append(" ")
            length += 1
        offsets.append(length)
        pieces.append(words)
        length += len(words)
    text = "".join(pieces)
    turns: list[Turn] = []
    for first, last in _stretches(text, offsets):
        start, exact = _time_at(run, offsets, len(text), first)
        end, _ = _time_at(run, offsets, len(text), last, closing=True)
        uncertain = _is_uncertain(run, offsets, len(text), first, last)
        turns.append(Turn(speaker, start, end, start is not None and not exact, text[first:last], uncertain))
    return turns


def _stretches(text: str, offsets: Sequence[int]) -> list[tuple[int, int]]:
    """Spans of some fifty words that end with a sentence; where no sentence ends for long, with a caption."""
    result: list[tuple[int, int]] = []
    counted = _WORDS_OF_A_TURN
    for start, end in _bounded(text, sentence_spans(text), offsets):
        words = len(text[start:end].split())
        if counted < _WORDS_OF_A_TURN:
            result[-1] = (result[-1][0], end)
            counted += words
        else:
            result.append((start, end))
            counted = words
    return result


def _bounded(text: str, spans: Sequence[tuple[int, int]], offsets: Sequence[int]) -> list[tuple[int, int]]:
    result: list[tuple[int, int]] = []
    for start, end in spans:
        if end - start > 6 * _MOST_WORDS:
            counted, since = 0, start
            for offset in offsets[bisect_right(offsets, start) : bisect_left(offsets, end)]:
                counted, since = counted + len(text[since:offset].split()), offset
                if counted >= _MOST_WORDS // 2:
                    result.append((start, offset - (text[offset - 1] == " ")))
                    counted, start = 0, offset
        result.append((start, end))
    return result


def _time_at(
    run: Sequence[Caption], offsets: Sequence[int], length: int, position: int, *, closing: bool = False
) -> tuple[float | None, bool]:
    """The time at a character, and whether it is a caption's own; inside a caption in proportion to its characters."""
    nth = max(0, bisect_right(offsets, position - closing) - 1)
    caption = run[nth]
    begins = offsets[nth]
    ends = offsets[nth + 1] if nth + 1 < len(offsets) else length
    if position <= begins:
        return caption.start, not caption.approximate
    if closing and position >= ends - 1:
        return caption.end, True
    if caption.start is None or caption.end is None or caption.end < caption.start:
        return caption.start, False
    return caption.start + (caption.end - caption.start) * (position - begins) / max(1, ends - begins), False


def _is_uncertain(run: Sequence[Caption], offsets: Sequence[int], length: int, first: int, last: int) -> bool:
    begin, stop = max(0, bisect_right(offsets, first) - 1), bisect_left(offsets, last)
    doubtful = 0
    for nth in range(begin, stop):
        if run[nth].uncertain:
            ends = offsets[nth + 1] if nth + 1 < len(offsets) else length
            doubtful += min(ends, last) - max(offsets[nth], first)
    return doubtful > _UNCERTAIN * (last - first)


def _in_order(turns: Sequence[Turn]) -> list[Turn]:
    """The turns with starts that never decrease and ends that never precede them."""
    result: list[Turn] = []
    latest = 0.0
    for turn in turns:
        start = turn.start if turn.start is None else max(latest, turn.start)
        end = turn.end if turn.end is None or start is None else max(start, turn.end)
        latest = latest if start is None else start
        result.append(turn if start == turn.start and end == turn.end else replace(turn, start=start, end=end))
    return result

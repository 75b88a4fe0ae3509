"""Captions (short timed lines) joined into turns of whole sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from companion.archive.sentences import ends_a_sentence, sentence_spans
from companion.archive.transcripts.labels import looks_like_a_name, speaker_of
from companion.archive.transcripts.timing import trusted
from companion.storage.episodes import Turn

_WORDS_OF_A_TURN = 50
"""A monologue starts a new turn at the first sentence end after so many words, where its time is known."""
_MOST_WORDS = 150
_LABEL = re.compile(r"(?:(?:>>|[-–—])[ \t]*)?\[?(?P<label>[^\W_][^:\n\[\]<>?!,;]{0,40})\]?:(?=\s|\Z)\s*")
_BRACKETED_LABEL = re.compile(r"[\[(](?P<label>[^\W_][^:\n\[\]()<>?!,;]{0,40})[\])]\s+(?=\S)")
_ROLLING = 0.4
"""Share of captions that begin with the line before, from which on captions scroll."""
_GROWING = 0.2
"""Share of them that add to that line: people repeat themselves, too."""


@dataclass(frozen=True, slots=True)
class Caption:
    """Words shown from ``start`` to ``end`` (seconds). ``glued``: no blank stands before them."""

    start: float | None
    end: float | None
    speaker: str | None
    text: str
    glued: bool = False


def turns_of(captions: Sequence[Caption]) -> tuple[Turn, ...]:
    """Join captions into turns: one speaker, whole sentences, exact times where a turn begins with a caption."""
    captions = _labelled(_unrolled([caption for caption in captions if caption.text.strip()]))
    starts = trusted([caption.start for caption in captions])
    timed = [
        replace(caption, start=start, end=caption.end if start is not None else None)
        for caption, start in zip(captions, starts, strict=True)
    ]
    turns: list[Turn] = []
    for speaker, run in groupby(timed, key=lambda caption: caption.speaker):
        turns += _turns_of_run(speaker_of(speaker), list(run))
    return tuple(_in_order(turns))


def _turns_of_run(speaker: str | None, run: Sequence[Caption]) -> list[Turn]:
    text = ""
    offsets: list[int] = []
    for caption in run:
        words = " ".join(caption.text.split())
        text += words if caption.glued or not text else f" {words}"
        offsets.append(len(text) - len(words))
    turns: list[Turn] = []
    for first, last in _stretches(text, offsets):
        start, exact = _time_at(run, offsets, len(text), first)
        end, _ = _time_at(run, offsets, len(text), last, closing=True)
        turns.append(Turn(speaker, start, end, start is not None and not exact, text[first:last]))
    return turns


def _stretches(text: str, offsets: Sequence[int]) -> list[tuple[int, int]]:
    """Spans of some fifty words that end with a sentence; where no sentence ends for long, with a caption."""
    result: list[tuple[int, int]] = []
    for start, end in _bounded(text, sentence_spans(text), offsets):
        if result and len(text[result[-1][0] : result[-1][1]].split()) < _WORDS_OF_A_TURN:
            result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result


def _bounded(text: str, spans: Sequence[tuple[int, int]], offsets: Sequence[int]) -> list[tuple[int, int]]:
    result: list[tuple[int, int]] = []
    for start, end in spans:
        inner = [offset for offset in offsets if start < offset < end] if end - start > 6 * _MOST_WORDS else []
        for offset in inner:
            if len(text[start:offset].split()) >= _MOST_WORDS // 2:
                result.append((start, offset - (text[offset - 1] == " ")))
                start = offset
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
        return caption.start, True
    if closing and position >= ends - 1:
        return caption.end, True
    if caption.start is None or caption.end is None or caption.end < caption.start:
        return caption.start, False
    return caption.start + (caption.end - caption.start) * (position - begins) / max(1, ends - begins), False


def _in_order(turns: Sequence[Turn]) -> list[Turn]:
    """The turns with starts that never decrease and ends that never precede them."""
    result: list[Turn] = []
    latest = 0.0
    for turn in turns:
        start = turn.start if turn.start is None else max(latest, turn.start)
        end = turn.end if turn.end is None or start is None else max(start, turn.end)
        latest = latest if start is None else start
        result.append(replace(turn, start=start, end=end))
    return result


def _labelled(captions: Sequence[Caption]) -> list[Caption]:
    """Captions whose speaker stands in the text (`Ann: When you`): the label is taken out, and holds until the next."""
    if any(caption.speaker for caption in captions):
        return list(captions)
    found = _bracketed_labels(captions) or [_LABEL.match(caption.text.strip()) for caption in captions]
    names = Counter(match["label"].strip() for match in found if match)
    result: list[Caption] = []
    speaker: str | None = None
    for nth, (caption, match) in enumerate(zip(captions, found, strict=True)):
        name = match["label"].strip() if match else None
        after_sentence = nth == 0 or ends_a_sentence(captions[nth - 1].text)
        if match and name and looks_like_a_name(name) and (names[name] > 1 or after_sentence):
            speaker = name
            rest = caption.text.strip()[match.end() :]
            if rest:
                result.append(replace(caption, speaker=speaker, text=rest))
        else:
            result.append(replace(caption, speaker=speaker))
    return result


def _bracketed_labels(captions: Sequence[Caption]) -> list[re.Match[str] | None]:
    """Labels without a colon (`[Ann] When you`), where most captions begin so: sounds (`[Laughter]`) are rarer."""
    found = [_BRACKETED_LABEL.match(caption.text.strip()) for caption in captions]
    names = Counter(match["label"] for match in found if match)
    repeated = sum(count for name, count in names.items() if count > 1 and looks_like_a_name(name))
    return found if repeated * 2 > len(captions) else []


def _unrolled(captions: Sequence[Caption]) -> list[Caption]:
    """Captions that scroll (each repeats the line before) without the repetitions."""
    repeated = [
        after.text.strip() == _last_line(before) for before, after in pairwise(captions) if _repeats(before, after)
    ]
    if len(repeated) < _ROLLING * len(captions) or repeated.count(False) < _GROWING * len(captions):
        return list(captions)
    result = [captions[0]]
    for before, after in pairwise(captions):
        text = after.text.strip()
        if _repeats(before, after):
            text = text[len(_last_line(before)) :]
        if text.strip():
            result.append(replace(after, text=text.strip()))
    return result


def _repeats(before: Caption, after: Caption) -> bool:
    return after.text.strip().startswith(_last_line(before))


def _last_line(caption: Caption) -> str:
    return caption.text.strip().rsplit("\n", 1)[-1].strip()

"""Which of a JSON document's streams is the transcript, and what the others add to it: finer times, speakers.

A recogniser says the same several times over: as one text, as sentences, as words. The stream that reads best gives the
text; one with a time for every word gives the times; stretches of time with a speaker give speakers.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from companion.archive.transcripts.alignment import aligned, letters_of, tokens_of
from companion.archive.transcripts.caption import Caption
from companion.archive.transcripts.pieces import Piece, Pieces
from companion.archive.transcripts.spoken import STOPS, UNSPACED, captions_in

_NEARLY_ALL = 0.98
"""Share of the fullest stream's characters that another must have to stand for it."""
_MOST = 0.7
_ENOUGH = 0.5
_SPECIAL = re.compile(r"\[_[A-Z]+_?\d*\]|<\|[^|<>]{0,30}\|>")
"""Tokens by which a model speaks of times and tasks; nobody said them."""
_LABELS = re.compile(r"^[^\n:]{1,40}: ?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Stream:
    """Pieces of one path, with the measures that its choice rests on (``timed`` and ``named``: shares of pieces)."""

    pieces: Sequence[Piece]
    characters: int
    stops: int
    timed: float
    named: float

    @property
    def fineness(self) -> float:
        """Pieces a character: words are finer than sentences."""
        return len(self.pieces) / max(1, self.characters)


def captions_of_pieces(found: Pieces) -> list[Caption]:
    """The captions of the transcript in a document, in order; none where nothing is said in it."""
    streams = _distinct([_stream(_once(pieces)) for pieces in found.streams.values()])
    if not streams:
        return []
    chosen = _reading_best(streams)
    captions = captions_in(chosen.pieces, found.names)
    finer = [
        stream
        for stream in streams
        if stream.timed > _ENOUGH
        and stream.characters >= _ENOUGH * chosen.characters
        and (stream.fineness > chosen.fineness or chosen.timed < _ENOUGH)
        and stream is not chosen
    ]
    if finer:
        words = max(finer, key=lambda stream: (stream.named > _ENOUGH, stream.fineness))
        captions = _timed_by(captions, captions_in(words.pieces, found.names))
    if found.spans and not any(caption.speaker for caption in captions):
        captions = _named_by(captions, [captions_in(spans, found.names) for spans in found.spans.values()])
    return captions


def _distinct(streams: Sequence[Stream]) -> list[Stream]:
    """The streams that say anything, and of those that say the same in the same pieces the one that knows most."""
    best: dict[tuple[str, ...], Stream] = {}
    for stream in streams:
        if stream.characters:
            said = tuple(piece.text for piece in stream.pieces)
            other = best.get(said)
            if other is None or (stream.named, stream.timed) > (other.named, other.timed):
                best[said] = stream
    return list(best.values())


def _stream(pieces: Sequence[Piece]) -> Stream:
    """A stream with its measures; what a model says of itself, and labels that a text repeats, do not count."""
    pieces = [piece for piece in pieces if not (piece.text[:1] in "[<" and _SPECIAL.fullmatch(piece.text.strip()))]
    joined = "\n".join(piece.text for piece in pieces)
    if len(joined) > 8 * len(pieces):
        joined = _LABELS.sub("", joined)
    characters = len(joined) - joined.count(" ") - joined.count("\n")
    # Punctuation has no time of its own.
    spoken = [piece for piece in pieces if len(piece.text) > 2 or piece.text.isalnum()] or pieces
    channels = len({piece.channel for piece in pieces}) > 1
    total = max(1, len(spoken))
    return Stream(
        pieces,
        characters,
        sum(joined.count(stop) for stop in STOPS),
        sum(piece.start is not None for piece in spoken) / total,
        sum(piece.speaker is not None or (channels and piece.channel is not None) for piece in spoken) / total,
    )


def _reading_best(streams: Sequence[Stream]) -> Stream:
    """Of the streams that hold nearly all that any holds: punctuated, with speakers, with times, of words."""
    timed = [stream for stream in streams if stream.timed > _ENOUGH]
    fullest = max(stream.characters for stream in streams)
    if any(stream.characters >= _MOST * fullest for stream in timed):
        fullest = max(stream.characters for stream in timed)
    near = [stream for stream in streams if _MOST * fullest <= stream.characters]
    most_stops = max(stream.stops for stream in near)

    def punctuated(stream: Stream) -> bool:
        return stream.stops >= _ENOUGH * most_stops

    least = _NEARLY_ALL * max(
        (stream.characters for stream in near if punctuated(stream) and stream.characters <= fullest), default=fullest
    )
    return max(
        (stream for stream in near if stream.characters >= least),
        key=lambda s: (punctuated(s), s.named > _ENOUGH, s.timed > _ENOUGH, s.timed > 0, s.fineness),
    )


def _once(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """The pieces without those before the last group, where that says them all again (with speakers)."""
    last = pieces[-1].group if pieces else 0
    first_again = next((nth for nth, piece in enumerate(pieces) if piece.group == last), 0)
    again, before = pieces[first_again:], pieces[:first_again]
    if len(before) < 2 or len(again) < len(before):
        return pieces
    first, start = before[0].start, again[0].start
    if first is None or start is None or start > first:
        return pieces
    said = [piece.text.strip() for piece in before]
    return again if said == [piece.text.strip() for piece in again[: len(before)]] else pieces


def _timed_by(captions: Sequence[Caption], words: Sequence[Caption]) -> list[Caption]:
    """The captions cut into words, with the times and speakers of ``words`` where those say the same."""
    spoken = [(letters, caption) for caption in _whole_words(words) for letters in letters_of(caption.text)]
    tokens = [[token for token in tokens_of(caption.text) if token.letters] for caption in captions]
    matches = aligned([token.letters for found in tokens for token in found], [letters for letters, _ in spoken])
    if sum(match is not None for match in matches) < _ENOUGH * len(matches):
        return list(captions)
    result: list[Caption] = []
    nth = 0
    for caption, found in zip(captions, tokens, strict=True):
        # Where a word begins that has a time, and what begins before any has.
        cuts: list[tuple[int, Caption | None]] = []
        for token, match in zip(found, matches[nth : nth + len(found)], strict=True):
            if match is not None or not cuts:
                cuts.append((token.start, None if match is None else spoken[match][1]))
        nth += len(found)
        result += _cut(caption, cuts) if cuts else [caption]
    return _carried_on(result)


def _cut(caption: Caption, cuts: Sequence[tuple[int, Caption | None]]) -> Iterator[Caption]:
    """The caption in parts that begin at these characters, each with the time and the speaker of a word."""
    text = caption.text
    for (start, word), (stop, _) in pairwise([(0, cuts[0][1]), *cuts[1:], (len(text), None)]):
        end = word.end if word else None
        yield Caption(
            word.start if word else caption.start,
            caption.end if end is None and stop == len(text) else end,
            caption.speaker or (word.speaker if word else None),
            text[start:stop].strip(),
            not text[start - 1].isspace() if start else caption.glued,
            uncertain=caption.uncertain or (word is not None and word.uncertain),
        )


def _carried_on(captions: Sequence[Caption]) -> list[Caption]:
    """Captions without a speaker between others go on with the one before."""
    result: list[Caption] = []
    speaker: str | None = None
    for caption in captions:
        speaker = caption.speaker or speaker
        result.append(caption if caption.speaker == speaker else caption.said_by(speaker, uncertain=caption.uncertain))
    return result


def _whole_words(captions: Sequence[Caption]) -> list[Caption]:
    """Parts of words (`Am`, `eric`, `ans`) put together."""
    result: list[Caption] = []
    for caption in captions:
        if caption.glued and result and not UNSPACED.match(caption.text):
            result[-1] = result[-1]._replace(text=result[-1].text + caption.text, end=caption.end or result[-1].end)
        else:
            result.append(caption)
    return result


def _named_by(captions: Sequence[Caption], spans: Sequence[Sequence[Caption]]) -> list[Caption]:
    """The captions with the speakers of stretches of time, from the finest list of those; each goes by its middle."""
    lists = [sorted((s for s in found if s.start is not None), key=lambda s: s.start or 0.0) for found in spans]
    best = max(lists, key=len, default=list[Caption]())
    starts = [span.start or 0.0 for span in best]
    result: list[Caption] = []
    speaker: str | None = None
    for caption in captions:
        uncertain = caption.uncertain
        if caption.start is not None and best:
            end = caption.end
            middle = caption.start if end is None or end < caption.start else (caption.start + end) / 2
            span = best[max(0, bisect_right(starts, middle) - 1)]
            speaker, uncertain = span.speaker, uncertain or span.uncertain
        result.append(caption.said_by(speaker, uncertain=uncertain))
    return result

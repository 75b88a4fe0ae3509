"""Quotations in show notes, resolved to where they were said.

Editors quote freely: they drop words, join what was said minutes apart, put words in brackets, spell what speech
recognition spoiled, and forget the closing mark. So the words decide, and marks only help: runs of words that notes and
speech share are chained into stretches (as sequence aligners do: rare seeds, then the chain that scores best), and a
stretch counts if enough was said just so; less is enough between quotation marks.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

from companion.archive.quotation_marks import borders_of, elisions_of, looks_like_a_title, quoted_spans
from companion.archive.shared_runs import WORD, Run, chains, folded, forward, shared_runs
from companion.storage.episodes import Turn
from companion.storage.mentions import EditorsPick, PickOrigin

_INSERTED = 12
"""Words in a row that an editor may put in between."""
_DROPPED, _ELIDED = 60, 160
"""Words in a row that may be left out silently, and where the notes have an elision."""
_PARAGRAPH = 3.0
"""What it costs a stretch, in words, to go on in another paragraph."""
_SNAP = 6
"""Words by which a stretch may grow to begin or end where a sentence or a quotation does."""
_FEWEST, _FEWEST_UNMARKED = 6, 20
_LEAST, _LEAST_UNMARKED = 0.7, 0.85
"""Shares of the words quoted that were said, in order."""
_MOST_INSIDE = 0.7
_LEAST_BITS = 40.0
"""What the shared words must tell, each as much as it is rare in the episode: not said in passing."""
_MOST_UNMARKED = 400
_ADVERTISING = re.compile(r"\b(?:sponsor|promo|coupon|discount|free trial|\d ?% off)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Words ``first`` to ``last`` of the notes, said at words ``begins`` to ``ends`` of the speech; of the notes' words
    ``shared`` were said so. Both ends are inclusive."""

    first: int
    last: int
    begins: int
    ends: int
    shared: int
    bits: float


class _Notes:
    """The notes as words, with what stands between them."""

    def __init__(self, text: str) -> None:
        self.text = text
        matches = list(WORD.finditer(text))
        self.words = [folded(match[0]) for match in matches]
        self.starts = [match.start() for match in matches]
        self.ends = [match.end() for match in matches]
        self.borders = borders_of(text)
        self.elisions = elisions_of(text)
        self.quoted = quoted_spans(text)

    def elided(self, before: int, after: int) -> bool:
        """Do the notes say, between two words, that something is left out?"""
        return _any_within(self.elisions, self.ends[before], self.starts[after])

    def parted(self, before: int, after: int) -> bool:
        """Does a paragraph end between two words?"""
        return "\n\n" in self.text[self.ends[before] : self.starts[after]]

    def bordered(self, before: int, after: int) -> bool:
        """Does a sentence or a quotation begin or end between two neighbouring words?"""
        left = self.ends[before] if before >= 0 else 0
        right = self.starts[after] if after < len(self.words) else len(self.text)
        return before < 0 or after >= len(self.words) or _any_within(self.borders, left, right)

    def span(self, stretch: _Stretch) -> tuple[int, int]:
        """The characters of a stretch, with the stop behind it."""
        start, end = self.starts[stretch.first], self.ends[stretch.last]
        stop = re.compile(r"[.?!…]{1,3}").match(self.text, end)
        return start, stop.end() if stop else end

    def share_quoted(self, start: int, end: int) -> float:
        """The share of some characters that stands between quotation marks or in a block quote."""
        return sum(max(0, min(end, b) - max(start, a)) for a, b in self.quoted) / max(end - start, 1)

    def filled(self, stretch: _Stretch, stretches: Sequence[_Stretch]) -> bool:
        """Was half of what stands between the same marks said, all in all? Then nobody else is quoted there."""
        start, end = self.span(stretch)
        for first, after in self.quoted:
            if min(end, after) > max(start, first):
                inside = bisect_right(self.ends, after) - bisect_left(self.starts, first)
                said = sum(other.shared for other in stretches if first <= self.starts[other.last] < after)
                return said * 2 >= inside
        return False

    def within_marks(self, chain: list[Run]) -> list[Run]:
        """A chain of which most stands between two marks, without what goes beyond them: chance adds a word or two."""
        for start, end in self.quoted if chain else ():
            first, after = bisect_left(self.starts, start), bisect_right(self.ends, end)
            inside = [part for run in chain if (part := run.between(first, after))]
            if sum(run.length for run in inside) >= _MOST_INSIDE * sum(run.length for run in chain):
                return inside
        return chain


class _Speech:
    """The speech as words, each with its turn, its character there and its place among the words of the episode."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.turns = turns
        self.words: list[str] = []
        self.places: list[tuple[int, int, int]] = []
        self.numbers: list[int] = []
        number = 0
        for nth, turn in enumerate(turns):
            for written in re.finditer(r"\S+", turn.text):
                for match in WORD.finditer(written[0]):
                    self.words.append(folded(match[0]))
                    self.places.append((nth, written.start(), written.end()))
                    self.numbers.append(number)
                number += 1
        counts = Counter(self.words)
        self.bits = {word: math.log2(len(self.words) / count) for word, count in counts.items()}

    def time(self, word: int, *, at_end: bool) -> tuple[float | None, bool]:
        """When a word begins or ends, and whether that is interpolated."""
        nth, first, after = self.places[word]
        turn = self.turns[nth]
        position = after if at_end else first
        if turn.start is None or position == 0:
            return turn.start, turn.approximate
        if turn.end is None:
            return turn.start, True
        return turn.start + (turn.end - turn.start) * min(position / len(turn.text), 1.0), True


def quotation_picks(text: str, turns: Sequence[Turn]) -> tuple[EditorsPick, ...]:
    """What show notes quote of the speech, in the order of the notes: the editors' picks among the moments.

    A quotation that joins moments far apart gives a pick for each. ``similarity`` is the share of the words quoted that
    were said, in the same order.
    """
    if not text or not turns:
        return ()
    notes, speech = _Notes(text), _Speech(turns)
    stretches = sorted(_stretches(notes, speech), key=lambda stretch: stretch.first)
    return tuple(_pick(notes, speech, stretch) for stretch in stretches if _is_quotation(notes, stretch, stretches))


def _is_quotation(notes: _Notes, stretch: _Stretch, stretches: Sequence[_Stretch]) -> bool:
    start, end = notes.span(stretch)
    written = notes.text[start:end]
    words = stretch.last - stretch.first + 1
    similarity = stretch.shared / words
    if notes.share_quoted(start, end) >= 0.8 and (words >= _FEWEST_UNMARKED or notes.filled(stretch, stretches)):
        fits = stretch.shared >= _FEWEST and similarity >= _LEAST and not looks_like_a_title(written)
    else:
        fits = (
            stretch.shared >= _FEWEST_UNMARKED
            and similarity >= _LEAST_UNMARKED
            and words <= _MOST_UNMARKED
            and _ADVERTISING.search(written) is None
        )
    return fits and stretch.bits >= _LEAST_BITS


def _pick(notes: _Notes, speech: _Speech, stretch: _Stretch) -> EditorsPick:
    start, approximate = speech.time(stretch.begins, at_end=False)
    end, _ = speech.time(stretch.ends, at_end=True)
    first, after = notes.span(stretch)
    return EditorsPick(
        PickOrigin.QUOTATION,
        notes.text[first:after],
        start,
        end,
        approximate,
        speech.numbers[stretch.begins],
        speech.numbers[stretch.ends],
        round(stretch.shared / (stretch.last - stretch.first + 1), 3),
    )


def _stretches(notes: _Notes, speech: _Speech) -> Iterator[_Stretch]:
    """Stretches of the notes that were said, best first; no two share a word of the notes."""
    taken: set[int] = set()
    runs = shared_runs(notes.words, speech.words)
    for chain in chains(runs, _INSERTED, lambda run, following: _cost(notes, run, following)):
        own = forward(notes.within_marks([part for run in chain if (part := run.without(taken))]))
        if own and taken.isdisjoint(range(own[0].i, own[-1].i + own[-1].length)):
            stretch = _snapped(notes, speech, own, taken)
            taken.update(range(stretch.first, stretch.last + 1))
            yield stretch


def _cost(notes: _Notes, run: Run, following: Run) -> float | None:
    """What it costs to go on from one run to another, in words; None where that cannot be one stretch."""
    overlap = run.overlap(following)
    if overlap is None:
        return None
    inserted = following.i + overlap - run.i - run.length
    dropped = following.j + overlap - run.j - run.length
    elided = dropped > _DROPPED // 4 and notes.elided(run.i + run.length - 1, following.i + overlap)
    if inserted > _INSERTED or dropped > (_ELIDED if elided else _DROPPED):
        return None
    paragraph = notes.parted(run.i + run.length - 1, following.i + overlap)
    return _PARAGRAPH * paragraph + overlap + 0.5 * inserted + (0.02 if elided else 0.1) * dropped


def _snapped(notes: _Notes, speech: _Speech, chain: Sequence[Run], taken: AbstractSet[int]) -> _Stretch:
    """The stretch of a chain, with the few words before and after it up to where its sentence or quotation ends."""
    shared, bits = 0, 0.0
    end_i, end_j = chain[0].i, chain[0].j
    for run in chain:
        overlap = max(0, end_i - run.i, end_j - run.j)
        first_i, first_j = run.i + overlap, run.j + overlap
        shared += int(LCSseq.similarity(notes.words[end_i:first_i], speech.words[end_j:first_j]))
        end_i, end_j = run.i + run.length, run.j + run.length
        shared += end_i - first_i
        bits += sum(speech.bits[word] for word in set(notes.words[first_i:end_i]))
    first, begins, before = _grown(notes, speech, chain[0].i, chain[0].j, -1, taken)
    last, ends, after = _grown(notes, speech, end_i - 1, end_j - 1, 1, taken)
    return _Stretch(first, last, begins, ends, before + shared + after, bits)


def _grown(notes: _Notes, speech: _Speech, i: int, j: int, step: int, taken: AbstractSet[int]) -> tuple[int, int, int]:
    """The outermost words of notes and speech, and how many more are shared, where a stretch grows to a border."""
    written: list[str] = []
    while not _ends(notes, i + step * len(written), step):
        word = i + step * (len(written) + 1)
        if len(written) == _SNAP or word in taken:
            return i, j, 0
        written.append(notes.words[word])
    window = len(written) + 2
    spoken = speech.words[j + 1 : j + 1 + window] if step > 0 else speech.words[max(j - window, 0) : j][::-1]
    shared = LCSseq.similarity(written, spoken)
    if not written or shared * 2 < len(written):
        return i, j, 0
    needed = next(length for length in range(len(spoken) + 1) if LCSseq.similarity(written, spoken[:length]) == shared)
    return i + step * len(written), j + step * needed, int(shared)


def _ends(notes: _Notes, word: int, step: int) -> bool:
    """Does a sentence or a quotation end with this word, or in the other direction begin with it?"""
    return notes.bordered(word, word + 1) if step > 0 else notes.bordered(word - 1, word)


def _any_within(positions: Sequence[int], start: int, end: int) -> bool:
    return bisect_right(positions, end) > bisect_left(positions, start)

"""Stretches of an episode that could stand alone: candidates for a highlight.

A moment begins and ends where sentences do, lies within one turn or opens with a whole one, and is as long as a clip
may be. Of all such stretches a cover is kept: no two that are nearly the same, and for every stretch left out one that
nearly is it. Of those that are nearly the same the one stays that begins and ends a thought best, or that the
editors chose.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from companion.archive.sentences import ends_with_question, sentence_spans
from companion.archive.thoughts import begins_thought, ends_thought
from companion.storage.episodes import Turn

SHORTEST, LONGEST = 15.0, 120.0
"""Seconds, where it is known to the second when a moment begins and ends."""
FEWEST_WORDS, MOST_WORDS = 40, 300
"""Words, where it is not. There are never more, since more can be neither heard nor read in passing."""
NEARLY_THE_SAME = 0.5
"""The share of the words in either of two stretches that are in both, from which one of them is enough."""
_LENGTHS = (45, 80, 130, 200)
"""Words from which on a stretch may end: every beginning is tried with each."""
_OPENING_TURN = 60
"""Words of a turn, such as a question, that a moment may hold whole and then go on with what is said to it."""
_MOST_TURNS = 4
_BEST_LENGTH = 90
_BRIEF = 12
"""Words up to which a turn of an exchange may be there in passing."""
_IN_PASSING = 0.3
_MOST_CHOSEN = 180


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch of what was said, by its words (counted over the episode's speech, from 0; both are in it).

    ``text`` is verbatim, its turns joined by a newline. Times are in seconds, ``approximate`` where one of them was
    interpolated or is not known. ``speaker`` is who says most of it.
    """

    first_word: int
    last_word: int
    start: float | None
    end: float | None
    approximate: bool
    speaker: str | None
    first_turn: int
    last_turn: int
    text: str
    begins: float
    """How well it begins a thought, from 0 to 1."""
    ends: float
    """How well it ends one."""

    @property
    def words(self) -> int:
        return self.last_word - self.first_word + 1

    def shared(self, first_word: int, last_word: int) -> int:
        """How many of its words are in another stretch."""
        return max(0, min(self.last_word, last_word) - max(self.first_word, first_word) + 1)

    def likeness(self, first_word: int, last_word: int) -> float:
        """The share of the words in it or in another stretch that are in both."""
        shared = self.shared(first_word, last_word)
        return shared / (self.words + last_word - first_word + 1 - shared)


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text[start:end]`` of a turn, which begins with the episode's word ``first`` and ends before ``after``."""

    turn: int
    start: int
    end: int
    first: int
    after: int


def moments(turns: Sequence[Turn], chosen: Sequence[tuple[int, int]] = (), first_word: int = 0) -> list[Moment]:
    """A cover of the episode's speech from ``first_word`` on, in the order it was said.

    ``chosen`` are the first and the last words of what editors chose: the stretch that fits best is kept of each that
    is no longer than a highlight should be.
    """
    every = [one for one in stretches(turns) if one.first_word >= first_word]
    fitting = {
        max(every, key=lambda one: one.likeness(first, last))
        for first, last in chosen
        if every and FEWEST_WORDS <= last - first + 1 <= _MOST_CHOSEN
    }
    ranked = sorted(every, key=lambda one: (one not in fitting, -_well_cut(one), one.first_word, one.last_word))
    firsts, lasts = (np.empty(len(every), np.int64) for _ in range(2))
    kept: list[Moment] = []
    for one in ranked:
        first, last = firsts[: len(kept)], lasts[: len(kept)]
        shared = np.minimum(last, one.last_word) - np.maximum(first, one.first_word) + 1
        if (shared < NEARLY_THE_SAME * (last - first + 1 + one.words - shared)).all():
            firsts[len(kept)], lasts[len(kept)] = one.first_word, one.last_word
            kept.append(one)
    return sorted(kept, key=lambda one: (one.first_word, one.last_word))


def stretches(turns: Sequence[Turn]) -> Iterator[Moment]:
    """Everything that could be a moment, in the order of where it begins."""
    sentences = list(sentences_of(turns))
    last_of_turn = {sentence.turn: number for number, sentence in enumerate(sentences)}
    for begin, opening in enumerate(sentences):
        whole_turn = begin == 0 or sentences[begin - 1].turn != opening.turn
        own_end = last_of_turn[opening.turn]
        limit = own_end
        if whole_turn and sentences[own_end].after - opening.first <= _OPENING_TURN:
            limit = last_of_turn.get(opening.turn + _MOST_TURNS - 1, len(sentences) - 1)
        for end in _ends(sentences, begin, limit, own_end):
            moment = moment_of(turns, sentences, begin, end)
            if fits(moment):
                yield moment


def fits(moment: Moment) -> bool:
    """Is it as long as a clip may be?"""
    if moment.approximate or moment.start is None or moment.end is None:
        return FEWEST_WORDS <= moment.words <= MOST_WORDS
    return SHORTEST <= moment.end - moment.start <= LONGEST and moment.words <= MOST_WORDS


def _ends(sentences: Sequence[Sentence], begin: int, limit: int, own_end: int) -> list[int]:
    """The sentences with which a stretch may end: the first behind each length, the turn's last, and those of the
    turns after it."""
    found: set[int] = set()
    for end in range(begin, limit + 1):
        words = sentences[end].after - sentences[begin].first
        if words > MOST_WORDS:
            break
        before = 0 if end == begin else sentences[end - 1].after - sentences[begin].first
        closes_turn = end == limit or sentences[end + 1].turn != sentences[end].turn
        if end == own_end or closes_turn or any(before < length <= words for length in _LENGTHS):
            found.add(end)
    return sorted(found)


def sentences_of(turns: Sequence[Turn]) -> Iterator[Sentence]:
    """The sentences of all turns. One that begins within a word, as in scripts without blanks, is no place to cut."""
    first_word = 0
    for number, turn in enumerate(turns):
        starts = [match.start() for match in re.finditer(r"\S+", turn.text)]
        spans = [span for span in sentence_spans(turn.text) if turn.text[span[0] - 1 : span[0]].strip() == ""]
        for place, (start, end) in enumerate(spans):
            begins = bisect_left(starts, start)
            after = bisect_left(starts, spans[place + 1][0]) if place + 1 < len(spans) else len(starts)
            stop = end if place + 1 < len(spans) else len(turn.text.rstrip())
            if place + 1 < len(spans):
                stop = len(turn.text[: spans[place + 1][0]].rstrip())
            yield Sentence(number, start, stop, first_word + begins, first_word + after)
        first_word += len(starts)


def moment_of(turns: Sequence[Turn], sentences: Sequence[Sentence], begin: int, end: int) -> Moment:
    """The stretch from one of the sentences to another, both in it."""
    opening, closing = sentences[begin], sentences[end]
    texts: list[str] = []
    said: Counter[str | None] = Counter()
    for number in range(opening.turn, closing.turn + 1):
        text = turns[number].text
        text = text[: closing.end] if number == closing.turn else text
        text = text[opening.start :] if number == opening.turn else text
        if text := text.strip():
            texts.append(text)
            said[turns[number].speaker] += len(text)
    start, start_known = time_in(turns[opening.turn], opening.start)
    stop, end_known = time_in(turns[closing.turn], closing.end)
    before = None if begin == 0 else _text(turns, sentences[begin - 1])
    after = None if end + 1 == len(sentences) else _text(turns, sentences[end + 1])
    new_turn = begin == 0 or sentences[begin - 1].turn != opening.turn
    last_turn = end + 1 == len(sentences) or sentences[end + 1].turn != closing.turn
    begins = begins_thought(_text(turns, opening), before, new_turn=new_turn)
    ends = ends_thought(_text(turns, closing), None if last_turn else after)
    if opening.turn != closing.turn:
        # Of an exchange, what only passes the word from one to the other is no place to begin or to end.
        first_said, last_said = turns[opening.turn].text, turns[closing.turn].text
        begins -= _IN_PASSING if _is_brief(first_said) and not ends_with_question(first_said) else 0.0
        ends -= _IN_PASSING if _is_brief(last_said) else 0.0
    return Moment(
        opening.first,
        closing.after - 1,
        start,
        stop,
        not (start_known and end_known),
        said.most_common(1)[0][0],
        opening.turn,
        closing.turn,
        "\n".join(texts),
        max(begins, 0.0),
        max(ends, 0.0),
    )


def _is_brief(text: str) -> bool:
    return len(text.split()) <= _BRIEF


def _text(turns: Sequence[Turn], sentence: Sentence) -> str:
    return turns[sentence.turn].text[sentence.start : sentence.end]


def time_in(turn: Turn, position: int) -> tuple[float | None, bool]:
    """When a character of a turn was said, in seconds, and whether that is known rather than interpolated."""
    if turn.start is None:
        return None, False
    if position <= 0:
        return turn.start, not turn.approximate
    if turn.end is None:
        return None, False
    if position >= len(turn.text.rstrip()):
        return turn.end, not turn.approximate
    return turn.start + (turn.end - turn.start) * position / len(turn.text), False


def _well_cut(moment: Moment) -> float:
    length = abs(np.log(moment.words / _BEST_LENGTH))
    return 1.5 * moment.begins + moment.ends - 0.5 * float(length)

"""Passages: 60 to 180 words that can be found and quoted, cut from turns and from show notes.

Where to cut is one decision for the whole episode: of all ways to cut between sentences, the cheapest, where it costs
to be far from a good length, to cut a turn in two, and most to part a question from its answer.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from companion.archive.sentences import ends_a_sentence, ends_with_question, sentence_spans
from companion.storage.episodes import Chapter, Kind, Passage, Piece, Turn

FEWEST_WORDS = 60
MOST_WORDS = 180
_GOOD_WORDS = 120
_QUESTION_PARTED = 6.0
_ANSWER_CUT_SHORT = 1.5
_TURN_CUT = 0.6
_SENTENCE_CUT = 2.0
_CHAPTER_ITEM = re.compile(r"(?:[*•-] ?)?[\[(]?(?:\d{1,2}:\d{2}:\d{2}|\d{1,3}:\d{1,2})[\])]?\s")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, or a part of one that is longer than a passage may be; ``turn`` is None in notes."""

    turn: int | None
    start: int
    end: int
    words: int
    opens_turn: bool
    asks: bool
    goes_on: bool
    """It does not end here: the next speaker finishes it, or it was too long."""


def passages_of(turns: Sequence[Turn], notes: str, chapters: Sequence[Chapter]) -> tuple[Passage, ...]:
    """Cut an episode's turns, then its notes, into passages with running ordinals.

    Passages have 60 to 180 words where sentences allow, never more; a text shorter than 60 words is one passage. Speech
    and notes never share one. Items of a chapter list in the notes are left out where there is speech: the chapters are
    then on its passages.
    """
    spoken = _spoken_passages(turns, chapters)
    written = _written_passages(notes, keep_chapters=not turns, ordinal=len(spoken))
    return (*spoken, *written)


def _spoken_passages(turns: Sequence[Turn], chapters: Sequence[Chapter]) -> tuple[Passage, ...]:
    sentences: list[_Sentence] = []
    for ordinal, turn in enumerate(turns):
        for nth, (start, end) in enumerate(_bounded(turn.text, sentence_spans(turn.text))):
            text = turn.text[start:end]
            sentences.append(
                _Sentence(
                    ordinal,
                    start,
                    end,
                    len(text.split()),
                    nth == 0,
                    ends_with_question(text),
                    not ends_a_sentence(text),
                )
            )
    starts = [(chapter.start, chapter.title) for chapter in chapters if chapter.start is not None]
    starts.sort()
    passages: list[Passage] = []
    first_word = 0
    for group in _groups(sentences):
        words = sum(sentence.words for sentence in group)
        passages.append(_spoken_passage(len(passages), group, turns, starts, first_word))
        first_word += words
    return tuple(passages)


def _spoken_passage(
    ordinal: int,
    group: Sequence[_Sentence],
    turns: Sequence[Turn],
    chapters: Sequence[tuple[float, str]],
    first_word: int,
) -> Passage:
    pieces: list[Piece] = []
    texts: list[str] = []
    said: Counter[str | None] = Counter()
    offset = 0
    for turn_ordinal in dict.fromkeys(sentence.turn for sentence in group):
        if turn_ordinal is None:
            continue
        turn = turns[turn_ordinal]
        own = [sentence for sentence in group if sentence.turn == turn_ordinal]
        start, end = own[0].start, own[-1].end
        text = turn.text[start:end]
        begins, finishes = _time_at(turn, start), _time_at(turn, end)
        pieces.append(
            Piece(
                offset,
                turn_ordinal,
                turn.speaker,
                begins,
                finishes,
                turn.approximate or (start > 0 and begins is not None),
                turn.uncertain,
            )
        )
        texts.append(text)
        offset += len(text) + 1
        said[turn.speaker] += sum(sentence.words for sentence in own)
    words = sum(sentence.words for sentence in group)
    return Passage(
        ordinal=ordinal,
        kind=Kind.SPEECH,
        speaker=said.most_common(1)[0][0],
        start=pieces[0].start,
        end=pieces[-1].end,
        approximate=pieces[0].approximate,
        first_word=first_word,
        last_word=first_word + words - 1,
        chapter=_chapter_at(chapters, pieces[0].start, pieces[-1].end),
        text="\n".join(texts),
        pieces=tuple(pieces),
    )


def _time_at(turn: Turn, position: int) -> float | None:
    """The time at a character of a turn, in proportion to its length; a turn without an end knows only its start."""
    if turn.start is None or position <= 0:
        return turn.start
    if turn.end is None:
        return turn.start
    if position >= len(turn.text.rstrip()):
        return turn.end
    return turn.start + (turn.end - turn.start) * position / len(turn.text)


def _chapter_at(chapters: Sequence[tuple[float, str]], start: float | None, end: float | None) -> str | None:
    """The chapter that holds the middle of a passage."""
    if start is None:
        return None
    middle = start if end is None else (start + end) / 2
    nth = bisect_right(chapters, middle, key=lambda chapter: chapter[0])
    return chapters[nth - 1][1] if nth else None


def _written_passages(notes: str, *, keep_chapters: bool, ordinal: int) -> tuple[Passage, ...]:
    sentences: list[_Sentence] = []
    skipped: list[int] = []
    for start, end in _bounded(notes, _item_spans(notes)):
        text = notes[start:end]
        if not keep_chapters and _CHAPTER_ITEM.match(text):
            skipped.append(start)
            continue
        sentences.append(_Sentence(None, start, end, len(text.split()), False, False, False))
    passages: list[Passage] = []
    for group in _groups(sentences):
        text, first_word = _joined(notes, group)
        piece = Piece(0, None, None, None, None, False)
        passages.append(
            Passage(
                ordinal=ordinal + len(passages),
                kind=Kind.NOTES,
                speaker=None,
                start=None,
                end=None,
                approximate=False,
                first_word=first_word,
                last_word=first_word + len(notes[group[0].start : group[-1].end].split()) - 1,
                chapter=None,
                text=text,
                pieces=(piece,),
            )
        )
    return tuple(passages)


def _joined(notes: str, group: Sequence[_Sentence]) -> tuple[str, int]:
    """The text of a group of sentences as it stands in the notes (what was left out between them left out), and the
    number of the first word."""
    parts: list[str] = []
    for nth, sentence in enumerate(group):
        last = group[nth - 1].end if nth else sentence.start
        gap = notes[last : sentence.start]
        parts.append(gap if not gap.strip() else "\n")
        parts.append(notes[sentence.start : sentence.end])
    return "".join(parts), len(notes[: group[0].start].split())


def _item_spans(notes: str) -> list[tuple[int, int]]:
    """Sentences of notes, where a line or a list item ends one too."""
    borders = [0, *(match.end() for match in re.finditer(r"\n", notes)), len(notes)]
    spans: list[tuple[int, int]] = []
    for left, right in pairwise(borders):
        spans += [(left + start, left + end) for start, end in sentence_spans(notes[left:right])]
    return spans


def _bounded(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, those of more words than a passage may have cut between words."""
    result: list[tuple[int, int]] = []
    for start, end in spans:
        words = list(re.finditer(r"\S+", text[start:end]))
        if len(words) <= MOST_WORDS:
            result.append((start, end))
            continue
        parts = -(-len(words) // _GOOD_WORDS)
        bounds = [len(words) * part // parts for part in range(parts + 1)]
        for first, last in pairwise(bounds):
            result.append((start + words[first].start(), start + words[last - 1].end()))
    return result


def _groups(sentences: Sequence[_Sentence]) -> list[Sequence[_Sentence]]:
    """The cheapest cutting into runs of at most 180 words, by dynamic programming over the places between sentences."""
    count = len(sentences)
    cheapest = [0.0] + [float("inf")] * count
    cut_before = [0] * (count + 1)
    for end in range(1, count + 1):
        words = 0
        for start in range(end - 1, -1, -1):
            words += sentences[start].words
            if words > MOST_WORDS and start < end - 1:
                break
            cost = cheapest[start] + _length_cost(words) + _cut_cost(sentences, end)
            if cost < cheapest[end]:
                cheapest[end], cut_before[end] = cost, start
    groups: list[Sequence[_Sentence]] = []
    end = count
    while end > 0:
        groups.append(sentences[cut_before[end] : end])
        end = cut_before[end]
    return groups[::-1]


def _length_cost(words: int) -> float:
    if words < FEWEST_WORDS:
        return 3.0 + 4.0 * (FEWEST_WORDS - words) / FEWEST_WORDS
    return 1.0 + ((words - _GOOD_WORDS) / _GOOD_WORDS) ** 2


def _cut_cost(sentences: Sequence[_Sentence], position: int) -> float:
    """What it costs to cut before the sentence at ``position``."""
    if position >= len(sentences):
        return 0.0
    before, after = sentences[position - 1], sentences[position]
    if after.turn is None:
        return 0.0
    unfinished = _SENTENCE_CUT if before.goes_on else 0.0
    if after.opens_turn:
        return _QUESTION_PARTED if before.asks else unfinished
    cost = _TURN_CUT + unfinished
    if before.opens_turn and position >= 2 and sentences[position - 2].asks:
        cost += _ANSWER_CUT_SHORT
    return cost + (_ANSWER_CUT_SHORT if before.asks else 0.0)

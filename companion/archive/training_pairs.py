"""What an archive teaches an encoder about itself: pairs of a question and the talk that answers it.

Nobody labelled anything. A question that was asked goes with the words that follow it, a chapter's title with the talk
below it, and a sentence with the talk around it, itself left out (Lee, Chang and Toutanova, 2019, the inverse cloze
task).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice, pairwise

from companion.archive.sentences import sentence_spans
from companion.storage.episodes import Chapter, Turn

CONTEXT_WORDS = 110
"""As many as most passages have."""

_QUESTION_WORDS = range(7, 46)
"""A shorter question says nothing by itself; of a longer one the end is what is asked."""
_SENTENCE_WORDS = range(10, 41)
_FEWEST_CONTEXT_WORDS = 40
_CHAPTER_CONTEXTS = 3


class Source(StrEnum):
    """Where a pair was found."""

    QUESTION = "question"
    CHAPTER = "chapter"
    SENTENCE = "sentence"


MOST_PAIRS = {Source.QUESTION: 1500, Source.CHAPTER: 500, Source.SENTENCE: 3000}


@dataclass(frozen=True, slots=True)
class Pair:
    """A text that asks, and one that answers."""

    source: Source
    query: str
    context: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    words: tuple[str, ...]
    start: float | None

    @property
    def asks(self) -> bool:
        return self.words[-1].endswith("?")


def pairs_of(turns: Sequence[Turn], chapters: Sequence[Chapter]) -> Iterator[Pair]:
    """The pairs of one episode, in the order of the talk; those of chapters come last."""
    sentences = [
        _Sentence(tuple(turn.text[start:end].split()), turn.start)
        for turn in turns
        for start, end in sentence_spans(turn.text)
    ]
    sentences = [sentence for sentence in sentences if sentence.words]
    for place, sentence in enumerate(sentences):
        if sentence.asks and len(sentence.words) >= _QUESTION_WORDS.start:
            context = _first_words(sentences[place + 1 :])
            if len(context) >= _FEWEST_CONTEXT_WORDS:
                yield Pair(Source.QUESTION, " ".join(sentence.words[-_QUESTION_WORDS.stop + 1 :]), " ".join(context))
        if len(sentence.words) in _SENTENCE_WORDS:
            around = _around(sentences, place)
            if len(around) >= _FEWEST_CONTEXT_WORDS:
                yield Pair(Source.SENTENCE, " ".join(sentence.words), " ".join(around))
    yield from _pairs_of_chapters(sentences, chapters)


def chosen_pairs(found: Iterable[Pair], chance: random.Random) -> list[Pair]:
    """The pairs to train with, in any order: a bounded number, so that a large archive takes no longer."""
    by_source: dict[Source, list[Pair]] = {source: [] for source in Source}
    seen = Counter[Source]()
    for pair in found:
        kept, most = by_source[pair.source], MOST_PAIRS[pair.source]
        seen[pair.source] += 1
        # Each pair has the same chance to stay (Vitter, 1985, algorithm R), and the others are never held.
        if len(kept) < most:
            kept.append(pair)
        elif (place := chance.randrange(seen[pair.source])) < most:
            kept[place] = pair
    pairs = [pair for kept in by_source.values() for pair in kept]
    chance.shuffle(pairs)
    return pairs


def _first_words(sentences: Iterable[_Sentence], most: int = CONTEXT_WORDS) -> list[str]:
    return list(islice(chain.from_iterable(sentence.words for sentence in sentences), most))


def _around(sentences: Sequence[_Sentence], place: int) -> list[str]:
    """Half of a context's words before the sentence, and half behind it."""
    half = CONTEXT_WORDS // 2
    before = _first_words(
        (_backwards(sentence) for sentence in reversed(sentences[max(0, place - half) : place])), half
    )
    return [*reversed(before), *_first_words(sentences[place + 1 : place + 1 + half], half)]


def _backwards(sentence: _Sentence) -> _Sentence:
    return _Sentence(sentence.words[::-1], sentence.start)


def _pairs_of_chapters(sentences: Sequence[_Sentence], chapters: Sequence[Chapter]) -> Iterator[Pair]:
    """A chapter's title with each of the first stretches below it."""
    timed = [chapter for chapter in chapters if chapter.start is not None]
    for chapter, following in pairwise([*timed, None]):
        if chapter is None:
            continue
        end = following.start if following else None
        below = [
            sentence
            for sentence in sentences
            if sentence.start is not None
            and sentence.start >= (chapter.start or 0.0)
            and (end is None or sentence.start < end)
        ]
        said = _first_words(below, _CHAPTER_CONTEXTS * CONTEXT_WORDS)
        for first in range(0, len(said), CONTEXT_WORDS):
            context = said[first : first + CONTEXT_WORDS]
            if len(context) >= _FEWEST_CONTEXT_WORDS:
                yield Pair(Source.CHAPTER, chapter.title, " ".join(context))

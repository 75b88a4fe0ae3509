"""Where a clip begins and ends: at sentences and turns, as near to what was asked for as a clip's length allows."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from companion.archive.lexical import terms
from companion.archive.moments import MOST_WORDS, Moment, Sentence, fits, moment_of, sentences_of
from companion.archive.query import tells
from companion.archive.sentences import ends_with_question, sentence_spans
from companion.archive.thoughts import begins_thought
from companion.storage.episodes import Turn

TITLE = 90
"""Characters of a title."""
_LONGEST_SENTENCE = 60
"""Words from which on a sentence may be cut within: some transcripts have no stops at all."""
_CHUNK = 20
_REACH = 60
"""Sentences around what was asked for that a clip may begin or end with."""
_OTHER_TURN = 12
"""Words that it weighs to reach into another turn."""
_TELLING_WORDS = range(5, 26)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch that a clip can be made of. ``turns`` are the ordinal of each turn and what the stretch has of it."""

    moment: Moment
    turns: tuple[tuple[int, str], ...]


def snapped(turns: Sequence[Turn], first_word: int, last_word: int) -> Span | None:
    """The stretch nearest to these words of the episode's speech that begins and ends where sentences do and is as long
    as a clip may be; None where there is none, as in an episode of a few words.

    Words missing weigh as much as words too many, and what is another's turn weighs more.
    """
    sentences = list(_cuttable(turns))
    if not sentences:
        return None
    opening = _sentence_with(sentences, first_word)
    closing = max(opening, _sentence_with(sentences, last_word))
    first, after = sentences[opening].first, sentences[closing].after

    def cost(bounds: tuple[int, int]) -> tuple[float, int]:
        begin, end = bounds
        apart = abs(sentences[begin].first - first) + abs(sentences[end].after - after)
        foreign = max(sentences[opening].turn - sentences[begin].turn, 0)
        foreign += max(sentences[end].turn - sentences[closing].turn, 0)
        return apart + _OTHER_TURN * foreign, begin

    for begin, end in sorted(_bounds(sentences, opening, closing), key=cost):
        moment = moment_of(turns, sentences, begin, end)
        if fits(moment):
            return Span(moment, tuple(_said(turns, sentences[begin], sentences[end])))
    return None


def word_at(turns: Sequence[Turn], second: float) -> int | None:
    """The word that is said at a second, interpolated within its turn; None where no turn has a time.

    A second between two turns is the end of the first.
    """
    first_word = 0
    found: int | None = None
    for turn in turns:
        words = [match.start() for match in re.finditer(r"\S+", turn.text)]
        if turn.start is not None and words and (turn.start <= second or found is None):
            share = 0.0
            if turn.end is not None and turn.end > turn.start:
                share = min(max((second - turn.start) / (turn.end - turn.start), 0.0), 1.0)
            found = first_word + max(bisect_right(words, share * len(turn.text)) - 1, 0)
        first_word += len(words)
    return found


def title_of(texts: Sequence[str]) -> str:
    """The sentence that tells most of what is said, cut after a word where it is long."""
    best, most = "", float("-inf")
    for text in texts:
        before: str | None = None
        for start, end in sentence_spans(text):
            sentence = " ".join(text[start:end].split())
            if (score := _telling(sentence, before)) > most:
                best, most = sentence, score
            before = sentence
    return _shortened(best or " ".join(" ".join(texts).split()))


def _shortened(sentence: str) -> str:
    if len(sentence) <= TITLE:
        return sentence
    head = sentence[: TITLE - 1]
    head = head[: head.rfind(" ")] if " " in head[TITLE // 2 :] and not sentence[TITLE - 1].isspace() else head
    return head.rstrip(" ,;:–—-") + "…"


def _telling(sentence: str, before: str | None) -> float:
    """How well a sentence stands for all: by the different words in it that tell something."""
    words = len(sentence.split())
    told = len({term for term in terms(sentence) if tells(term)})
    score = min(told, 9) + 3 * begins_thought(sentence, before, new_turn=before is None)
    score -= 0.0 if words in _TELLING_WORDS else 3.0
    score -= 2.0 if ends_with_question(sentence) else 0.0
    return score - (1.5 if len(sentence) > TITLE else 0.0)


def _cuttable(turns: Sequence[Turn]) -> Iterator[Sentence]:
    """The sentences, those without end in parts."""
    for sentence in sentences_of(turns):
        words = sentence.after - sentence.first
        if words <= _LONGEST_SENTENCE:
            yield sentence
            continue
        text = turns[sentence.turn].text
        starts = [
            match.start() for match in re.finditer(r"\S+", text[: sentence.end]) if match.start() >= sentence.start
        ]
        cuts = [place for place in range(0, len(starts), _CHUNK) if len(starts) - place >= _CHUNK // 2 or not place]
        for place, at in enumerate(cuts):
            after = cuts[place + 1] if place + 1 < len(cuts) else len(starts)
            end = len(text[: starts[after]].rstrip()) if after < len(starts) else sentence.end
            yield replace(sentence, start=starts[at], end=end, first=sentence.first + at, after=sentence.first + after)


def _sentence_with(sentences: Sequence[Sentence], word: int) -> int:
    """The sentence that the word is in; the last one for a word behind all."""
    return max(bisect_right(sentences, word, key=lambda one: one.first) - 1, 0)


def _bounds(sentences: Sequence[Sentence], opening: int, closing: int) -> Iterator[tuple[int, int]]:
    for begin in range(max(opening - _REACH, 0), closing + 1):
        for end in range(max(begin, opening), min(closing + _REACH, len(sentences) - 1) + 1):
            if sentences[end].after - sentences[begin].first > MOST_WORDS:
                break
            yield begin, end


def _said(turns: Sequence[Turn], opening: Sentence, closing: Sentence) -> Iterator[tuple[int, str]]:
    for number in range(opening.turn, closing.turn + 1):
        text = turns[number].text
        text = text[: closing.end] if number == closing.turn else text
        text = text[opening.start :] if number == opening.turn else text
        if text := text.strip():
            yield number, text

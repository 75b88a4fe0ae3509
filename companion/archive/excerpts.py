"""What may be quoted of a passage: runs of whole sentences of one turn and paragraph, short enough for an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from companion.archive.sentences import ends_with_question, sentences
from companion.storage.episodes import Passage

MOST_WORDS = 45
"""Words of a run of sentences; one sentence alone may have more."""
LONGEST_SENTENCE = 70
"""Words, above which a sentence is quoted in parts: some transcripts have no stops at all."""
LONGEST = 500
"""Characters of whatever is quoted as one sentence, for scripts that write no blanks."""
_PART_WORDS, _PART_LONGEST = 20, 200
_HEADING = re.compile(r"#{1,6} [^\n]*")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")


class Sentence(NamedTuple):
    """A sentence of a passage, or a part of one that is too long: the number of its piece, and its characters.

    ``asks``: is it a question? ``opens``: does it begin a turn or a paragraph?
    """

    piece: int
    start: int
    end: int
    words: int
    asks: bool
    opens: bool


class Run(NamedTuple):
    """The sentences from ``first`` to before ``after``, of one piece."""

    first: int
    after: int


def sentences_of(passage: Passage) -> list[Sentence]:
    """The passage's sentences in order; none goes on into another's turn, and a Markdown heading is none."""
    found: list[Sentence] = []
    bounds = [*(piece.offset for piece in passage.pieces), len(passage.text)]
    for number, (begin, end) in enumerate(pairwise(bounds)):
        text = passage.text[begin:end]
        before = 0
        for first, last in sentences(text):
            if _HEADING.fullmatch(text, first, last):
                before = last
                continue
            asks = ends_with_question(text[first:last])
            opens = before == 0 or _PARAGRAPH.search(text, before, first) is not None
            for start, stop in _parts(text, first, last):
                words = len(text[start:stop].split())
                found.append(Sentence(number, begin + start, begin + stop, words, asks, opens))
                opens = False
            before = last
    return found


def runs(sentences: Sequence[Sentence], most_words: int = MOST_WORDS) -> Iterator[Run]:
    """Every run that is no longer than may be quoted."""
    for first, opening in enumerate(sentences):
        words = 0
        for after in range(first + 1, len(sentences) + 1):
            last = sentences[after - 1]
            words += last.words
            too_long = words > most_words or last.end - opening.start > LONGEST
            if after > first + 1 and (last.opens or too_long):
                break
            yield Run(first, after)


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence, cut between words where it is too long to be quoted, and within one that is."""
    said = text[start:end]
    if len(said) <= LONGEST and len(said.split()) <= LONGEST_SENTENCE:
        yield start, end
        return
    first = last = count = 0
    for word in re.finditer(rf"\S{{1,{_PART_LONGEST}}}", said):
        if count and (count == _PART_WORDS or word.end() - first > _PART_LONGEST):
            yield start + first, start + last
            count = 0
        if not count:
            first = word.start()
        last = word.end()
        count += 1
    if count:
        yield start + first, start + last

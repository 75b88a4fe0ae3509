"""The teaser at an episode's beginning: what its makers cut out of the conversation, to play it first.

They say by it what is worth hearing, as much as by a quotation in the notes. The cut itself is no place to quote from:
pieces of talk follow each other there that do not in the conversation, and all of it is said again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from companion.archive.quotations import quotation_picks
from companion.archive.sentences import sentence_spans
from companion.archive.shared_runs import WORD, folded, shared_runs
from companion.storage.episodes import Turn

LONGEST = 500
"""Words at an episode's beginning in which a teaser ends; what it was cut from comes after them."""
_LEAST_SPEECH = 3
"""Times as many words an episode has at least that may have a teaser."""
_RUN = 8
"""Words in a row that are no chance when they are said again."""
_LEAST_SAID_AGAIN = 20
_LEAST_SHARE = 0.5
"""The share of a teaser's words that are said again in runs: recognition hears the same words otherwise twice."""
_GAP = 25
"""Words between two of these runs: those of whoever asks, or what was heard otherwise."""


@dataclass(frozen=True, slots=True)
class Teaser:
    """The first ``words`` words of the speech, and the ``spans`` of it that they were cut from: the first and the last
    word of each, counted over the speech from 0."""

    words: int
    spans: tuple[tuple[int, int], ...]


def teaser_of(turns: Sequence[Turn]) -> Teaser | None:
    """The teaser that a speech begins with; None where it begins with none."""
    lengths = [len(turn.text.split()) for turn in turns]
    if sum(lengths) < _LEAST_SPEECH * LONGEST:
        return None
    spoken = [(folded(match[0]), number) for number, word in _numbered(turns) for match in WORD.finditer(word)]
    after = next(place for place, (_, number) in enumerate(spoken) if number >= LONGEST)
    said_again = _said_again([word for word, _ in spoken[:after]], [word for word, _ in spoken[after:]])
    if not said_again:
        return None
    words = _to_the_end_of_its_sentence(turns, spoken[said_again - 1][1])
    opening, rest = _parted(turns, words)
    quoted = "\n\n".join(f"> {' '.join(turn.text.split())}" for turn in opening)
    spans = [
        (words + pick.first_word, words + pick.last_word)
        for pick in quotation_picks(quoted, rest)
        if pick.first_word is not None and pick.last_word is not None
    ]
    return Teaser(words, tuple(sorted(spans))) if spans else None


def without_teaser(turns: Sequence[Turn], teaser: Teaser) -> list[Turn]:
    """What is said after the teaser."""
    return _parted(turns, teaser.words)[1]


def _numbered(turns: Sequence[Turn]) -> list[tuple[int, str]]:
    return list(enumerate(word for turn in turns for word in turn.text.split()))


def _said_again(opening: Sequence[str], rest: Sequence[str]) -> int:
    """Up to which word the opening is made of what is said again; 0 where that is too little."""
    runs = [run for run in shared_runs(opening, rest) if run.length >= _RUN]
    end = said = 0
    for run in runs:
        if run.i > end + _GAP:
            break
        said += max(run.i + run.length - max(run.i, end), 0)
        end = max(end, run.i + run.length)
    return end if said >= _LEAST_SAID_AGAIN and said >= _LEAST_SHARE * end else 0


def _to_the_end_of_its_sentence(turns: Sequence[Turn], last_word: int) -> int:
    """How many words there are up to the end of the sentence that has this word."""
    first = 0
    for turn in turns:
        for start, end in sentence_spans(turn.text):
            after = first + len(turn.text[:end].split())
            if first + len(turn.text[:start].split()) <= last_word < after:
                return after
        first += len(turn.text.split())
    return last_word + 1


def _parted(turns: Sequence[Turn], words: int) -> tuple[list[Turn], list[Turn]]:
    """The turns up to so many words, and those behind; one that has both is cut, its time unknown after the cut."""
    before: list[Turn] = []
    behind: list[Turn] = []
    ends = accumulate(len(turn.text.split()) for turn in turns)
    for turn, end in zip(turns, ends, strict=True):
        missing = end - words
        if missing <= 0:
            before.append(turn)
        elif missing >= len(turn.text.split()):
            behind.append(turn)
        else:
            parts = turn.text.split()
            before.append(replace(turn, text=" ".join(parts[:-missing])))
            behind.append(replace(turn, text=" ".join(parts[-missing:]), approximate=True))
    return before, behind

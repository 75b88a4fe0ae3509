"""Headings between turns: chapter titles that stand where a turn could, and must not become speech or speakers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.page import Cue

_MOST_WORDS = 16
_FEWEST_TAILS = 3
_MARK = re.compile(r"\A[\[(][^\])]*[\])]\s*")
_GLUED_TITLE = re.compile(r"(?<=[.?!])(?=[A-Z][^.?!\n]{2,80}\Z)")
_SMALL_WORDS = frozenset("a an and as at by for from in is of on or the to vs with".split())


def headings_among(text: str, cues: Sequence[Cue], stops: Sequence[int]) -> dict[int, str]:
    """Cues that announce a chapter, with its title: short, no sentence, and followed by a cue of the same time.

    What looks like a label there (`Direction 2: Synthetic Data`) labels no turn elsewhere.
    """
    suspects = {i for i in range(len(cues) - 1) if _may_be_heading(text, cues[i], cues[i + 1], stops[i])}
    spoken = Counter(cue.label for i, cue in enumerate(cues) if cue.label and i not in suspects)
    return {
        i: _MARK.sub("", " ".join(text[cues[i].start : stops[i]].split()))
        for i in sorted(suspects)
        if not spoken.get(cues[i].label or "")
    }


def trailing_headings(text: str, cues: Sequence[Cue], stops: Sequence[int]) -> dict[int, int]:
    """Turns that end in a title glued to their last sentence (`about.Why We Care`), with the place where it begins.

    None unless several turns of the text do.
    """
    found: dict[int, int] = {}
    for i, cue in enumerate(cues[:-1]):
        low = max(cue.body, stops[i] - 90)
        match = _GLUED_TITLE.search(text, low, stops[i])
        if match and _is_title(text[match.start() : stops[i]]):
            found[i] = match.start()
    return found if len(found) >= _FEWEST_TAILS else {}


def _may_be_heading(text: str, cue: Cue, following: Cue, stop: int) -> bool:
    body = text[cue.body : stop].strip()
    if cue.time is None or cue.time != following.time or not body or len(body.split()) > _MOST_WORDS:
        return False
    return not ends_a_sentence(body.rstrip("?"))


def _is_title(words: str) -> bool:
    """Are there several words, most of them capitalised?"""
    tokens = [word for word in words.split() if word.lower() not in _SMALL_WORDS]
    return len(tokens) > 1 and sum(not token[0].islower() for token in tokens) * 3 >= 2 * len(tokens)

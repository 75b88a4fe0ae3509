"""Headings between turns: chapter titles that stand where a turn could, and must not become speech or speakers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.marks import is_sound
from companion.archive.transcripts.page import Cue

_MOST_WORDS = 16
_FEWEST_TAILS = 3
_MARK = re.compile(r"\A[\[(][^\])]*[\])]\s*")
_GLUED_TITLE = re.compile(r"(?<=[.?!])(?=[A-Z][^.?!\n]{2,80}\Z)")
_LINE_TITLE = re.compile(
    r"(?<=\n)(?![-*•] )(?P<sign>#{1,6} |\*\*(?=[^*\n]{1,80}\*\*\s*\Z)|"
    r"(?=(?:Chapter|Kapitel|Chapitre|Capítulo|Capitolo) \d{1,3}[:.] ))?(?P<title>[^\n\[(]{2,80})"
    r"(?:\n\s*\[Transcript\]:?)?\s*\Z"
)
_PAUSE = re.compile(
    r"(?<=\n)\[(?=[^\]\n]{0,40}\b(?:ads?|sponsors?|sponsored|sponsorship|adverts?|advertisements?|commercials?|promos?|"
    r"mid-?roll|werbung|publicidad|publicité|reklama)\b(?![- ]libs?\b)|"
    r"(?:the )?(?:interview|introduction|intro|outro|discussion|conversation|episode|segment|part)"
    r"(?: (?:\d{1,3}|one|two|three|begins|starts|continue[sd]|continuing|resumes|ends))?\])"
    r"(?P<words>[^\]\n]{2,60})\]\s*\Z",
    re.IGNORECASE,
)
"""What announces a break or a part, on a line of its own: `[AD BREAK]`, `[INTERVIEW CONTINUED]`."""
_LONGEST_LINE = 110
_AROUND_TITLE = re.compile(r"\A(?:\w+ [-–—] )?(?:\d{1,2}:){1,2}\d{2} [-–—] (?=\S)|(?<=\S) \[Transcript\]:?\Z")
_MOST_WORDS_OF_A_TITLE = 10
_NEARLY_ALL = 0.97
"""Share of the turns that have no line but one and a title, from which on a title need not be capitalised as one."""
_FIRST_LINE = re.compile(r"\s*(?P<title>[^\n]{2,80})\n\n")
_MOST_OF_THE_SAME_TIME = 0.2
_ONE_LINE = 0.8
"""Share of the turns that have no line but one and a title, from which on a last line may be a title."""
_SMALL_WORDS = frozenset("a an and as at by for from in is of on or the to vs with".split())


def headings_among(text: str, cues: Sequence[Cue], stops: Sequence[int]) -> dict[int, str]:
    """Cues that announce a chapter, with its title: short, no sentence, and followed by a cue of the same time, or,
    written as a title, by a label without one.

    What looks like a label there (`Direction 2: Synthetic Data`) labels no turn elsewhere. Captions end no sentence as
    a rule: among them, only what is written as a title is one.
    """
    same = sum(before.time is not None and before.time == after.time for before, after in pairwise(cues))
    said = sum(ends_a_sentence(text[cue.body : stop].rstrip()) for cue, stop in zip(cues, stops, strict=True))
    often = same > _MOST_OF_THE_SAME_TIME * len(cues) or 2 * said < len(cues)
    suspects = {i for i in range(len(cues) - 1) if _may_be_heading(text, cues[i], cues[i + 1], stops[i], often=often)}
    spoken = Counter(cue.label for i, cue in enumerate(cues) if cue.label and i not in suspects)
    return {
        i: title_of(_MARK.sub("", " ".join(text[cues[i].start : stops[i]].split()).lstrip("#* ")))
        for i in sorted(suspects)
        if not spoken.get(cues[i].label or "")
    }


def trailing_headings(text: str, cues: Sequence[Cue], stops: Sequence[int]) -> dict[int, int]:
    """Turns that end in a title, with the place where it begins: one on a line of its own below a turn of one line, or
    one written as a heading (`## Why We Care`), or one glued to the last sentence (`about.Why We Care`). The first and
    the last kind are none unless several turns of the text have them; where nearly all other turns are one line, a
    title on a line of its own may be written as a sentence is (`Why we care`).
    """
    lines: dict[int, int] = {}
    apart: dict[int, int] = {}
    single = 0
    marked: dict[int, int] = {}
    glued: dict[int, int] = {}
    short = 0
    for i, cue in enumerate(cues[:-1]):
        body = text[cue.body : stops[i]].strip()
        short += body.count("\n\n" if "\n\n" in body else "\n") <= 1
        single += "\n" not in body
        low = max(
            cue.body + len(text[cue.body : stops[i]]) - len(text[cue.body : stops[i]].lstrip()) + 1,
            stops[i] - _LONGEST_LINE,
        )
        line = _LINE_TITLE.search(text, low, stops[i])
        pause = _PAUSE.search(text, low, stops[i])
        match = _GLUED_TITLE.search(text, low, stops[i])
        if pause and not is_sound(pause["words"]):
            marked[i] = pause.start()
        elif line and not ends_a_sentence(title_of(line["title"])):
            if line["sign"] is not None:
                marked[i] = line.start()
            elif _is_title(line["title"]):
                lines[i] = line.start()
            elif _may_be_title(line["title"]):
                apart[i] = line.start()
        elif match and _is_title(text[match.start() : stops[i]]):
            glued[i] = match.start()
    if single + len(lines) + len(apart) >= _NEARLY_ALL * len(cues[:-1]):
        lines |= apart
    several = lines if len(lines) > 1 and short >= _ONE_LINE * len(cues[:-1]) else {}
    return {**several, **marked, **(glued if len(glued) >= _FEWEST_TAILS else {})}


def is_title_above(words: str, following: Cue) -> bool:
    """Are the words behind a mark a title on a line of its own, above a label that has no mark?"""
    body = words.strip()
    if following.time is not None or following.label is None or "\n" in body or ends_a_sentence(body):
        return False
    return body.startswith("#") or _is_title(title_of(body))


def _may_be_heading(text: str, cue: Cue, following: Cue, stop: int, *, often: bool) -> bool:
    """``often`` says that turns of the same time are nothing special in the text."""
    body = text[cue.start if text.startswith("#", cue.start) else cue.body : stop].strip()
    if cue.time is None or not body or len(body.split()) > _MOST_WORDS or ends_a_sentence(body.rstrip("?")):
        return False
    if following.time is None:
        return cue.label is None and is_title_above(body, following)
    return cue.time == following.time and ((not often and not body.endswith("?")) or _is_title(body))


def _is_title(words: str) -> bool:
    """Are there several words, most of them capitalised?"""
    tokens = [word for nth, word in enumerate(words.split()) if nth == 0 or word.lower() not in _SMALL_WORDS]
    return len(tokens) > 1 and sum(not token[0].islower() for token in tokens) * 3 >= 2 * len(tokens)


def leading_titles(text: str, cues: Sequence[Cue], stops: Sequence[int]) -> dict[int, int]:
    """Turns without times that begin with a title on a line of its own, with the place where it ends; none unless
    several do."""
    found = {
        i: match.end()
        for i, cue in enumerate(cues[1:], 1)
        if cue.time is None
        and (match := _FIRST_LINE.match(text, cue.body, stops[i]))
        and _is_title(title_of(match["title"]))
        and not ends_a_sentence(title_of(match["title"]))
        and text[match.end() : stops[i]].strip()
    }
    return found if len(found) > 1 else {}


def _may_be_title(words: str) -> bool:
    """Are they few, and the first of them capitalised?"""
    return len(words.split()) <= _MOST_WORDS_OF_A_TITLE and not words[0].islower()


def title_of(line: str) -> str:
    """A title without what marks it as one, its time, and the announcement of what was said under it."""
    words = _AROUND_TITLE.sub("", " ".join(line.split()).strip("#*_ "))
    return words[1:-1] if words.startswith("[") and words.endswith("]") else words

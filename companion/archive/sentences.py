"""Where sentences end, in prose and in what speech recognition writes (`GPT 4. 5`, `3, 000`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_STOPS_BEFORE_BLANKS = ".?!…"
_STOPS = "。！？؟۔।"
# That every stop stands in one set in front lets the search skip to the next of them.
_BREAK = re.compile(
    rf"[{_STOPS_BEFORE_BLANKS}{_STOPS}](?:(?<=[{_STOPS}])"
    rf"|[{_STOPS_BEFORE_BLANKS}]{{0,7}}[\"'”’)\]]{{0,3}}(?=\s+[\"'“‘(\[*]*(\S{{0,24}})))"
)
_PARAGRAPH_END = re.compile(r"\n[^\S\n]{0,8}\n")
_MAY_END = tuple(".?!…。！？؟۔।-–—")
_OPENING_MARKS = "\"'“‘(["
_TITLES = frozenset(
    "mr mrs ms dr prof st sr jr gen col sen rep gov capt lt rev hon fig eq vol ch sec vs cf al approx".split()
)
_ABBREVIATIONS = frozenset(
    "e.g i.e etc inc ltd co corp no u.s u.k u.s.a p.s a.m p.m ph.d b.s m.s a.k.a dept est".split()
)
_OPENERS = frozenset(
    "the i and but so it we they he she you that this there what how why when where if in on "
    "is yeah yes no okay well".split()
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Cut ``text`` into sentences: (start, end) character spans, in order, holding every character that is not blank.

    A span starts and ends at a visible character, and neighbours are separated by blanks, so that no word is cut
    (only where a script ends sentences without blanks may two spans touch).
    """
    return list(sentences(text))


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The same, one at a time."""
    start = 0
    for paragraph_end in [*(m.start() for m in _PARAGRAPH_END.finditer(text)), len(text)]:
        for match in _BREAK.finditer(text, start, paragraph_end):
            end = match.end()
            if end > start and _ends_sentence(text, start, match):
                if span := _visible(text, start, end):
                    yield span
                start = end
        if span := _visible(text, start, paragraph_end):
            yield span
        start = paragraph_end


def ends_with_question(text: str) -> bool:
    """Is the last sentence a question?"""
    return text.rstrip().rstrip("\"'”’)]").endswith(("?", "？", "؟"))


def ends_a_sentence(text: str) -> bool:
    """Does the text stop where a sentence may stop?"""
    return text.rstrip().rstrip("\"'”’)]*").endswith(_MAY_END)


def _visible(text: str, start: int, end: int) -> tuple[int, int] | None:
    """What is left of a span without the blanks around it, if anything is."""
    part = text[start:end].rstrip()
    visible = part.lstrip()
    return (start + len(part) - len(visible), start + len(part)) if visible else None


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    stop = match.group()
    if stop[0] in "。！？؟۔।":
        return True
    following = match.group(1)
    if not following or following[0].islower():
        return False
    if stop != ".":
        return True
    word = _last_word(text[max(start, match.start() - 24) : match.start()]).lower()
    if word.isdigit():
        return not _number_goes_on(text, start, word, following, match.start())
    if word in _TITLES or (len(word) == 1 and word.isalpha() and word != "i"):
        return False
    if word in _ABBREVIATIONS:
        return following.strip(",.").lower() in _OPENERS
    return True


def _number_goes_on(text: str, start: int, word: str, following: str, position: int) -> bool:
    """Is the stop after a number a spaced decimal point (`4. 5`) or a list's ordinal (`1. Title`)?"""
    if following[0].isdigit() and len(word) <= 2:
        return True
    opening = text[start : min(position - len(word), start + 8)]
    return start + len(opening) == position - len(word) and not opening.strip()


def _last_word(text: str) -> str:
    """What stands before the end, without the marks that open it; nothing after a blank."""
    if not text or text[-1].isspace():
        return ""
    word = text.split()[-1]
    if not word.isalnum():
        for mark in _OPENING_MARKS:
            word = word.rpartition(mark)[2]
    return word

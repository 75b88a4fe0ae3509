"""Where sentences end, in prose and in what speech recognition writes (`GPT 4. 5`, `3, 000`)."""

from __future__ import annotations

import re

_BREAK = re.compile(r"[.?!…]{1,8}[\"'”’)\]]{0,3}(?=\s)|[。！？]")
_WORD_BEFORE = re.compile(r"[^\s\"'“‘(\[]{1,24}\Z")
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
    spans: list[tuple[int, int]] = []
    start = 0
    for paragraph_end in [*(m.start() for m in re.finditer(r"\n[^\S\n]{0,8}\n", text)), len(text)]:
        for match in _BREAK.finditer(text, start, paragraph_end):
            if match.end() > start and _ends_sentence(text, start, match):
                _append(spans, text, start, match.end())
                start = match.end()
        _append(spans, text, start, paragraph_end)
        start = paragraph_end
    return spans


def ends_with_question(text: str) -> bool:
    """Is the last sentence a question?"""
    return text.rstrip().rstrip("\"'”’)]").endswith(("?", "？"))


def ends_a_sentence(text: str) -> bool:
    """Does the text stop where a sentence may stop?"""
    return text.rstrip().rstrip("\"'”’)]*").endswith((".", "?", "!", "…", "。", "！", "？", "-", "–", "—"))


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    stop = match.group()
    if stop[0] in "。！？":
        return True
    following = _first_word(text, match.end())
    if not following or following[0].islower():
        return False
    if stop != ".":
        return True
    before = _WORD_BEFORE.search(text, max(start, match.start() - 24), match.start())
    word = before.group().lower() if before else ""
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


def _first_word(text: str, position: int) -> str:
    while position < len(text) and text[position].isspace():
        position += 1
    while position < len(text) and text[position] in "\"'“‘([*":
        position += 1
    end = position
    while end < len(text) and end < position + 24 and not text[end].isspace():
        end += 1
    return text[position:end]

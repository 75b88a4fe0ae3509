"""How notes mark quotations: marks of all kinds, block quotes, elisions; and titles, which are marked the same way."""

from __future__ import annotations

import re

_PAIRS = (("“", '”"'), ("„", "“”"), ("«", "»"), ("»", "«"), ("‹", "›"), ("「", "」"), ("『", "』"))
_STRAIGHT = re.compile(r"(?:(?<=[\s(\[:—–-])|^|(?<=[.!?…](?=\")))\"(?=\S)(?P<said>[^\"\n]+)(?<=\S)\"", re.MULTILINE)
_SINGLE = re.compile(r"(?:(?<=[\s(\[:—–])|^)[‘'](?=\S)(?P<said>[^‘\n]+?)(?<=[^\s])[’'](?!\w)", re.MULTILINE)
_BLOCK = re.compile(r"^>[^\S\n]*(?P<said>\S.*)$", re.MULTILINE)
_NAMED = re.compile(r"^(?:[*•-][^\S\n]*)?[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,3}: (?P<said>\S.*)$", re.MULTILINE)
_SIGNED = re.compile(r"^(?P<said>\S.*\S)\s*(?:[—–―]|--) ?[A-Z][\w.'’ -]{1,40}$", re.MULTILINE)
_ELISION = re.compile(r"…|\.\.\.|\. \. \.|\[[.…\s]*\]|\([.…]+\)")
_BORDER = re.compile(r"[“”„«»‹›「」『』\"\n]|…|\.\.\.|[.?!:;][\"”’')\]]{0,3}(?=\s|[A-Z“\"]|\Z)|(?<=\s)[*•>—–-](?=\s)")
_LONGEST = 6000
_TITLE_WORDS = 14
_SMALL = frozenset("a an and as at but by for from in into is of off on or the to vs with".split())


def quoted_spans(text: str) -> tuple[tuple[int, int], ...]:
    """The characters between quotation marks, in block quotes, and in lines that name who said them; in order, joined
    where they overlap."""
    spans: list[tuple[int, int]] = []
    for opening, closing in _PAIRS:
        # Over no other opening mark: of two the first was never closed.
        pattern = f"{opening}([^{opening}{closing}\n]{{2,{_LONGEST}}})[{closing}]"
        spans += [match.span(1) for match in re.finditer(pattern, text)]
    for pattern in (_STRAIGHT, _SINGLE, _BLOCK, _NAMED, _SIGNED):
        spans += [match.span("said") for match in pattern.finditer(text)]
    return tuple(_joined(sorted(spans)))


def elisions_of(text: str) -> list[int]:
    """Where notes say that something is left out."""
    return [match.start() for match in _ELISION.finditer(text)]


def borders_of(text: str) -> list[int]:
    """Where sentences, lines, list items and quotations begin or end."""
    return [match.start() for match in _BORDER.finditer(text)]


def looks_like_a_title(text: str) -> bool:
    """Is every word of some weight capitalised, as in the title of a book?"""
    words = re.findall(r"[^\W\d_][\w'’-]*", text)
    weighty = [word for word in words if word.lower() not in _SMALL]
    return len(words) <= _TITLE_WORDS and all(word[0].isupper() for word in weighty)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    result = spans[:1]
    for start, end in spans[1:]:
        first, last = result[-1]
        if start <= last:
            result[-1] = (first, max(end, last))
        else:
            result.append((start, end))
    return result

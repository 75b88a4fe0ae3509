"""A model's reply taken apart: plain text in blocks of sentences, whose citations all look alike.

Models write Markdown, wrap lines, and cite in a dozen ways. What is left here formats nothing and links nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from companion.archive.sentences import sentence_spans
from companion.archive.verbatim import is_closed, single_is_closed

LONGEST_PROSE = 20_000
"""Characters of a reply that are looked at."""
_LONGEST_RANGE = 10
_LONGEST_QUOTATION = 8
"""Sentences."""

_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_STRAY_JOINER = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
_FILLER = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_NEW_LINE = re.compile(r"<br\s*/?>|\r\n?|[\u2028\u2029\v\f\x85]", re.IGNORECASE)
_BORDER = re.compile(r"(?:(?:[-*_=][ \t]*+){3,}|`{3}.*|~{3}.*|[|:\-\s]+)")
_HEADING = re.compile(r"(?:#{1,6}|-#)[ \t]+")
_QUOTE = re.compile(r"(?:>[ \t]?)+")
_ITEM = re.compile(r"(?:[-*+•◦▪–—]|\(?\d{1,3}[.)])[ \t]+")
_MASKED_LINK = re.compile(r"!?\[((?:[^\[\]\n]|\[\d+\])*)\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])(.{1,400}?)(?<=[^\s*])\1(?![\w*])")
_UNDERLINED = re.compile(r"(?<!\w)(_{1,3})(?=[^\s_])(.{1,400}?)(?<=[^\s_])\1(?!\w)")
_OTHER_MARKS = re.compile(r"~~|\|\||`+")
_CITATION = re.compile(
    r"[\[【［]\s*+(?:(?:\^|#|(?:passages?|sources?|quotes?|refs?|nos?)\b\.?)\s*+)?"
    # Each number is taken whole: digits that could be shared out among numbers would be, in every way there is.
    r"(\d{1,9}+(?:(?!\d)\s*+(?:(?:[,;&–-]|and)\s*+)?(?:(?:\^|#|(?:passages?|sources?)\b)\s*+)?\d{1,9}+){0,20})"
    r"\s*+(?:†[^\[\]【】［］]*+)?[\]】］]",
    re.IGNORECASE,
)
_FOREIGN_CITATION = re.compile(r"【[^】\n]{0,80}】")
_RANGE = re.compile(r"(?<!\d)(\d+)\s*[–-]\s*(\d+)")
_AFTER_STOP = re.compile(r"([.!?…][\"'”’»“)]{0,3})[^\S\n]?((?:\[\d+\][^\S\n]?)*\[\d+\])(?=\s+[^\sa-z]|\s*$)")
_IN_QUOTATION = re.compile(r"(?<!\])[^\S\n]?((?:\[\d+\])++)([.!?…,]?)([\"”»’]+)(?=[\s.,;:!?)]|$)")
MARK = re.compile(r"\[(\d+)\]")
"""A citation as it looks when all look alike."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or an item of a list; ``quoted`` where the whole of it is marked as a quotation.

    ``sentences`` are plain text on one line, with citations as ``[n]`` before the stop. ``links`` counts the links that
    were taken away, whose labels are still there.
    """

    sentences: tuple[str, ...]
    item: bool = False
    heading: bool = False
    quoted: bool = False
    links: int = 0


def blocks_of(prose: str) -> list[Block]:
    """The blocks of a reply, in order."""
    text = _THOUGHT.sub("", _NEW_LINE.sub("\n", prose[:LONGEST_PROSE]))
    return [block for lines in _paragraphs(_visible(text)) if (block := _block(lines)).sentences]


def cited_in(sentence: str) -> tuple[int, ...]:
    """The numbers that a sentence cites, each once."""
    return tuple(dict.fromkeys(int(number) for number in MARK.findall(sentence)))


def without_marks(sentence: str) -> str:
    """The sentence without its citations."""
    return re.sub(r" ([.,;:!?…])", r"\1", " ".join(MARK.sub(" ", sentence).split()))


def _visible(text: str) -> str:
    text = _STRAY_JOINER.sub("", _FILLER.sub("", text))
    kept = (
        character
        for character in text
        if character in "\n\t\u200c\u200d" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return "".join(kept)


def _paragraphs(text: str) -> Iterator[list[str]]:
    """Lines that belong together: a paragraph's, or an item's with the lines that go on with it."""
    lines: list[str] = []
    for line in text.split("\n"):
        stripped = line.strip()
        if not stripped or _BORDER.fullmatch(stripped):
            yield from [lines] if lines else []
            lines = []
            continue
        if lines and (
            _ITEM.match(stripped)
            or _HEADING.match(stripped)
            or _HEADING.match(lines[-1])
            or bool(_QUOTE.match(stripped)) != bool(_QUOTE.match(lines[0]))
            or stripped.startswith("|")
        ):
            yield lines
            lines = []
        lines.append(stripped)
    if lines:
        yield lines


def _block(lines: list[str]) -> Block:
    quoted = _QUOTE.match(lines[0]) is not None
    joined = " ".join(_QUOTE.sub("", line, count=1).strip() if quoted else line for line in lines)
    heading = _HEADING.match(joined)
    item = None if heading else _ITEM.match(joined)
    marker = heading or item
    text = joined[marker.end() :] if marker else joined
    if text.startswith("|"):
        text = ", ".join(cell.strip() for cell in text.strip("|").split("|") if cell.strip())
    text, links = _MASKED_LINK.subn(_label, text)
    for marks in (_EMPHASIS, _UNDERLINED):
        text = marks.sub(r"\2", marks.sub(r"\2", text))
    text = " ".join(_OTHER_MARKS.sub("", text).split())
    sentences = tuple(_sentences(_with_like_citations(text)))
    return Block(sentences, item is not None, heading is not None, quoted, links)


def _label(link: re.Match[str]) -> str:
    """A link's words; a citation that was made a link is a citation."""
    label = link[1].strip().removeprefix("[").removesuffix("]")
    return f"[{label}]" if label.isdigit() else label


def _with_like_citations(text: str) -> str:
    """Citations as ``[1][2]`` before the stop, however they were written."""
    text = _FOREIGN_CITATION.sub("", _CITATION.sub(_marks, text))
    text = re.sub(r"(?<=[.!?…])(?=[<>])", " ", text)
    text = re.sub(r"(\[\d+\])\s+(?=\[\d+\])", r"\1", text)
    text = re.sub(r"(?<=[^\s\]])(?=\[\d+\])", " ", text)
    text = _IN_QUOTATION.sub(r"\2\3 \1", text)
    return _AFTER_STOP.sub(_before_stop, text)


def _marks(citation: re.Match[str]) -> str:
    numbers: list[int] = []
    inside = citation[1]
    for span in _RANGE.finditer(inside):
        first, last = int(span[1]), int(span[2])
        numbers += range(first, last + 1) if first <= last <= first + _LONGEST_RANGE else [first, last]
    numbers += [int(number) for number in re.findall(r"\d+", _RANGE.sub(" ", inside))]
    return "".join(f"[{number}]" for number in dict.fromkeys(numbers))


def _before_stop(match: re.Match[str]) -> str:
    marks = "".join(match[2].split())
    return f"{match[1][1:]} {marks}{match[1][0]}"


def _sentences(text: str) -> Iterator[str]:
    """The sentences, where a quotation that holds several is not cut."""
    spans = sentence_spans(text)
    at = 0
    while at < len(spans):
        start, end = spans[at]
        last = at
        while not _is_closed(text[start:end]) and last + 1 < min(len(spans), at + _LONGEST_QUOTATION):
            last += 1
            end = spans[last][1]
        if not _is_closed(text[start:end]):  # never closed: only the sentence with the mark is lost by that
            last, end = at, spans[at][1]
        yield " ".join(text[start:end].split()).replace(" .", ".")
        at = last + 1


def _is_closed(text: str) -> bool:
    return is_closed(text) and single_is_closed(text)

"""The links of show notes, with the words they stand on: of HTML, of Markdown, and addresses in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from lxml import etree

from companion.archive.markup import clean, looks_like_markup
from companion.archive.references import BARE_ARXIV, BARE_DOI, reference_of, split, video_time
from companion.storage.mentions import Link

_BLOCKS = frozenset(
    "p div section article header footer main aside nav ul ol dl table blockquote pre figure form hr h1 h2 h3 h4 h5 h6 "
    "br li tr dt dd".split()
)
_EMBEDS = frozenset(("iframe", "embed"))
_ADDRESS = r"(?:https?://|(?<![\w@./-])(?:www\.|youtu\.be/|arxiv\.org/))[^\s<>\"“”\x00\x01]{2,2000}"
_FOUND = re.compile(
    rf"\x00(?P<anchor>\d+)\x01|\[(?P<words>[^\[\]\n]{{1,200}})\]\((?P<target>https?://[^\s()<>]{{2,2000}})\)"
    rf"|(?P<address>{_ADDRESS})|(?P<arxiv>{BARE_ARXIV.pattern.replace('?P<id>', '?P<arxiv_id>')})"
    rf"|(?P<doi>{BARE_DOI.pattern.replace('?P<id>', '?P<doi_id>')})",
    re.IGNORECASE,
)
_AFTER = ".,;:!?*_'’»|…"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_CLOCK = re.compile(r"[\s(\[]*\d{1,3}:\d\d(?::\d\d)?[\s)\]]*\Z", re.ASCII)
_LONGEST_WORDS = 300
_MOST_FOUND = 5000
_MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A link as it stands in the notes: its words, and its ``place``, which is the line's other words before and after
    it, or of a line that has none the line above it."""

    url: str
    text: str
    place: str


def found_links(texts: Sequence[str]) -> list[FoundLink]:
    """The web links in texts, HTML or plain, in order, repeated ones too; `javascript:` and the like are left out."""
    return list(islice((link for text in texts for link in _found(clean(text))), _MOST_FOUND))


def links_of(found: Sequence[FoundLink]) -> tuple[Link, ...]:
    """The links to keep: each address once, with the first words that it stands on. Time marks that lead into the audio
    or the video are none."""
    kept: dict[str, Link] = {}
    for link in found:
        if _CLOCK.match(link.text) and (video_time(link.url) is not None or "#" in link.url):
            continue
        known = kept.get(link.url)
        if known is None and len(kept) < _MOST_KEPT:
            kept[link.url] = Link(link.url, link.text, *reference_of(link.url))
        elif known is not None and not known.text and link.text:
            kept[link.url] = Link(known.url, link.text, known.kind, known.reference)
    return tuple(kept.values())


def _found(text: str) -> Iterator[FoundLink]:
    anchors: list[tuple[str, str]] = []
    if looks_like_markup(text):
        text, anchors = _flattened(text)
    above = ""
    for line in text.split("\n"):
        matches = list(_FOUND.finditer(line))
        words = [_words(line[a:b]) for a, b in _between(matches, len(line))]
        place = _words(" ".join(words)) or above
        for nth, match in enumerate(matches):
            url, label = _target(match, anchors)
            if split(url) is not None:
                yield FoundLink(url, _words(label) or (words[nth] if match["address"] else ""), place)
        said = _words(" ".join((*words, *(_target(match, anchors)[1] for match in matches))))
        above = said or (above if not line.strip() else "")


def _between(matches: Sequence[re.Match[str]], end: int) -> Iterator[tuple[int, int]]:
    """The stretches of a line between its links: one before each, one after the last."""
    at = 0
    for match in matches:
        yield at, match.start()
        at = match.start() + len(_trimmed(match["address"])) if match["address"] else match.end()
    yield at, end


def _target(match: re.Match[str], anchors: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """A link's address, and the words that it itself gives."""
    if match["anchor"]:
        return anchors[int(match["anchor"])]
    if match["target"]:
        return match["target"], match["words"]
    if match["arxiv"]:
        return f"https://arxiv.org/abs/{match['arxiv_id']}", match["arxiv"]
    if match["doi"]:
        return f"https://doi.org/{match['doi_id']}", match["doi"]
    address = _trimmed(match["address"])
    return (address if address.lower().startswith("http") else f"https://{address}"), ""


def _trimmed(address: str) -> str:
    """The address without the punctuation of the sentence around it."""
    while address:
        last = address[-1]
        opens = _BRACKETS.get(last)
        if last not in _AFTER and not (opens and address.count(opens) < address.count(last)):
            break
        address = address[:-1]
    return address


def _words(text: str) -> str:
    return " ".join(text.split()).strip(" :-–—*•·|>()[],").lstrip(" .;!?")[:_LONGEST_WORDS]


class _Flattener:
    """A parser target: lines of text, with a numbered sign in place of each anchor."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.anchors: list[tuple[str, str]] = []
        self._open: list[tuple[str, list[str]]] = []

    def start(self, tag: str, attributes: Any, /) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag == "a" and attributes.get("href"):
            self.end("a")
            self._open.append((str(attributes["href"]).strip(), []))
        elif tag in _EMBEDS and attributes.get("src"):
            source = str(attributes["src"]).strip()
            self._put(f"https:{source}" if source.startswith("//") else source, "")
        elif tag == "img" and self._open:
            self._open[-1][1].append(str(attributes.get("alt") or ""))

    def end(self, tag: str) -> None:
        if tag == "a" and self._open:
            href, words = self._open.pop()
            self._put(href, "".join(words))
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def data(self, data: str) -> None:
        blanks = re.sub(r"\s+", " ", data)
        (self._open[-1][1] if self._open else self.parts).append(blanks)

    def close(self) -> None:
        self.end("a")

    def _put(self, href: str, words: str) -> None:
        self.parts.append(f"\x00{len(self.anchors)}\x01")
        self.anchors.append((href, words))


def _flattened(text: str) -> tuple[str, list[tuple[str, str]]]:
    """HTML as lines with signs for its anchors, and the anchors: address and words."""
    flattener = _Flattener()
    parser = etree.HTMLParser(target=cast("Any", flattener), huge_tree=True, no_network=True, encoding="utf-8")
    # Line breaks in the source of HTML are blanks.
    parser.feed(f"<body>{text}</body>".encode())
    parser.close()
    return "".join(flattener.parts), flattener.anchors

"""A feed taken apart before it is parsed: what stands around its items, and each item as a small document of its own.

So no feed of thousands is ever parsed at once, and an item that is broken, enormous or nested beyond reason costs no
other item.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from companion.archive.decoding import NotTextError, decoded
from companion.storage.errors import CompanionError

MOST_ITEMS = 20_000
LARGEST_ITEM = 8 << 20
"""Bytes of one item, and of all that stands around the items, that are read."""
_PROLOG = 1 << 20
_CONTROLS = bytes(code for code in range(32) if code not in (9, 10, 13)) + b"\x7f"
_ENTITY_DECLARATION = re.compile(rb"<!ENTITY", re.IGNORECASE)
_DECLARED_ENCODING = re.compile(rb"""\A\s*<\?xml[^<>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']""")
_REST_OF_TAG = re.compile(rb"""(?:[^<>"']|"[^"]{0,8000}"|'[^']{0,8000}'){0,20000}>""")
_CHANNEL = re.compile(rb"<(?P<name>(?:[\w.-]{1,40}:)?channel)(?=[\s>])", re.IGNORECASE)
_FIRST_TAGS = re.compile(
    rb"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<(?P<name>[A-Za-z][\w.:-]{0,60})(?=[\s/>])",
    re.DOTALL,
)
_ROOTS = {"rss": "item", "rdf": "item", "feed": "entry"}
_PAGE = ("html", "head", "body")


class NoFeedError(CompanionError):
    """The bytes are no RSS or Atom document."""


@dataclass(frozen=True, slots=True)
class ItemMarkup:
    """An item as it stands in its feed, with the opening tags around it, which declare its namespaces."""

    head: bytes
    item: memoryview
    tail: bytes

    def document(self) -> bytes:
        """The item as a feed of its own."""
        return b"".join((self.head, self.item, self.tail))


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """``channel`` is the feed without its items. ``cut`` says that it ends half-way, ``too_large`` how many items were
    left out for their size, ``too_many`` how many beyond `MOST_ITEMS`."""

    channel: bytes
    items: tuple[ItemMarkup, ...]
    cut: bool
    too_large: int
    too_many: int


@dataclass(frozen=True, slots=True)
class _Root:
    """The outermost tag: where it stands, as written; the name of what it holds, with its prefix."""

    start: int
    end: int
    name: bytes
    holds: bytes


def is_feed(head: bytes) -> bool:
    """Do the first bytes of a file open an RSS or Atom document?"""
    return _root_of(head.replace(b"\x00", b"")[:_PROLOG]) is not None


def taken_apart(data: bytes, charset: str | None = None) -> FeedDocument:
    """The parts of a feed in any encoding; ``charset`` is what its server says.

    Raises NoFeedError where it is none, or declares entities (which could expand without bound).
    """
    data = _utf8(data, charset)
    root = _root_of(data[:_PROLOG])
    if _ENTITY_DECLARATION.search(data, 0, root.start if root else _PROLOG):
        raise NoFeedError("It declares XML entities, which are refused for safety; ask its publisher for a plain feed.")
    if root is None:
        raise NoFeedError("This is not an RSS or Atom feed; give the feed's own address, as podcast apps use it.")
    head, tail = _around(data, root)
    view = memoryview(data)
    items: list[ItemMarkup] = []
    rest: list[memoryview] = []
    at, too_large, too_many, open_end = root.start, 0, 0, False
    for start, end, closed in _spans(data, root):
        rest.append(view[at:start])
        at = end
        if not closed:
            open_end = True
        elif end - start > LARGEST_ITEM:
            too_large += 1
        elif len(items) == MOST_ITEMS:
            too_many += 1
        else:
            items.append(ItemMarkup(head, view[start:end], tail))
    rest.append(view[at:])
    cut = open_end or re.search(rb"</" + root.name + rb"\s{0,20}>", data[at:], re.IGNORECASE) is None
    return FeedDocument(b"".join(rest)[:LARGEST_ITEM], tuple(items), cut, too_large, too_many)


def _utf8(data: bytes, charset: str | None) -> bytes:
    """The text in UTF-8, without NUL and other control characters."""
    sample = data[: 1 << 16]
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))
    if not marked and sample.count(0) * 5 < len(sample):
        plain = data.removeprefix(codecs.BOM_UTF8).translate(None, _CONTROLS)
        if _is_utf8(plain):
            return plain
    declared = _DECLARED_ENCODING.match(data)
    try:
        return decoded(data, declared[1].decode() if declared else charset).encode("utf-8", "replace")
    except NotTextError:
        raise NoFeedError("This is not an RSS or Atom feed, but binary data; give the feed's own address.") from None


def _is_utf8(data: bytes) -> bool:
    """Is it UTF-8, up to a character that is cut at its end?"""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), 1 << 20):
            decoder.decode(data[start : start + (1 << 20)])
    except UnicodeDecodeError:
        return False
    return True


def _root_of(data: bytes) -> _Root | None:
    """The outermost tag of a feed; what stands before it, as a server's warning may, is passed over."""
    for match in _FIRST_TAGS.finditer(data):
        if match["name"] is None:
            continue
        prefix, colon, name = match["name"].rpartition(b":")
        local = name.decode("ascii", "replace").lower()
        if local in _PAGE:
            return None
        if local in _ROOTS:
            # In RDF the items have prefixes of their own.
            holds = (rb"(?:[\w.-]{1,40}:)?" if local == "rdf" else re.escape(prefix + colon)) + _ROOTS[local].encode()
            return _Root(match.start(), _tag_end(data, match.end()), match["name"], holds)
    return None


def _tag_end(data: bytes, at: int) -> int:
    """Where the tag ends whose name ends at ``at``; attributes may hold a `>`."""
    rest = _REST_OF_TAG.match(data, at)
    return rest.end() if rest else at + 1


def _around(data: bytes, root: _Root) -> tuple[bytes, bytes]:
    """The tags to put around an item to make it a feed."""
    opening = data[root.start : root.end]
    name = root.name
    if root.name.rpartition(b":")[2].lower() != b"rss":
        return opening, b"</" + name + b">"
    found = _CHANNEL.search(data, root.end, root.end + _PROLOG)
    if found:
        channel, channel_name = data[found.start() : _tag_end(data, found.end())], found["name"]
    else:
        channel, channel_name = b"<channel>", b"channel"
    return opening + channel, b"</" + channel_name + b"></" + name + b">"


def _spans(data: bytes, root: _Root) -> Iterator[tuple[int, int, bool]]:
    """Where each item begins and ends, and whether it does end. One that another follows without being closed ends
    there."""
    tokens = re.compile(
        rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(?P<close>/?)" + root.holds + rb"(?=[\s/>])[^<>]*>",
        re.DOTALL | re.IGNORECASE,
    )
    start: int | None = None
    for token in tokens.finditer(data, root.end):
        if token["close"] is None:
            continue
        if token["close"]:
            if start is not None:
                yield start, token.end(), True
            start = None
            continue
        if start is not None:
            yield start, token.start(), True
        start = token.start()
        if token[0].endswith(b"/>"):
            yield start, token.end(), True
            start = None
    if start is not None:
        yield start, len(data), False

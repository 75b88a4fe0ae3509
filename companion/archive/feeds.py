"""Podcast feeds: RSS and Atom by feedparser, the Podcasting 2.0 tags (which it merges) by lxml from the same bytes."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import feedparser
from lxml import etree

from companion.archive.dates import instant
from companion.archive.footers import footers
from companion.archive.markup import plain_text
from companion.archive.transcripts.marks import seconds_of
from companion.storage.episodes import EpisodeFacts, Person
from companion.storage.errors import CompanionError

_PODCAST = (
    "https://podcastindex.org/namespace/1.0",
    "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
)
_ENTITY_DECLARATION = re.compile(rb"<!ENTITY", re.IGNORECASE)
_OPENING = re.compile(rb"<(?:\w{1,20}:)?(?:rss|feed|RDF)[\s>]", re.IGNORECASE)
_ITEM_OPENS = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)[\s>]")
_EMPTY_ITEM = re.compile(rb"<[^<>]{1,200}/>")
_ITEM_CLOSES = re.compile(rb"</(?:\w{1,20}:)?(?:item|entry)\s{0,8}>")
_Parse = Callable[..., dict[str, Any]]
_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)


class FeedError(CompanionError):
    """What was given is not a feed that can be read."""


@dataclass(frozen=True, slots=True)
class TranscriptLink:
    """A `podcast:transcript`: where it is, its media type, and its language where given."""

    url: str
    media_type: str
    language: str | None


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An episode in a feed. ``body`` is the item's text (show notes, and in some feeds the transcript), plain;
    ``footer`` is what the feed adds below every item."""

    facts: EpisodeFacts
    body: str
    footer: str
    transcripts: tuple[TranscriptLink, ...]
    chapters_url: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as read. ``problems`` are sentences on what could not be read; the rest was."""

    title: str
    link: str | None
    items: tuple[FeedItem, ...]
    problems: tuple[str, ...]
    next_page: str | None = None
    blocked: bool = False
    """The publisher asks directories not to list it (`itunes:block`), as private feeds do."""


@dataclass(frozen=True, slots=True)
class _Tags:
    """The Podcasting 2.0 tags of one item."""

    transcripts: tuple[TranscriptLink, ...] = ()
    chapters_url: str | None = None
    people: tuple[Person, ...] = ()


def looks_like_a_feed(head: bytes) -> bool:
    """Do the first bytes of a file open an RSS or Atom document?"""
    return _OPENING.search(head.replace(b"\x00", b"")[:4096]) is not None


def read_feed(data: bytes, *, broke_off: bool = False) -> Feed:
    """Read a feed; of one that ends half-way (``broke_off``, or by its own bytes) the whole items.

    Raises FeedError where it is no feed, or declares entities (which could expand without bound).
    """
    data = data.replace(b"\x00", b"")
    if _ENTITY_DECLARATION.search(data):
        raise FeedError("It declares XML entities, which are refused for safety; ask its publisher for a plain feed.")
    whole, cut = _whole_items(data)
    parsed = _parsed(whole)
    entries = cast("list[dict[str, Any]]", parsed.get("entries", []))
    if not entries and not parsed.get("version"):
        raise FeedError("This is not an RSS or Atom feed; give the feed's own address, as podcast apps use it.")
    root = _root(whole)
    channel = cast("dict[str, Any]", parsed.get("feed", {}))
    problems: list[str] = []
    error = parsed.get("bozo_exception")
    if cut or broke_off:
        problems.append(f"The feed breaks off; the {len(entries)} items before that were read.")
    elif error is not None and not isinstance(error, _HARMLESS):
        problems.append(f"The feed is not well-formed ({_reason(error)}); {len(entries)} items were read.")
    items = [_item(entry, tag) for entry, tag in zip(entries, _tags_by_entry(root, len(entries)), strict=True)]
    items, repeated = _distinct(items)
    title = _channel_text(root, "title") or plain_text(str(channel.get("title", ""))) or "Untitled podcast"
    return Feed(
        title=title,
        link=_channel_text(root, "link") or channel.get("link"),
        items=tuple(_without_footers(items)),
        problems=(*problems, *repeated),
        next_page=next((link["href"] for link in channel.get("links", []) if link.get("rel") == "next"), None),
        blocked=bool(channel.get("itunes_block")),
    )


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        parse = cast("_Parse", feedparser.parse)  # pyright: ignore[reportUnknownMemberType]
        return parse(data, sanitize_html=False, resolve_relative_uris=False)
    except (AssertionError, ValueError, RecursionError, LookupError, TypeError) as error:
        raise FeedError(f"This is not a feed that can be read ({_reason(error)}).") from error


def _whole_items(data: bytes) -> tuple[bytes, bool]:
    """The data up to the end of its last whole item, and whether anything was cut."""
    opened = max((match.start() for match in _ITEM_OPENS.finditer(data)), default=-1)
    closed = max((match.end() for match in _ITEM_CLOSES.finditer(data)), default=-1)
    if opened < closed or opened < 0 or _EMPTY_ITEM.match(data, opened):
        return data, False
    return data[:opened], True


def _item(entry: dict[str, Any], tags: _Tags) -> FeedItem:
    title = plain_text(str(entry.get("title", ""))).replace("\n", " ") or "Untitled episode"
    audio_url = _audio_url(entry)
    published = _published(entry)
    link = entry.get("link")
    guid = str(entry.get("id") or audio_url or link or _digest(title, str(published)))
    facts = EpisodeFacts(
        guid=guid,
        title=title,
        published=published,
        link=link,
        audio_url=audio_url,
        duration=seconds_of(str(entry.get("itunes_duration", ""))),
        people=tags.people,
    )
    return FeedItem(facts, _body(entry), "", tags.transcripts, tags.chapters_url)


def _audio_url(entry: dict[str, Any]) -> str | None:
    """The first enclosure that is audio or video, else the first of any kind."""
    links = cast("list[dict[str, Any]]", entry.get("links", []))
    enclosures = [link for link in links if link.get("rel") == "enclosure" and link.get("href")]
    played = [link for link in enclosures if str(link.get("type", "")).startswith(("audio", "video"))]
    return next((str(link["href"]) for link in (*played, *enclosures)), None)


def _body(entry: dict[str, Any]) -> str:
    """The longest of the item's texts: `content:encoded`, or else the description."""
    texts = [str(content.get("value", "")) for content in entry.get("content", [])]
    texts.append(str(entry.get("summary", "")))
    return max((plain_text(text) for text in texts), key=len)


def _published(entry: dict[str, Any]) -> datetime | None:
    dates = (instant(str(entry.get(key, "")), entry.get(f"{key}_parsed")) for key in ("published", "updated"))
    return next((date for date in dates if date is not None), None)


def _distinct(items: Sequence[FeedItem]) -> tuple[list[FeedItem], list[str]]:
    """The items with guids of their own: true doubles are dropped, others that share a guid are told apart by title."""
    shared = {guid for guid, count in Counter(item.facts.guid for item in items).items() if count > 1}
    result: list[FeedItem] = []
    problems: list[str] = []
    seen: set[str] = set()
    for item in items:
        guid = item.facts.guid
        if guid in shared:
            guid = f"{guid}#{_digest(item.facts.title, item.facts.audio_url or '')}"
        if guid in seen:
            problems.append(f"The item “{item.facts.title}” stands in the feed twice; it was read once.")
            continue
        seen.add(guid)
        result.append(item if guid == item.facts.guid else replace(item, facts=replace(item.facts, guid=guid)))
    return result, problems


def _without_footers(items: Sequence[FeedItem]) -> list[FeedItem]:
    endings = footers([item.body for item in items])
    return [
        replace(item, body=item.body.removesuffix(footer).rstrip(), footer=footer.strip())
        for item, footer in zip(items, endings, strict=True)
    ]


def _root(data: bytes) -> etree._Element | None:  # pyright: ignore[reportPrivateUsage]
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None


def _channel_text(root: etree._Element | None, tag: str) -> str | None:  # pyright: ignore[reportPrivateUsage]
    """A text of the channel itself (feedparser takes some from a `podcast:liveItem`)."""
    text = root.findtext(f"channel/{tag}") if root is not None else None
    return " ".join(text.split()) if text and text.strip() else None


def _tags_by_entry(root: etree._Element | None, count: int) -> list[_Tags]:  # pyright: ignore[reportPrivateUsage]
    """The Podcasting 2.0 tags of each entry, in order; none where the two parsers saw different items."""
    items = [] if root is None else list(root.iter("{*}item", "{*}entry"))
    if len(items) != count:
        return [_Tags()] * count
    return [_tags(item) for item in items]


def _tags(item: etree._Element) -> _Tags:  # pyright: ignore[reportPrivateUsage]
    transcripts: list[TranscriptLink] = []
    people: list[Person] = []
    chapters_url: str | None = None
    for child in item.iterchildren("{*}*"):
        namespace, _, name = child.tag.rpartition("}")
        # Where a feed does not declare the prefix, the tag keeps it.
        if namespace[1:] not in _PODCAST and not name.startswith("podcast:"):
            continue
        url = child.get("url")
        match name.removeprefix("podcast:"):
            case "transcript" if url:
                transcripts.append(TranscriptLink(url, child.get("type", "").lower(), child.get("language")))
            case "chapters" if url:
                chapters_url = url
            case "person" if child.text and child.text.strip():
                people.append(Person(" ".join(child.text.split()), child.get("role", "").strip().lower() or None))
            case _:
                continue
    return _Tags(tuple(transcripts), chapters_url, tuple(dict.fromkeys(people)))


def _reason(error: object) -> str:
    return str(error).strip().removesuffix(".").removeprefix("<unknown>:") or type(error).__name__


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]

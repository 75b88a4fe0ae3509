"""Podcast feeds: RSS and Atom by feedparser, an item at a time, the tags that it merges by lxml from the same bytes."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import feedparser

from companion.archive.dates import instant
from companion.archive.feed_document import LARGEST_ITEM, FeedDocument, ItemMarkup, NoFeedError, is_feed, taken_apart
from companion.archive.feed_tags import Tags, TranscriptLink, flaw_of, repaired, root_of, tags_of
from companion.archive.footers import footers
from companion.archive.markup import plain_text
from companion.archive.references import split
from companion.archive.transcripts.marks import seconds_of
from companion.storage.episodes import Chapter, EpisodeFacts
from companion.storage.errors import CompanionError
from companion.storage.mentions import EditorsPick

_Parse = Callable[..., dict[str, Any]]
_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
_LONGEST_FOOTER = 2000
_LARGEST_LOOSE = 1 << 16
"""Bytes of broken XML that feedparser is given: the time it takes for them grows with their square."""
_HEADERS = {"content-type": "application/xml; charset=utf-8"}


class FeedError(CompanionError):
    """What was given is not a feed that can be read."""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An episode in a feed, without its long text, which is read from ``markup`` when asked for.

    ``footer`` is what the feed adds below every item. ``own_pages`` are the item's link and content links, among which
    its video may be. ``language`` is the feed's.
    """

    facts: EpisodeFacts
    footer: str
    transcripts: tuple[TranscriptLink, ...]
    chapters_url: str | None
    chapters: tuple[Chapter, ...]
    soundbites: tuple[EditorsPick, ...]
    own_pages: tuple[str, ...]
    markup: ItemMarkup
    language: str | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The item's texts as they stand in the feed, mostly HTML: the longest first, which is `content:encoded` or the
        description."""
        return _texts(_entry(self.markup))

    @property
    def body(self) -> str:
        """The item's text (show notes, and in some feeds the transcript), plain, without its footer."""
        return body_of(self.texts, self.footer)

    @property
    def digest(self) -> str:
        """Of all that the feed says of the item."""
        whole = hashlib.sha256(self.markup.item)
        whole.update(repr((self.facts, self.footer, self.transcripts, self.chapters_url, self.language)).encode())
        return whole.hexdigest()


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
    broke_off: bool = False
    """It ended half-way: another time there may be more."""
    guid: str | None = None
    """What it is known by at whatever address (`podcast:guid`)."""
    new_address: str | None = None
    """Where it says that it moved (`itunes:new-feed-url`)."""

    @property
    def size(self) -> int:
        """Bytes of all items."""
        return sum(item.markup.item.nbytes for item in self.items)


def looks_like_a_feed(head: bytes) -> bool:
    """Do the first bytes of a file open an RSS or Atom document?"""
    return is_feed(head)


def read_feed(data: bytes, *, charset: str | None = None, broke_off: bool = False) -> Feed:
    """Read a feed; of one that ends half-way (``broke_off``, or by its own bytes) the whole items.

    Raises FeedError where it is no feed, or declares entities (which could expand without bound).
    """
    try:
        document = taken_apart(data, charset)
    except NoFeedError as error:
        raise FeedError(str(error)) from None
    parsed = _parsed(document.channel)
    channel = cast("dict[str, Any]", parsed.get("feed", {}))
    root = root_of(document.channel)
    channel_root = None if root is None else next(root.iterchildren("{*}channel"), root)
    tags = tags_of(channel_root)
    broke_off = broke_off or document.cut
    errors = [] if broke_off else [parsed.get("bozo_exception")]
    items: list[FeedItem] = []
    tails: list[str] = []
    for markup in document.items:
        parsed = _parsed(markup.document())
        errors.append(parsed.get("bozo_exception"))
        for entry in cast("list[dict[str, Any]]", parsed.get("entries", []))[:1]:
            item_root = root_of(markup.document())
            found = None if item_root is None else next(item_root.iter("{*}item", "{*}entry"), None)
            items.append(_item(entry, markup, _with_hosts(tags_of(found), tags)))
            tails.append(body_of(_texts(entry))[-_LONGEST_FOOTER:])
    endings = footers(tails)
    language = _channel_text(channel_root, "language")
    items = [
        replace(item, footer=footer.strip(), language=language) for item, footer in zip(items, endings, strict=True)
    ]
    items, repeated = distinct(items)
    return Feed(
        title=_channel_text(channel_root, "title") or plain_text(str(channel.get("title", ""))) or "Untitled podcast",
        link=_channel_text(channel_root, "link") or channel.get("link"),
        items=tuple(items),
        problems=(*_problems(document, errors, broke_off), *repeated),
        next_page=_next_page(channel),
        blocked=tags.blocked or bool(channel.get("itunes_block")),
        broke_off=broke_off,
        guid=tags.guid,
        new_address=tags.new_address,
    )


def body_of(texts: Sequence[str], footer: str = "") -> str:
    """The longest of an item's texts, plain; without its footer."""
    body = max((plain_text(text) for text in texts), key=len, default="")
    return body.removesuffix(footer).rstrip() if footer else body


def distinct(items: Sequence[FeedItem]) -> tuple[list[FeedItem], list[str]]:
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


def _problems(document: FeedDocument, errors: Sequence[object], broke_off: bool) -> list[str]:
    read = len(document.items)
    problems = [f"The feed breaks off; what was whole before that was read: {_items(read)}."] if broke_off else []
    broken = [error for error in errors if error is not None and not isinstance(error, _HARMLESS)]
    if broken:
        problems.append(f"The feed is not well-formed ({_reason(broken[0])}); {_items(read)} could be read.")
    if document.too_large:
        limit = LARGEST_ITEM >> 20
        problems.append(
            f"Left out of the feed: {_items(document.too_large)} of more than {limit} MiB, which no text has."
        )
    if document.too_many:
        problems.append(f"The feed has more than {read:,} items: {document.too_many:,} at its end were not read.")
    return problems


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count:,} items"


def _parsed(document: bytes) -> dict[str, Any]:
    flaw = flaw_of(document) if len(document) > _LARGEST_LOOSE else None
    if flaw is not None:
        return {**_parsed_by_feedparser(repaired(document)), "bozo_exception": flaw}
    return _parsed_by_feedparser(document)


def _parsed_by_feedparser(document: bytes) -> dict[str, Any]:
    try:
        parse = cast("_Parse", feedparser.parse)  # pyright: ignore[reportUnknownMemberType]
        # As a stream: feedparser would take bytes for the name of a file.
        return parse(io.BytesIO(document), response_headers=_HEADERS, sanitize_html=False, resolve_relative_uris=False)
    except (AssertionError, ValueError, RecursionError, LookupError, TypeError) as error:
        return {"bozo_exception": error}


def _entry(markup: ItemMarkup) -> dict[str, Any]:
    entries = cast("list[dict[str, Any]]", _parsed(markup.document()).get("entries", []))
    return entries[0] if entries else {}


def _item(entry: dict[str, Any], markup: ItemMarkup, tags: Tags) -> FeedItem:
    title = plain_text(str(entry.get("title", ""))).replace("\n", " ") or "Untitled episode"
    enclosures = _enclosures(entry)
    audio_url = _audio_url(enclosures)
    published = _published(entry)
    link = _web_address(entry.get("link"))
    guid = str(entry.get("id") or audio_url or link or _digest(title, str(published)))
    videos = [url for url, kind in enclosures if kind.startswith("video")]
    facts = EpisodeFacts(
        guid=guid,
        title=title,
        published=published,
        link=link,
        audio_url=audio_url,
        duration=seconds_of(str(entry.get("itunes_duration", ""))),
        people=tuple(tags.people),
        season=tags.season,
        number=tags.number,
        image_url=tags.image_url,
        video_url=next(iter((*tags.videos, *videos)), None),
        type=tags.type,
    )
    return FeedItem(
        facts,
        "",
        tuple(tags.transcripts),
        tags.chapters_url,
        tuple(tags.chapters),
        tuple(tags.soundbites),
        tuple(url for url in (link, *tags.pages) if url),
        markup,
    )


def _with_hosts(tags: Tags, channel: Tags) -> Tags:
    """The channel's people are those of every item that names nobody."""
    tags.people = tags.people or channel.people
    return tags


def _enclosures(entry: dict[str, Any]) -> list[tuple[str, str]]:
    """Address and media type of each."""
    links = cast("list[dict[str, Any]]", entry.get("links", []))
    found = [
        (_web_address(link.get("href")), str(link.get("type", ""))) for link in links if link.get("rel") == "enclosure"
    ]
    return [(url, kind) for url, kind in found if url]


def _audio_url(enclosures: Sequence[tuple[str, str]]) -> str | None:
    """The first enclosure that is audio, else the first that is video, else the first of any kind."""
    ranked = sorted(enclosures, key=lambda one: (not one[1].startswith("audio"), not one[1].startswith("video")))
    return ranked[0][0] if ranked else None


def _texts(entry: dict[str, Any]) -> tuple[str, ...]:
    texts = [str(content.get("value", "")) for content in entry.get("content", [])]
    texts.append(str(entry.get("summary", "")))
    return tuple(sorted(dict.fromkeys(texts), key=lambda text: -len(text)))


def _published(entry: dict[str, Any]) -> datetime | None:
    dates = (instant(str(entry.get(key, "")), entry.get(f"{key}_parsed")) for key in ("published", "updated"))
    return next((date for date in dates if date is not None), None)


def _next_page(channel: dict[str, Any]) -> str | None:
    """The page after this one (RFC 5005): the next, or in an archived feed the one before."""
    links = {str(link.get("rel")): str(link.get("href", "")) for link in reversed(channel.get("links", []))}
    return links.get("next") or links.get("prev-archive") or None


def _channel_text(channel: Any, tag: str) -> str | None:
    """A text of the channel itself (feedparser takes some from a `podcast:liveItem`)."""
    text = channel.findtext(tag) if channel is not None else None
    return " ".join(text.split()) if text and text.strip() else None


def _web_address(url: object) -> str | None:
    return str(url).strip() if url and split(str(url)) is not None else None


def _reason(error: object) -> str:
    return str(error).strip().removesuffix(".").removeprefix("<unknown>:") or type(error).__name__


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]

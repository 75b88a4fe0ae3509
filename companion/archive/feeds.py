"""Podcast feeds: RSS and Atom by feedparser, the Podcasting 2.0 tags (which it merges) by lxml from the same bytes."""

from __future__ import annotations

import hashlib
import re
from calendar import timegm
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import struct_time
from typing import Any, cast

import feedparser
from lxml import etree

from companion.archive.markup import plain_text
from companion.archive.transcripts.marks import seconds_of
from companion.storage.episodes import EpisodeFacts
from companion.storage.errors import CompanionError

_PODCAST = (
    "https://podcastindex.org/namespace/1.0",
    "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
)
_ENTITY_DECLARATION = re.compile(rb"<!ENTITY", re.IGNORECASE)
_FEWEST_FOOTER_CHARACTERS = 12
_SHARED_BY = 3


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


@dataclass(frozen=True, slots=True)
class _Tags:
    """The Podcasting 2.0 tags of one item."""

    transcripts: tuple[TranscriptLink, ...] = ()
    chapters_url: str | None = None
    people: tuple[str, ...] = ()


def read_feed(data: bytes) -> Feed:
    """Read a feed. Raises FeedError where it is none, or declares entities (which could expand without bound)."""
    if _ENTITY_DECLARATION.search(data):
        raise FeedError(
            "The feed declares XML entities, which is refused for safety; ask its publisher for a plain feed."
        )
    data = data.replace(b"\x00", b"")
    parsed = cast("Any", feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False))
    entries = cast("list[dict[str, Any]]", parsed.get("entries", []))
    if not entries and not parsed.get("version"):
        raise FeedError("This is not an RSS or Atom feed; give the feed's own address, as podcast apps use it.")
    root = _root(data)
    tags = _tags_by_entry(root, len(entries))
    channel = parsed.get("feed", {})
    problems: list[str] = []
    if parsed.get("bozo") and parsed.get("bozo_exception") is not None and _is_broken(parsed["bozo_exception"]):
        problems.append(
            f"The feed is not well-formed ({_reason(parsed['bozo_exception'])}); {len(entries)} items were read."
        )
    items = [_item(entry, tag) for entry, tag in zip(entries, tags, strict=True)]
    items, repeated = _distinct(items)
    problems += repeated
    title = _channel_text(root, "title") or plain_text(str(channel.get("title", ""))) or "Untitled podcast"
    link = _channel_text(root, "link") or channel.get("link")
    return Feed(title, link, tuple(_without_footer(items)), tuple(problems))


def _item(entry: dict[str, Any], tags: _Tags) -> FeedItem:
    title = plain_text(str(entry.get("title", ""))).replace("\n", " ") or "Untitled episode"
    enclosures = [link for link in entry.get("links", []) if link.get("rel") == "enclosure" and link.get("href")]
    audio = next((link for link in enclosures if str(link.get("type", "")).startswith(("audio", "video"))), None)
    audio_url = (audio or (enclosures[0] if enclosures else {})).get("href")
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


def _body(entry: dict[str, Any]) -> str:
    """The longest of the item's texts: `content:encoded`, or else the description."""
    texts = [str(content.get("value", "")) for content in entry.get("content", [])]
    texts.append(str(entry.get("summary", "")))
    return max((plain_text(text) for text in texts), key=len)


def _published(entry: dict[str, Any]) -> datetime | None:
    for key in ("published_parsed", "updated_parsed"):
        parsed: struct_time | None = entry.get(key)
        if parsed is not None:
            try:
                return datetime.fromtimestamp(timegm(parsed), UTC)
            except (ValueError, OverflowError):
                continue
    return None


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


def _without_footer(items: Sequence[FeedItem]) -> list[FeedItem]:
    """The items with the words taken from their bodies' ends that at least three of them share."""
    tails = Counter(_tail(item.body) for item in items)
    result: list[FeedItem] = []
    for item in items:
        footer = _shared_ending(
            [
                other.body
                for other in items
                if tails[_tail(item.body)] >= _SHARED_BY and _tail(other.body) == _tail(item.body)
            ]
        )
        body = item.body[: len(item.body) - len(footer)].rstrip() if footer else item.body
        result.append(replace(item, body=body, footer=footer.strip()))
    return result


def _tail(body: str) -> str:
    return body[-_FEWEST_FOOTER_CHARACTERS:]


def _shared_ending(bodies: Sequence[str]) -> str:
    """The ending that all the bodies have in common, from the start of a word; empty when it is short."""
    if len(bodies) < _SHARED_BY:
        return ""
    first = bodies[0]
    length = 0
    while length < min(len(body) for body in bodies) and all(
        body[-length - 1] == first[-length - 1] for body in bodies
    ):
        length += 1
    ending = first[len(first) - length :]
    blank = re.search(r"\s", ending)
    ending = ending[blank.start() :] if blank and length < len(first) else ending
    return ending if len(ending.strip()) >= _FEWEST_FOOTER_CHARACTERS else ""


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
    """The Podcasting 2.0 tags of each entry, in order of the document; none where the two parsers saw different items."""
    items = [] if root is None else [element for element in root.iter("{*}item", "{*}entry")]
    if len(items) != count:
        return [_Tags()] * count
    return [_tags(item) for item in items]


def _tags(item: etree._Element) -> _Tags:  # pyright: ignore[reportPrivateUsage]
    transcripts: list[TranscriptLink] = []
    people: list[str] = []
    chapters_url: str | None = None
    for child in item.iterchildren():
        if not isinstance(child.tag, str):
            continue
        name = etree.QName(child)
        if name.namespace not in _PODCAST:
            continue
        url = child.get("url")
        if name.localname == "transcript" and url:
            transcripts.append(TranscriptLink(url, child.get("type", "").lower(), child.get("language")))
        elif name.localname == "chapters" and url:
            chapters_url = url
        elif name.localname == "person" and child.text and child.text.strip():
            people.append(" ".join(child.text.split()))
    return _Tags(tuple(transcripts), chapters_url, tuple(dict.fromkeys(people)))


def _is_broken(error: object) -> bool:
    return not isinstance(error, feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType)


def _reason(error: object) -> str:
    return str(error).strip().removesuffix(".").removeprefix("<unknown>:") or type(error).__name__


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]

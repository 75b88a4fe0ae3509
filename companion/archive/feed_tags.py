"""What feedparser merges or does not know: tags of Podcasting 2.0 and of iTunes, read by lxml from the same item."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from companion.archive.references import split
from companion.archive.transcripts.marks import seconds_of
from companion.storage.episodes import Chapter, EpisodeType, Person
from companion.storage.mentions import EditorsPick, PickOrigin

_PODCAST = (
    "https://podcastindex.org/namespace/1.0",
    "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
)
_ITUNES = ("http://www.itunes.com/dtds/podcast-1.0.dtd", "http://www.itunes.com/dtd/podcast-1.0.dtd")
_SIMPLE_CHAPTERS = ("http://podlove.org/simple-chapters",)
_PREFIXES = (("podcast", _PODCAST), ("itunes", _ITUNES), ("psc", _SIMPLE_CHAPTERS))
_MOST = 200
"""Tags of a kind in one item that are read."""
_LONGEST_GUID = 100
_TYPES = frozenset(EpisodeType)


@dataclass(frozen=True, slots=True)
class TranscriptLink:
    """A `podcast:transcript`: where it is, its media type, and its language where given."""

    url: str
    media_type: str
    language: str | None


@dataclass(slots=True)
class Tags:
    """The tags of one item, or of the channel. ``soundbites`` have the title that the feed gives them, or none;
    ``videos`` are files, ``pages`` what `podcast:contentLink` names. ``guid`` is the channel's, the same wherever it is
    published; ``new_address`` where it says that it moved."""

    transcripts: list[TranscriptLink] = field(default_factory=list[TranscriptLink])
    chapters_url: str | None = None
    chapters: list[Chapter] = field(default_factory=list[Chapter])
    people: list[Person] = field(default_factory=list[Person])
    soundbites: list[EditorsPick] = field(default_factory=list[EditorsPick])
    season: int | None = None
    number: float | None = None
    image_url: str | None = None
    videos: list[str] = field(default_factory=list[str])
    pages: list[str] = field(default_factory=list[str])
    blocked: bool = False
    guid: str | None = None
    new_address: str | None = None
    type: EpisodeType = EpisodeType.FULL


def root_of(document: bytes) -> etree._Element | None:  # pyright: ignore[reportPrivateUsage]
    """The document's outermost element; of a broken one what can be made of it."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, encoding="utf-8"
    )
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        return None


def flaw_of(document: bytes) -> Exception | None:
    """What keeps the document from being well-formed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, encoding="utf-8")
    try:
        etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        return error
    return None


def repaired(document: bytes) -> bytes:
    """What can be made of a broken document, well-formed."""
    root = root_of(document)
    return b"" if root is None else etree.tostring(root, encoding="utf-8")


def tags_of(parent: etree._Element | None) -> Tags:  # pyright: ignore[reportPrivateUsage]
    """The tags that are children of an item or a channel."""
    tags = Tags()
    if parent is not None:
        for child in parent.iterchildren("{*}*"):
            prefix, name = _name(child)
            if prefix == "podcast":
                _podcast_tag(tags, name, child)
            elif prefix == "itunes":
                _itunes_tag(tags, name, child)
            elif prefix == "psc" and name == "chapters":
                tags.chapters += _simple_chapters(child)
    tags.people = list(dict.fromkeys(tags.people))[:_MOST]
    return tags


def _name(element: etree._Element) -> tuple[str, str]:  # pyright: ignore[reportPrivateUsage]
    """The usual prefix of an element's namespace, and its name. Where a feed does not declare a prefix, the tag keeps
    it."""
    namespace, _, name = str(element.tag).rpartition("}")
    written, _, local = name.rpartition(":")
    spelled = namespace[1:].lower().rstrip("/")
    return next((prefix for prefix, known in _PREFIXES if spelled in known or written == prefix), ""), local


def _podcast_tag(tags: Tags, name: str, tag: etree._Element) -> None:  # pyright: ignore[reportPrivateUsage]
    url = tag.get("url", "").strip()
    match name:
        case "transcript" if url and len(tags.transcripts) < _MOST:
            media_type = tag.get("type", "").partition(";")[0].strip().lower()
            tags.transcripts.append(TranscriptLink(url, media_type, tag.get("language") or None))
        case "chapters" if url:
            tags.chapters_url = url
        case "person" if _text(tag):
            tags.people.append(Person(_text(tag), _role(tag)))
        case "soundbite" if len(tags.soundbites) < _MOST:
            tags.soundbites += _soundbite(tag)
        case "season":
            tags.season = _whole(_text(tag)) if tags.season is None else tags.season
        case "episode":
            tags.number = _number(_text(tag)) if _number(_text(tag)) is not None else tags.number
        case "image" | "images":
            tags.image_url = tags.image_url or _address(tag.get("href") or tag.get("srcset", "").split(" ")[0])
        case "alternateEnclosure" if tag.get("type", "").startswith("video"):
            sources = (_address(source.get("uri")) for source in tag.iterchildren("{*}source", "{*}podcast:source"))
            tags.videos += [source for source in sources if source][:1]
        case "contentLink":
            tags.pages += [href for href in [_address(tag.get("href"))] if href]
        case "guid" if 0 < len(_text(tag)) <= _LONGEST_GUID:
            tags.guid = _text(tag).lower()
        case "block":
            tags.blocked = tags.blocked or (not tag.get("id") and _text(tag).lower() in ("yes", "true"))
        case _:
            pass


def _itunes_tag(tags: Tags, name: str, tag: etree._Element) -> None:  # pyright: ignore[reportPrivateUsage]
    match name:
        case "season":
            tags.season = _whole(_text(tag)) if tags.season is None else tags.season
        case "episode":
            tags.number = _number(_text(tag)) if tags.number is None else tags.number
        case "image":
            tags.image_url = _address(tag.get("href") or tag.get("url")) or tags.image_url
        case "block":
            tags.blocked = tags.blocked or _text(tag).lower() in ("yes", "true")
        case "episodeType" if _text(tag).lower() in _TYPES:
            tags.type = EpisodeType(_text(tag).lower())
        case "new-feed-url":
            tags.new_address = _address(_text(tag))
        case _:
            pass


def _role(tag: etree._Element) -> str:  # pyright: ignore[reportPrivateUsage]
    """The standard takes a person without a role for a host; one of another group than the cast for that group's."""
    role = " ".join(tag.get("role", "").lower().split())
    group = " ".join(tag.get("group", "").lower().split())
    return role or (group if group not in ("", "cast") else "host")


def _soundbite(tag: etree._Element) -> Iterator[EditorsPick]:  # pyright: ignore[reportPrivateUsage]
    start, duration = _number(tag.get("startTime", "")), _number(tag.get("duration", ""))
    if start is not None and duration:
        yield EditorsPick(PickOrigin.SOUNDBITE, _text(tag), start, start + duration, approximate=False)


def _simple_chapters(tag: etree._Element) -> Iterator[Chapter]:  # pyright: ignore[reportPrivateUsage]
    for chapter in tag.iterchildren("{*}*"):
        start, title = seconds_of(chapter.get("start", "")), chapter.get("title", "")
        if start is not None and title.strip():
            yield Chapter(start, " ".join(title.split()))


def _text(tag: etree._Element) -> str:  # pyright: ignore[reportPrivateUsage]
    return " ".join((tag.text or "").split())


def _address(url: str | None) -> str | None:
    """A web address; None for others (`ipfs://`, magnets), which nobody could open."""
    return url.strip() if url and split(url) is not None else None


def _number(spelled: str) -> float | None:
    """A number that is not negative."""
    try:
        number = float(spelled)
    except ValueError:
        return None
    return number if 0 <= number < math.inf else None


def _whole(spelled: str) -> int | None:
    number = _number(spelled)
    return int(number) if number is not None and number < 1 << 31 else None

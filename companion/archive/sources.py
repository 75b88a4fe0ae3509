"""Sources of episodes: a feed (address or file), a transcript file, or a folder of files."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from companion.archive.feed_episodes import LinkedText, fetch_linked, readings_of
from companion.archive.feeds import Feed, FeedError, looks_like_a_feed, read_feed
from companion.archive.fetch import MEBIBYTE, Fetches, inflation
from companion.archive.folders import FEED_SUFFIXES, SUFFIXES, episodes_of
from companion.archive.neighbours import texts_beside, texts_by_name
from companion.archive.titles import title_of
from companion.storage.episodes import Reading
from companion.storage.errors import CompanionError
from companion.storage.podcasts import PodcastFacts

_LARGEST_FEED = 128 * MEBIBYTE
_MOST_PAGES = 200
_SECRET_FIELDS = frozenset(("token", "auth", "key", "apikey", "api_key", "secret", "sig", "signature", "access_token"))


class SourceError(CompanionError):
    """A source that cannot be read at all."""


class Readings(Iterable[Reading]):
    """The episodes of a source, read one at a time when iterated, so that a long archive never stands in memory."""

    def __init__(self, count: int, read: Callable[[], Iterator[Reading]]) -> None:
        self._count = count
        self._read = read

    def __iter__(self) -> Iterator[Reading]:
        return self._read()

    def __len__(self) -> int:
        """How many episodes there are to read; a few fewer may come where some cannot be read."""
        return self._count


@dataclass(frozen=True, slots=True)
class SourceReading:
    """What a source holds.

    ``problems`` are sentences on what could not be read, everything else was; the list is complete when ``readings``
    has been gone through.
    """

    podcast: PodcastFacts
    readings: Readings
    problems: list[str]


async def read_source(source: str, fetcher: Fetches, *, title: str | None = None) -> SourceReading:
    """Read a feed (URL or file), a transcript file, or a folder. ``title`` overrides the podcast's own.

    Raises CompanionError, with a sentence on what to do, where nothing at all can be read.
    """
    if source.lower().startswith(("http://", "https://")):
        return await _read_url(source, fetcher, title)
    path, kind = await asyncio.to_thread(_local, source)
    if kind == "folder":
        return await _read_folder(path, fetcher, title)
    if kind == "feed":
        feed = await asyncio.to_thread(_feed_of_file, path)
        local = await asyncio.to_thread(texts_beside, feed.items, path.parent)
        return await _of_feed(feed, f"file:{title or feed.title}", False, fetcher, title, local)
    return await asyncio.to_thread(_read_file, path, title or _folder_title(path.parent))


async def _read_url(url: str, fetcher: Fetches, title: str | None) -> SourceReading:
    """A feed by its address, with the pages that follow it."""
    feed: Feed | None = None
    following: str | None = url
    private = is_private(url)
    for _ in range(_MOST_PAGES):
        if following is None:
            break
        answer = await fetcher.get(following, max_bytes=_LARGEST_FEED)
        page = read_feed(answer.body, broke_off=answer.truncated)
        feed = page if feed is None else _joined(feed, page)
        following = page.next_page if page.next_page != following else None
    if feed is None:
        raise SourceError("The feed has no pages.")
    return await _of_feed(feed, url, private, fetcher, title)


async def _of_feed(
    feed: Feed,
    key: str,
    private: bool,
    fetcher: Fetches,
    title: str | None,
    local: Mapping[str, LinkedText] | None = None,
) -> SourceReading:
    linked = await fetch_linked(feed.items, fetcher, local)
    problems = list(feed.problems)
    podcast = PodcastFacts(key, title or feed.title, feed.link, private or feed.blocked)
    return SourceReading(podcast, Readings(len(feed.items), lambda: readings_of(feed, linked, problems)), problems)


def _read_file(path: Path, title: str) -> SourceReading:
    """One transcript as a podcast's only episode so far; raises where it is none."""
    problems: list[str] = []
    readings = tuple(episodes_of([path], problems))
    if not readings:
        raise SourceError(problems[0])
    return SourceReading(
        PodcastFacts(f"file:{title}", title, None, False), Readings(1, lambda: iter(readings)), problems
    )


async def _read_folder(folder: Path, fetcher: Fetches, title: str | None) -> SourceReading:
    """A folder as one podcast. Feeds in it add their episodes; transcripts that they link to by a file's name are taken
    from the folder."""
    files = await asyncio.to_thread(lambda: sorted(file for file in folder.iterdir() if file.is_file()))
    texts = [file for file in files if file.suffix.lower() in SUFFIXES]
    problems: list[str] = []
    feeds: list[tuple[Feed, dict[str, LinkedText]]] = []
    for file in files:
        if file.suffix.lower() in FEED_SUFFIXES:
            try:
                feed = await asyncio.to_thread(_feed_of_file, file)
            except CompanionError as error:
                problems.append(str(error))
                continue
            named, taken = await asyncio.to_thread(texts_by_name, feed.items, texts)
            local = {**await asyncio.to_thread(texts_beside, feed.items, folder), **named}
            texts = [text for text in texts if text not in taken]
            problems += feed.problems
            feeds.append((feed, await fetch_linked(feed.items, fetcher, local)))
    if not texts and not feeds:
        raise SourceError(
            f"The folder “{folder.name}” holds no transcripts ({', '.join(sorted(SUFFIXES))}) and no feed."
        )
    name = title or (feeds[0][0].title if feeds else _folder_title(folder))

    def read() -> Iterator[Reading]:
        for feed, linked in feeds:
            yield from readings_of(feed, linked, problems)
        yield from episodes_of(texts, problems)

    count = len(texts) + sum(len(feed.items) for feed, _ in feeds)
    link = feeds[0][0].link if feeds else None
    return SourceReading(PodcastFacts(f"file:{name}", name, link, False), Readings(count, read), problems)


def _local(source: str) -> tuple[Path, str]:
    """A path, and what is there: `folder`, `feed`, or `transcript`."""
    path = Path(source).expanduser()
    if path.is_dir():
        return path, "folder"
    if not path.is_file():
        raise SourceError(f"There is no file or folder “{source}”; check the path, or give a feed's address.")
    with path.open("rb") as file:
        head = file.read(1 << 16)
    return path, "feed" if path.suffix.lower() in FEED_SUFFIXES or looks_like_a_feed(_unzipped(head)) else "transcript"


def _feed_of_file(path: Path) -> Feed:
    if path.stat().st_size > _LARGEST_FEED:
        raise SourceError(f"{path.name} is larger than {_LARGEST_FEED // MEBIBYTE} MiB, which no feed is.")
    try:
        return read_feed(_unzipped(path.read_bytes()))
    except FeedError as error:
        raise FeedError(f"{path.name} cannot be read as a feed. {error}") from None


def _unzipped(data: bytes) -> bytes:
    """The data, decompressed as far as it goes where it is gzip."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    inflate = inflation("gzip")
    try:
        return inflate.decompress(data, _LARGEST_FEED) if inflate else data
    except zlib.error:
        return data


def _joined(feed: Feed, page: Feed) -> Feed:
    known = {item.facts.guid for item in feed.items}
    items = (*feed.items, *(item for item in page.items if item.facts.guid not in known))
    return replace(feed, items=items, problems=(*feed.problems, *page.problems))


def _folder_title(folder: Path) -> str:
    return title_of(folder.resolve().name or "Files")


def is_private(url: str) -> bool:
    """Does a feed's address carry a secret: a password, a token, or a path that says private?"""
    parts = urlsplit(url)
    fields = {name.lower() for name, _ in parse_qsl(parts.query)}
    return bool(
        parts.username or parts.password or fields & _SECRET_FIELDS or "private" in parts.path.lower().split("/")
    )

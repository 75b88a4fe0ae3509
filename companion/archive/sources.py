"""Sources of episodes: a feed (address or file), a transcript file, or a folder of files."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import overload
from urllib.parse import parse_qsl, urlsplit

from companion.archive.feed_episodes import FeedEpisode
from companion.archive.feed_pages import LARGEST_FEED, Validators, fetch_feed
from companion.archive.feeds import Feed, FeedError, looks_like_a_feed, read_feed
from companion.archive.fetch import MEBIBYTE, Fetches, inflation
from companion.archive.folders import FEED_SUFFIXES, SUFFIXES, episodes_of, text_of
from companion.archive.linked import Linked, LocalFiles
from companion.archive.neighbours import files_beside, files_by_name
from companion.archive.no_feeds import page_advice
from companion.archive.source_episodes import SourceEpisode
from companion.archive.titles import title_of
from companion.archive.transcripts.timed_text import captions_of_xml
from companion.storage.errors import CompanionError
from companion.storage.podcasts import PodcastFacts

_HEAD = 1 << 16
_SECRET_FIELDS = frozenset(("token", "auth", "key", "apikey", "api_key", "secret", "sig", "signature", "access_token"))


class SourceError(CompanionError):
    """A source that cannot be read at all."""


@dataclass(frozen=True, slots=True)
class OpenedSource:
    """What a source holds: its episodes, not read yet.

    ``problems`` are sentences on what could not be read, everything else can be. ``feed`` says that the episodes are
    all that a feed has now, ``whole`` that nothing is missing that may be there another time, ``titled`` that the
    podcast's title was given or is its own, not only the name of a folder.
    """

    podcast: PodcastFacts
    episodes: Sequence[SourceEpisode]
    problems: tuple[str, ...]
    feed: bool
    whole: bool = True
    validators: Validators = field(default_factory=Validators)
    moved_to: str | None = None
    titled: bool = True


@overload
async def open_source(source: str, fetcher: Fetches, *, title: str | None = None) -> OpenedSource: ...
@overload
async def open_source(
    source: str,
    fetcher: Fetches,
    *,
    title: str | None = None,
    validators: Validators,
    address: str | None = None,
    private: bool = False,
) -> OpenedSource | None: ...
async def open_source(
    source: str,
    fetcher: Fetches,
    *,
    title: str | None = None,
    validators: Validators | None = None,
    address: str | None = None,
    private: bool = False,
) -> OpenedSource | None:
    """Opens a feed (URL or file), a transcript file, or a folder. ``title`` overrides the podcast's own.

    A feed's URL is asked with ``validators``, and is None if it has no news since; ``address`` is where it moved to.
    A feed is private where its address or itself says so, and where ``private`` does. Where a private feed says that it
    moved is not believed: such feeds copy tags of the public ones.
    Raises CompanionError, with a sentence on what to do, where nothing at all can be read.
    """
    if is_address(source):
        fetched = await fetch_feed(address or source, fetcher, validators or Validators())
        if fetched is None:
            return None
        opened = _of_feed(fetched.feed, source, Linked(fetcher), title, private=private or is_private(source))
        told = fetched.moved_to or (None if opened.podcast.private else fetched.feed.new_address) or address
        return replace(opened, validators=fetched.validators, moved_to=None if told == source else told)
    path, kind = await asyncio.to_thread(_local, source)
    if kind == "folder":
        return await asyncio.to_thread(_open_folder, path, fetcher, title)
    if kind == "feed":
        return await asyncio.to_thread(_open_feed_file, path, fetcher, title)
    named = title or _folder_title(path.parent)
    podcast = PodcastFacts(f"file:{named}", named, None, False)
    return OpenedSource(podcast, episodes_of([path]), (), feed=False, titled=title is not None)


def is_address(source: str) -> bool:
    """Is the source something to fetch?"""
    return source.lower().startswith(("http://", "https://"))


def is_private(url: str) -> bool:
    """Does a feed's address carry a secret: a password, a token, or a path that says private?"""
    parts = urlsplit(url)
    fields = {name.lower() for name, _ in parse_qsl(parts.query)}
    return bool(
        parts.username or parts.password or fields & _SECRET_FIELDS or "private" in parts.path.lower().split("/")
    )


def _of_feed(feed: Feed, key: str, linked: Linked, title: str | None, *, private: bool) -> OpenedSource:
    podcast = PodcastFacts(key, title or feed.title, feed.link, private or feed.blocked, feed.guid)
    episodes = [FeedEpisode(item, linked) for item in feed.items]
    return OpenedSource(podcast, episodes, feed.problems, feed=True, whole=not feed.broke_off)


def _open_feed_file(path: Path, fetcher: Fetches, title: str | None) -> OpenedSource:
    feed = _feed_of_file(path)
    linked = Linked(fetcher, files_beside(feed.items, path.parent))
    return _of_feed(feed, f"file:{title or feed.title}", linked, title, private=False)


def _open_folder(folder: Path, fetcher: Fetches, title: str | None) -> OpenedSource:
    """A folder as one podcast. A feed in it adds its episodes; transcripts that it links to by a file's name are taken
    from the folder. Nothing outside of it is read, wherever links in it lead."""
    inside = folder.resolve()
    there = sorted(file for file in folder.iterdir() if file.is_file())
    files = [file for file in there if file.resolve().is_relative_to(inside)]
    texts = [file for file in files if file.suffix.lower() in SUFFIXES or _is_timed_text(file)]
    # Whoever wrote the folder would read with the operator's eyes, and publish what they find.
    astray = [file.name for file in there if file not in files]
    problems = [f"{name} is a link that leads out of the folder, where nothing is read." for name in astray]
    feeds: dict[str, Feed] = {}
    for file in files:
        if file.suffix.lower() in FEED_SUFFIXES and file not in texts:
            try:
                feeds[file.name] = _feed_of_file(file)
            except CompanionError as error:
                problems.append(str(error))
    if len(feeds) > 1:
        names = ", ".join(feeds)
        raise SourceError(
            f"The folder “{folder.name}” holds {len(feeds)} feeds ({names}), and each is a podcast of its own: give"
            " them one by one, or a folder for each."
        )
    if not texts and not feeds:
        raise SourceError(
            f"The folder “{folder.name}” holds no transcripts ({', '.join(sorted(SUFFIXES))}) and no feed: give another"
            f" folder, or a file.{''.join(f' {problem}' for problem in problems)}"
        )
    feed = next(iter(feeds.values()), None)
    name = title or (feed.title if feed else _folder_title(folder))
    podcast = PodcastFacts(f"file:{name}", name, feed.link if feed else None, False, feed.guid if feed else None)
    if feed is None:
        return OpenedSource(podcast, episodes_of(texts), tuple(problems), feed=False, titled=title is not None)
    named = files_by_name(feed.items, texts)
    local: LocalFiles = {**files_beside(feed.items, folder), **named}
    own = [file for file in texts if file not in named.values()]
    opened = _of_feed(feed, podcast.key, Linked(fetcher, local), name, private=False)
    return replace(
        opened,
        podcast=podcast,
        episodes=[*opened.episodes, *episodes_of(own)],
        problems=(*problems, *feed.problems),
    )


def _local(source: str) -> tuple[Path, str]:
    """A path, and what is there: `folder`, `feed`, or `transcript`."""
    if not source.strip():
        raise SourceError("A source without a name is none: give the address of a feed, a file, or a folder.")
    if "://" in source:
        raise SourceError("Only what has an http or https address can be fetched: give that, as podcast apps use it.")
    path = Path(source).expanduser()
    try:
        if path.is_dir():
            return path, "folder"
        if path.exists() and not path.is_file():
            raise SourceError(f"“{source}” is neither a file nor a folder: save what it gives in a file.")
        if not path.is_file():
            raise SourceError(f"There is no file or folder “{source}”; check the path, or give a feed's address.")
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise SourceError(f"“{source}” cannot be read: {error.strerror or error}.") from error
    named = path.suffix.lower() in FEED_SUFFIXES and not _is_timed_text(path)
    return path, "feed" if named or looks_like_a_feed(_unzipped(head)) else "transcript"


def _is_timed_text(file: Path) -> bool:
    """Does a file that has a feed's suffix (`talk.xml`) hold captions?"""
    if file.suffix.lower() not in FEED_SUFFIXES:
        return False
    try:
        with file.open("rb") as opened:
            if looks_like_a_feed(_unzipped(opened.read(_HEAD))):
                return False
        return bool(captions_of_xml(text_of(file)))
    except (OSError, CompanionError):
        # What cannot be read is named as what its suffix says.
        return False


def _feed_of_file(path: Path) -> Feed:
    if path.stat().st_size > LARGEST_FEED:
        raise SourceError(f"{path.name} is larger than {LARGEST_FEED // MEBIBYTE} MiB, which no feed is.")
    try:
        data = _unzipped(path.read_bytes())
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    try:
        return read_feed(data)
    except FeedError as error:
        raise FeedError(f"{path.name} cannot be read as a feed. {page_advice(data, '') or error}") from None


def _unzipped(data: bytes) -> bytes:
    """The data, decompressed as far as it goes where it is gzip."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    inflate = inflation("gzip")
    try:
        return inflate.decompress(data, LARGEST_FEED) if inflate else data
    except zlib.error:
        return data


def _folder_title(folder: Path) -> str:
    return title_of(folder.resolve().name or "Files")

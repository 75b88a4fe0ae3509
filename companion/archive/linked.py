"""What the items of a feed link to: fetched, or read from beside the feed's file."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from companion.archive.decoding import decoded
from companion.archive.feed_tags import TranscriptLink
from companion.archive.feeds import FeedItem
from companion.archive.fetch import MEBIBYTE, FetchError, Fetches
from companion.archive.folders import file_digest, text_of
from companion.archive.source_episodes import LinkedText, Texts
from companion.storage.errors import CompanionError

_LARGEST_TRANSCRIPT = 16 * MEBIBYTE
_MOST_TRANSCRIPTS = 8
"""Transcripts of one episode that are fetched."""
_AT_ONCE = 4
_PREFERENCE = ("json", "vtt", "srt", "subrip", "html", "plain")

LocalFiles = Mapping[str, Path | LinkedText]
"""Files that stand for addresses; or why none does."""


class Linked:
    """Gets what items link to, at most four files at once.

    Of what is ``local`` nothing is fetched, nor transcripts of an item that has a local one.
    """

    def __init__(self, fetcher: Fetches, local: LocalFiles | None = None) -> None:
        self._fetcher = fetcher
        self._local = dict(local or {})
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def texts(self, item: FeedItem) -> Texts:
        """All that an item links to: its transcripts, up to eight, and its chapters."""
        links = [link.url for link in in_order_of_preference(item.transcripts)]
        if any(isinstance(self._local.get(url), Path) for url in links):
            links = [url for url in links if url in self._local]
        wanted = [*links[:_MOST_TRANSCRIPTS], *([item.chapters_url] if item.chapters_url else [])]
        urls = list(dict.fromkeys(wanted))
        return dict(zip(urls, await asyncio.gather(*map(self._text, urls)), strict=True))

    def local_digest(self, item: FeedItem) -> str:
        """Of the files that are there for the item; reads them."""
        addresses = (*(link.url for link in item.transcripts), item.chapters_url or "")
        files = [found for address in addresses if isinstance(found := self._local.get(address), Path)]
        return hashlib.sha256("".join(map(file_digest, files)).encode()).hexdigest() if files else ""

    async def _text(self, url: str) -> LinkedText:
        local = self._local.get(url)
        if isinstance(local, Path):
            return await asyncio.to_thread(_read, local)
        if local is not None:
            return local
        async with self._gate:
            return await _fetched(url, self._fetcher)


def in_order_of_preference(links: Sequence[TranscriptLink]) -> list[TranscriptLink]:
    """Formats with times and speakers first; the publisher's order among equals."""

    def rank(link: TranscriptLink) -> int:
        kind = link.media_type + urlsplit(link.url).path.lower().rpartition(".")[2]
        return next((nth for nth, name in enumerate(_PREFERENCE) if name in kind), len(_PREFERENCE))

    return sorted(links, key=rank)


async def _fetched(url: str, fetcher: Fetches) -> LinkedText:
    try:
        answer = await fetcher.get(url, max_bytes=_LARGEST_TRANSCRIPT)
        if answer.truncated:
            raise FetchError("the download broke off.")
        return LinkedText(await asyncio.to_thread(decoded, answer.body, answer.charset, "The linked file"))
    except CompanionError as error:
        return LinkedText(problem=str(error))


def _read(file: Path) -> LinkedText:
    try:
        return LinkedText(text_of(file))
    except CompanionError as error:
        return LinkedText(problem=str(error))

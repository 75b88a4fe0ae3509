"""The episodes of a feed: linked transcripts and chapters fetched, the best transcript chosen, all put together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from companion.archive.decoding import decoded
from companion.archive.feeds import Feed, FeedItem, TranscriptLink
from companion.archive.fetch import MEBIBYTE, FetchError, Fetches
from companion.archive.markup import itemised
from companion.archive.readings import reading_of
from companion.archive.transcripts.chapters import chapters_of_json
from companion.archive.transcripts.prose import read_prose
from companion.archive.transcripts.reader import TranscriptError, best_of, read_transcript
from companion.archive.transcripts.transcript import Transcript
from companion.storage.episodes import Chapter, Reading
from companion.storage.errors import CompanionError

_LARGEST_TRANSCRIPT = 16 * MEBIBYTE
_AT_ONCE = 4
_PREFERENCE = ("json", "vtt", "srt", "subrip", "html", "plain")


@dataclass(frozen=True, slots=True)
class LinkedText:
    """A file that a feed links to, as fetched; or why it was not."""

    text: str = ""
    problem: str | None = None


async def fetch_linked(
    items: Sequence[FeedItem], fetcher: Fetches, local: Mapping[str, LinkedText] | None = None
) -> dict[str, LinkedText]:
    """What the items link to, by URL: the chapters, and of the transcripts the first that can be fetched, in order of
    how much their formats tell. Of what is ``local`` nothing is fetched, nor transcripts beside a local one."""
    gate = asyncio.Semaphore(_AT_ONCE)
    known = dict(local or {})
    linked = dict(known)

    async def fetch_one(url: str) -> bool:
        if url not in known:
            async with gate:
                linked[url] = await _fetched(url, fetcher)
        return linked[url].problem is None

    async def fetch_item(item: FeedItem) -> None:
        if not any(link.url in known and known[link.url].problem is None for link in item.transcripts):
            for link in in_order_of_preference(item.transcripts):
                if await fetch_one(link.url):
                    break
        if item.chapters_url:
            await fetch_one(item.chapters_url)

    await asyncio.gather(*(fetch_item(item) for item in items))
    return linked


def readings_of(feed: Feed, linked: Mapping[str, LinkedText], problems: list[str]) -> Iterator[Reading]:
    """The feed's episodes, one at a time. Sentences on what could not be read are added to ``problems``."""
    for item in feed.items:
        transcripts = list(_linked_transcripts(item, linked, problems))
        chapters = _linked_chapters(item, linked, problems)
        own = read_prose(item.body, among_notes=True)
        best = best_of([*transcripts, own])
        notes = itemised("\n\n".join(part for part in (own.before, own.after, item.footer) if part))
        yield reading_of(item.facts, best, notes, chapters or own.chapters)


def in_order_of_preference(links: Sequence[TranscriptLink]) -> list[TranscriptLink]:
    """Formats with times and speakers first; the publisher's order among equals."""

    def rank(link: TranscriptLink) -> int:
        kind = link.media_type + urlsplit(link.url).path.lower().rpartition(".")[2]
        return next((nth for nth, name in enumerate(_PREFERENCE) if name in kind), len(_PREFERENCE))

    return sorted(links, key=rank)


def _linked_transcripts(item: FeedItem, linked: Mapping[str, LinkedText], problems: list[str]) -> Iterator[Transcript]:
    for link in item.transcripts:
        found = linked.get(link.url)
        if found is None:
            continue
        if found.problem:
            problems.append(f"The transcript of “{item.facts.title}” is missing: {found.problem}")
            continue
        try:
            yield read_transcript(found.text, name=f"The transcript of “{item.facts.title}”")
        except TranscriptError as error:
            problems.append(str(error))


def _linked_chapters(item: FeedItem, linked: Mapping[str, LinkedText], problems: list[str]) -> tuple[Chapter, ...]:
    found = linked.get(item.chapters_url or "")
    if found is None:
        return ()
    if found.problem:
        problems.append(f"The chapters of “{item.facts.title}” are missing: {found.problem}")
        return ()
    try:
        return chapters_of_json(found.text)
    except ValueError as error:
        problems.append(f"The chapters of “{item.facts.title}” cannot be read: {error}.")
        return ()


async def _fetched(url: str, fetcher: Fetches) -> LinkedText:
    try:
        answer = await fetcher.get(url, max_bytes=_LARGEST_TRANSCRIPT)
        if answer.truncated:
            raise FetchError("the download broke off.")
        return LinkedText(decoded(answer.body, answer.charset, "The linked file"))
    except CompanionError as error:
        return LinkedText(problem=str(error))

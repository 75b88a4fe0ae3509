"""The episodes of a feed: of an item's transcripts the best is chosen, and put together with its notes and chapters."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from companion.archive.feeds import FeedItem, body_of
from companion.archive.linked import Linked
from companion.archive.markup import itemised
from companion.archive.note_links import found_links, links_of
from companion.archive.readings import reading_of, source_transcripts
from companion.archive.source_episodes import EpisodeRead, Texts
from companion.archive.transcripts.chapters import chapters_of_json
from companion.archive.transcripts.prose import read_prose
from companion.archive.transcripts.reader import TranscriptError, best_of, read_transcript
from companion.archive.transcripts.transcript import Transcript
from companion.archive.videos import own_video
from companion.storage.episodes import Chapter, EpisodeFacts
from companion.storage.readings import OWN_TEXT


@dataclass(frozen=True, slots=True)
class FeedEpisode:
    """An item of a feed, with the way to what it links to."""

    item: FeedItem
    linked: Linked

    @property
    def facts(self) -> EpisodeFacts:
        return self.item.facts

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.item.digest} {self.linked.local_digest(self.item)}".encode()).hexdigest()

    async def gather(self) -> Texts:
        return await self.linked.texts(self.item)

    def read(self, texts: Texts) -> EpisodeRead:
        item, problems = self.item, list[str]()
        bodies = item.texts
        own = read_prose(body_of(bodies, item.footer), among_notes=True)
        transcripts = list(_linked_transcripts(item, texts, problems))
        chapters = _linked_chapters(item, texts, problems) or item.chapters
        candidates = [*transcripts, (OWN_TEXT, item.language, own)]
        best = best_of(
            [transcript for _, _, transcript in candidates],
            [language for _, language, _ in candidates],
            item.language,
        )
        found = found_links(bodies)
        video = own_video(found, item.facts.title, item.own_pages)
        reading = reading_of(
            replace(item.facts, video_url=video or item.facts.video_url),
            best,
            itemised("\n\n".join(part for part in (own.before, own.after, item.footer) if part)),
            chapters or own.chapters,
            links=links_of(found),
            picks=item.soundbites,
            transcripts=source_transcripts(candidates, best),
        )
        return EpisodeRead(reading, tuple(problems))


def _linked_transcripts(
    item: FeedItem, texts: Texts, problems: list[str]
) -> Iterator[tuple[str, str | None, Transcript]]:
    """Address, language and transcript of each that can be read."""
    for link in item.transcripts:
        found = texts.get(link.url)
        if found is None:
            continue
        if found.problem:
            problems.append(f"The transcript of “{item.facts.title}” is missing: {found.problem}")
            continue
        try:
            yield link.url, link.language, read_transcript(found.text, name=f"The transcript of “{item.facts.title}”")
        except TranscriptError as error:
            problems.append(str(error))


def _linked_chapters(item: FeedItem, texts: Texts, problems: list[str]) -> tuple[Chapter, ...]:
    found = texts.get(item.chapters_url or "")
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

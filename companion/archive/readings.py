"""An episode put together: its transcript, notes and chapters become turns and passages with one content hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace

from companion.archive.passages import passages_of
from companion.archive.quotations import quotation_picks
from companion.archive.transcripts.chapter_times import placed
from companion.archive.transcripts.transcript import Transcript
from companion.storage.episodes import Chapter, EpisodeFacts
from companion.storage.mentions import EditorsPick, Link
from companion.storage.readings import Reading, SourceTranscript

READER_VERSION = 12
"""Raised when the same source would be read differently, so that known episodes are read again."""


def reading_of(
    facts: EpisodeFacts,
    transcript: Transcript,
    notes: str,
    chapters: Sequence[Chapter] = (),
    *,
    links: Sequence[Link] = (),
    picks: Sequence[EditorsPick] = (),
    transcripts: Sequence[SourceTranscript] = (),
) -> Reading:
    """The reading of one episode.

    ``notes`` are the show notes, ``chapters`` those of a file of their own; without such a file the transcript's are
    taken. ``picks`` are those of the feed; what the notes quote comes after them. ``transcripts`` are all that the
    source has, where there are several. The content hash covers everything that is read and ``READER_VERSION``.
    """
    known = placed(chapters or transcript.chapters, transcript.turns, facts.duration)
    chosen = (*picks, *quotation_picks(notes, transcript.turns))
    reading = Reading(
        facts=facts,
        content_hash="",
        chapters=known,
        turns=transcript.turns,
        notes=notes,
        passages=passages_of(transcript.turns, notes, known),
        convention=transcript.explanation,
        links=tuple(links),
        picks=chosen,
        transcripts=tuple(transcripts),
    )
    return replace(reading, content_hash=_content_hash(reading))


def source_transcripts(
    found: Iterable[tuple[str, str | None, Transcript]], best: Transcript
) -> tuple[SourceTranscript, ...]:
    """The transcripts that differ, of those given with their origin and language, the best first; none where there is
    but one."""
    kept: list[SourceTranscript] = []
    for origin, language, one in sorted(found, key=lambda entry: entry[2] is not best):
        if one.turns and all(one.turns != other.turns for other in kept):
            kept.append(SourceTranscript(origin, language, one.explanation, one.turns, chosen=one is best))
    return tuple(kept) if len(kept) > 1 else ()


def _content_hash(reading: Reading) -> str:
    """Passages are made of what is hashed."""
    facts = reading.facts
    content = [
        READER_VERSION,
        [facts.guid, facts.title, str(facts.published), facts.link, facts.audio_url, facts.duration, str(facts.people)],
        [facts.season, facts.number, facts.image_url, facts.video_url, facts.type],
        [astuple(turn) for turn in reading.turns],
        reading.convention,
        reading.notes,
        [(chapter.start, chapter.title) for chapter in reading.chapters],
        [astuple(link) for link in reading.links],
        [astuple(pick) for pick in reading.picks],
        [astuple(transcript) for transcript in reading.transcripts],
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()

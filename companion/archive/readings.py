"""An episode put together: its transcript, notes and chapters become turns and passages with one content hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from companion.archive.passages import passages_of
from companion.archive.transcripts.chapters import confirmed
from companion.archive.transcripts.transcript import Transcript
from companion.storage.episodes import Chapter, EpisodeFacts, Reading

READER_VERSION = 3
"""Raised when the same source would be read differently, so that known episodes are read again."""


def reading_of(facts: EpisodeFacts, transcript: Transcript, notes: str, chapters: Sequence[Chapter] = ()) -> Reading:
    """The reading of one episode.

    ``notes`` are the show notes, ``chapters`` those of a file of their own; without such a file the transcript's are
    taken. The content hash covers everything that is read and ``READER_VERSION``.
    """
    known = confirmed(chapters or transcript.chapters, transcript.turns)
    return Reading(
        facts=facts,
        content_hash=_content_hash(facts, transcript, notes, known),
        chapters=known,
        turns=transcript.turns,
        notes=notes,
        passages=passages_of(transcript.turns, notes, known),
        convention=transcript.explanation,
    )


def _content_hash(facts: EpisodeFacts, transcript: Transcript, notes: str, chapters: Sequence[Chapter]) -> str:
    content = [
        READER_VERSION,
        [facts.guid, facts.title, str(facts.published), facts.link, facts.audio_url, facts.duration, str(facts.people)],
        [(turn.speaker, turn.start, turn.end, turn.text) for turn in transcript.turns],
        notes,
        [(chapter.start, chapter.title) for chapter in chapters],
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()

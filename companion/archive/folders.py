"""Files as episodes: a transcript with its chapters and alternatives, alone or beside others in a folder."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from companion.archive.decoding import decoded
from companion.archive.front_matter import front_matter
from companion.archive.markup import itemised
from companion.archive.note_links import found_links, links_of
from companion.archive.readings import reading_of, source_transcripts
from companion.archive.source_episodes import EpisodeRead, Texts
from companion.archive.titles import date_in, episode_key, title_of
from companion.archive.transcripts.chapters import chapters_of_json
from companion.archive.transcripts.reader import best_of, read_transcript
from companion.archive.transcripts.transcript import Transcript
from companion.storage.episodes import Chapter, EpisodeFacts
from companion.storage.errors import CompanionError

SUFFIXES = frozenset(
    (
        *(".srt", ".vtt", ".sbv", ".ttml", ".dfxp", ".lrc", ".ass", ".ssa", ".trs"),
        *(".json", ".json3", ".csv", ".tsv"),
        *(".txt", ".text", ".md", ".markdown", ".html", ".htm"),
    )
)
FEED_SUFFIXES = frozenset((".xml", ".rss", ".atom"))
LARGEST_FILE = 64 << 20
"""Bytes that a transcript file may have."""


@dataclass(frozen=True, slots=True)
class FileEpisode:
    """The files that share a name, which is ``key``."""

    key: str
    files: tuple[Path, ...]

    @property
    def facts(self) -> EpisodeFacts:
        return EpisodeFacts(f"file:{self.key}", title_of(self.key), date_in(self.key), None, None, None, ())

    @property
    def digest(self) -> str:
        whole = hashlib.sha256(self.key.encode("utf-8", "surrogateescape"))
        for file in self.files:
            whole.update(file_digest(file).encode())
        return whole.hexdigest()

    async def gather(self) -> Texts:
        return {}

    def read(self, texts: Texts) -> EpisodeRead:
        del texts
        transcripts: list[tuple[str, str | None, Transcript]] = []
        chapters: tuple[Chapter, ...] = ()
        problems: list[str] = []
        told: list[str] = []
        title, published = "", self.facts.published
        for file in self.files:
            try:
                text = text_of(file)
                found = _chapters(file, text)
                if found is not None:
                    chapters = found if len(found) > len(chapters) else chapters
                    continue
                transcripts.append((file.name, None, read_transcript(text, name=file.name)))
                page = front_matter(text)
                told += page.facts.values()
                title = title or page.title or title_of("", page.text)
                published = published or page.published
            except CompanionError as error:
                problems.append(str(error))
        if not transcripts:
            alone = "{} holds chapters, but there is no transcript beside it."
            return EpisodeRead(None, (*problems, *(alone.format(file.name) for file in self.files if chapters)))
        best = best_of([transcript for _, _, transcript in transcripts])
        known = self.facts
        facts = EpisodeFacts(known.guid, title or known.title, published, None, None, None, ())
        notes = itemised("\n\n".join(part for part in (best.before, best.after) if part))
        reading = reading_of(
            facts,
            best,
            notes,
            chapters,
            links=links_of(found_links([notes, *told])),
            transcripts=source_transcripts(transcripts, best),
        )
        return EpisodeRead(reading, tuple(problems))


def episodes_of(files: Sequence[Path]) -> list[FileEpisode]:
    """An episode for each group of files that share a name."""
    groups: defaultdict[str, list[Path]] = defaultdict(list)
    for file in sorted(files):
        groups[episode_key(file.name)].append(file)
    return [FileEpisode(key, tuple(group)) for key, group in groups.items()]


def text_of(file: Path) -> str:
    """A file's text. Raises CompanionError where it is too large, unreadable, or no text."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise CompanionError(f"{file.name} is larger than {LARGEST_FILE >> 20} MiB, which no transcript is.")
        return decoded(file.read_bytes(), name=file.name)
    except OSError as error:
        raise CompanionError(f"{file.name} cannot be read: {error.strerror or error}.") from error


def file_digest(file: Path) -> str:
    """Of a file's bytes; empty where it cannot be read, which is said when it is."""
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def _chapters(file: Path, text: str) -> tuple[Chapter, ...] | None:
    """The chapters of a Podcasting 2.0 file; None where the file is something else."""
    if file.suffix.lower() != ".json":
        return None
    try:
        return chapters_of_json(text)
    except ValueError:
        return None

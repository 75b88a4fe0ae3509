"""Files as episodes: a transcript with its chapters and alternatives, alone or beside others in a folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from companion.archive.decoding import decoded
from companion.archive.markup import itemised
from companion.archive.readings import reading_of
from companion.archive.titles import date_in, episode_key, title_of
from companion.archive.transcripts.chapters import chapters_of_json
from companion.archive.transcripts.reader import best_of, read_transcript
from companion.archive.transcripts.transcript import Transcript
from companion.storage.episodes import Chapter, EpisodeFacts, Reading
from companion.storage.errors import CompanionError

SUFFIXES = frozenset((".srt", ".vtt", ".json", ".txt", ".md", ".markdown", ".html", ".htm", ".text"))
FEED_SUFFIXES = frozenset((".xml", ".rss", ".atom"))
LARGEST_FILE = 64 << 20
"""Bytes that a transcript file may have."""


def episodes_of(files: Sequence[Path], problems: list[str]) -> Iterator[Reading]:
    """One reading for each group of files that share a name, one at a time; files that cannot be read are named in
    ``problems``."""
    groups: defaultdict[str, list[Path]] = defaultdict(list)
    for file in sorted(files):
        groups[episode_key(file.name)].append(file)
    for key, group in groups.items():
        reading = _episode(key, group, problems)
        if reading is not None:
            yield reading


def text_of(file: Path) -> str:
    """A file's text. Raises CompanionError where it is too large, unreadable, or no text."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise CompanionError(f"{file.name} is larger than {LARGEST_FILE >> 20} MiB, which no transcript is.")
        return decoded(file.read_bytes(), name=file.name)
    except OSError as error:
        raise CompanionError(f"{file.name} cannot be read: {error.strerror or error}.") from error


def _episode(key: str, files: Sequence[Path], problems: list[str]) -> Reading | None:
    transcripts: list[Transcript] = []
    chapters: tuple[Chapter, ...] = ()
    title = ""
    for file in files:
        try:
            text = text_of(file)
            found = _chapters(file, text)
            if found is not None:
                chapters = found if len(found) > len(chapters) else chapters
                continue
            transcripts.append(read_transcript(text, name=file.name))
            title = title or title_of("", text)
        except CompanionError as error:
            problems.append(str(error))
    if not transcripts:
        problems += [f"{file.name} holds chapters, but there is no transcript beside it." for file in files if chapters]
        return None
    best = best_of(transcripts)
    facts = EpisodeFacts(f"file:{key}", title or title_of(key), date_in(key), None, None, None, ())
    notes = itemised("\n\n".join(part for part in (best.before, best.after) if part))
    return reading_of(facts, best, notes, chapters)


def _chapters(file: Path, text: str) -> tuple[Chapter, ...] | None:
    """The chapters of a Podcasting 2.0 file; None where the file is something else."""
    if file.suffix.lower() != ".json":
        return None
    try:
        return chapters_of_json(text)
    except ValueError:
        return None

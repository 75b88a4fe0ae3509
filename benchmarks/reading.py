"""How the shared transcripts are read, a row a file or episode, and how fast; written into the page on reading.

A development command: `python -m benchmarks.reading`.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks import reading_speed
from benchmarks.scoring import SHARED
from companion.archive.feeds import read_feed
from companion.archive.fetch import Fetcher
from companion.archive.markup import plain_text
from companion.archive.reading_ahead import read_ahead
from companion.archive.sources import open_source
from companion.archive.transcripts.reader import read_transcript
from companion.archive.transcripts.subtitles import captions_of
from companion.storage.episodes import Turn
from companion.storage.readings import Reading

PAGE = Path(__file__).parent.parent / "docs" / "reading.md"
_TABLE = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- /measured -->)", re.DOTALL)
_SPEED = re.compile(r"(?<=<!-- speed -->\n).*?(?=<!-- /speed -->)", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+?(?:(?<=[a-z])(?=[A-Z])|(?![^\W\d_]))")
_HEAD = (
    "| file or episode | words kept | turns | speakers | times in order | convention, and its lead |\n"
    "|---|---:|---:|---:|---|---|\n"
)
_FILES = (
    "archive/playground_page.txt",
    "feeds/namespace_transcript.html",
    "feeds/namespace_transcript.json",
    "feeds/namespace_transcript.srt",
    "feeds/namespace_transcript.vtt",
    "feeds/smol_podcaster_tq.md",
)


@dataclass(frozen=True, slots=True)
class Row:
    """How one transcript was read. ``kept`` of the ``given`` words are in turns, labels, chapters or notes."""

    name: str
    kept: int
    given: int
    turns: int
    speakers: int
    in_order: bool
    convention: str

    def line(self) -> str:
        order = "yes" if self.in_order else "**no**"
        kept = f"{self.kept:,} of {self.given:,}"
        return f"| {self.name} | {kept} | {self.turns} | {self.speakers} | {order} | {self.convention} |\n"


def table() -> str:
    """The table of all rows, in Markdown."""
    return _HEAD + "".join(row.line() for row in (*_feed_rows(), *_file_rows()))


def _feed_rows() -> Iterator[Row]:
    """The feed's episodes with a transcript; words of the item are kept in turns, labels, chapters or notes."""
    path = SHARED / "archive" / "feed.xml"
    for reading, item in zip(asyncio.run(_readings(path)), read_feed(path.read_bytes()).items, strict=True):
        if reading is not None and reading.turns:
            other = [reading.notes, *(chapter.title for chapter in reading.chapters)]
            given = f"{item.body} {item.footer}"
            yield _row(reading.facts.title, given, reading.turns, other, reading.convention)


async def _readings(path: Path) -> list[Reading | None]:
    opened = await open_source(str(path), Fetcher())
    return [read.reading async for _, read in read_ahead(opened.episodes)]


def _file_rows() -> Iterator[Row]:
    for name in _FILES:
        text = (SHARED / name).read_text(encoding="utf-8")
        transcript = read_transcript(text, name=name)
        other = [transcript.before, transcript.after, *(chapter.title for chapter in transcript.chapters)]
        yield _row(f"`{name}`", _given(name, text), transcript.turns, other, transcript.explanation)


def _given(name: str, text: str) -> str:
    """The words of a file, without what its format adds."""
    if name.endswith((".srt", ".vtt")):
        return " ".join(caption.text for caption in captions_of(text))
    if name.endswith(".json"):
        return " ".join(re.findall(r'"body"\s*:\s*"([^"]*)"', text))
    return plain_text(text)


def _row(name: str, given: str, turns: tuple[Turn, ...], other: list[str], convention: str | None) -> Row:
    said, wanted = [f"{turn.speaker or ''} {turn.text}" for turn in turns], _words(given)
    starts = [turn.start for turn in turns if turn.start is not None]
    return Row(
        name=name.replace("|", "–"),
        kept=wanted.total() - (wanted - _words(" ".join([*said, *other]))).total(),
        given=wanted.total(),
        turns=len(turns),
        speakers=len({turn.speaker for turn in turns if turn.speaker}),
        in_order=all(before <= after for before, after in pairwise(starts)),
        convention=convention or "none",
    )


def _words(text: str) -> Counter[str]:
    """The words of letters, also of those that are glued together (`right?Ann`, `forAnn`)."""
    return Counter(_WORD.findall(text))


def main() -> int:
    """Prints the tables and writes them into the page; says so where there is nothing to read."""
    fast = reading_speed.table()
    PAGE.write_text(_SPEED.sub(lambda _: fast, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(fast)
    if not (SHARED / "archive").is_dir() or not (SHARED / "feeds").is_dir():
        print(f"Skipped: the transcripts to be read are not here ({SHARED}).")
        return 0
    measured = table()
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_TABLE.sub(lambda _: measured, page), encoding="utf-8")
    print(measured, end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

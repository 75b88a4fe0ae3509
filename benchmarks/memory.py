"""How much memory an ingest takes as feeds grow: invented episodes, a toy model, resident memory along the way.

A development command: `python -m benchmarks.memory [EPISODES] [--turns N] [--inline]`, 500 episodes of an hour by
default. Transcripts are fetched one by one, or with `--inline` stand in the feed.

Each episode has words and names that no other has, chapters and a quotation in its notes, so that all that remembers
anything has something to remember. What is remembered of words (`archive/lexical.py`, `archive/mining.py`,
`archive/grains.py`) is bounded, and full after the first two hundred episodes: they are the warm-up. What grows by
design are the facts of the feed's items, some kilobytes an episode, which are there before the first one is read.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from time import perf_counter

import numpy as np

from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.fetch import Fetched
from companion.archive.ingest import embed
from companion.archive.intake import Event, Ingested, ingest
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

ADDRESS = "https://growth.example/feed"
WARM_UP = 200
"""Episodes until all that remembers a bounded number of things is full."""
_WORDS = "lamp keeper storm rope harbour bell oil winter signal boat island letter stone glass".split()
_SYLLABLES = "ba ke lo mi nu ra se to vi du".split()


def resident() -> float:
    """This process's resident memory, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def growth(marks: Sequence[float]) -> float:
    """MiB that 100 episodes add, by least squares over those behind the warm-up; marks as `measured` gives them."""
    behind = marks[1 + WARM_UP : -1]
    return 100 * float(np.polyfit(range(len(behind)), behind, 1)[0])


def transcript(number: int, turns: int) -> str:
    """Half a minute of talk a turn, some 570 characters, in words that no other episode has in this order."""
    return "\n\n".join(
        f"{('Noor', 'Emil')[turn % 2]} [{_clock(30 * turn)}]: {' '.join(_sentences(number, turn))}"
        for turn in range(turns)
    )


def notes(number: int, turns: int) -> str:
    """A chapter every ten turns, late by some seconds, and what was said in the first turn."""
    chapters = "\n".join(
        f"{_clock(30 * turn + number % 40)} The {_name(number, turn)} and the {_WORDS[turn % len(_WORDS)]}"
        for turn in range(0, turns, 10)
    )
    return f"{_name(number, 0)} tells: “{next(_sentences(number, 0))}”\n\n{chapters}"


class Invented:
    """Stands in for the web: a feed of so many episodes, and their transcripts, made when they are asked for."""

    def __init__(self, count: int, turns: int, *, inline: bool) -> None:
        self._count = count
        self._turns = turns
        self._inline = inline

    async def get(
        self, url: str, *, max_bytes: int, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        del max_bytes, etag, last_modified
        body = self._feed() if url == ADDRESS else transcript(int(url.rpartition("/")[2]), self._turns)
        return Fetched(url, body.encode(), "text/plain", "utf-8", None, None)

    def _feed(self) -> str:
        items = "".join(self._item(number) for number in range(self._count))
        return (
            '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>'
            f"<title>Growth</title>{items}</channel></rss>"
        )

    def _item(self, number: int) -> str:
        text = notes(number, self._turns) + (f"\n\n{transcript(number, self._turns)}" if self._inline else "")
        link = "" if self._inline else f'<podcast:transcript url="https://growth.example/{number}" type="text/plain"/>'
        lines = escape(escape(text).replace("\n", "<br>"))
        return f"<item><guid>{number}</guid><title>Lamp {number}</title><description>{lines}</description>{link}</item>"


async def measured(folder: Path, count: int, turns: int, *, inline: bool = False) -> tuple[Ingested, list[float]]:
    """What reading so many episodes brought, and the resident memory, in MiB, at the start, when the feed was read, and
    after each episode; last, after embedding."""
    marks = [resident()]

    def listen(_event: Event) -> None:
        marks.append(resident())

    async with await Database.open(f"sqlite+aiosqlite:///{folder}/growth.db", SystemClock()) as database:
        ingested = await ingest(database, ADDRESS, Invented(count, turns, inline=inline), listener=listen)
        worker = EncodingWorker(ToyEncoder())
        try:
            await embed(database, worker)
        finally:
            worker.close()
        marks.append(resident())
    return ingested, marks


def _sentences(number: int, turn: int) -> Iterator[str]:
    for nth in range(7):
        chosen = [_WORDS[(number * 31 + turn * 7 + nth * 5 + place * place) % len(_WORDS)] for place in range(9)]
        yield f"So the {' '.join(chosen)} of {_name(number, turn)} was number {number * turn + nth}."


def _name(number: int, turn: int) -> str:
    """One of sixteen that no other episode has."""
    return "".join(_SYLLABLES[int(digit)] for digit in str(16 * number + turn % 16 + 1_000)).capitalize()


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("episodes", nargs="?", type=int, default=500)
    arguments.add_argument("--turns", type=int, default=120)
    arguments.add_argument("--inline", action="store_true")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        begun = perf_counter()
        ingested, marks = asyncio.run(measured(Path(folder), options.episodes, options.turns, inline=options.inline))
    steps = [1, *(len(marks) * tenth // 10 for tenth in range(1, 10)), len(marks) - 2, len(marks) - 1]
    print(f"{ingested.new} episodes, {ingested.passages:,} passages, {perf_counter() - begun:.0f} s")
    print(f"a transcript has {len(transcript(1, options.turns)):,} characters")
    print(f"resident memory, MiB: {marks[0]:.0f} at the start")
    print("then " + " ".join(f"{marks[step]:.0f}" for step in steps) + f"; at most {max(marks):.0f}")
    if options.episodes >= 2 * WARM_UP:
        print(f"behind the first {WARM_UP} episodes, another 100 add {growth(marks):.2f} MiB")


if __name__ == "__main__":
    main()

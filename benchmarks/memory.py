"""How much memory an ingest takes as feeds grow: invented episodes, a toy model, resident memory along the way.

A development command: `python -m benchmarks.memory [EPISODES] [--turns N] [--inline]`, 500 episodes of an hour by
default. Transcripts are fetched one by one, or with `--inline` stand in the feed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from time import perf_counter

from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.fetch import Fetched
from companion.archive.ingest import embed
from companion.archive.intake import Event, Ingested, ingest
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

ADDRESS = "https://growth.example/feed"
_WORDS = "lamp keeper storm rope harbour bell oil winter signal boat island letter stone glass".split()


def resident() -> float:
    """This process's resident memory, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def transcript(number: int, turns: int) -> str:
    """Half a minute of talk a turn, some 550 characters, in words that no other episode has in this order."""
    return "\n\n".join(
        f"{('Noor', 'Emil')[turn % 2]} [00:{turn // 2:02}:{turn % 2 * 30:02}]: {' '.join(_sentences(number, turn))}"
        for turn in range(turns)
    )


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
        text = escape(transcript(number, self._turns)) if self._inline else f"Notes of number {number}."
        link = "" if self._inline else f'<podcast:transcript url="https://growth.example/{number}" type="text/plain"/>'
        return f"<item><guid>{number}</guid><title>Lamp {number}</title><description>{text}</description>{link}</item>"


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
        yield f"So the {' '.join(chosen)} was number {number * turn + nth}."


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


if __name__ == "__main__":
    main()

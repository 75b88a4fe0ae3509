from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks.memory import measured
from companion.archive.reading_ahead import AHEAD, read_ahead
from companion.archive.source_episodes import EpisodeRead, LinkedText, Texts
from companion.storage.episodes import EpisodeFacts


@dataclass
class Log:
    """What happened to the episodes of a source."""

    gathered: list[int] = field(default_factory=list[int])
    read: list[int] = field(default_factory=list[int])
    cancelled: list[int] = field(default_factory=list[int])


@dataclass(frozen=True)
class Numbered:
    """An episode that takes a while to fetch; the later, the shorter."""

    number: int
    log: Log
    digest: str = ""

    @property
    def facts(self) -> EpisodeFacts:
        return EpisodeFacts(str(self.number), "", None, None, None, None, ())

    async def gather(self) -> Texts:
        self.log.gathered.append(self.number)
        try:
            await asyncio.sleep(0.02 / (self.number + 1))
        except asyncio.CancelledError:
            self.log.cancelled.append(self.number)
            raise
        return {"text": LinkedText(str(self.number))}

    def read(self, texts: Texts) -> EpisodeRead:
        self.log.read.append(self.number)
        return EpisodeRead(None, (texts["text"].text,))


async def test_episodes_come_in_order_with_what_was_fetched_for_them() -> None:
    log = Log()
    found = [read.problems async for _, read in read_ahead(Numbered(number, log) for number in range(9))]
    assert found == [(str(number),) for number in range(9)]


async def test_only_a_few_are_fetched_ahead() -> None:
    log = Log()
    async with aclosing(read_ahead(Numbered(number, log) for number in range(100))) as readings:
        async for _ in readings:
            await asyncio.sleep(0.03)
            assert max(log.gathered) <= max(log.read) + AHEAD


async def test_who_leaves_early_stops_what_is_being_fetched() -> None:
    log = Log()
    async with aclosing(read_ahead(Numbered(number, log) for number in range(100))) as readings:
        await anext(readings)
        before = list(log.gathered)
    await asyncio.sleep(0.05)
    assert log.gathered == before
    assert log.read == [0]


@pytest.mark.slow
@pytest.mark.parametrize("inline", [False, True])
async def test_memory_does_not_grow_with_the_episodes(tmp_path: Path, inline: bool) -> None:
    ingested, resident = await measured(tmp_path, 150, 30, inline=inline)
    assert ingested.new == 150
    assert resident[-2] - resident[50] < 8

"""The whole bot under load, over a real connection to a Discord on the loopback, beside a bot that only says pong.

``python -m benchmarks.load [--database FILE]`` writes ``benchmarks/load.md``; with ``--minutes 60`` the section on
memory alone, which takes so long. Discord, with its members, runs in this process, each bot in one of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
from discord.utils import time_snowflake, utcnow
from sqlalchemy import select

from benchmarks.asking import questions
from benchmarks.growth import grown
from benchmarks.material import CACHE
from benchmarks.pages import write_sections
from benchmarks.processes import machine
from companion.archive.grains import embedded_texts
from companion.archive.snapshot import Snapshot, renewed
from companion.storage import channels, podcasts, readings, schema, statistics, subscriptions, vectors
from companion.storage.channels import Purpose
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.readings import Reading
from companion.storage.votes import Tally
from tests.bot.loopback import APPLICATION_ID
from tests.wire.interactions import Invoked
from tests.wire.limits import REAL
from tests.wire.messages import WireMessage
from tests.wire.payloads import WireGuild, option
from tests.wire.server import WireDiscord

REPORT = Path(__file__).with_name("load.md")
HEAD = """# Under load

`python -m benchmarks.load`, and for memory `python -m benchmarks.load --minutes 60`: the whole bot with the packaged
model and SQLite in 200 servers, connected to a Discord on the loopback as to the real one, with Discord's rate limits.
That Discord and its members are a process on the same cores, so they share them with the bot. `/pong` is the answer of
a bot that does nothing else: what the library and this Discord take by themselves."""
SERVERS = 200
EPISODES = 20
AT_ONCE = (1, 10, 50)
REQUESTS = 200
"""Of each bot, at each number at once."""
SUSTAINED = 20.0
"""Seconds of as many as can be answered, by 50 members at once."""
REACTIONS = 10_000
CARDS = 40
_FIRST_SERVER = 1_300_000_000_000_000_000
_FIRST_MEMBER, _FIRST_VOTER = 700_000_000_000_000_000, 800_000_000_000_000_000
_UP, _DOWN = "👍", "👎"
_NEW = re.compile(r"Newest \d{3}")
_PATIENCE = 180.0
_STEADY = 2.0
"""Searches a second while memory is watched, with three times as many reactions."""
_OWN = """A process's own memory is what it has written: anonymous and shared pages, swapped out or not. Growth is in
these. Files that it has mapped, libraries and the index, are on disk as well: the system drops them, and shares them
with other processes, as it likes."""


@dataclass(slots=True)
class Side:
    """One bot and its Discord. Members come in turn, so that nobody is too quick for the cool-downs."""

    wire: WireDiscord
    report: Path
    members: count[int] = field(default_factory=lambda: count(_FIRST_MEMBER))

    async def ask(self, command: str, *options: dict[str, Any]) -> Invoked:
        """A member of one of the servers sends the command, and reads the answer."""
        member = next(self.members)
        guild = list(self.wire.guilds)[member % len(self.wire.guilds)]
        invoked = await self.wire.command(command, *options, guild_id=guild, member_id=member)
        try:
            async with asyncio.timeout(_PATIENCE):
                await invoked.answered.wait()
        except TimeoutError:
            late = len(self.wire.interactions.too_late)
            log = self.report.with_suffix(".log").read_text(encoding="utf-8", errors="replace")
            sys.exit(
                f"/{command} was not answered within {_PATIENCE:.0f} s; {late} interactions were acknowledged too late"
                f" for Discord, which takes no answer to these. The bot's last words: {log[-1000:] or 'none'}"
            )
        return invoked

    def told(self, since: float, until: float) -> list[dict[str, float]]:
        """What the bot's process said of itself in these seconds."""
        lines = map(json.loads, self.report.read_text(encoding="utf-8").splitlines())
        return [line for line in lines if since <= line["at"] <= until]

    def stalls(self, since: float) -> str:
        """Of the event loop, until now: the longest."""
        late = [line["late"] * 1000 for line in self.told(since, time.monotonic())]
        return f"{max(late):.0f}" if late else "–"


@asynccontextmanager
async def side(kind: str, folder: Path, database: Path | None = None) -> AsyncGenerator[Side]:
    """A Discord with its servers, and a bot that is connected to it."""
    guilds = {
        _FIRST_SERVER + number * 10: WireGuild(_FIRST_SERVER + number * 10, f"Server {number}")
        for number in range(SERVERS)
    }
    async with WireDiscord(guilds=guilds, keeps=False).serving() as wire:
        wire.limits.buckets = REAL
        wire.messages.next_id = lambda: time_snowflake(utcnow())
        report = folder / f"{kind}.jsonl"
        report.touch()
        command = [sys.executable, "-m", "benchmarks.load_bots", kind, wire.base, str(report)]
        with (folder / f"{kind}.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(*command, *([str(database)] if database else []), stderr=log)
            try:
                await _until(lambda: bool(wire.gateway.sessions), "the bot to connect")
                yield Side(wire, report)
            finally:
                process.terminate()
                await process.wait()


async def _until(true: Callable[[], bool], what: str, seconds: float = _PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            sys.exit(f"After {seconds:.0f} s of waiting for {what} this was given up.")
        await asyncio.sleep(0.02)


async def at_once(number: int, requests: int, ask: Callable[[int], Awaitable[Invoked]]) -> list[Invoked]:
    """So many members at once, each asking again as soon as they were answered."""
    left = iter(range(requests))
    done: list[Invoked] = []

    async def member() -> None:
        for turn in left:
            done.append(await ask(turn))  # noqa: PERF401  as they come

    await asyncio.gather(*(member() for _ in range(number)))
    return done


def milliseconds(invoked: Sequence[Invoked], share: float) -> float:
    """Until there was something to read: of the given percentile."""
    return float(np.percentile([(one.answered_at or 0) - one.began for one in invoked], share)) * 1000


def acknowledged(invoked: Sequence[Invoked], share: float) -> float:
    return float(np.percentile([(one.acknowledged_at or 0) - one.began for one in invoked], share)) * 1000


class Load:
    """The measurements, one a method, each the lines of a section."""

    def __init__(self, companion: Side, pong: Side, database: Path) -> None:
        self._companion, self._pong, self._database = companion, pong, database
        self._asked = questions()

    async def search(self, turn: int) -> Invoked:
        text = self._asked[turn % len(self._asked)][:300]
        return await self._companion.ask("search", option("query", text))

    async def pong(self, _turn: int) -> Invoked:
        return await self._pong.ask("pong")

    async def warm(self) -> None:
        """Until the model is loaded and the index is there."""
        for turn in range(20):
            await self.search(turn)
            await self.pong(turn)
            await asyncio.sleep(0.25)

    async def latency(self) -> list[str]:
        lines = [
            "| at once | `/pong` p50 ms | p95 ms | `/search` acknowledged p50 ms | p95 ms | answered p50 ms | p95 ms |"
            " answered, of `/pong` p50 | longest stall ms |",
            "|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        ]
        for number in AT_ONCE:
            pongs = await at_once(number, REQUESTS, self.pong)
            since = time.monotonic()
            found = await at_once(number, REQUESTS, self.search)
            bare = milliseconds(pongs, 50)
            lines.append(
                f"| {number} | {bare:.1f} | {milliseconds(pongs, 95):.1f} | {acknowledged(found, 50):.1f} |"
                f" {acknowledged(found, 95):.1f} | {milliseconds(found, 50):.0f} | {milliseconds(found, 95):.0f} |"
                f" {milliseconds(found, 50) / bare:.1f} | {self._companion.stalls(since)} |"
            )
        return lines

    async def sustained(self) -> list[str]:
        rates: list[float] = []
        for ask in (self.pong, self.search):
            begun = time.monotonic()
            end = begun + SUSTAINED
            answered = 0

            async def member(ask: Callable[[int], Awaitable[Invoked]] = ask, end: float = end) -> None:
                nonlocal answered
                while time.monotonic() < end:
                    await ask(answered)
                    answered += 1

            await asyncio.gather(*(member() for _ in range(max(AT_ONCE))))
            rates.append(answered / (time.monotonic() - begun))
        late = len(self._companion.wire.interactions.too_late)
        return [
            f"By {max(AT_ONCE)} members at once over {SUSTAINED:.0f} s: `/pong` {rates[0]:.0f} a second, `/search`"
            f" **{rates[1]:.1f} a second**, {rates[1] / rates[0]:.2f} of it; {late} acknowledged too late for Discord.",
        ]

    async def cards(self) -> list[WireMessage]:
        """Clips that can be voted on, a server each."""
        async with await Database.open(f"sqlite+aiosqlite:///{self._database}", SystemClock()) as database:
            known = await asyncio.to_thread(renewed, database.address, None, None)
        spoken = sorted(known.episodes)
        made: list[WireMessage] = []
        for number in range(4 * CARDS):
            invoked = await self._companion.ask(
                "clip create",
                option("episode", str(spoken[number % len(spoken)])),
                option("start", str(60 + number * 10)),
                option("end", str(100 + number * 10)),
            )
            # Some episodes have no transcript.
            if invoked.original is not None and "clipped by" in json.dumps(invoked.original.sent):
                made.append(invoked.original)
            if len(made) == CARDS:
                break
        await asyncio.sleep(2)  # until the first reactions are under each
        return made

    async def votes(self) -> list[str]:
        """Ten thousand reactions in a minute, one in ten of them taken back, while somebody searches."""
        cards = await self.cards()
        wire = self._companion.wire
        since = time.monotonic()
        searching = asyncio.create_task(self._search_on(0.5))
        for nth in range(REACTIONS):
            card, voter = cards[nth % len(cards)].id, _FIRST_VOTER + nth // len(cards)
            await asyncio.sleep(max(0.0, since + nth * 60 / REACTIONS - time.monotonic()))
            if voter % 10 == 9:
                await wire.react(card, _emoji(voter - 1), voter - 1, on=False)
            else:
                await wire.react(card, _emoji(voter), voter)
        sent = time.monotonic()
        wanted = Tally(*(self._standing(cards, emoji) for emoji in (_UP, _DOWN)))
        counted = await self._counted(wanted)
        behind = time.monotonic() - sent
        found = await _ended(searching)
        return [
            f"{REACTIONS:,} reactions on {len(cards)} clips in {sent - since:.0f} s, one in ten of them taken back:"
            f" {wanted.up:,} for and {wanted.down:,} against stand. The ledger has {counted.up:,} and {counted.down:,},"
            f" {behind:.1f} s after the last: **{'every vote' if counted == wanted else 'NOT every vote'}**. Meanwhile"
            f" `/search` was answered in {milliseconds(found, 50):.0f} ms p50 and {milliseconds(found, 95):.0f} ms p95"
            f" ({len(found)} searches), and the event loop stood still for {self._companion.stalls(since)} ms at most.",
        ]

    def _standing(self, cards: Sequence[WireMessage], emoji: str) -> int:
        """What this Discord shows under the clips, without the bot's own."""
        under = self._companion.wire.messages.reactions
        return sum(
            len({one for one in under.get((card.id, emoji, 0), ()) if one != int(APPLICATION_ID)}) for card in cards
        )

    async def _counted(self, wanted: Tally) -> Tally:
        """The ledger's votes, as soon as they are those, or after a minute."""
        tally = Tally()
        async with await Database.open(f"sqlite+aiosqlite:///{self._database}", SystemClock()) as database:
            for _ in range(600):
                async with database.read() as connection:
                    given = list(await connection.execute(select(schema.votes.c.value)))
                tally = Tally(sum(row.value > 0 for row in given), sum(row.value < 0 for row in given))
                if tally == wanted:
                    break
                await asyncio.sleep(0.1)
        return tally

    async def _search_on(self, pause: float) -> list[Invoked]:
        """Searches until it is cancelled."""
        done: list[Invoked] = []
        try:
            for turn in count():
                done.append(await self.search(turn))
                await asyncio.sleep(pause)
        except asyncio.CancelledError:
            return done
        return done

    async def news(self) -> list[str]:
        """Twenty episodes come at once, in servers that all want to be told."""
        wire = self._companion.wire
        async with await Database.open(f"sqlite+aiosqlite:///{self._database}", SystemClock()) as database:
            seed = await asyncio.to_thread(renewed, database.address, None, None)
            now = database.clock.now()
            async with database.write() as connection:
                for guild in wire.guilds.values():
                    await channels.choose(connection, guild.id, Purpose.NEWS, guild.channel_id, 1, now)
            before = set(wire.messages.all)
            since = time.monotonic()
            searching = asyncio.create_task(self._search_on(0.5))
            for number in range(EPISODES):
                await _store(database, seed, number, now)
        stored = time.monotonic()

        def told() -> Counter[tuple[int, str]]:
            """How many messages of each channel name each new episode."""
            new = [one for key, one in list(wire.messages.all.items()) if key not in before and one.invoked is None]
            return Counter((one.channel_id, title) for one in new for title in set(_NEW.findall(json.dumps(one.sent))))

        await _until(lambda: len(told()) == SERVERS * EPISODES, "the last server to be told", 600)
        ended = time.monotonic()
        await asyncio.sleep(65)  # whether the next minute tells of anything twice
        found = await _ended(searching)
        twice = sum(times > 1 for times in told().values())
        return [
            f"{EPISODES} new episodes, stored in {stored - since:.1f} s by another process: {ended - stored:.0f} s"
            " later each was announced in each server (the bot looks once a minute, and lists several in a message),"
            f" **{twice} of the {SERVERS * EPISODES:,} twice**, seen a minute later. Meanwhile `/search` was answered"
            f" in {milliseconds(found, 50):.0f} ms p50 and {milliseconds(found, 95):.0f} ms p95 ({len(found)}"
            f" searches), and the event loop stood still for {self._companion.stalls(since)} ms at most.",
        ]

    async def memory(self, minutes: int) -> list[str]:
        """A steady load, and what the process has of memory as it goes on."""
        cards = await self.cards()
        since = time.monotonic()
        asked = 0
        while (now := time.monotonic()) < since + minutes * 60:
            await self.search(asked)
            for nth in range(3):
                voter = _FIRST_VOTER + 1_000_000 + asked * 3 + nth
                await self._companion.wire.react(cards[asked % len(cards)].id, _emoji(voter), voter)
            asked += 1
            self._forget()
            await asyncio.sleep(max(0.0, since + asked / _STEADY - now))
        lines = ["| after | own memory MB | with mapped files MB |", "|--:|--:|--:|"]
        for minute in sorted({5, *range(15, minutes, 15), minutes}):
            told = self._companion.told(since + minute * 60 - 60, since + minute * 60)
            own, both = (float(np.median([line[name] for line in told])) for name in ("own", "all"))
            lines.append(f"| {minute} min | {own:.1f} | {both:.1f} |")
        under = f"Under {asked:,} searches and {asked * 3:,} reactions; the median of each minute before."
        return [*lines, "", f"{under} {_OWN}"]

    def _forget(self) -> None:
        """What this Discord need not remember of interactions long answered."""
        everything = self._companion.wire.interactions.all
        for token in list(everything)[:-100]:
            message = everything.pop(token).original
            if message is not None and message.ephemeral:
                self._companion.wire.messages.all.pop(message.id, None)


def _emoji(voter: int) -> str:
    return _DOWN if voter % 4 == 3 else _UP


async def _ended(searching: asyncio.Task[list[Invoked]]) -> list[Invoked]:
    searching.cancel()
    return await searching


async def _store(database: Database, seed: Snapshot, number: int, published: datetime) -> None:
    """A new episode, worded differently from all others, without vectors."""
    episode = next(islice(grown(seed, 2 * len(seed)), len(seed.episodes) + number % len(seed.episodes), None))
    facts = replace(episode.facts, guid=f"new {number}", title=f"Newest {number:03}", published=published)
    digests = [vectors.digest_of(embedded_texts(passage)) for passage in episode.passages]
    reading = Reading(facts, facts.guid, (), (), "", episode.passages, None)
    async with database.write() as connection:
        podcast = (await podcasts.list_podcasts(connection))[0]
        await readings.store(connection, podcast.id, reading, digests, published)


async def _subscribed(path: Path) -> int:
    """Lets every server see the podcasts. How many passages there are."""
    async with await Database.open(f"sqlite+aiosqlite:///{path}", SystemClock()) as database:
        now = database.clock.now()
        async with database.write() as connection:
            every = await podcasts.list_podcasts(connection)
            for number in range(SERVERS):
                for podcast in every:
                    await subscriptions.subscribe(connection, _FIRST_SERVER + number * 10, podcast.id, now)
            totals = await statistics.totals(connection, frozenset(podcast.id for podcast in every))
        return totals.passages


async def measured(source: Path, minutes: int | None) -> dict[str, str]:
    """Sections by their titles: what memory does over so many minutes, or everything else."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Path(shutil.copy(source, folder / "load.db"))
        passages = await _subscribed(database)
        async with side("companion", folder, database) as companion, side("pong", folder) as pong:
            load = Load(companion, pong, database)
            parts: dict[str, Callable[[], Awaitable[list[str]]]] = {
                "Latency": load.latency,
                "Sustained": load.sustained,
                f"{REACTIONS:,} reactions in a minute": load.votes,
                f"{EPISODES} new episodes in {SERVERS} servers": load.news,
            }
            if minutes is not None:
                parts = {"Memory": partial(load.memory, minutes)}
            await load.warm()
            made = {title: "\n".join(await part()) for title, part in parts.items()}
            late = len(companion.wire.interactions.too_late)
    under = f"*{passages:,} passages; {machine()}; {late} interactions were acknowledged too late for Discord.*"
    return {title: f"{lines}\n\n{under}" for title, lines in made.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int)
    parser.add_argument("--database", type=Path, default=CACHE / "feed.db")
    asked = parser.parse_args(arguments)
    if not asked.database.exists():
        sys.exit(f"There is no {asked.database}: run `python -m benchmarks.answers` first, or name a database.")
    sections = asyncio.run(measured(asked.database, asked.minutes))
    write_sections(REPORT, sections, HEAD)
    print("\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

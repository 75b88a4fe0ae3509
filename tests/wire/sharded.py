"""One of several processes, each with some of the shards, over one database.

    python -m tests.wire.sharded DISCORD DATABASE SHARES NOW

Its clock stands where it is told. Says ``ready`` once it is connected; for each line with an instant it does what is
due then, and says how many of its duties failed.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from typing import Any

import pytest

from companion.archive.audio_parts import AudioError
from companion.bot import gateway_pace
from companion.cogs import clip_media
from companion.community.serving import Serving
from companion.storage.engine import Database
from companion.storage.shards import Shards
from tests.clocks import StoppedClock
from tests.publisher import loopback_fetcher
from tests.races.worker import say
from tests.wire.running import point_at, running


async def no_audio(*_: object) -> bytes:
    raise AudioError("There is no such audio.")


async def main(url: str, share: Shards, now: datetime) -> None:
    clock = StoppedClock()
    clock.advance(now - clock.now())
    async with (
        await Database.open(url, clock) as database,
        running(database, share=share, fetcher=loopback_fetcher()) as bot,
    ):
        # An invented conversation is too short to be picky with.
        picker: Any = bot.picker
        picker._rules = Serving(bar=-9.0)
        votes: Any = bot.get_cog("Votes")
        failures: list[None] = []
        bot.schedule.failed.append(lambda: failures.append(None))
        say("ready")
        while told := (await asyncio.to_thread(sys.stdin.readline)).strip():
            clock.advance(datetime.fromisoformat(told) - clock.now())
            await bot.schedule.tick()
            await votes.catch_up(clock.now())
            await votes.settled()
            say(str(len(failures)))


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch:
        point_at(sys.argv[1], patch)
        patch.setattr(gateway_pace, "LEAST", 0.1)
        patch.setattr(gateway_pace, "CONNECTS_EVERY", 0.0)
        patch.setattr(clip_media, "clip_audio", no_audio)
        asyncio.run(main(sys.argv[2], Shards.parse(sys.argv[3]), datetime.fromisoformat(sys.argv[4])))

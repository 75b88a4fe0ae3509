"""One of several processes that search one archive, before and after it changes.

    python -m tests.races.searching search URL NUMBER

Says ``ready``, waits for a line, searches and says ``searched``; waits for another, searches until something else is
found, as members who try again do, and prints both titles as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys

from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.results import Query
from companion.archive.search import Searcher
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from tests.races.worker import say

TRIES, PAUSE = 60, 0.5


async def main(url: str) -> None:
    worker = EncodingWorker(ToyEncoder())
    async with await Database.open(url, SystemClock()) as database:
        searcher = Searcher(database, worker)

        async def title() -> str:
            return (await searcher.search(Query("the blue heron"))).hits[0].episode.facts.title

        say("ready")
        await asyncio.to_thread(sys.stdin.readline)
        before = after = await title()
        say("searched")
        await asyncio.to_thread(sys.stdin.readline)
        for _ in range(TRIES):
            # Nobody waits long for what is new: a search answers from what there is meanwhile.
            if (after := await title()) != before:
                break
            await asyncio.sleep(PAUSE)
        say(json.dumps([before, after]))
    worker.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[2]))

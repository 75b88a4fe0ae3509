"""One of several processes that search one archive, before and after it changes.

    python -m tests.races.searching search URL NUMBER

Says ``ready``, waits for a line, searches and says ``searched``, once more so, and prints as JSON what was found first.
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


async def main(url: str) -> None:
    worker = EncodingWorker(ToyEncoder())
    async with await Database.open(url, SystemClock()) as database:
        searcher, found = Searcher(database, worker), list[str]()
        say("ready")
        await asyncio.to_thread(sys.stdin.readline)
        for _ in range(2):
            hits = (await searcher.search(Query("the blue heron"))).hits
            found.append(hits[0].episode.facts.title if hits else "")
            say("searched")
            await asyncio.to_thread(sys.stdin.readline)
        say(json.dumps(found))
    worker.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[2]))

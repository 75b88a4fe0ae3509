"""Whole bots as processes of their own (`tests.wire.sharded`), over a database and the Discord of these tests."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime

from companion.storage.engine import Database
from tests.wire.server import WireDiscord

STARTS_WITHIN = 100
"""Seconds."""


@asynccontextmanager
async def bot_process(wire: WireDiscord, database: Database, share: str, now: datetime) -> AsyncGenerator[Process]:
    """A bot with these shards, such as ``0-1/4``, connected; killed at the end."""
    url = database.address.of_loop.render_as_string(hide_password=False)
    command = sys.executable, "-m", "tests.wire.sharded", wire.base, url, share, now.isoformat()
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    try:
        assert await line_of(process) == "ready"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line_of(process: Process) -> str:
    """What it says next."""
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), STARTS_WITHIN)).decode().strip()

"""A sign of life in a file, for whatever watches over the process: a container's health check, or an operator.

The running bot writes the instant into a file beside the database each minute, as long as its event loop turns and
Discord is connected. A file that grows old says that one of the two is no longer so.
"""

from __future__ import annotations

import asyncio
import glob
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from companion.storage.address import Address
from companion.storage.clock import Clock
from companion.storage.shards import Shards

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
STALE = timedelta(minutes=3)
"""An older sign of life is none."""
_SOON = timedelta(seconds=1)


def heartbeat_file(database: Address, share: Shards | None = None) -> Path:
    """Where the bot over that database leaves its sign of life, or the process of it that has those shards."""
    shards = "" if share is None else f".shards-{share.first}-{share.last}"
    return database.files.with_name(f"{database.files.name}{shards}.heartbeat")


def runs(database: Address, now: datetime) -> bool:
    """Does any process of this machine run the bot over that database?"""
    of_shards = database.files.parent.glob(f"{glob.escape(database.files.name)}.shards-*.heartbeat")
    return any(trouble(file, now) is None for file in (heartbeat_file(database), *of_shards))


@asynccontextmanager
async def beating(file: Path, clock: Clock, connected: Callable[[], bool]) -> AsyncGenerator[None]:
    """Keeps the file young during the block, while ``connected`` says so, and removes it after."""
    task = asyncio.create_task(_beat(file, clock, connected), name="heartbeat")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.to_thread(file.unlink, missing_ok=True)


async def _beat(file: Path, clock: Clock, connected: Callable[[], bool]) -> None:
    while True:
        alive = connected()
        if alive:
            try:
                write(file, clock.now())
            except OSError as error:
                log.warning("the sign of life %s cannot be written: %s", file, error.strerror)
        # A start, or a connection that is lost, is looked at again soon.
        await asyncio.sleep((EVERY if alive else _SOON).total_seconds())


def write(file: Path, now: datetime) -> None:
    """Writes the instant at once or not at all, so that nobody reads half of it."""
    whole = file.with_name(f"{file.name}.new")
    whole.write_text(now.isoformat(), encoding="ascii")
    whole.replace(file)


def trouble(file: Path, now: datetime) -> str | None:
    """Why the bot does not seem to be alive, as a sentence; None where it is."""
    try:
        beat = datetime.fromisoformat(file.read_text(encoding="ascii"))
    except FileNotFoundError:
        return f"There is no sign of life ({file}): the bot is not running, or not connected to Discord yet."
    except (OSError, ValueError):
        return f"The sign of life {file} cannot be read: is it this version's, and this user's?"
    age = now - beat
    if age > STALE:
        return (
            f"The last sign of life is {age.total_seconds() / 60:.0f} minutes old: the bot hangs, lost Discord, or was"
            " killed. Look at its log, then start it again."
        )
    if age < -STALE:
        return (
            f"The last sign of life lies {-age.total_seconds() / 60:.0f} minutes in the future: the machine's clock was"
            " set back. Whether the bot is alive shows once it has left another, within a minute."
        )
    return None

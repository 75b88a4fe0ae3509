"""What has to be known before an interaction can be acknowledged: a form cannot follow a deferral, and a deferral says
at once who will see the answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from companion.storage.errors import StorageError

log = logging.getLogger(__name__)

LONGEST = 1.0
"""Seconds. Discord waits for three: another may go by before, while it is found out who is blocked."""

_Known = TypeVar("_Known")
_given_up: set[asyncio.Task[Any]] = set()
"""Nobody waits for these any more, but the event loop alone would not hold them."""


class LateError(StorageError):
    """What had to be known was not read in time."""

    def __init__(self) -> None:
        super().__init__("The database did not answer in time: try again in a minute.")


async def in_time(reading: Coroutine[Any, Any, _Known]) -> _Known:
    """What is read, when it is there within `LONGEST` seconds. Raises `LateError`, or what the reading raises.

    The reading is given up then without being waited for: to close a connection waits for the disk too.
    """
    task = asyncio.create_task(reading)
    try:
        done, _ = await asyncio.wait({task}, timeout=LONGEST)
    except asyncio.CancelledError:
        _give_up(task)
        raise
    if not done:
        _give_up(task)
        raise LateError
    return task.result()


def _give_up(task: asyncio.Task[Any]) -> None:
    _given_up.add(task)
    task.add_done_callback(_forget)
    task.cancel()


def _forget(task: asyncio.Task[Any]) -> None:
    _given_up.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("what came too late has failed: %s", error)

"""Showing what grows: the newest state at a pace that Discord's limits on edits allow, and always the last one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

EVERY = 1.2
"""Seconds between two edits of one message. Discord lets a bot edit about five times in five seconds in a channel, and
several answers may grow there."""

State = TypeVar("State")


async def paced(states: AsyncGenerator[State], every: float = EVERY) -> AsyncGenerator[State]:
    """The states as they come, but never two within ``every`` seconds, save the last one: of those in between only the
    newest is passed on.

    They are taken up as fast as they come, however slow whoever shows them is. An error comes after the newest state.
    """
    newest: list[State] = []
    arrived = asyncio.Event()
    clock = asyncio.get_running_loop().time

    async def take() -> None:
        try:
            async with aclosing(states):
                async for state in states:
                    newest[:] = [state]
                    arrived.set()
        finally:
            arrived.set()

    taking = asyncio.create_task(take(), name="an answer that grows")
    try:
        while not taking.done():
            await arrived.wait()
            arrived.clear()
            if newest:
                yield newest.pop()
                if not taking.done():
                    await _either(taking, clock() + every)
        if newest:
            yield newest.pop()
        await taking
    finally:
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)


async def _either(task: asyncio.Task[None], until: float) -> None:
    """Waits until then, or until the task is done."""
    await asyncio.wait({task}, timeout=max(0.0, until - asyncio.get_running_loop().time()))

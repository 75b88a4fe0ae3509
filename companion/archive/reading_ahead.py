"""Episodes read one after the other, while what the next ones link to is being fetched."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable

from companion.archive.source_episodes import EpisodeRead, SourceEpisode, Texts

AHEAD = 4
"""Episodes whose texts are fetched, or wait in memory, while one is read."""


async def read_ahead(episodes: Iterable[SourceEpisode]) -> AsyncGenerator[tuple[SourceEpisode, EpisodeRead], None]:
    """Each episode as read, in order. Close it where it is left early, so that nothing goes on being fetched."""
    waiting: deque[tuple[SourceEpisode, asyncio.Task[Texts]]] = deque()
    try:
        for episode in episodes:
            waiting.append((episode, asyncio.create_task(_gathered(episode))))
            if len(waiting) > AHEAD:
                yield await _read(*waiting.popleft())
        while waiting:
            yield await _read(*waiting.popleft())
    finally:
        for _, task in waiting:
            task.cancel()
        await asyncio.gather(*(task for _, task in waiting), return_exceptions=True)


async def _gathered(episode: SourceEpisode) -> Texts:
    return await episode.gather()


async def _read(episode: SourceEpisode, gathering: asyncio.Task[Texts]) -> tuple[SourceEpisode, EpisodeRead]:
    texts = await gathering
    # A long transcript takes some tenths of a second to read, which the loop of a running bot has not.
    return episode, await asyncio.to_thread(episode.read, texts)

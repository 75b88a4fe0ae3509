"""Which clip of a server says already what another would say again: by the words that both have, or by what they mean.

Two stretches of one episode that share words are the same clip from half of them on, and two clips otherwise: whoever
wants a little more or less of a place gets it. All else is compared by its telling words, as in a rerun, and by the
cosine of the embedding model's vectors of both texts, where there is a model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from functools import lru_cache

from companion.archive.lexical import terms
from companion.archive.moments import NEARLY_THE_SAME
from companion.archive.query import tells
from companion.archive.search import Searcher
from companion.storage import clip_vectors, clips
from companion.storage.clip_vectors import Meaning
from companion.storage.clips import Clip
from companion.storage.engine import AsyncConnection, Database

NEARLY_ALIKE = 0.86
"""The cosine from which on a clip says nearly the same as another. Of 484,620 pairs of passages of a real podcast the
nearest have 0.80, and one in ten thousand 0.72; what is heard twice, cut or spelled otherwise, has 0.92 to 0.99. A
story that is told again in other words has 0.43 to 0.83, and talk of the same thing up to 0.80, so that nobody could
tell those apart. (`benchmarks/near_clips.py`.)"""
_SAME_WORDS = 0.85
"""The share of telling words in two clips of different episodes from which the later one repeats the first."""
_A_MINUTE = 20
"""Clips whose meaning is looked up later, where there was no model when they were made, or another."""


class NearClips:
    """Compares clips of a server, over one database. Without a ``searcher`` that has a model, by their words."""

    def __init__(self, database: Database, searcher: Searcher | None = None) -> None:
        self._database = database
        self._searcher = searcher

    async def meaning(self, text: str) -> Meaning | None:
        """What a text means; None without a model."""
        if self._searcher is None or (model := self._searcher.model_id) is None:
            return None
        vector = await self._searcher.vector_of(text)
        # Another model may have come meanwhile.
        return None if vector is None or self._searcher.model_id != model else Meaning(model, vector)

    async def first_like(
        self, connection: AsyncConnection, clip: Clip, meaning: Meaning | None, podcasts: Collection[int]
    ) -> Clip | None:
        """The first clip of the server, of these podcasts, that says nearly the same; None where there is none."""
        overlapping = await clips.overlapping(
            connection, clip.guild_id, clip.episode_id, clip.first_word, clip.last_word
        )
        for one in overlapping:
            if one.likeness(clip.first_word, clip.last_word) >= NEARLY_THE_SAME:
                return one
        sharing = {one.id for one in overlapping}
        known = [one for one in await clips.of_guild(connection, clip.guild_id, podcasts) if one.id not in sharing]
        near: set[int] = set()
        if meaning is not None:
            vectors = await clip_vectors.of_guild(connection, clip.guild_id, meaning.model, podcasts)
            near = {clip_id for clip_id, vector in vectors.items() if float(vector @ meaning.vector) >= NEARLY_ALIKE}
        # Of a thousand clips it takes a tenth of a second to read the words, once.
        alike = [one for one in known if one.id in near] + await asyncio.to_thread(_retold, known, clip)
        return min(alike, key=lambda one: one.id, default=None)

    async def catch_up(self) -> int:
        """Makes some of the meanings that are missing. Returns of how many clips."""
        if self._searcher is None or (model := self._searcher.model_id) is None:
            return 0
        async with self._database.read() as connection:
            missing = await clip_vectors.missing(connection, model, _A_MINUTE)
        for clip_id, text in missing:
            if (meaning := await self.meaning(text)) is not None:
                async with self._database.write() as connection:
                    await clip_vectors.put(connection, clip_id, meaning)
        return len(missing)


def _retold(known: Sequence[Clip], clip: Clip) -> list[Clip]:
    """Those of the clips that have the words of another episode again. Belongs in a thread."""
    wanted = _telling(clip.text)

    def repeats(one: Clip) -> bool:
        words = _telling(one.text)
        return 2 * len(words & wanted) >= _SAME_WORDS * (len(words) + len(wanted)) > 0

    return [one for one in known if one.episode_id != clip.episode_id and repeats(one)]


@lru_cache(maxsize=4096)
def _telling(text: str) -> frozenset[str]:
    return frozenset(term for term in terms(text) if tells(term))

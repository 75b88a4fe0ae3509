"""What clips mean, as one unit vector each, by the model that made it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.among import among
from companion.storage.schema import clip_vectors, clips, episodes
from companion.storage.upsert import upsert
from companion.storage.vectors import packed, unpacked

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A text's unit vector, and the model that made it: those of different models cannot be compared."""

    model: str
    vector: Vector


async def put(connection: AsyncConnection, clip_id: int, meaning: Meaning) -> None:
    """Stores what a clip means, in place of what another model made of it. One that is gone by now is left alone."""
    if (await connection.execute(select(clips.c.id).where(clips.c.id == clip_id))).first() is None:
        return
    row = {"clip_id": clip_id, "model": meaning.model, "data": packed(meaning.vector[None])}
    await connection.execute(upsert(clip_vectors, ["clip_id"], ["model", "data"]), row)


async def of_guild(
    connection: AsyncConnection, guild_id: int, model: str, podcasts: Collection[int]
) -> dict[int, Vector]:
    """What that model made of the server's clips of these podcasts, by id, the first one made first."""
    rows = await connection.execute(
        select(clip_vectors.c.clip_id, clip_vectors.c.data)
        .join(clips, clips.c.id == clip_vectors.c.clip_id)
        .join(episodes, episodes.c.id == clips.c.episode_id)
        .where(clips.c.guild_id == guild_id, clip_vectors.c.model == model, among(episodes.c.podcast_id, podcasts))
        .order_by(clip_vectors.c.clip_id)
    )
    return {row.clip_id: unpacked(row.data, len(row.data) // 4)[0] for row in rows}


async def missing(connection: AsyncConnection, model: str, limit: int) -> list[tuple[int, str]]:
    """The ids and words of some clips that this model made nothing of yet, the newest first."""
    made = and_(clip_vectors.c.clip_id == clips.c.id, clip_vectors.c.model == model)
    rows = await connection.execute(
        select(clips.c.id, clips.c.turns)
        .outerjoin(clip_vectors, made)
        .where(clip_vectors.c.clip_id.is_(None))
        .order_by(clips.c.id.desc())
        .limit(limit)
    )
    return [(row.id, "\n".join(text for _, _, text in row.turns)) for row in rows]

"""Everything that the search index is made of, read at one version, in a thread.

Through the event loop's driver 40,000 passages would stall it for a tenth of a second and more; a plain connection in a
thread does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import URL, create_engine
from sqlalchemy.pool import NullPool

from companion.storage import aliases, episodes, passages, podcasts, schema
from companion.storage.aliases import NOTHING_NAMED, Names
from companion.storage.engine import Database
from companion.storage.episodes import Episode
from companion.storage.passages import StoredPassage
from companion.storage.podcasts import Podcast
from companion.storage.vectors import Matrix, unpacked


@dataclass(frozen=True, slots=True)
class Corpus:
    """The archive as it was at ``version``. Passages follow the order of episodes and of what was said in them."""

    version: int
    podcasts: Mapping[int, Podcast]
    episodes: Mapping[int, Episode]
    passages: tuple[StoredPassage, ...]
    vectors: Mapping[int, Matrix]
    """By passage id: unit rows, one an embedded text, of the model that was asked for. Some passages may have none."""
    names: Names = NOTHING_NAMED
    """Passages have these names in place of the labels of their transcripts already."""


async def load(database: Database, model: str | None) -> Corpus:
    """Reads the corpus with the vectors of this model; of none where ``model`` is None."""
    return await asyncio.to_thread(_read, database.path, model)


def _read(path: Path, model: str | None) -> Corpus:
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    with engine.connect() as connection:
        # One transaction, so that what is read belongs together however much is written meanwhile.
        connection.exec_driver_sql("BEGIN")
        version = connection.execute(select(schema.index_version.c.version)).scalar_one()
        known_podcasts = {
            podcast.id: podcast for podcast in map(podcasts.from_row, connection.execute(podcasts.SELECTED))
        }
        known_episodes = {
            episode.id: episode for episode in map(episodes.from_row, connection.execute(episodes.SELECTED))
        }
        names = aliases.names_from(connection.execute(aliases.ACCEPTED), connection.execute(aliases.LABELS))
        order = schema.passages.c.episode_id, schema.passages.c.ordinal
        stored = tuple(
            passages.named(passage, names, known_episodes[passage.episode_id].podcast_id)
            for passage in map(passages.from_row, connection.execute(passages.SELECTED.order_by(*order)))
        )
        matrices = connection.execute(
            select(schema.passages.c.id, schema.vectors.c.data, schema.vectors.c.dimension)
            .join(schema.vectors, schema.vectors.c.digest == schema.passages.c.digest)
            .where(schema.vectors.c.model == model)
        )
        vectors = {passage_id: unpacked(data, dimension) for passage_id, data, dimension in matrices}
    return Corpus(version, known_podcasts, known_episodes, stored, vectors, names)

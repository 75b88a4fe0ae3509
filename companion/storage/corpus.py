"""Everything that the search index is made of, read at one version, in a thread.

Through the event loop's driver 40,000 passages would stall it for a tenth of a second and more; a plain connection in a
thread does not.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from companion.storage import episodes, mentions, names, passages, podcasts, schema
from companion.storage.address import Address
from companion.storage.among import among
from companion.storage.engine import Database, plain_connection
from companion.storage.episodes import Episode
from companion.storage.mentions import EditorsPick
from companion.storage.names import NOTHING_NAMED, Names
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
    picks: Mapping[int, tuple[EditorsPick, ...]] = field(default_factory=dict[int, tuple[EditorsPick, ...]])
    """The moments that editors chose, by episode, in order."""


class ReadEpisode(NamedTuple):
    """An episode and its editors' picks as they were at a revision."""

    revision: int
    stamp: int
    """Another number than before says that its passages or vectors are others. See `_stamp`."""
    episode: Episode
    picks: tuple[EditorsPick, ...]


NOTHING_READ: Mapping[int, ReadEpisode] = {}


class CorpusReader:
    """The archive as it is at one version, read piece by piece. Made by `reading`, and of use inside it."""

    def __init__(self, connection: Connection, model: str | None, before: Mapping[int, ReadEpisode]) -> None:
        self._connection = connection
        self._model = model
        self.version: int = connection.execute(select(schema.index_version.c.version)).scalar_one()
        self.podcasts = {
            podcast.id: podcast for podcast in map(podcasts.from_row, connection.execute(podcasts.SELECTED))
        }
        self.read = self._episodes(before)
        """Every episode, in order; what did not change since ``before`` is from there."""
        self.episodes = {episode_id: one.episode for episode_id, one in self.read.items()}
        self.revisions = {episode_id: one.stamp for episode_id, one in self.read.items()}
        self.picks = {episode_id: one.picks for episode_id, one in self.read.items() if one.picks}
        self.names = names.names_from(connection.execute(names.ACCEPTED), connection.execute(names.LABELS))

    def _episodes(self, before: Mapping[int, ReadEpisode]) -> dict[int, ReadEpisode]:
        columns = schema.episodes.c
        told = select(columns.id, columns.revision, columns.content_hash).order_by(columns.id)
        states: dict[int, tuple[int, str]] = {row[0]: (row[1], row[2]) for row in self._connection.execute(told)}
        same = {
            episode_id: known
            for episode_id, state in states.items()
            if (known := before.get(episode_id)) and state == (known.revision, known.episode.content_hash)
        }
        changed = states.keys() - same.keys()
        rows = self._connection.execute(episodes.SELECTED.where(among(columns.id, changed))) if changed else ()
        found = {episode.id: episode for episode in map(episodes.from_row, rows)}
        of_changed = mentions.PICKED.where(among(schema.editors_picks.c.episode_id, changed))
        picks = mentions.picks_from(self._connection.execute(of_changed) if changed else ())
        return {
            episode_id: same.get(episode_id)
            or ReadEpisode(state[0], _stamp(*state), found[episode_id], picks.get(episode_id, ()))
            for episode_id, state in states.items()
        }

    def sizes(self, episode_ids: Collection[int]) -> dict[int, int]:
        """How many passages each of these episodes has that has any."""
        owner = schema.passages.c.episode_id
        counted = select(owner, func.count()).where(among(owner, episode_ids)).group_by(owner)
        return {row.episode_id: row[1] for row in self._connection.execute(counted)}

    def passages(self, episode_ids: Collection[int]) -> tuple[StoredPassage, ...]:
        """The passages of these episodes, in order."""
        columns = schema.passages.c
        selected = passages.SELECTED.where(among(columns.episode_id, episode_ids))
        rows = self._connection.execute(selected.order_by(columns.episode_id, columns.ordinal))
        return tuple(
            passages.named(stored, self.names, self.episodes[stored.episode_id].podcast_id)
            for stored in map(passages.from_row, rows)
        )

    def vectors(self, episode_ids: Collection[int]) -> dict[int, Matrix]:
        """The vectors of these episodes' passages that have any of the model, by passage id."""
        if self._model is None:
            return {}
        matrices = self._connection.execute(
            select(schema.passages.c.id, schema.vectors.c.data, schema.vectors.c.dimension)
            .join(schema.vectors, schema.vectors.c.digest == schema.passages.c.digest)
            .where(schema.vectors.c.model == self._model, among(schema.passages.c.episode_id, episode_ids))
        )
        return {passage_id: unpacked(data, dimension) for passage_id, data, dimension in matrices}


def _stamp(revision: int, content_hash: str) -> int:
    """64 bits that tell this state of an episode from every other, also of a database that lay in the same place."""
    digest = hashlib.blake2b(f"{revision} {content_hash}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@contextmanager
def reading(
    address: Address, model: str | None, before: Mapping[int, ReadEpisode] = NOTHING_READ
) -> Generator[CorpusReader]:
    """Reads the corpus with the vectors of this model; of none where ``model`` is None. Belongs in a thread.

    ``before`` is what an earlier reader read: the rows of episodes that are the same are not read again.
    """
    with plain_connection(address) as connection:
        yield CorpusReader(connection, model, before)


async def load(database: Database, model: str | None) -> Corpus:
    """The whole corpus at once."""
    return await asyncio.to_thread(_read, database.address, model)


def _read(address: Address, model: str | None) -> Corpus:
    with reading(address, model) as reader:
        every = list(reader.episodes)
        return Corpus(
            reader.version,
            reader.podcasts,
            reader.episodes,
            reader.passages(every),
            reader.vectors(every),
            reader.names,
            reader.picks,
        )

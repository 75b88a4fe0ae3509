"""What search works on: one immutable picture of the archive in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.archive.encoders import Vectors
from companion.archive.lexical import Bm25, Field, terms
from companion.storage.aliases import NOTHING_NAMED, Names
from companion.storage.corpus import Corpus
from companion.storage.episodes import Episode, EpisodeFacts, Kind
from companion.storage.passages import StoredPassage
from companion.storage.podcasts import Podcast

FIELDS = {
    "text": Field(1.0, 0.75),
    "title": Field(0.3, 0.3),
    "chapter": Field(0.5, 0.3),
    "speaker": Field(0.3, 0.3),
}

Rows = NDArray[np.int32]
Mask = NDArray[np.bool_]
Scores = NDArray[np.float32]

NO_DAY = np.iinfo(np.int32).min
"""The day of an episode that has no date: neither after nor before any."""


@dataclass(frozen=True, slots=True)
class Similarities:
    """The cosine of every passage, whole, and of its best window, with a question."""

    whole: Scores
    window: Scores


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """The vectors of the passages, grouped by passage: ``matrix[first[i]:first[i+1]]`` belong to row ``rows[i]``.

    The first of a group is the whole passage's, the others are its windows'.
    """

    model_id: str
    matrix: Vectors
    rows: Rows
    first: NDArray[np.int64]

    def similarities(self, query: Vectors, size: int) -> Similarities:
        """The cosines of ``size`` passages with a unit vector; -1 for a passage without vectors."""
        whole = np.full(size, -1.0, np.float32)
        window = np.full(size, -1.0, np.float32)
        if len(self.rows):
            cosines = self.matrix @ query
            whole[self.rows] = cosines[self.first]
            # The first vector is the whole passage's; where it is the only one, the passage is its own window.
            cosines[self.first[self.windows > 0]] = -1.0
            window[self.rows] = np.maximum.reduceat(cosines, self.first)
        return Similarities(whole, window)

    @property
    def windows(self) -> NDArray[np.int64]:
        """How many windows each of ``rows`` has besides the whole passage."""
        return np.diff(self.first, append=len(self.matrix)) - 1

    def of(self, row: int) -> Vectors | None:
        """The vectors of one passage, shape (n, dimension)."""
        place = int(np.searchsorted(self.rows, row))
        if place == len(self.rows) or self.rows[place] != row:
            return None
        last = self.first[place + 1] if place + 1 < len(self.first) else len(self.matrix)
        return self.matrix[self.first[place] : last]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The archive at one index version. Row i of every array is the same passage; rows follow the episodes' order."""

    version: int
    model_id: str | None
    """The model asked for; ``vectors`` is None when the archive has none of it."""
    passages: tuple[StoredPassage, ...]
    passage_ids: NDArray[np.int64]
    episode_ids: NDArray[np.int64]
    podcast_ids: NDArray[np.int64]
    continues: Mask
    """Whether each passage goes on where the one of the row before ends."""
    retold: Mask
    """Whether each passage is of the show notes of an episode that has a transcript."""
    days: NDArray[np.int32]
    speakers: Mapping[str, Rows]
    """Every speaker's name, case folded, and the passages in which they talk."""
    lexical: Bm25
    vectors: VectorIndex | None
    episodes: Mapping[int, Episode]
    podcasts: Mapping[int, Podcast]
    names: Names = NOTHING_NAMED

    def __len__(self) -> int:
        return len(self.passages)

    def is_by(self, episode_id: int, speaker: str, name: str) -> bool:
        """Is a speaker of an episode the one whom a name, in any spelling, means?"""
        episode = self.episodes[episode_id]
        spellings = {name, self.names.person(episode.podcast_id, name)}
        return any(is_named(speaker, spelling, about(episode.facts)) for spelling in spellings)

    def follows(self, row: int) -> bool:
        """Does the passage go on where the one of the row before ends?"""
        return 0 < row < len(self) and bool(self.continues[row])

    @classmethod
    def build(cls, corpus: Corpus, model_id: str | None) -> Snapshot:
        """The snapshot of a corpus that was loaded with the vectors of ``model_id``."""
        passages, episodes, vectors = corpus.passages, corpus.episodes, corpus.vectors
        owners = [episodes[stored.episode_id] for stored in passages]
        rows = [row for row, stored in enumerate(passages) if stored.id in vectors]
        matrices = [vectors[passages[row].id] for row in rows]
        lengths = [len(matrix) for matrix in matrices]
        transcribed = {stored.episode_id for stored in passages if stored.passage.kind is Kind.SPEECH}
        return cls(
            version=corpus.version,
            model_id=model_id,
            passages=passages,
            passage_ids=np.array([stored.id for stored in passages], np.int64),
            episode_ids=np.array([stored.episode_id for stored in passages], np.int64),
            podcast_ids=np.array([episode.podcast_id for episode in owners], np.int64),
            continues=np.array([_follows(*pair) for pair in zip((None, *passages), passages, strict=False)], np.bool_),
            retold=np.array(
                [stored.passage.kind is Kind.NOTES and stored.episode_id in transcribed for stored in passages],
                np.bool_,
            ),
            days=np.array([_day(episode) for episode in owners], np.int32),
            speakers=_rows_of_speakers(passages),
            lexical=Bm25(
                {
                    "text": [terms(stored.passage.text) for stored in passages],
                    "title": [terms(episode.title) for episode in owners],
                    "chapter": [terms(stored.passage.chapter or "") for stored in passages],
                    "speaker": [terms(" ".join(_speakers(stored))) for stored in passages],
                },
                FIELDS,
            ),
            vectors=VectorIndex(
                model_id,
                np.concatenate(matrices),
                np.array(rows, np.int32),
                np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int64),
            )
            if model_id is not None and rows
            else None,
            episodes=episodes,
            podcasts=corpus.podcasts,
            names=corpus.names,
        )


def _follows(before: StoredPassage | None, stored: StoredPassage) -> bool:
    return (
        before is not None
        and before.episode_id == stored.episode_id
        and before.passage.kind is stored.passage.kind
        and before.passage.ordinal + 1 == stored.passage.ordinal
    )


def _day(episode: Episode) -> int:
    return episode.published.date().toordinal() if episode.published else NO_DAY


def _speakers(stored: StoredPassage) -> list[str]:
    return sorted({piece.speaker for piece in stored.passage.pieces if piece.speaker})


def _rows_of_speakers(passages: Sequence[StoredPassage]) -> dict[str, Rows]:
    rows: dict[str, list[int]] = {}
    for row, stored in enumerate(passages):
        for speaker in _speakers(stored):
            rows.setdefault(speaker.casefold(), []).append(row)
    return {speaker: np.array(found, np.int32) for speaker, found in rows.items()}


def is_named(label: str, name: str, about: str) -> bool:
    """Is a speaker's label meant by a name? ``about`` is what is known of the episode: its title and people.

    "luan" means "David Luan", and "David Luan" means "David" in an episode with David Luan.
    """
    wanted, known = _name_words(name), _name_words(label)
    if not wanted or not known:
        return False
    return wanted <= known or (known <= wanted and wanted <= _name_words(about))


def about(facts: EpisodeFacts) -> str:
    """What `is_named` has to know of an episode."""
    return " ".join((facts.title, *(person.name for person in facts.people)))


def _name_words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))

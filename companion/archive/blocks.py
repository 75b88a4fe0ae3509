"""Parts of the archive, made ready for search and never changed: a snapshot is a row of them.

A block holds some episodes that follow each other in the order of their ids. When episodes change, come or go, only
what they were in is cut and joined anew, without a look at the texts of the others. Few large blocks are fast to
search, and small ones fast to make: so a block is joined with the next while it is not much larger than that, and what
is added one episode at a time is moved only a few times (O'Neil et al., 1996, the log-structured merge-tree).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from companion.archive.bm25 import Field, Postings
from companion.archive.codes import Codes
from companion.archive.lexical import placed_terms, terms
from companion.archive.outlines import Outline, Outlines
from companion.archive.packed import PackedPassages
from companion.archive.passage_vectors import PassageVectors
from companion.archive.ragged import Ragged
from companion.archive.sentences import sentences
from companion.archive.stretches import read_on
from companion.archive.tokens import Vectors
from companion.storage.episodes import Episode, Kind
from companion.storage.passages import StoredPassage

MOST_ROWS = 16_384
"""Passages in a block, unless one episode has more."""
OUTLINED_FROM = 1_000
"""Passages of a block from which on their outlines are kept. Few are outlined when they are quoted: what is added one
episode at a time would wait for outlines as long as for all else."""

FIELDS = {
    "text": Field(1.0, 0.75),
    "title": Field(0.3, 0.3),
    "chapter": Field(0.5, 0.3),
    "speaker": Field(0.3, 0.3),
}

Rows = NDArray[np.int32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Block:
    """Some episodes' passages, in order, with all that search asks of them. Rows count from the block's beginning.

    ``ends[i]`` is the row after the last of episode ``episodes[i]``, which stands as of ``revisions[i]``. ``labels``
    are the speakers, case folded, and ``speaker_rows[i]`` the rows where ``labels[i]`` talks.
    """

    episodes: NDArray[np.int64]
    revisions: NDArray[np.int64]
    ends: NDArray[np.int64]
    passages: PackedPassages
    passage_ids: NDArray[np.int64]
    continues: Mask
    """Whether each passage goes on where the one of the row before ends."""
    retold: Mask
    """Whether each passage is of the show notes of an episode that has a transcript."""
    labels: tuple[str, ...]
    speaker_rows: tuple[Rows, ...]
    postings: Postings
    outlines: Outlines | None
    """None where they are made when they are asked for."""
    vectors: PassageVectors | None
    file: str | None = None
    """Its name, where the arrays lie in one (`block_files`)."""
    tokens: Ragged | None = None
    """Of each passage as `late_interaction.packed` makes them, or none, where the arrays lie in a file; else they are
    in the database alone. They are as large as all vectors, so they are only ever mapped."""

    @property
    def size(self) -> int:
        """How many passages there are."""
        return len(self.passage_ids)

    @classmethod
    def of(
        cls,
        episodes: Sequence[Episode],
        passages: Sequence[StoredPassage],
        vectors: Mapping[int, Vectors],
        revisions: Mapping[int, int],
        like: Codes | None = None,
    ) -> Block:
        """A block of the episodes and their passages, in the same order; ``vectors`` are by passage id.

        ``like`` are the codes of a block that this one may be joined with.
        """
        by_id = {episode.id: episode for episode in episodes}
        counts = dict.fromkeys(by_id, 0)
        for stored in passages:
            counts[stored.episode_id] += 1
        transcribed = {stored.episode_id for stored in passages if stored.passage.kind is Kind.SPEECH}
        speakers = _rows_of_speakers(passages)
        continues = [_follows(*pair) for pair in pairwise((None, *passages))]
        outlines = None
        if len(passages) < OUTLINED_FROM:
            said = [terms(stored.passage.text) for stored in passages]
        else:
            placed = [placed_terms(stored.passage.text) for stored in passages]
            said = [found.terms for found in placed]
            outlines = Outlines.of([stored.passage for stored in passages], placed, continues)
        fields = (
            said,
            [terms(by_id[stored.episode_id].title) for stored in passages],
            [terms(stored.passage.chapter or "") for stored in passages],
            [terms(" ".join(_speakers(stored))) for stored in passages],
        )
        return cls(
            np.array(list(by_id), np.int64),
            np.array([revisions.get(episode_id, 0) for episode_id in by_id], np.int64),
            np.cumsum(list(counts.values()), dtype=np.int64),
            PackedPassages.of(passages),
            np.array([stored.id for stored in passages], np.int64),
            np.array(continues, np.bool_),
            np.array([s.passage.kind is Kind.NOTES and s.episode_id in transcribed for s in passages], np.bool_),
            tuple(speakers),
            tuple(speakers.values()),
            Postings.of(fields),
            outlines,
            PassageVectors.of(_by_row(passages, vectors), like),
        )

    def with_vectors(self, vectors: Mapping[int, Vectors], like: Codes | None) -> Block:
        """The same passages with other vectors, by passage id."""
        rows = {row: vectors[key] for row, key in enumerate(self.passage_ids.tolist()) if key in vectors}
        return replace(self, vectors=PassageVectors.of(rows, like), file=None, tokens=None)

    def part(self, first: int, last: int) -> Block:
        """The episodes from place ``first`` to before ``last``."""
        if (first, last) == (0, len(self.episodes)):
            return self
        begin, end = self._begin(first), self._begin(last)
        held = [np.searchsorted(rows, (begin, end)).tolist() for rows in self.speaker_rows]
        spoken = {
            label: rows[low:high] - np.int32(begin)
            for label, rows, (low, high) in zip(self.labels, self.speaker_rows, held, strict=True)
            if low < high
        }
        return Block(
            self.episodes[first:last],
            self.revisions[first:last],
            self.ends[first:last] - begin,
            self.passages.part(begin, end),
            self.passage_ids[begin:end],
            self.continues[begin:end],
            self.retold[begin:end],
            tuple(spoken),
            tuple(spoken.values()),
            self.postings.part(begin, end),
            None if self.outlines is None else self.outlines.part(begin, end),
            None if self.vectors is None else self.vectors.part(begin, end),
            tokens=None if self.tokens is None else self.tokens.part(begin, end),
        )

    def outline(self, row: int) -> Outline:
        """What is looked up in a passage when it is quoted."""
        passage = self.passages[row].passage
        return Outline.of(passage) if self.outlines is None else self.outlines.of_row(row, passage.text)

    def lead(self, row: int) -> int:
        """How many characters of a passage that goes on from the one before are shown with that."""
        if self.outlines is not None:
            return self.outlines.leads.item(row)
        passage = self.passages[row].passage
        return read_on(self.passages[row - 1].passage, passage, sentences(passage.text))

    def all_outlines(self) -> Outlines:
        """Those that are kept, else made now."""
        if self.outlines is not None:
            return self.outlines
        passages = [self.passages[row].passage for row in range(self.size)]
        return Outlines.of(passages, [placed_terms(passage.text) for passage in passages], self.continues.tolist())

    def rows_of(self, place: int) -> int:
        """How many passages the episode at a place has."""
        return self._begin(place + 1) - self._begin(place)

    def _begin(self, place: int) -> int:
        return int(self.ends[place - 1]) if place else 0

    @classmethod
    def joined(cls, parts: Sequence[Block]) -> Block:
        """The episodes of all parts."""
        if len(parts) == 1:
            return parts[0]
        offsets = np.cumsum([0, *(part.size for part in parts)]).tolist()
        placed = list(zip(parts, offsets, strict=False))
        spoken = rows_of_speakers(parts)
        vectors = [(offset, part.vectors) for part, offset in placed if part.vectors is not None]
        outlined = offsets[-1] >= OUTLINED_FROM or any(part.outlines is not None for part in parts)
        return cls(
            np.concatenate([part.episodes for part in parts]),
            np.concatenate([part.revisions for part in parts]),
            np.concatenate([part.ends + offset for part, offset in placed]),
            PackedPassages.joined([part.passages for part in parts]),
            np.concatenate([part.passage_ids for part in parts]),
            np.concatenate([part.continues for part in parts]),
            np.concatenate([part.retold for part in parts]),
            tuple(spoken),
            tuple(spoken.values()),
            Postings.joined([part.postings for part in parts]),
            Outlines.joined([part.all_outlines() for part in parts]) if outlined else None,
            PassageVectors.joined(vectors) if vectors else None,
        )


def joined_sizes(sizes: Iterable[int]) -> list[int]:
    """How many neighbours of these sizes become one block each: few large ones, and few moves to make them."""
    groups: list[tuple[int, int]] = []
    for size in sizes:
        groups.append((1, size))
        while len(groups) > 1:
            (first, before), (second, last) = groups[-2:]
            if before + last > MOST_ROWS or before > 2 * last:
                break
            groups[-2:] = [(first + second, before + last)]
    return [count for count, _ in groups]


def rows_of_speakers(parts: Sequence[Block]) -> dict[str, Rows]:
    """Every speaker's label and their rows, over blocks that follow each other."""
    rows: dict[str, list[Rows]] = {}
    offset = 0
    for part in parts:
        for label, held in zip(part.labels, part.speaker_rows, strict=True):
            rows.setdefault(label, []).append(held + np.int32(offset))
        offset += part.size
    return {label: np.concatenate(held) for label, held in rows.items()}


def _follows(before: StoredPassage | None, stored: StoredPassage | None) -> bool:
    return (
        before is not None
        and stored is not None
        and before.episode_id == stored.episode_id
        and before.passage.kind is stored.passage.kind
        and before.passage.ordinal + 1 == stored.passage.ordinal
    )


def _speakers(stored: StoredPassage) -> list[str]:
    return sorted({piece.speaker for piece in stored.passage.pieces if piece.speaker})


def _rows_of_speakers(passages: Sequence[StoredPassage]) -> dict[str, Rows]:
    rows: dict[str, list[int]] = {}
    for row, stored in enumerate(passages):
        for speaker in _speakers(stored):
            held = rows.setdefault(speaker.casefold(), [])
            if held[-1:] != [row]:
                held.append(row)
    return {speaker: np.array(found, np.int32) for speaker, found in rows.items()}


def _by_row(passages: Sequence[StoredPassage], vectors: Mapping[int, Vectors]) -> dict[int, Vectors]:
    return {row: vectors[stored.id] for row, stored in enumerate(passages) if stored.id in vectors}

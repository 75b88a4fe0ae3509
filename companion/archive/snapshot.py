"""What search works on: one immutable picture of the archive in memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.archive.block_files import BlockFiles
from companion.archive.blocks import FIELDS, Block, Mask, Rows, joined_sizes, rows_of_speakers
from companion.archive.bm25 import Bm25
from companion.archive.codes import Codes
from companion.archive.late_interaction import AtHand
from companion.archive.near_index import NearVectorIndex
from companion.archive.outlines import Outline
from companion.archive.packed import PassageRows
from companion.archive.tokens import Vectors
from companion.archive.vector_index import VectorIndex
from companion.storage import corpus, near_tables
from companion.storage.address import Address
from companion.storage.corpus import NOTHING_READ, Corpus, CorpusReader, ReadEpisode
from companion.storage.episodes import Episode, EpisodeFacts
from companion.storage.mentions import EditorsPick
from companion.storage.names import Names
from companion.storage.near_vectors import NearVectors
from companion.storage.passages import StoredPassage
from companion.storage.podcasts import Podcast

Scores = NDArray[np.float32]

NO_DAY = np.iinfo(np.int32).min
"""The day of an episode that has no date: neither after nor before any."""


_ELSEWHERE = "(vectors elsewhere)"
"""What is said of a model in place of which there is none in a snapshot's blocks."""
_READ_AT_ONCE = 2_048
"""Passages that are read and made ready at a time: more at once would keep the event loop waiting for the garbage."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The archive at one index version. Row i of every array is the same passage; rows follow the episodes' order."""

    version: int
    model_id: str | None
    """The model asked for; ``vectors`` is None when the archive has none of it."""
    passages: Sequence[StoredPassage]
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
    vectors: VectorIndex | NearVectorIndex | None
    episodes: Mapping[int, Episode]
    podcasts: Mapping[int, Podcast]
    names: Names
    picks: Mapping[int, tuple[EditorsPick, ...]]
    """The moments that editors chose, by episode."""
    blocks: tuple[Block, ...]
    """What all of it is made of."""
    read: Mapping[int, ReadEpisode] = field(default_factory=lambda: NOTHING_READ, repr=False)
    """The episodes as they were read, for the next snapshot."""

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

    def lead(self, row: int) -> int:
        """How many characters of the passage are shown with the one of the row before."""
        if not self.follows(row):
            return 0
        block, place = self._held(row)
        return block.lead(place)

    def outline(self, row: int) -> Outline:
        """What is looked up in a passage when it is quoted."""
        block, place = self._held(row)
        return block.outline(place)

    def _held(self, row: int) -> tuple[Block, int]:
        """The block of a row, and the row there."""
        for block in self.blocks:
            if row < block.size:
                return block, row
            row -= block.size
        raise IndexError(row)

    def window_vectors(self, row: int) -> Vectors | None:
        """Those of a passage's windows, shape (n, dimension); None where there are none at all."""
        return None if self.vectors is None else self.vectors.windows_of(row)

    def tokens(self, rows: Rows) -> Iterator[AtHand]:
        """The packed tokens of those of some rows, ascending, that have theirs at hand."""
        begin = 0
        for block in self.blocks:
            first, last = rows.searchsorted((begin, begin + block.size)).tolist()
            if block.tokens is not None and first < last:
                begins, ends = block.tokens.bounds(rows[first:last] - begin)
                held = (begins < ends).nonzero()[0]
                if len(held):
                    yield AtHand(held + first, block.tokens.data, begins[held], ends[held])
            begin += block.size

    @classmethod
    def build(cls, corpus: Corpus, model_id: str | None) -> Snapshot:
        """The snapshot of a corpus that was loaded with the vectors of ``model_id``."""
        blocks: list[Block] = []
        for _, stored in groupby(corpus.passages, key=lambda stored: stored.episode_id):
            passages = tuple(stored)
            like = _codes(blocks)
            episode = corpus.episodes[passages[0].episode_id]
            blocks.append(Block.of([episode], passages, corpus.vectors, {}, like))
        return cls.of(_joined(blocks), corpus, model_id)

    @classmethod
    def of(cls, blocks: tuple[Block, ...], archive: Corpus | CorpusReader, model_id: str | None) -> Snapshot:
        """The blocks, which are all of the archive, as one."""
        owners = [archive.episodes[episode_id] for block in blocks for episode_id in block.episodes.tolist()]
        counts = np.concatenate([np.diff(block.ends, prepend=0) for block in blocks]) if blocks else np.zeros(0, int)
        vectors = VectorIndex([block.vectors for block in blocks], [block.size for block in blocks])
        return cls(
            version=archive.version,
            model_id=model_id,
            passages=PassageRows([block.passages for block in blocks]),
            passage_ids=_together([block.passage_ids for block in blocks], np.int64),
            episode_ids=np.repeat(np.array([episode.id for episode in owners], np.int64), counts),
            podcast_ids=np.repeat(np.array([episode.podcast_id for episode in owners], np.int64), counts),
            continues=_together([block.continues for block in blocks], np.bool_),
            retold=_together([block.retold for block in blocks], np.bool_),
            days=np.repeat(np.array([_day(episode) for episode in owners], np.int32), counts),
            speakers=rows_of_speakers(blocks),
            lexical=Bm25([block.postings for block in blocks], tuple(FIELDS.values())),
            vectors=vectors if model_id is not None and vectors.size else None,
            episodes=archive.episodes,
            podcasts=archive.podcasts,
            names=archive.names,
            picks=archive.picks,
            blocks=blocks,
            read=archive.read if isinstance(archive, CorpusReader) else NOTHING_READ,
        )


def renewed(address: Address, before: Snapshot | None, model_id: str | None) -> Snapshot:
    """The archive as it is now, with the vectors of ``model_id``. What stayed the same is taken from ``before``, or
    from the files in which blocks are kept.

    Belongs in a thread.
    """
    files = BlockFiles(address, model_id)
    with corpus.reading(address, model_id, NOTHING_READ if before is None else before.read) as reader:
        blocks = () if before is None else before.blocks
        if before is None or before.model_id != model_id:
            blocks = files.load() or _with_vectors(blocks, reader)
        made = _joined(_pieces(blocks, reader))
        return Snapshot.of(files.kept(made, blocks), reader, model_id)


def renewed_without_vectors(address: Address, before: Snapshot | None, model_id: str) -> Snapshot:
    """The same, with the vectors of ``model_id`` left in the database, which is asked for them (`NearVectorIndex`).

    Takes minutes the first time. Raises `StorageError` where the database cannot be asked so.
    """
    size = near_tables.bring_up_to_date(address, model_id)
    blocks_of = f"{model_id} {_ELSEWHERE}"
    if before is not None and before.model_id == model_id:
        before = replace(before, model_id=blocks_of)
    made = renewed(address, before, blocks_of)
    index = NearVectorIndex(NearVectors(address, model_id), made.passage_ids, size)
    return replace(made, model_id=model_id, vectors=index if size else None)


def _with_vectors(blocks: Sequence[Block], reader: CorpusReader) -> tuple[Block, ...]:
    """The same passages with the vectors of the reader's model."""
    changed: list[Block] = []
    for block in blocks:
        changed.append(block.with_vectors(reader.vectors(block.episodes.tolist()), _codes(changed)))
    return tuple(changed)


def _pieces(blocks: Sequence[Block], reader: CorpusReader) -> list[Block]:
    """All of the reader's episodes in order: those that did not change cut from ``blocks``, the others read."""
    known = {
        (episode_id, revision): (number, place)
        for number, block in enumerate(blocks)
        for place, (episode_id, revision) in enumerate(
            zip(block.episodes.tolist(), block.revisions.tolist(), strict=True)
        )
    }
    like = _codes(blocks)
    pieces: list[Block] = []
    sizes: dict[int, int] | None = None
    wanted = list(reader.revisions.items())
    first = 0
    while first < len(wanted):
        last = first + 1
        if (found := known.get(wanted[first])) is not None:
            number, place = found
            while last < len(wanted) and known.get(wanted[last]) == (number, place + last - first):
                last += 1
            pieces.append(blocks[number].part(place, place + last - first))
        else:
            if sizes is None:
                sizes = reader.sizes([state[0] for state in wanted if state not in known])
            rows = sizes.get(wanted[first][0], 0)
            while last < len(wanted) and wanted[last] not in known and rows < _READ_AT_ONCE:
                rows += sizes.get(wanted[last][0], 0)
                last += 1
            ids = [episode_id for episode_id, _ in wanted[first:last]]
            owners = [reader.episodes[episode_id] for episode_id in ids]
            like = like or _codes(pieces)
            pieces.append(Block.of(owners, reader.passages(ids), reader.vectors(ids), reader.revisions, like))
        first = last
    return pieces


def _joined(pieces: Sequence[Block]) -> tuple[Block, ...]:
    """The same episodes in blocks of good sizes."""
    rest = iter(pieces)
    return tuple(Block.joined(list(islice(rest, count))) for count in joined_sizes(piece.size for piece in pieces))


def _codes(blocks: Iterable[Block]) -> Codes | None:
    """Codes that those of a new block can be joined with."""
    return next((block.vectors.whole.codes for block in blocks if block.vectors is not None), None)


def _together(arrays: Sequence[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.zeros(0, kind)


def _day(episode: Episode) -> int:
    return episode.published.date().toordinal() if episode.published else NO_DAY


def is_named(label: str, name: str, about: str) -> bool:
    """Is a speaker's label meant by a name? ``about`` is what is known of the episode: its title and people.

    "luan" means "David Luan", and "David Luan" means "David" in an episode with David Luan.
    """
    wanted, known = name_words(name), name_words(label)
    if not wanted or not known:
        return False
    return wanted <= known or (known <= wanted and wanted <= name_words(about))


def about(facts: EpisodeFacts) -> str:
    """What `is_named` has to know of an episode."""
    return " ".join((facts.title, *(person.name for person in facts.people)))


def name_words(text: str) -> set[str]:
    """The words of a name, case folded."""
    return set(re.findall(r"\w+", text.casefold()))

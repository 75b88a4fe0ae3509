"""Archives of any size, grown from a real one (or the demo's): each episode again and again, and each time different.

A copy's passages have 15% of their words replaced by words drawn from the whole archive, as often as they occur there.
A copy's vectors stray from the original's (`benchmarks.strays`); its tokens are the original's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice, starmap

import numpy as np

from benchmarks.strays import strayed
from companion.archive.late_interaction import TokenSource
from companion.archive.snapshot import Snapshot
from companion.archive.tokens import Vectors
from companion.storage import podcasts, readings, vectors
from companion.storage.engine import Database
from companion.storage.episodes import EpisodeFacts, Passage
from companion.storage.podcasts import PodcastFacts
from companion.storage.readings import Reading
from companion.storage.vectors import Embedding

REPLACED_WORDS = 0.15

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Grown:
    """An episode of a grown archive, with the vectors of its passages, and the ids of those that they were made of."""

    facts: EpisodeFacts
    passages: tuple[Passage, ...]
    matrices: tuple[Vectors, ...]
    originals: tuple[int, ...]


def grown(seed: Snapshot, passages: int) -> Iterator[Grown]:
    """Episodes with so many passages in all, or a few more: first the real ones, then copies of each in turn."""
    random = np.random.default_rng(0)
    words = [word for stored in seed.passages for word in _WORD.findall(stored.passage.text)]
    pool = (
        np.concatenate([_vectors(seed, row) for row in range(len(seed))])
        if seed.vectors
        else np.zeros((0, 0), np.float32)
    )
    made = 0
    for copy in count():
        for episode_id in dict.fromkeys(seed.episode_ids.tolist()):
            if made >= passages:
                return
            rows = np.flatnonzero(seed.episode_ids == episode_id).tolist()
            stored = [seed.passages[row].passage for row in rows]
            matrices = [_vectors(seed, row) for row in rows] if seed.vectors else []
            facts = seed.episodes[episode_id].facts
            if copy:
                facts = replace(facts, guid=f"{facts.guid}-{copy}", title=f"{facts.title} ({copy})")
                stored = [replace(passage, text=_reworded(passage, words, random)) for passage in stored]
                matrices = [strayed(matrix, pool, random) for matrix in matrices]
            made += len(stored)
            yield Grown(facts, tuple(stored), tuple(matrices), tuple(seed.passage_ids[rows].tolist()))


def questions(seed: Snapshot, asked: Sequence[str], wanted: int) -> list[str]:
    """So many different questions: those asked, then chapter titles, then what the speakers asked each other."""
    chapters = [stored.passage.chapter for stored in seed.passages if stored.passage.chapter]
    spoken = [
        sentence.strip()
        for stored in seed.passages
        for sentence in re.findall(r"[^.?!\n]{30,140}\?", stored.passage.text)
    ]
    return list(islice(dict.fromkeys((*asked, *chapters, *spoken)), wanted))


def _vectors(seed: Snapshot, row: int) -> Vectors:
    found = None if seed.vectors is None else seed.vectors.of(row)
    if found is None:
        raise ValueError(f"passage {row} of the archive to grow from has no vectors: embed it first")
    return found


def _reworded(passage: Passage, words: Sequence[str], random: np.random.Generator) -> str:
    """The passage's text with some words replaced by others. Its pieces begin a little off their words then."""
    text = passage.text
    chosen = iter(random.integers(len(words), size=len(text)).tolist())
    lots = iter(random.random(len(text)).tolist())

    def other(match: re.Match[str]) -> str:
        return str(words[next(chosen)]) if next(lots) < REPLACED_WORDS else match.group()

    return _WORD.sub(other, text)


async def store_grown(database: Database, seed: Snapshot, passages: int, *, tokens: TokenSource | None = None) -> None:
    """Fills a database with a grown archive, embedded where there are the ``tokens`` of the seed."""
    now = database.clock.now()
    async with database.write() as connection:
        podcast = await podcasts.upsert(connection, PodcastFacts("grown", "Grown", None, private=False), now)
    made = 0
    for episode in grown(seed, passages):
        digests = [vectors.digest_of([f"{made + number}"]) for number in range(len(episode.passages))]
        made += len(digests)
        reading = Reading(episode.facts, episode.facts.guid, (), (), "", episode.passages, None)
        async with database.write() as connection:
            await readings.store(connection, podcast.id, reading, digests, now)
            if tokens is not None and seed.model_id is not None:
                codes = tokens(episode.originals)
                embedded = zip(episode.matrices, (codes[original] for original in episode.originals), strict=True)
                await vectors.put(
                    connection, seed.model_id, dict(zip(digests, starmap(Embedding, embedded), strict=True))
                )

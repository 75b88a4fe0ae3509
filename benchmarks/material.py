"""What the benchmarks search: the shared feed through the product's own ingest, and two public sets in memory."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scoring import SHARED
from companion.archive.encoders import Encoder, Vectors
from companion.archive.encoding import EncodingWorker
from companion.archive.fetch import Fetcher
from companion.archive.grains import embedded_texts
from companion.archive.ingest import embed
from companion.archive.intake import ingest
from companion.archive.passages import passages_of
from companion.archive.snapshot import Snapshot
from companion.storage.clock import SystemClock
from companion.storage.corpus import Corpus
from companion.storage.engine import Database
from companion.storage.episodes import Episode, EpisodeFacts, Kind, Passage, Piece, Turn
from companion.storage.passages import StoredPassage
from companion.storage.podcasts import Podcast

CACHE = Path(__file__).parent.parent / "build" / "benchmarks"
"""Vectors of earlier runs: a second run only searches."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A query of a public set: the rows that it is asked of, and what each relevant row gains."""

    text: str
    rows: Sequence[int]
    gains: dict[int, float]


@asynccontextmanager
async def ingested_feed(worker: EncodingWorker) -> AsyncGenerator[Database]:
    """A database with the shared feed, read and embedded as `companion ingest` does."""
    CACHE.mkdir(parents=True, exist_ok=True)
    async with await Database.open(f"sqlite+aiosqlite:///{CACHE}/feed.db", SystemClock()) as database:
        await ingest(database, str(SHARED / "archive" / "feed.xml"), Fetcher())
        await embed(database, worker)
        yield database


def qmsum(encoder: Encoder) -> tuple[Snapshot, list[Judged]]:
    """Meetings cut into passages like episodes; a query is asked inside its meeting, of passages with gold turns."""
    folder = SHARED / "evaluation" / "qmsum"
    episodes: list[Episode] = []
    passages: list[StoredPassage] = []
    rows: dict[str, list[int]] = {}
    for meeting in _lines(folder / "transcripts.jsonl"):
        episode = _episode(len(episodes), meeting["meeting_id"])
        turns = [Turn(turn["speaker"], None, None, False, _spoken(turn["content"])) for turn in meeting["turns"]]
        cut = passages_of(turns, "", ())
        rows[episode.title] = list(range(len(passages), len(passages) + len(cut)))
        passages += [StoredPassage(len(passages) + n, episode.id, passage) for n, passage in enumerate(cut)]
        episodes.append(episode)
    queries: list[Judged] = []
    for query in _lines(folder / "queries.jsonl"):
        gold = {turn for first, last in query["spans"] for turn in range(first, last + 1)}
        searched = rows[query["meeting_id"]]
        gains = {row: 1.0 for row in searched if any(piece.turn in gold for piece in passages[row].passage.pieces)}
        queries.append(Judged(query["query"], searched, gains))
    return in_memory(episodes, passages, encoder, "qmsum"), queries


def scifact(encoder: Encoder) -> tuple[Snapshot, list[Judged]]:
    """Abstracts, each one passage."""
    folder = SHARED / "evaluation" / "scifact"
    episodes: list[Episode] = []
    passages: list[StoredPassage] = []
    row_of: dict[str, int] = {}
    for document in _lines(folder / "corpus.jsonl"):
        row = row_of[document["_id"]] = len(passages)
        episodes.append(_episode(row, document["title"]))
        passages.append(StoredPassage(row, row, plain_passage(0, f"{document['title']}\n{document['text']}")))
    texts = {query["_id"]: query["text"] for query in _lines(folder / "queries.jsonl")}
    gains: dict[str, dict[int, float]] = {}
    for line in (folder / "qrels.tsv").read_text().splitlines()[1:]:
        query, document, gain = line.split("\t")
        gains.setdefault(query, {})[row_of[document]] = float(gain)
    rows = range(len(passages))
    queries = [Judged(texts[query], rows, relevant) for query, relevant in gains.items()]
    return in_memory(episodes, passages, encoder, "scifact"), queries


def in_memory(episodes: Sequence[Episode], passages: Sequence[StoredPassage], encoder: Encoder, name: str) -> Snapshot:
    """A snapshot of passages that are in no database."""
    texts = [embedded_texts(stored.passage) for stored in passages]
    rows = iter(_encoded([text for of_passage in texts for text in of_passage], encoder, name))
    vectors = {
        stored.id: np.stack([next(rows) for _ in of_passage])
        for stored, of_passage in zip(passages, texts, strict=True)
    }
    podcasts = {0: Podcast(0, name, name, None, private=False)}
    corpus = Corpus(0, podcasts, {episode.id: episode for episode in episodes}, tuple(passages), vectors)
    return Snapshot.build(corpus, encoder.model_id)


def plain_passage(ordinal: int, text: str) -> Passage:
    """A text without speakers and times."""
    piece = Piece(0, None, None, None, None, approximate=False)
    return Passage(ordinal, Kind.NOTES, None, None, None, False, 0, len(text.split()) - 1, None, text, (piece,))


def _encoded(texts: Sequence[str], encoder: Encoder, name: str) -> Vectors:
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / f"{name}-{encoder.model_id}-{hash_of(texts)}.npy"
    if not path.exists():
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        vectors = np.zeros((len(texts), encoder.dimension), np.float32)
        for first in range(0, len(order), 32):
            batch = order[first : first + 32]
            vectors[batch] = encoder.encode([texts[index] for index in batch])
        np.save(path, vectors)
    return np.load(path)


def hash_of(texts: Sequence[str]) -> str:
    """A short name for exactly these texts."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:12]


def _episode(number: int, title: str) -> Episode:
    return Episode(number, 0, EpisodeFacts(str(number), title, None, None, None, None, ()), "")


def _spoken(text: str) -> str:
    """Without the marks of noises and broken words, such as ``{vocalsound}``."""
    return re.sub(r"\s+", " ", re.sub(r"\{\w+\}", "", text)).strip()


def _lines(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)

"""What the benchmarks search: the shared feed through the product's own ingest, and two public sets in memory."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scoring import SHARED
from companion.archive.encoders import Encoder
from companion.archive.encoding import EncodingWorker
from companion.archive.fetch import Fetcher
from companion.archive.grains import embedded_texts
from companion.archive.ingest import embed
from companion.archive.intake import ingest
from companion.archive.late_interaction import Meaning, TokenSource, packed, word_by_word
from companion.archive.passages import passages_of
from companion.archive.query import Question, content_terms
from companion.archive.snapshot import Snapshot
from companion.archive.tokens import Tokens, Vectors
from companion.storage import corpus, token_vectors
from companion.storage.clock import SystemClock
from companion.storage.corpus import Corpus
from companion.storage.engine import Database
from companion.storage.episodes import Episode, EpisodeFacts, Kind, Passage, Piece, Turn
from companion.storage.passages import StoredPassage
from companion.storage.podcasts import Podcast

CACHE = Path(__file__).parent.parent / "build" / "benchmarks"
"""Vectors of earlier runs: a second run only searches."""

FEED = SHARED / "archive" / "feed.xml"
DEMO = Path(__file__).parent.parent / "companion" / "demo"


@dataclass(frozen=True, slots=True)
class Searched:
    """A snapshot, and where the tokens of its passages are."""

    snapshot: Snapshot
    tokens: TokenSource


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's text, and what a model makes of it."""

    text: str
    vector: Vectors
    tokens: Tokens

    @classmethod
    def by(cls, encoder: Encoder, text: str) -> Asked:
        [vector], [tokens] = encoder.encode_with_tokens([text])
        return cls(text, vector, tokens)

    def meaning(self, source: TokenSource) -> Meaning:
        return Meaning(self.vector, self.tokens, source)

    def of(self, searched: Searched) -> Question:
        """The question, as the product asks it of what is searched."""
        closer = word_by_word(self.text, self.meaning(searched.tokens), searched.snapshot.lexical)
        return Question(content_terms(self.text), self.vector, frozenset(), word_by_word=closer)


def write_asked(path: Path, asked: Sequence[Asked]) -> None:
    """Keeps questions, with what was made of them, in an ``.npz`` file for another process."""
    np.savez(
        path,
        texts=np.array([one.text for one in asked]),
        vectors=np.stack([one.vector for one in asked]),
        tokens=np.concatenate([one.tokens.vectors for one in asked]),
        spans=np.concatenate([one.tokens.spans for one in asked]),
        ends=np.cumsum([len(one.tokens.spans) for one in asked]),
    )


def read_asked(path: Path) -> list[Asked]:
    """What `write_asked` kept."""
    kept = np.load(path)
    tokens = map(Tokens, np.split(kept["tokens"], kept["ends"][:-1]), np.split(kept["spans"], kept["ends"][:-1]))
    return list(map(Asked, kept["texts"].tolist(), kept["vectors"], tokens))


@dataclass(frozen=True, slots=True)
class Judged:
    """A query of a public set: the rows that it is asked of, and what each relevant row gains."""

    text: str
    rows: Sequence[int]
    gains: dict[int, float]


@asynccontextmanager
async def ingested_feed(worker: EncodingWorker, source: Path = FEED) -> AsyncGenerator[Database]:
    """A database with a source, the shared feed, read and embedded as `companion ingest` does."""
    CACHE.mkdir(parents=True, exist_ok=True)
    async with await Database.open(f"sqlite+aiosqlite:///{CACHE}/{source.stem}.db", SystemClock()) as database:
        await ingest(database, str(source), Fetcher())
        await embed(database, worker)
        yield database


def qmsum(encoder: Encoder) -> tuple[Searched, list[Judged]]:
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


def scifact(encoder: Encoder) -> tuple[Searched, list[Judged]]:
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


async def stored(database: Database, model_id: str) -> Searched:
    """What a database holds, with the vectors of a model."""
    snapshot = Snapshot.build(await corpus.load(database, model_id), model_id)
    return Searched(snapshot, partial(token_vectors.tokens_of, database.address, model_id))


def in_memory(episodes: Sequence[Episode], passages: Sequence[StoredPassage], encoder: Encoder, name: str) -> Searched:
    """Passages that are in no database."""
    texts = [embedded_texts(stored.passage) for stored in passages]
    whole, tokens = _encoded_with_tokens([of_passage[0] for of_passage in texts], encoder, name)
    windows = iter(_encoded([text for of_passage in texts for text in of_passage[1:]], encoder, name))
    vectors = {
        stored.id: np.stack([vector, *(next(windows) for _ in of_passage[1:])])
        for stored, of_passage, vector in zip(passages, texts, whole, strict=True)
    }
    codes = {stored.id: code for stored, code in zip(passages, tokens, strict=True)}
    podcasts = {0: Podcast(0, name, name, None, private=False)}
    loaded = Corpus(0, podcasts, {episode.id: episode for episode in episodes}, tuple(passages), vectors)
    snapshot = Snapshot.build(loaded, encoder.model_id)
    return Searched(snapshot, lambda passage_ids: {passage_id: codes[passage_id] for passage_id in passage_ids})


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


def _encoded_with_tokens(texts: Sequence[str], encoder: Encoder, name: str) -> tuple[Vectors, list[bytes]]:
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / f"{name}-tokens-{encoder.model_id}-{hash_of(texts)}.npz"
    if not path.exists():
        made = [encoder.encode_with_tokens([text]) for text in texts]
        codes = [packed(tokens) for _, [tokens] in made]
        np.savez(
            path,
            vectors=np.concatenate([vectors for vectors, _ in made]),
            codes=np.frombuffer(b"".join(codes), np.uint8),
            sizes=np.array([len(one) for one in codes]),
        )
    kept = np.load(path)
    ends = np.cumsum(kept["sizes"])
    data: bytes = kept["codes"].tobytes()
    return kept["vectors"], [data[end - size : end] for size, end in zip(kept["sizes"], ends, strict=True)]


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

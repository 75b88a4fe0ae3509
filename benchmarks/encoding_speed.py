"""How fast texts become vectors: by stock PyTorch, by the chosen back-end alone, and by the product around it.

The three take turns, text by text, so that whatever else the machine does is equally in the way of each.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.growth import store_grown
from companion.archive.bert import BertEncoder
from companion.archive.encoders import Encoder, SentenceTransformerEncoder, model_folder
from companion.archive.encoding import MICRO_BATCH, EncodingWorker
from companion.archive.grains import embedded_texts
from companion.archive.ingest import embed
from companion.archive.snapshot import Snapshot
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

STOCK_SHARE, STOCK_BATCH = 4, 32
"""Stock PyTorch encodes one text in so many, in batches as large as its default."""

HEADER = (
    "| | PyTorch, stock | back-end alone | Companion | to PyTorch | to the back-end | aim |\n"
    "|---|--:|--:|--:|--:|--:|--:|"
)


@dataclass(frozen=True, slots=True)
class Rates:
    """What each of the three ways reaches."""

    stock: float
    alone: float
    ours: float

    def row(self, name: str, aim: str) -> str:
        return (
            f"| {name} | {self.stock:.1f} | {self.alone:.1f} | {self.ours:.1f} | {self.ours / self.stock:.2f} |"
            f" **{self.ours / self.alone:.2f}** | {aim} |"
        )


async def encoding_table(encoder: Encoder, asked: Sequence[str], texts: Sequence[str]) -> str:
    """A query alone, and passages in numbers, by the three ways; and how near the vectors are to stock ones."""
    stock = SentenceTransformerEncoder(model_folder(None))
    for way in (stock, encoder):
        way.encode(asked[:2])
    worker = EncodingWorker(encoder)
    queries = await _queries(stock, encoder, worker, asked)
    passages = await _passages(stock, encoder, worker, sorted(texts, key=len))
    worker.close()
    near = float((encoder.encode(asked) * stock.encode(asked)).sum(axis=1).min())
    lines = [
        HEADER,
        queries.row("a query, median ms", "≤ 1.1"),
        passages.row("texts a second", "≥ 0.9"),
        "",
        f"The back-end is {named(encoder)}. The least cosine between its vector of a question and the stock one is"
        f" {near:.5f}.",
    ]
    return "\n".join(lines)


async def _queries(stock: Encoder, encoder: Encoder, worker: EncodingWorker, asked: Sequence[str]) -> Rates:
    seconds: list[tuple[float, float, float]] = []
    for text in asked:
        begun = time.perf_counter()
        stock.encode([text])
        by_stock = time.perf_counter() - begun
        by_alone = _alone(encoder, [text])
        begun = time.perf_counter()
        await worker.encode_query(text)
        seconds.append((by_stock, by_alone, time.perf_counter() - begun))
    return Rates(*(np.median(seconds, axis=0) * 1000).tolist())


async def _passages(stock: Encoder, encoder: Encoder, worker: EncodingWorker, texts: Sequence[str]) -> Rates:
    by_stock = by_alone = by_ours = 0.0
    few = texts[::STOCK_SHARE]
    for begin in range(0, len(few), STOCK_BATCH):
        begun = time.perf_counter()
        stock.encode(few[begin : begin + STOCK_BATCH])
        by_stock += time.perf_counter() - begun
    for begin in range(0, len(texts), MICRO_BATCH * 4):
        several = texts[begin : begin + MICRO_BATCH * 4]
        for first in range(0, len(several), MICRO_BATCH):
            by_alone += _alone(encoder, several[first : first + MICRO_BATCH])
        begun = time.perf_counter()
        await worker.encode_passages(several)
        by_ours += time.perf_counter() - begun
    return Rates(len(few) / by_stock, len(texts) / by_alone, len(texts) / by_ours)


def _alone(encoder: Encoder, texts: Sequence[str]) -> float:
    """Seconds in the back-end: of the graph, where it can be told apart from the tokeniser."""
    work = partial(encoder.encode, texts)
    if isinstance(encoder, BertEncoder):
        own: Any = SimpleNamespace(**vars(encoder))  # what only its own methods use
        split = own._tokenizer.encode_batch(list(texts))
        ids = np.array([one.ids for one in split], np.int64)
        work = partial(own._run, [ids, np.array([one.attention_mask for one in split], np.float32)])
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def named(encoder: Encoder) -> str:
    """The back-end, and the arithmetic that its self-check chose."""
    return f"OpenVINO in {encoder.precision}" if isinstance(encoder, BertEncoder) else "PyTorch"


async def ingest_rates(seed: Snapshot, encoder: Encoder, passages: int) -> tuple[float, float]:
    """Passages a second by the back-end alone, before and after, and by the ingest, which reads and stores as well."""
    texts = sorted((text for stored in seed.passages[:passages] for text in embedded_texts(stored.passage)), key=len)
    batches = [texts[first : first + MICRO_BATCH] for first in range(0, len(texts), MICRO_BATCH)]
    alone = sum(_alone(encoder, batch) for batch in batches[::2])
    with tempfile.TemporaryDirectory() as folder:
        async with await Database.open(f"sqlite+aiosqlite:///{folder}/c.db", SystemClock()) as database:
            await store_grown(database, seed, passages)
            worker = EncodingWorker(encoder)
            begun = time.perf_counter()
            made = await embed(database, worker)
            ours = made / (time.perf_counter() - begun)
            worker.close()
    alone += sum(_alone(encoder, batch) for batch in batches[1::2])
    return passages / alone, ours

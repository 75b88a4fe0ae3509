"""How fast texts become vectors: by stock PyTorch, by the chosen back-end alone, and by the product around it.

They take turns, so that whatever else the machine does is equally in the way of each.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.growth import grown, store_grown
from companion.archive.bert import BertEncoder, inputs
from companion.archive.encoders import Encoder, SentenceTransformerEncoder, model_folder
from companion.archive.encoding import MICRO_BATCH, EncodingWorker
from companion.archive.grains import embedded_texts
from companion.archive.ingest import embed
from companion.archive.snapshot import Snapshot
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

STOCK_SHARE, STOCK_BATCH = 4, 32
"""Stock PyTorch encodes one text in so many, in batches as large as its default."""

STRETCH = 64
"""Texts that the back-end alone and the product encode in turns."""

TIMES = 5
"""That the back-end alone and the ingest take turns."""

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
        by_alone = _alone(encoder, text)
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
    for begin in range(0, len(texts), STRETCH):
        several = texts[begin : begin + STRETCH]
        by_alone += _in_numbers(encoder, several)
        begun = time.perf_counter()
        await worker.encode_passages(several)
        by_ours += time.perf_counter() - begun
    return Rates(len(few) / by_stock, len(texts) / by_alone, len(texts) / by_ours)


def _alone(encoder: Encoder, text: str) -> float:
    """Seconds in the back-end: of the graph, where it can be told apart from the tokeniser."""
    work: Callable[[], object] = partial(encoder.encode, [text])
    if isinstance(encoder, BertEncoder):
        work = partial(encoder.run, inputs(encoder.split([text])))
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _in_numbers(encoder: Encoder, texts: Sequence[str]) -> float:
    """The same for texts in numbers: with nothing else to do, in all its lanes, in batches of like length."""
    ordered = sorted(texts, key=len)
    batches = [ordered[first : first + MICRO_BATCH] for first in range(0, len(ordered), MICRO_BATCH)]
    calls: list[Callable[[], object]] = [partial(encoder.encode, batch) for batch in batches]
    lanes = 1
    if isinstance(encoder, BertEncoder):
        bulk = encoder.bulk
        calls = [partial(bulk.run, inputs(bulk.split(batch))) for batch in batches]
        lanes = bulk.lanes
    with ThreadPoolExecutor(lanes) as threads:
        begun = time.perf_counter()
        for call in [threads.submit(call) for call in calls]:
            call.result()
        return time.perf_counter() - begun


def named(encoder: Encoder) -> str:
    """The back-end, and the arithmetic that its self-check chose."""
    return f"OpenVINO in {encoder.precision}" if isinstance(encoder, BertEncoder) else "PyTorch"


async def ingest_rates(seed: Snapshot, encoder: Encoder, passages: int) -> list[tuple[float, float]]:
    """Passages a second by the back-end alone, and by the ingest, which reads and stores as well; time after time.

    Whole episodes are taken, so it may be some ``passages`` more.
    """
    stored = [passage for episode in grown(seed, passages) for passage in episode.passages]
    texts = [text for passage in stored for text in embedded_texts(passage)]
    rates: list[tuple[float, float]] = []
    before = _in_numbers(encoder, texts)
    for _ in range(TIMES):
        ours = await _ingest(seed, encoder, passages)
        after = _in_numbers(encoder, texts)
        rates.append((2 * len(stored) / (before + after), ours))
        before = after
    return rates


async def _ingest(seed: Snapshot, encoder: Encoder, passages: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        async with await Database.open(f"sqlite+aiosqlite:///{folder}/c.db", SystemClock()) as database:
            await store_grown(database, seed, passages)
            worker = EncodingWorker(encoder)
            begun = time.perf_counter()
            made = await embed(database, worker)
            took = time.perf_counter() - begun
            worker.close()
    return made / took

"""How fast search and ingest are, and what they cost, in one run; written to ``benchmarks/speed.md``.

    python -m benchmarks.speed [--short] [--passages 40000] [--sizes 10000 200000 1000000]

The archive is the shared feed, or the demo's where that is absent, grown to the size (`benchmarks.growth`). ``--short``
measures a small one, writes nothing, and fails where search has become slow beside numpy or misses what is there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engines import ENGINES, in_file, measured
from benchmarks.growth import questions, store_grown
from benchmarks.live import Served, served_while_embedding
from benchmarks.plots import PICTURE
from benchmarks.processes import machine, resident_megabytes
from benchmarks.scoring import SHARED
from companion.archive.encoders import Encoder, SentenceTransformerEncoder, Vectors, load_encoder, model_folder
from companion.archive.encoding import EncodingWorker
from companion.archive.fetch import Fetcher
from companion.archive.grains import embedded_texts
from companion.archive.ingest import embed
from companion.archive.intake import ingest
from companion.archive.results import Query
from companion.archive.search import answer
from companion.archive.snapshot import Snapshot, renewed
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

REPORT = Path(__file__).with_name("speed.md")
ELSEWHERE = Path(__file__).parent.parent / "build" / "benchmarks" / "engines.jsonl"
"""What `python -m benchmarks.engines` printed in an environment of its own, with `benchmarks/requirements.txt`."""

ENGINES_TOLD = """\
Single vectors of 384 numbers, strayed from the real ones (`benchmarks/strays.py`), the vectors of real questions as
queries, each engine at its defaults but for what is named. A passage of the archive has some four vectors: a million
vectors are 230,000 passages. Memory is what building took besides the vectors, which lie in a mapped file; it is less
than nothing where an earlier engine's was given back. Engines that need an environment of their own
(`benchmarks/requirements.txt`) are measured by `python -m benchmarks.engines`."""

QUERIES = 200
FEED = SHARED / "archive" / "feed.xml"
DEMO = Path(__file__).parent.parent / "companion" / "demo"
LEAST_RECALL, LONGEST_BESIDE_NUMPY = 0.97, 3.0
"""The short form's floors, on 50,000 vectors: recall@10, and time as a share of numpy's exact search."""


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds: the median and the 95th percentile, and the median of the processor's own time in this thread."""

    p50: float
    p95: float
    processor: float

    def __str__(self) -> str:
        return f"{self.p50:.1f} | {self.p95:.1f} | {self.processor:.1f}"


def timed(calls: Sequence[Callable[[], Any]]) -> Times:
    """Each call once."""
    wall: list[float] = []
    own: list[float] = []
    for call in calls:
        begun, worked = time.perf_counter(), time.thread_time()
        call()
        wall.append(time.perf_counter() - begun)
        own.append(time.thread_time() - worked)
    p50, p95 = np.quantile(wall, [0.5, 0.95]) * 1000
    return Times(float(p50), float(p95), float(np.median(own)) * 1000)


def search_rows(snapshot: Snapshot, asked: Sequence[str], vectors: Sequence[Vectors]) -> list[str]:
    """Search without encoding: what Discord shows of a page, ten results, and the steps before the results."""
    rows: list[str] = []
    for limit in (5, 10):
        calls = [
            lambda text=text, vector=vector, limit=limit: answer(snapshot, Query(text), vector, limit)
            for text, vector in zip(asked, vectors, strict=True)
        ]
        rows.append(f"| {len(snapshot):,} | {limit} results | {timed(calls)} |")
    return rows


def encoding_rows(encoder: Encoder, asked: Sequence[str], texts: Sequence[str]) -> list[str]:
    """A query alone, and passages in batches of 16, by stock PyTorch and by what was chosen at the start."""
    folder = model_folder(None)
    stock = SentenceTransformerEncoder(folder)
    ways: dict[str, Encoder] = {"sentence-transformers (PyTorch)": stock, f"Companion ({named(encoder)})": encoder}
    lines: list[str] = []
    base: tuple[float, float] | None = None
    exact = stock.encode(list(asked[:50]))
    for name, way in ways.items():
        way.encode([asked[0]])
        query = timed([lambda text=text, way=way: way.encode([text]) for text in asked[:50]])
        begun = time.perf_counter()
        for first in range(0, len(texts), 16):
            way.encode(texts[first : first + 16])
        rate = len(texts) / (time.perf_counter() - begun)
        base = base or (query.p50, rate)
        near = float((way.encode(list(asked[:50])) * exact).sum(axis=1).min())
        lines.append(
            f"| {name} | {query.p50:.1f} | {query.p95:.1f} | {query.p50 / base[0]:.2f} | {rate:.1f} |"
            f" {rate / base[1]:.2f} | {near:.5f} |"
        )
    return lines


def named(encoder: Encoder) -> str:
    """The arithmetic that its self-check chose."""
    precision: str | None = getattr(encoder, "precision", None)
    return "PyTorch" if precision is None else f"OpenVINO {precision}"


async def ingest_share(seed: Path, encoder: Encoder, passages: int) -> tuple[float, float]:
    """Passages a second by the encoder alone, and by the ingest, which reads and stores as well."""
    snapshot = renewed(seed, None, None)
    wanted = list(snapshot.passages[:passages])
    texts = sorted((text for stored in wanted for text in embedded_texts(stored.passage)), key=len)
    begun = time.perf_counter()
    for first in range(0, len(texts), 16):
        encoder.encode(texts[first : first + 16])
    alone = len(wanted) / (time.perf_counter() - begun)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.db"
        async with await Database.open(f"sqlite+aiosqlite:///{path}", SystemClock()) as database:
            await store_grown(database, snapshot, passages, model=None)
            worker = EncodingWorker(encoder)
            begun = time.perf_counter()
            made = await embed(database, worker)
            whole = made / (time.perf_counter() - begun)
            worker.close()
    return alone, whole


def engine_rows(pool: Vectors, queries: Vectors, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Every engine at every size; as measured in an environment that has them all, where that was done."""
    if ELSEWHERE.exists():
        return [json.loads(line) for line in ELSEWHERE.read_text().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        return [row for size in sizes for row in measured(in_file(pool, size, Path(folder)), queries, list(ENGINES))]


def engine_table(rows: Sequence[dict[str, Any]]) -> str:
    lines = [
        "| vectors | engine | recall@10 | p50 ms | p95 ms | built in s | memory MB |",
        "|--:|---|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        if "skipped" in row:
            lines.append(f"| {row['vectors']:,} | {row['engine']} | {row['skipped']} | | | | |")
        else:
            cells = (row["recall"], row["p50"], row["p95"], row["build"], row["megabytes"])
            lines.append(f"| {row['vectors']:,} | {row['engine']} | {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


async def seed_archive(path: Path, encoder: Encoder, source: Path) -> Path:
    """A source, read and embedded as `companion ingest` does; kept from run to run."""
    async with await Database.open(f"sqlite+aiosqlite:///{path}", SystemClock()) as database:
        await ingest(database, str(source), Fetcher())
        worker = EncodingWorker(encoder)
        await embed(database, worker)
        worker.close()
    return path


def asked_of(seed: Snapshot) -> list[str]:
    path = SHARED / "evaluation" / "questions_dev.jsonl"
    asked = [json.loads(line)["question"] for line in path.read_text().splitlines()] if path.exists() else []
    return questions(seed, asked, QUERIES)


def report(sections: Sequence[tuple[str, str]]) -> str:
    told = (
        f"Written by `make bench` on {machine()}. Times are the wall's, beside other work where the load says so; the"
        " processor's own time in the searching thread stands beside them. The archive is the real feed grown by"
        " copies with 15% of their words and the direction of their vectors changed (`benchmarks/growth.py`)."
    )
    parts = ["# How fast search is", told]
    for title, text in sections:
        parts += [f"## {title}", text]
    return "\n\n".join(parts) + "\n"


def short(pool: Vectors, queries: Vectors) -> int:
    """The floors that no change may fall below."""
    with tempfile.TemporaryDirectory() as folder:
        vectors = in_file(pool, 50_000, Path(folder))
        ours, exact = measured(vectors, queries, ["Companion", "numpy, exact"])
    share = ours["p50"] / exact["p50"]
    print(f"50,000 vectors: recall@10 {ours['recall']}, {share:.2f} of the time of numpy's exact search")
    return int(ours["recall"] < LEAST_RECALL or share > LONGEST_BESIDE_NUMPY)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints and writes the report; in the short form, 1 when a floor is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--short", action="store_true", help="only the floors, in half a minute")
    parser.add_argument("--passages", type=int, default=40_000)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 40_000, 200_000, 1_000_000])
    chosen = parser.parse_args(arguments)
    cache = Path(__file__).parent.parent / "build" / "benchmarks"
    cache.mkdir(parents=True, exist_ok=True)
    unloaded = resident_megabytes()
    encoder = load_encoder(None)
    model = resident_megabytes() - unloaded
    source = DEMO if chosen.short or not FEED.exists() else FEED
    seed_path = asyncio.run(seed_archive(cache / f"seed-{source.stem}.db", encoder, source))
    seed = renewed(seed_path, None, encoder.model_id)
    asked = asked_of(seed)
    queries = encoder.encode(asked)
    pool = np.concatenate([found for row in range(len(seed)) if (found := _of(seed, row)) is not None])
    if chosen.short:
        return short(pool, queries)
    sections, served = asyncio.run(archive_sections(seed_path, seed, encoder, asked, queries, chosen.passages, model))
    rows = engine_rows(pool, queries, chosen.sizes)
    picture = f"![Milliseconds a query over the number of vectors]({PICTURE.name})" if PICTURE.exists() else ""
    texts = [text for stored in seed.passages[:50] for text in embedded_texts(stored.passage)]
    alone, whole = asyncio.run(ingest_share(seed_path, encoder, 200))
    header = "| encoder | query p50 ms | p95 | to stock | texts a second | to stock | least cosine to stock |"
    encoding = "\n".join([header, "|---|--:|--:|--:|--:|--:|--:|", *encoding_rows(encoder, asked, texts)])
    kept = (
        f"{alone:.1f} passages a second by the encoder alone, {whole:.1f} with reading and storing:"
        f" {whole / alone:.2f} of it."
    )
    sections += [("Encoding", encoding), ("Ingest", kept), ("While an episode is embedded", served)]
    sections.append(("Vector search beside others", f"{ENGINES_TOLD}\n\n{engine_table(rows)}\n\n{picture}"))
    page = report(sections)
    REPORT.write_text(page, encoding="utf-8")
    print(page)
    return 0


async def archive_sections(
    seed_path: Path,
    seed: Snapshot,
    encoder: Encoder,
    asked: Sequence[str],
    queries: Vectors,
    passages: int,
    model: float,
) -> tuple[list[tuple[str, str]], str]:
    """What depends on the size of the archive: search, opening, adding, memory, and answering while it changes."""
    lines = ["| passages | | p50 ms | p95 ms | processor ms |", "|--:|---|--:|--:|--:|"]
    lines += search_rows(seed, asked, list(queries))
    path = seed_path.with_name(f"grown-{passages}.db")
    if not path.exists():
        async with await Database.open(f"sqlite+aiosqlite:///{path}.part", SystemClock()) as database:
            await store_grown(database, seed, passages, model=encoder.model_id)
        shutil.move(f"{path}.part", path)
    async with await Database.open(f"sqlite+aiosqlite:///{path}", SystemClock()):
        pass
    before, begun = resident_megabytes(), time.perf_counter()
    snapshot = renewed(path, None, encoder.model_id)
    opened, memory = time.perf_counter() - begun, resident_megabytes() - before
    lines += search_rows(snapshot, asked, list(queries))
    count = 0 if snapshot.vectors is None else snapshot.vectors.size
    held = (
        f"{len(snapshot):,} passages ({count:,} vectors) are read and made ready in {opened:.1f} s and take"
        f" {memory:.0f} MB; the model takes {model:.0f} MB besides."
    )
    del snapshot
    told = [await served_while_embedding(source, seed, encoder, asked) for source in (seed_path, path)]
    served = "\n".join([Served.HEADER, *map(str, told)])
    return [("Search without encoding", "\n".join(lines)), ("Opening and memory", held)], served


def _of(seed: Snapshot, row: int) -> Vectors | None:
    return None if seed.vectors is None else seed.vectors.of(row)


if __name__ == "__main__":
    raise SystemExit(main())

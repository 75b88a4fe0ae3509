"""How fast search and ingest are, and what they cost, in one run; written to ``benchmarks/speed.md``, which keeps the
sections that other commands wrote there.

    python -m benchmarks.speed [--short] [--passages 40000] [--sizes 10000 200000 1000000] [--engines PYTHON]
        [--pgvector]

The archive is the shared feed, or the demo's where that is absent, grown to the size (`benchmarks.growth`). ``--short``
measures a small one, writes nothing, and fails where search has become slow beside numpy or misses what is there.
``--engines`` is the Python of an environment that has `benchmarks/requirements.txt`, for what others would use.
``--pgvector`` adds the first look in PostgreSQL (`benchmarks.near`), which takes as long again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.encoding_speed import encoding_table, ingest_rates
from benchmarks.engines import in_file, measured
from benchmarks.footprint import Footprint, changed, in_a_process
from benchmarks.growth import questions, store_grown
from benchmarks.live import Served, served_while_embedding
from benchmarks.material import Asked, write_asked
from benchmarks.pages import write_sections
from benchmarks.plots import PICTURE
from benchmarks.processes import machine
from benchmarks.scoring import SHARED
from companion.archive.encoders import Encoder, load_encoder
from companion.archive.encoding import EncodingWorker
from companion.archive.fetch import Fetcher
from companion.archive.grains import embedded_texts
from companion.archive.ingest import embed
from companion.archive.intake import ingest
from companion.archive.results import Query
from companion.archive.search import answer
from companion.archive.snapshot import Snapshot, renewed
from companion.archive.tokens import Vectors
from companion.storage import token_vectors
from companion.storage.address import of_file
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

REPORT = Path(__file__).with_name("speed.md")
CACHE = Path(__file__).parent.parent / "build" / "benchmarks"

TITLE = "# How fast search is"
TOLD = """\
Written by `python -m benchmarks.speed` on {machine}; it took {minutes:.0f} minutes. Times are the wall's, beside other
work where the load says so; **bold** is what has an aim. The archive is the real feed grown by copies with 15% of their
words and the direction of their vectors changed (`benchmarks/growth.py`)."""

ENGINES_TOLD = """\
Single vectors of 384 numbers, strayed from the real ones (`benchmarks/strays.py`), the vectors of real questions as
queries, each engine at its defaults but for what is named, one after the other in one run. A passage of the archive
has some four vectors: a million vectors are 230,000 passages. Memory is what building took besides the vectors, which
lie in a mapped file; it is less than nothing where an earlier engine's was given back.

The aim for a million vectors: **at most 25 ms** (p50) at a recall of **at least 0.99** and **at most 600 MB**."""

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
        return f"**{self.p50:.1f}** | **{self.p95:.1f}** | {self.processor:.1f}"


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


def search_rows(snapshot: Snapshot, path: Path, asked: Sequence[Asked], aim: str) -> list[str]:
    """Search without encoding: what Discord shows of a page, five results, and what the command line prints."""
    if snapshot.model_id is None:
        raise ValueError("the benchmark searches by meaning: it needs vectors")
    source = partial(token_vectors.tokens_of, of_file(path), snapshot.model_id)
    rows: list[str] = []
    for limit in (5, 10):
        calls = [partial(answer, snapshot, Query(one.text), one.meaning(source), limit) for one in asked]
        rows.append(f"| {len(snapshot):,} | {limit} results | {timed(calls)} | {aim} |")
    return rows


def engine_rows(pool: Vectors, queries: Vectors, sizes: Sequence[int], python: str) -> list[dict[str, Any]]:
    """Every engine at every size, in one process of its own, which draws the picture, too."""
    with tempfile.TemporaryDirectory() as folder:
        seeds, asked = Path(folder) / "seeds.npy", Path(folder) / "queries.npy"
        np.save(seeds, pool)
        np.save(asked, queries)
        command = [python, "-m", "benchmarks.engines", "--seeds", str(seeds), "--queries", str(asked), "--sizes"]
        # The others may use all cores, numpy too.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": str(os.cpu_count())}
        printed = subprocess.run(  # noqa: S603  our own module
            [*command, *map(str, sizes)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPORT.parent.parent,
            env=environment,
        ).stdout
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


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


def opening_section(first: Footprint, again: Footprint, added: float, deleted: float) -> str:
    lines = [
        "| | measured | aim |",
        "|---|--:|--:|",
        f"| ready the first time: all read, counted, and kept in files | {first.opened:.1f} s | |",
        f"| ready from then on, in a new process: the files looked through and mapped | **{again.opened:.2f} s** |"
        " 1 to 2 s |",
        f"| with an episode added, in a running process | **{added:.0f} ms** | milliseconds |",
        f"| with an episode deleted | {deleted:.0f} ms | exact |",
        f"| memory of the bot's libraries | {again.libraries:.0f} MB | |",
        f"| with the archive open and {QUERIES} questions answered | **{again.archive:.0f} MB** | stated |",
        f"| with the model, too | **{again.model:.0f} MB** | stated |",
    ]
    return "\n".join(lines) + (
        f"\n\n{again.passages:,} passages ({again.vectors:,} vectors). Memory is what the process has to itself. Beside"
        f" it lie pages of mapped files, which processes share and the system takes back when it needs them:"
        f" {again.mapped:.0f} MB after the questions, libraries included, {again.model_mapped:.0f} MB with the model."
        f" The process that made the files had {first.archive:.0f} MB and {first.model:.0f} MB."
    )


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
    parser.add_argument("--engines", default=sys.executable, metavar="PYTHON", help="has the engines of others")
    parser.add_argument("--pgvector", action="store_true", help="the first look in PostgreSQL, too")
    chosen = parser.parse_args(arguments)
    begun = time.perf_counter()
    CACHE.mkdir(parents=True, exist_ok=True)
    encoder = load_encoder(None)
    source = DEMO if chosen.short or not FEED.exists() else FEED
    seed_path = asyncio.run(seed_archive(CACHE / f"seed-{source.stem}.db", encoder, source))
    seed = renewed(of_file(seed_path), None, encoder.model_id)
    asked = asked_of(seed)
    meant = [Asked.by(encoder, text) for text in asked]
    queries = np.stack([one.vector for one in meant])
    pool = np.concatenate([found for row in range(len(seed)) if (found := _of(seed, row)) is not None])
    if chosen.short:
        return short(pool, queries)
    sections = asyncio.run(archive_sections(seed_path, seed, encoder, meant, chosen.passages))
    rows = engine_rows(pool, queries, chosen.sizes, chosen.engines)
    picture = f"![Milliseconds a query over the number of vectors]({PICTURE.name})" if PICTURE.exists() else ""
    sections["Vector search beside others"] = f"{ENGINES_TOLD}\n\n{engine_table(rows)}\n\n{picture}"
    if chosen.pgvector:
        # It starts the PostgreSQL server of the tests, and writes into this page when it runs by itself.
        from benchmarks import near

        sections[near.TITLE] = near.section(seed, queries)
    minutes = (time.perf_counter() - begun) / 60
    write_sections(REPORT, sections, f"{TITLE}\n\n{TOLD.format(machine=machine(), minutes=minutes)}")
    print(REPORT.read_text("utf-8"))
    return 0


async def archive_sections(
    seed_path: Path, seed: Snapshot, encoder: Encoder, meant: Sequence[Asked], passages: int
) -> dict[str, str]:
    """Everything but the comparison with others, by title."""
    path = await grown_archive(seed_path, seed, passages)
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "asked.npz"
        write_asked(told, meant)
        shutil.rmtree(path.with_name(f"{path.name}.blocks"), ignore_errors=True)
        first, again = (in_a_process(path, told) for _ in range(2))
        opening = opening_section(first, again, *await changed(path, seed, Path(folder)))
    lines = ["| passages | | p50 ms | p95 ms | processor ms | aim |", "|--:|---|--:|--:|--:|--:|"]
    lines += search_rows(seed, seed_path, meant, "")
    lines += search_rows(renewed(of_file(path), None, encoder.model_id), path, meant, "p50 ≤ 5, p95 ≤ 10")
    asked = [one.text for one in meant]
    texts = [text for stored in seed.passages[:50] for text in embedded_texts(stored.passage)]
    encoding = await encoding_table(encoder, asked, texts)
    rates = np.array(await ingest_rates(seed, encoder, 100))
    shares = rates[:, 1] / rates[:, 0]
    alone, ours = np.median(rates, axis=0)
    ingested = (
        f"{alone:.1f} passages a second by the back-end alone, {ours:.1f} with reading and storing:"
        f" **{np.median(shares):.2f}** of it ({shares.min():.2f} to {shares.max():.2f} in {len(shares)} rounds; aim:"
        " ≥ 0.9)."
    )
    live = [str(await served_while_embedding(archive, seed, encoder, asked)) for archive in (seed_path, path)]
    served = "\n".join([Served.HEADER, *live, "", "Aims: p95 **at most 60 ms**, the longest stall **at most 50 ms**."])
    return {
        "Search without encoding": "\n".join(lines),
        "Opening and memory": opening,
        "Encoding": encoding,
        "Ingest": ingested,
        "While episodes are embedded": served,
    }


async def grown_archive(seed_path: Path, seed: Snapshot, passages: int) -> Path:
    """The seed grown to so many passages; kept from run to run."""
    path = seed_path.with_name(f"grown-{passages}.db")
    if not path.exists():
        async with await Database.open(f"sqlite+aiosqlite:///{path}.part", SystemClock()) as database:
            tokens = partial(token_vectors.tokens_of, of_file(seed_path), seed.model_id) if seed.model_id else None
            await store_grown(database, seed, passages, tokens=tokens)
        shutil.move(f"{path}.part", path)
    async with await Database.open(f"sqlite+aiosqlite:///{path}", SystemClock()):
        return path  # migrated


def _of(seed: Snapshot, row: int) -> Vectors | None:
    return None if seed.vectors is None else seed.vectors.of(row)


if __name__ == "__main__":
    raise SystemExit(main())

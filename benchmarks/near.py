"""The first look at vectors in PostgreSQL (pgvector) beside the one in memory: recall@10 against exact, and time.

    python -m benchmarks.near --seeds seed.db --queries queries.npy --sizes 40000 200000

Passages are those of the seed database, each again and again with its vectors strayed (`benchmarks.strays`), in a
PostgreSQL server of its own. What is compared is what a search does: the nearest passages by half the whole's cosine
and half the best window's, of all that there are. Prints a line of a table each.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from benchmarks.strays import strayed
from companion.archive.codes import Codes
from companion.archive.encoders import model_folder, model_id
from companion.archive.near_index import NearVectorIndex
from companion.archive.passage_vectors import PassageVectors
from companion.archive.snapshot import Snapshot, renewed
from companion.archive.tokens import Vectors
from companion.archive.vector_index import VectorIndex, Wanted, highest
from companion.storage.address import address_of, of_file
from companion.storage.near_vectors import NearVectors, bring_up_to_date
from companion.storage.vectors import packed
from tests.postgresql import Server, serving

HEADER = """\
| passages | vectors | first look | recall@10 | p50 ms | p95 ms | made in s | memory MB |
|--:|--:|---|--:|--:|--:|--:|---|"""
TOLD = """\
`COMPANION_VECTORS=pgvector`: in place of codes in memory an index of PostgreSQL's (HNSW over halves of numbers, on this
machine, everything in its cache) finds candidates, which are compared again and ranked just the same. The nearest ten
of all passages, against those by every vector. The memory in brackets is PostgreSQL's: the table and its index."""

SIZES = (40_000, 200_000)
PART = 16_384
FOUND = 10
_OPTIONS = {"shared_buffers": "4GB", "maintenance_work_mem": "3GB", "max_parallel_maintenance_workers": "2"}
_PASSAGE = """\
INSERT INTO passages (id, episode_id, ordinal, kind, approximate, first_word, last_word, text, pieces, digest)
SELECT number, 1, number, 'speech', false, 0, 0, '', '[]', number FROM generate_series(1, %s) AS number"""


def matrices(seed: Snapshot, size: int) -> Iterator[Vectors]:
    """Of so many passages, the same ones each time."""
    random = np.random.default_rng(0)
    found = [matrix for row in range(len(seed)) if seed.vectors and (matrix := seed.vectors.of(row)) is not None]
    pool = np.concatenate(found)
    for number in range(size):
        yield found[number] if number < len(found) else strayed(found[number % len(found)], pool, random)


def in_memory(seed: Snapshot, size: int) -> VectorIndex:
    """As the blocks of an archive have them."""
    parts: list[PassageVectors | None] = []
    sizes: list[int] = []
    like: Codes | None = None
    made = matrices(seed, size)
    for begin in range(0, size, PART):
        sizes.append(min(PART, size - begin))
        part = PassageVectors.of({row: next(made) for row in range(sizes[-1])}, like)
        like = like or (part.whole.codes if part else None)
        parts.append(part)
    return VectorIndex(parts, sizes)


def stored(server: Server, seed: Snapshot, size: int, model: str) -> NearVectorIndex:
    """The same in a database of the server's."""
    url = server.url(server.create())
    with psycopg.connect(url.replace("+asyncpg", "")) as connection:
        connection.execute(
            "INSERT INTO podcasts (id, key, title, private, created_at) VALUES (1, '', '', false, now())"
        )
        connection.execute(
            "INSERT INTO episodes (id, podcast_id, guid, title, people, content_hash, notes, created_at, updated_at)"
            " VALUES (1, 1, '', '', '[]', '', '', now(), now())"
        )
        connection.execute(_PASSAGE, (size,))
        with connection.cursor().copy("COPY vectors (digest, model, dimension, rows, data) FROM STDIN") as copying:
            for number, matrix in enumerate(matrices(seed, size), start=1):
                copying.write_row((str(number), model, matrix.shape[1], matrix.shape[0], packed(matrix)))
        connection.execute("ANALYZE")
    address = address_of(url)
    count = bring_up_to_date(address, model)
    with psycopg.connect(url.replace("+asyncpg", ""), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return NearVectorIndex(NearVectors(address, model), np.arange(1, size + 1), count)


def rows(seed: Snapshot, queries: Vectors, sizes: Sequence[int]) -> Iterator[str]:
    """Lines of a table: each way at each size."""
    model = seed.model_id or ""
    with serving(None, **_OPTIONS) as server:
        for size in sizes:
            begun = time.perf_counter()
            memory = in_memory(seed, size)
            made = time.perf_counter() - begun
            exact = [_best(memory.similarities(query, size), _wanted(size), np.arange(size)) for query in queries]
            codes = memory.size * queries.shape[1] * (1 + 1 / 8) / 2**20
            yield _row(size, memory, "in memory", _measured(memory, queries, size, exact), made, f"{codes:,.0f}")
            begun = time.perf_counter()
            near = stored(server, seed, size, model)
            made = time.perf_counter() - begun
            taken = _megabytes(near)
            yield _row(size, near, "pgvector", _measured(near, queries, size, exact), made, f"0 ({taken:,.0f})")


def _wanted(size: int) -> Wanted:
    return Wanted(np.zeros(size, np.float32), 0.5, 0.5, [np.ones(size, np.bool_)])


def _best(similar: Any, wanted: Wanted, likely: Any) -> set[int]:
    scores = wanted.scores(similar, likely)
    return set(likely[highest(scores, FOUND)].tolist())


def _measured(
    index: VectorIndex | NearVectorIndex, queries: Vectors, size: int, exact: Sequence[set[int]]
) -> tuple[float, float, float]:
    """Recall, and the median and the 95th percentile of milliseconds."""
    wanted = _wanted(size)
    found = 0
    seconds: list[float] = []
    for query, expected in zip(queries, exact, strict=True):
        begun = time.perf_counter()
        similar, likely = index.best_similarities(query, size, wanted)
        got = _best(similar, wanted, likely)
        seconds.append(time.perf_counter() - begun)
        found += len(got & expected)
    p50, p95 = np.quantile(seconds, [0.5, 0.95]) * 1000
    return found / FOUND / len(queries), float(p50), float(p95)


def _row(
    size: int,
    index: VectorIndex | NearVectorIndex,
    name: str,
    measured: tuple[float, float, float],
    made: float,
    memory: str,
) -> str:
    recall, p50, p95 = measured
    return f"| {size:,} | {index.size:,} | {name} | {recall:.4f} | {p50:.1f} | {p95:.1f} | {made:.0f} | {memory} |"


def _megabytes(near: NearVectorIndex) -> float:
    return near.vectors.table_bytes() / 2**20


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.near", description=__doc__)
    parser.add_argument("--seeds", type=Path, required=True, help="a database with vectors of the usual model")
    parser.add_argument("--queries", type=Path, required=True, help="vectors, in a file of numpy's")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    chosen = parser.parse_args(arguments)
    seed = renewed(of_file(chosen.seeds), None, model_id(model_folder(None)))
    print(HEADER, flush=True)
    for row in rows(seed, np.load(chosen.queries), chosen.sizes):
        print(row, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

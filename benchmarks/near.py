"""The first look at vectors in PostgreSQL (pgvector) beside the one in memory: recall@10 against exact, and time.

    python -m benchmarks.near --seeds seed.db --queries queries.npy [--sizes 40000 200000] [--kept FOLDER]

Passages are those of the seed database, each again and again with its vectors strayed (`benchmarks.strays`), in a
PostgreSQL server of its own. What is compared is what a search does: the nearest passages by half the whole's cosine
and half the best window's, of all that there are or of those of one podcast. Each is printed as it is measured, and
all of it written into its section of ``benchmarks/speed.md`` in the end. With ``--kept`` the server's databases stay in
a folder, where they are found the next time: making them takes the longest.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from psycopg import sql

from benchmarks.pages import write_sections
from benchmarks.processes import machine
from benchmarks.speed import REPORT
from benchmarks.strays import strayed
from companion.archive.codes import Codes
from companion.archive.encoders import model_folder, model_id
from companion.archive.near_index import NearVectorIndex
from companion.archive.passage_vectors import PassageVectors
from companion.archive.snapshot import Snapshot, renewed
from companion.archive.tokens import Vectors
from companion.archive.vector_index import Mask, VectorIndex, Wanted, highest
from companion.storage.address import address_of, of_file
from companion.storage.migrations import migrate
from companion.storage.near_tables import bring_up_to_date
from companion.storage.near_vectors import NearVectors
from companion.storage.vectors import packed
from tests.postgresql import Server, serving, serving_kept

TITLE = "The first look in PostgreSQL"
_HEADER = """\
| passages | vectors | first look | sought in | recall@10 | p50 ms | p95 ms | made in s | memory MB |
|--:|--:|---|--:|--:|--:|--:|--:|---|"""
_TOLD = """\
`COMPANION_VECTORS=pgvector`: in place of codes in memory PostgreSQL (on this machine, everything in its cache) finds
candidates by one vector for each passage, the middle of its whole and of its windows: by an index (HNSW over halves of
numbers), or of few passages by comparing all. They are compared again by all their vectors and ranked just the same.
The nearest ten of all passages, or of a podcast with a part of them that is about things of its own, against those by
every vector. The memory in brackets is PostgreSQL's: the tables and their index. A database that is *kept* was made
before."""
_STUDIED = """\
By their middles alone, without an index, the nearest 200 passages hold 98.9% of the best ten of all passages and 99.7%
or more of any podcast of 80% and less; by the whole of each alone it would be 98.0 and 98.5%, and with an index over
each single vector there were 4.4 times as many of them in it. The index itself misses more the farther away what is
sought lies: where it was asked for the nearest until 240 of a podcast were found, recall was 0.927 of 80% and 0.915 of
50%, so that it is left for where nearly all may be seen, or too much to compare. (Looked at once, with 200,000
passages, when this was chosen.)"""

SIZES = (40_000, 200_000)
PART = 16_384
FOUND = 10
SHARES = (0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0)
"""Of all passages, those of the podcast that is searched."""
_OPTIONS = {"shared_buffers": "4GB", "maintenance_work_mem": "3GB", "max_parallel_maintenance_workers": "1"}
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


def stored(server: Server, seed: Snapshot, size: int, model: str) -> tuple[NearVectorIndex, bool]:
    """The same in a database of the server's, which is made where it is not there. Was it?"""
    name = _name(size)
    address = address_of(server.url(name))
    with _connected(server, "postgres") as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    migrate(address)
    if known is None:
        with _connected(server, name) as connection, connection.transaction():
            _fill(connection, seed, size, model)
    count = bring_up_to_date(address, model)
    with _connected(server, name) as connection:
        connection.execute("VACUUM ANALYZE")
    return NearVectorIndex(NearVectors(address, model), np.arange(1, size + 1), count), known is not None


def _fill(connection: psycopg.Connection[Any], seed: Snapshot, size: int, model: str) -> None:
    connection.execute("INSERT INTO podcasts (id, key, title, private, created_at) VALUES (1, '', '', false, now())")
    connection.execute(
        "INSERT INTO episodes (id, podcast_id, guid, title, people, content_hash, notes, created_at, updated_at)"
        " VALUES (1, 1, '', '', '[]', '', '', now(), now())"
    )
    connection.execute(_PASSAGE, (size,))
    with connection.cursor().copy("COPY vectors (digest, model, dimension, rows, data) FROM STDIN") as copying:
        for number, matrix in enumerate(matrices(seed, size), start=1):
            copying.write_row((str(number), model, matrix.shape[1], matrix.shape[0], packed(matrix)))
    connection.execute("ANALYZE")


def section(seed: Snapshot, queries: Vectors, sizes: Sequence[int] = SIZES, kept: Path | None = None) -> str:
    """What stands in the page, under its title; its lines are printed as they are measured."""
    lines = [_HEADER]
    print(_HEADER, flush=True)
    for row in _rows(seed, queries, sizes, kept):
        print(row, flush=True)
        lines.append(row)
    measured = f"Measured with {len(queries)} questions on {machine()}."
    return "\n\n".join([_TOLD, "\n".join(lines), measured, _STUDIED])


def _rows(seed: Snapshot, queries: Vectors, sizes: Sequence[int], kept: Path | None) -> Iterator[str]:
    """Lines of a table: each way at each size."""
    model = seed.model_id or ""
    with serving(None, **_OPTIONS) if kept is None else serving_kept(kept, **_OPTIONS) as server:
        for size in sizes:
            begun = time.perf_counter()
            memory = in_memory(seed, size)
            made = time.perf_counter() - begun
            masks = [_podcast(seed, size, share) for share in SHARES]
            exact = [_exactly(memory, query, size, masks) for query in queries]
            codes = memory.size * queries.shape[1] * (1 + 1 / 8) / 2**20
            about = f"| {size:,} | {memory.size:,} | in memory |"
            yield from _of_shares(about, memory, queries, masks, exact, f"{made:.0f} | {codes:,.0f}")
            begun = time.perf_counter()
            near, known = stored(server, seed, size, model)
            made = "kept" if known else f"{time.perf_counter() - begun:.0f}"
            about = f"| {size:,} | {near.size:,} | pgvector |"
            took = f"0 ({_megabytes(server, size):,.0f})"
            yield from _of_shares(about, near, queries, masks, exact, f"{made} | {took}")


def _podcast(seed: Snapshot, size: int, share: float) -> Mask:
    """Passages that come of a stretch of the seed's, so that they are about something of their own."""
    sources = sum(seed.vectors.of(row) is not None for row in range(len(seed))) if seed.vectors else 1
    return np.arange(size) % sources < share * sources


def _exactly(memory: VectorIndex, query: Vectors, size: int, masks: Sequence[Mask]) -> list[set[int]]:
    """The best under each mask."""
    similar = memory.similarities(query, size)
    return [_best(similar, _wanted(mask), np.flatnonzero(mask)) for mask in masks]


def _wanted(mask: Mask) -> Wanted:
    return Wanted(np.zeros(len(mask), np.float32), 0.5, 0.5, [mask])


def _best(similar: Any, wanted: Wanted, likely: Any) -> set[int]:
    scores = wanted.scores(similar, likely)
    return set(likely[highest(scores, FOUND)].tolist())


def _of_shares(
    about: str,
    index: VectorIndex | NearVectorIndex,
    queries: Vectors,
    masks: Sequence[Mask],
    exact: Sequence[Sequence[set[int]]],
    cost: str,
) -> Iterator[str]:
    for number, (mask, share) in enumerate(zip(masks, SHARES, strict=True)):
        recall, p50, p95 = _measured(index, queries, mask, [best[number] for best in exact])
        yield f"{about} {share:.0%} | {recall:.4f} | {p50:.1f} | {p95:.1f} | {cost} |"


def _measured(
    index: VectorIndex | NearVectorIndex, queries: Vectors, mask: Mask, exact: Sequence[set[int]]
) -> tuple[float, float, float]:
    """Recall, and the median and the 95th percentile of milliseconds."""
    wanted = _wanted(mask)
    found = 0
    seconds: list[float] = []
    for query, expected in zip(queries, exact, strict=True):
        begun = time.perf_counter()
        similar, likely = index.best_similarities(query, len(mask), wanted)
        got = _best(similar, wanted, likely[mask[likely]])
        seconds.append(time.perf_counter() - begun)
        found += len(got & expected)
    p50, p95 = np.quantile(seconds, [0.5, 0.95]) * 1000
    return found / FOUND / len(queries), float(p50), float(p95)


def _megabytes(server: Server, size: int) -> float:
    """What the tables take of the server's memory, with their indexes."""
    tables = "pg_total_relation_size('near_vectors') + pg_total_relation_size('near_middles')"
    with _connected(server, _name(size)) as connection:
        [(found,)] = connection.execute(f"SELECT {tables}".encode()).fetchall()
    return int(found) / 2**20


def _name(size: int) -> str:
    return f"near_{size}"


def _connected(server: Server, name: str) -> psycopg.Connection[Any]:
    return psycopg.connect(server.url(name).replace("+asyncpg", ""), autocommit=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.near", description=__doc__)
    parser.add_argument("--seeds", type=Path, required=True, help="a database with vectors of the usual model")
    parser.add_argument("--queries", type=Path, required=True, help="vectors, in a file of numpy's")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--kept", type=Path, help="a folder for the server's databases, which are used again")
    chosen = parser.parse_args(arguments)
    seed = renewed(of_file(chosen.seeds), None, model_id(model_folder(None)))
    write_sections(REPORT, {TITLE: section(seed, np.load(chosen.queries), chosen.sizes, chosen.kept)})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

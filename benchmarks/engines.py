"""Vector search, ours and what others would use, on the same vectors: recall@10 against exact search, and time a query.

    python -m benchmarks.engines --seeds vectors.npy --queries queries.npy --sizes 10000 200000 1000000

``seeds`` are real vectors, from which the searched ones are made (`benchmarks.strays`). Prints a JSON
object a line. An engine that is not installed is named and skipped.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.plots import draw
from benchmarks.processes import resident_megabytes
from benchmarks.strays import strayed_alone
from companion.archive.codes import Codes
from companion.archive.passage_vectors import Coded, PassageVectors
from companion.archive.tokens import Vectors
from companion.archive.vector_index import VectorIndex, Wanted, highest

PART = 65_536
FOUND = 10
SLOW_FROM = 300_000
"""Engines that keep Python objects, or build for many minutes, are left out of sizes above this."""

LONGEST = 15.0
"""Seconds of queries after which an engine has been heard."""

Search = Callable[[Vectors], Any]


def ours(vectors: Vectors) -> Search:
    """The product's index, codes in memory and vectors where they are (in a file), as `ranking.retrieve` asks it."""
    parts: list[PassageVectors | None] = []
    like: Codes | None = None
    for begin in range(0, len(vectors), PART):
        matrix = vectors[begin : begin + PART]
        codes = Codes.of(matrix, like)
        like = like or codes
        nothing = Coded(matrix[:0], codes.part(0, 0))
        rows = np.arange(len(matrix), dtype=np.int32)
        parts.append(PassageVectors(rows, np.zeros(len(matrix) + 1, np.int64), Coded(matrix, codes), nothing))
    size = len(vectors)
    index = VectorIndex(parts, [len(part.rows) for part in parts if part is not None])
    wanted = Wanted(np.zeros(size, np.float32), 1.0, 0.0, [np.ones(size, np.bool_)])

    def search(query: Vectors) -> NDArray[Any]:
        if not index.compressed:
            cosines = index.similarities(query, size).whole
            likely = highest(cosines, FOUND)
        else:
            similar, likely = index.best_similarities(query, size, wanted)
            cosines = similar.whole
        return likely[np.argsort(-cosines[likely])[:FOUND]]

    return search


def numpy_exact(vectors: Vectors) -> Search:
    def search(query: Vectors) -> NDArray[Any]:
        cosines = vectors @ query
        best = np.argpartition(-cosines, FOUND)[:FOUND]
        return best[np.argsort(-cosines[best])]

    return search


def faiss_flat(vectors: Vectors) -> Search:
    faiss: Any = import_module("faiss")
    index: Any = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return lambda query: index.search(query[None], FOUND)[1][0]


def faiss_hnsw(vectors: Vectors) -> Search:
    faiss: Any = import_module("faiss")
    index: Any = faiss.IndexHNSWFlat(vectors.shape[1], 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efSearch = 128
    index.add(vectors)
    return lambda query: index.search(query[None], FOUND)[1][0]


def usearch(vectors: Vectors) -> Search:
    index: Any = import_module("usearch.index").Index(
        ndim=vectors.shape[1], metric="ip", dtype="bf16", expansion_search=128
    )
    index.add(np.arange(len(vectors)), vectors)
    return lambda query: index.search(query, FOUND).keys


def chroma(vectors: Vectors) -> Search:
    client: Any = import_module("chromadb").EphemeralClient()
    collection: Any = client.create_collection(f"bench{len(vectors)}", metadata={"hnsw:space": "ip"})
    for begin in range(0, len(vectors), 5_000):
        part = vectors[begin : begin + 5_000]
        collection.add(ids=[str(begin + n) for n in range(len(part))], embeddings=part.tolist())
    return lambda query: np.array(
        [int(one) for one in collection.query(query_embeddings=[query.tolist()], n_results=FOUND)["ids"][0]]
    )


def lancedb(vectors: Vectors) -> Search:
    database: Any = import_module("lancedb").connect(tempfile.mkdtemp())
    arrow: Any = import_module("pyarrow")
    values: Any = arrow.FixedSizeListArray.from_arrays(np.ascontiguousarray(vectors).ravel(), vectors.shape[1])
    table: Any = database.create_table("t", arrow.table({"id": np.arange(len(vectors)), "vector": values}))
    return lambda query: table.search(query).metric("dot").limit(FOUND).to_arrow()["id"].to_numpy()


def llamaindex(vectors: Vectors) -> Search:
    """The default store keeps lists of Python numbers."""
    stores: Any = import_module("llama_index.core.vector_stores")
    node: Any = import_module("llama_index.core.schema").TextNode
    store: Any = stores.SimpleVectorStore()
    store.add([node(id_=str(n), text="", embedding=row.tolist()) for n, row in enumerate(vectors)])

    def search(query: Vectors) -> NDArray[Any]:
        asked = stores.VectorStoreQuery(query_embedding=query.tolist(), similarity_top_k=FOUND)
        return np.array([int(one) for one in store.query(asked).ids])

    return search


ENGINES: dict[str, tuple[Callable[[Vectors], Search], int]] = {
    "Companion": (ours, 10**9),
    "numpy, exact": (numpy_exact, 10**9),
    "faiss flat, exact": (faiss_flat, 10**9),
    "faiss HNSW (32, ef 128)": (faiss_hnsw, SLOW_FROM),
    "usearch (bf16, ef 128)": (usearch, SLOW_FROM),
    "Chroma": (chroma, 50_000),
    "LanceDB, no index": (lancedb, SLOW_FROM),
    "LlamaIndex's default": (llamaindex, 20_000),
}
"""With the number of vectors up to which each is measured: beyond, building takes many minutes or all memory."""


def measured(vectors: Vectors, queries: Vectors, chosen: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Every engine on these vectors."""
    exact = numpy_exact(vectors)
    best = [set(np.asarray(exact(query)).tolist()) for query in queries]
    for name in chosen:
        build, most = ENGINES[name]
        row: dict[str, Any] = {"engine": name, "vectors": len(vectors)}
        if len(vectors) > most:
            continue
        before, begun = resident_megabytes(), time.perf_counter()
        try:
            search = build(vectors)
        except ImportError as error:
            yield row | {"skipped": f"not installed ({error.name})"}
            continue
        built = time.perf_counter() - begun
        found = 0
        seconds: list[float] = []
        for query, expected in zip(queries, best, strict=True):
            if sum(seconds) > LONGEST:
                break
            begun = time.perf_counter()
            answer = search(query)
            seconds.append(time.perf_counter() - begun)
            found += len(expected & set(np.asarray(answer).tolist()))
        p50, p95 = np.quantile(seconds, [0.5, 0.95]) * 1000
        yield row | {
            "recall": round(found / FOUND / len(seconds), 4),
            "p50": round(float(p50), 2),
            "p95": round(float(p95), 2),
            "build": round(built, 1),
            "megabytes": round(resident_megabytes() - before),
        }


def in_file(pool: Vectors, size: int, folder: Path) -> Vectors:
    """The vectors of this size, in a file that is mapped, so that nobody pays for them twice."""
    path = folder / f"{size}.f32"
    with path.open("wb") as stream:
        for piece in strayed_alone(pool, size):
            stream.write(piece.tobytes())
    return np.memmap(path, np.float32, "r").reshape(size, pool.shape[1])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    parser.add_argument("--seeds", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000])
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=list(ENGINES))
    chosen = parser.parse_args(arguments)
    pool, queries = np.load(chosen.seeds), np.load(chosen.queries)
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for size in chosen.sizes:
            for row in measured(in_file(pool, size, Path(folder)), queries, chosen.engines):
                print(json.dumps(row), flush=True)
                rows.append(row)
    if len(chosen.sizes) > 1:
        draw(rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

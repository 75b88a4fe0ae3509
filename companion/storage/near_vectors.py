"""The vectors of passages a second time, in PostgreSQL's own kind, and one for each passage with an index over them
(pgvector).

For archives whose codes no process has the memory for. The tables are no part of the schema: they are made of `vectors`
where they are asked for, may be dropped at any time, and what is deleted there the database itself deletes here.

`near_middles` has for each passage the middle between its whole and the mean of its windows, by which the first look
is: the passages nearest by that are nearest by all their vectors, too, and there is a fifth as much to look at. It is
in the order of the passages, so that those of a podcast are compared at the speed of reading.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import errors, sql
from sqlalchemy import Engine, create_engine

from companion.storage.address import Address
from companion.storage.engine import sentence_for, told_plainly
from companion.storage.errors import StorageError
from companion.storage.vectors import Matrix, unpacked

SCANNED = 800
"""Passages that a search has the index look for at a time (`hnsw.ef_search`): it goes on until there are as many as
asked for."""
_LOOKED_AT = 400_000
"""Passages after which it goes on no more (`hnsw.max_scan_tuples`)."""

_FILLED_AT_ONCE = 500
"""Passages."""
_FILLER_LOCK = 0x6E656172
"""The advisory lock of who brings the table up to date."""
# With the extension its types go, and the columns that are of them.
_THERE = """\
SELECT FROM pg_attribute AS one, pg_attribute AS other
WHERE one.attrelid = to_regclass('near_vectors') AND one.attname = 'embedding' AND NOT one.attisdropped
AND other.attrelid = to_regclass('near_middles') AND other.attname = 'embedding' AND NOT other.attisdropped"""
_MADE = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    "DROP TABLE IF EXISTS near_vectors, near_middles",
    """\
CREATE TABLE near_vectors (
    digest varchar(64) COLLATE "C" NOT NULL,
    model text COLLATE "C" NOT NULL,
    ordinal integer NOT NULL,
    embedding halfvec NOT NULL,
    CONSTRAINT pk_near_vectors PRIMARY KEY (digest, model, ordinal),
    CONSTRAINT fk_near_vectors_digest FOREIGN KEY (digest, model) REFERENCES vectors (digest, model) ON DELETE CASCADE
)""",
    """\
CREATE TABLE near_middles (
    passage_id bigint NOT NULL,
    model text COLLATE "C" NOT NULL,
    digest varchar(64) COLLATE "C" NOT NULL,
    embedding halfvec NOT NULL,
    CONSTRAINT pk_near_middles PRIMARY KEY (passage_id, model),
    CONSTRAINT fk_near_middles_passage_id FOREIGN KEY (passage_id) REFERENCES passages (id) ON DELETE CASCADE,
    CONSTRAINT fk_near_middles_digest FOREIGN KEY (digest, model) REFERENCES vectors (digest, model) ON DELETE CASCADE
)""",
    # What is deleted there is looked for here.
    "CREATE INDEX ix_near_middles_digest ON near_middles (digest, model)",
)
_LACKING = """\
SELECT digest, data, dimension FROM vectors
WHERE model = %s AND digest > %s AND NOT EXISTS (
    SELECT FROM near_vectors AS near WHERE near.digest = vectors.digest AND near.model = vectors.model
)
ORDER BY digest LIMIT %s"""
_COPIED = """\
CREATE TEMPORARY TABLE copied_vectors (digest text, ordinal integer, embedding halfvec) ON COMMIT DROP"""
# A vector that is deleted meanwhile is left out, and one that is not cannot be until these are stored.
_FILL = """\
INSERT INTO near_vectors (digest, model, ordinal, embedding)
SELECT copied.digest, vectors.model, copied.ordinal, copied.embedding
FROM copied_vectors AS copied
JOIN vectors ON vectors.digest = copied.digest AND vectors.model = %s
FOR KEY SHARE OF vectors
ON CONFLICT DO NOTHING"""
_COPY_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END = b"\xff\xff"
_MIDDLES = """\
INSERT INTO near_middles (passage_id, model, digest, embedding)
SELECT passages.id, vectors.model, vectors.digest, made.middle
FROM passages
JOIN vectors ON vectors.digest = passages.digest AND vectors.model = %(model)s
CROSS JOIN LATERAL (
    SELECT l2_normalize(
        avg(near.embedding) FILTER (WHERE near.ordinal = 0)
        + coalesce(avg(near.embedding) FILTER (WHERE near.ordinal > 0), avg(near.embedding))
    ) AS middle
    FROM near_vectors AS near WHERE near.digest = vectors.digest AND near.model = vectors.model
) AS made
WHERE made.middle IS NOT NULL AND NOT EXISTS (
    SELECT FROM near_middles AS near WHERE near.passage_id = passages.id AND near.model = vectors.model
)
ORDER BY passages.id
FOR KEY SHARE OF passages, vectors"""
_INDEX = """\
CREATE INDEX IF NOT EXISTS {name} ON near_middles
USING hnsw ((embedding::halfvec({dimension})) halfvec_ip_ops) WHERE model = {model}"""
_NEAREST = """\
SELECT passage_id FROM near_middles WHERE model = {model}
ORDER BY embedding::halfvec({dimension}) <#> {query}::halfvec({dimension}) LIMIT {count}"""
# The index has no part in it: it would miss some.
_NEAREST_AMONG = """\
SELECT passage_id FROM unnest({firsts}::bigint[], {lasts}::bigint[]) AS wanted (first, last)
JOIN near_middles ON passage_id BETWEEN wanted.first AND wanted.last AND model = {model}
ORDER BY embedding <#> {query}::halfvec LIMIT {count}"""
_COSINES = """\
SELECT passages.id,
    max(-(near.embedding <#> {query}::halfvec)) FILTER (WHERE near.ordinal = 0),
    max(-(near.embedding <#> {query}::halfvec)) FILTER (WHERE near.ordinal > 0)
FROM {passages}
JOIN near_vectors AS near ON near.digest = passages.digest AND near.model = {model}
GROUP BY passages.id"""
_MATRICES = """\
SELECT passages.id, vectors.data, vectors.dimension FROM {passages}
JOIN vectors ON vectors.digest = passages.digest AND vectors.model = {model}"""
_WANTED = "unnest({ids}::bigint[]) AS wanted (id) JOIN passages ON passages.id = wanted.id"

_GONE = (
    "A table of vectors of {place} (near_vectors, near_middles), or its extension pgvector, is there no more: start the"
    " bot again, which makes it, or leave COMPANION_VECTORS out."
)
_OURS = re.compile(r"near_vectors|near_middles|\bembedding\b")
_FAILED = "{place} failed at a search of its vectors ({error}): its own log says more."
_NO_CONNECTION, _STOPPED = "08", "57P"
"""How PostgreSQL's codes begin for a connection that failed, and for one that the server ended."""

Told = Callable[[int], object]
"""Called with how many passages were brought into the table so far."""


class Cosines(NamedTuple):
    """Of passages with one vector, as good as halves of numbers give them: of the whole of each, and of its best
    window, which is the same where it has none."""

    passage_ids: NDArray[np.int64]
    whole: NDArray[np.float32]
    window: NDArray[np.float32]


def require(address: Address) -> None:
    """Makes the table where it is not there. Raises `StorageError` where there is no pgvector. Belongs in a thread."""
    with _alone(address):
        pass


def bring_up_to_date(address: Address, model: str, told: Told = lambda _: None) -> int:
    """Adds the vectors of the model that the tables lack, and makes the tables and the index where they are not there.
    Returns how many vectors of the model's there are now.

    One process at a time does so; others wait for it. Takes minutes the first time. Raises `StorageError` where there
    is no pgvector. Belongs in a thread.
    """
    with _alone(address) as connection:
        dimension = _fill(connection, model, told)
        if dimension is not None:
            connection.execute(_MIDDLES, {"model": model})
            connection.execute(_index(model, dimension))
            connection.commit()
        counted = connection.execute("SELECT count(*) FROM near_vectors WHERE model = %s", (model,)).fetchone()
    return 0 if counted is None else int(counted[0])


@contextmanager
def _alone(address: Address) -> Generator[psycopg.Connection[Any]]:
    """A connection, with the table, that no other process fills it by meanwhile."""
    if address.sqlite:
        raise StorageError(
            "COMPANION_VECTORS=pgvector wants a PostgreSQL database, and DATABASE_URL names a file: leave the"
            " setting out, or move to PostgreSQL (docs/scaling.md)."
        )
    with _connection(address) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_FILLER_LOCK,))
        connection.commit()
        try:
            _make(connection)
            yield connection
        finally:
            connection.rollback()
            connection.execute("SELECT pg_advisory_unlock(%s)", (_FILLER_LOCK,))
            connection.commit()


def _make(connection: psycopg.Connection[Any]) -> None:
    if connection.execute(_THERE).fetchone() is not None:
        return
    try:
        for statement in _MADE:
            connection.execute(sql.SQL(statement))
    except psycopg.Error as error:
        raise StorageError(
            f"The database has no pgvector that could be used ({str(error).splitlines()[0]}): install it there as"
            " docs/scaling.md says, or leave COMPANION_VECTORS out."
        ) from error
    connection.commit()


def _fill(connection: psycopg.Connection[Any], model: str, told: Told) -> int | None:
    """Returns the dimension of the model's vectors; None where there are none."""
    done, last = 0, ""
    while rows := connection.execute(_LACKING, (model, last, _FILLED_AT_ONCE), binary=True).fetchall():
        _store(connection, model, rows)
        connection.commit()
        last = rows[-1][0]
        told(done := done + len(rows))
    found = connection.execute("SELECT dimension FROM vectors WHERE model = %s LIMIT 1", (model,)).fetchone()
    return None if found is None else int(found[0])


def _store(connection: psycopg.Connection[Any], model: str, rows: Sequence[tuple[str, bytes, int]]) -> None:
    connection.execute(_COPIED)
    with connection.cursor().copy("COPY copied_vectors FROM STDIN WITH (FORMAT binary)") as copying:
        copying.write(_COPY_BEGIN)
        for digest, data, dimension in rows:
            key = digest.encode()
            for ordinal, vector in enumerate(unpacked(data, dimension).astype(">f2")):
                halves = struct.pack(">HH", dimension, 0) + vector.tobytes()
                row = struct.pack(">hi", 3, len(key)) + key + struct.pack(">iii", 4, ordinal, len(halves)) + halves
                copying.write(row)
        copying.write(_COPY_END)
    connection.execute(_FILL, (model,))


def _written(vector: Iterable[float]) -> str:
    """As PostgreSQL reads it; six digits are more than halves of numbers have."""
    return f"[{','.join(f'{number:.6g}' for number in vector)}]"


def _index(model: str, dimension: int) -> sql.Composed:
    name = f"ix_near_middles_{hashlib.sha256(model.encode()).hexdigest()[:8]}"
    return sql.SQL(_INDEX).format(name=sql.Identifier(name), dimension=sql.Literal(dimension), model=sql.Literal(model))


class NearVectors:
    """The vectors of one model in the table, asked from threads. `bring_up_to_date` comes before."""

    def __init__(self, address: Address, model: str) -> None:
        self._address = address
        # Written into the statements: by a parameter the planner would not know the index to be of this model.
        self._model = sql.Literal(model)

    def nearest(self, query: Matrix, count: int, at_once: int) -> Generator[NDArray[np.int64]]:
        """The ids of ``count`` passages whose middles are nearest to a unit vector, but for some that the index misses:
        so many at once, the nearest first. It goes on looking as it is asked for more; is to be closed."""
        statement = sql.SQL(_NEAREST).format(
            model=self._model,
            dimension=sql.Literal(len(query)),
            query=sql.Literal(_written(query.tolist())),
            count=sql.Literal(count),
        )
        with _connection(self._address) as connection, connection.cursor(binary=True) as cursor:
            cursor.execute(sql.SQL("DECLARE near NO SCROLL CURSOR FOR ") + statement)
            fetched = sql.SQL("FETCH FORWARD {} FROM near").format(sql.Literal(at_once))
            while rows := cursor.execute(fetched).fetchall():
                yield _ids(rows)

    def nearest_among(self, query: Matrix, ranges: Sequence[tuple[int, int]], count: int) -> NDArray[np.int64]:
        """The ids of the passages whose middles are nearest to a unit vector, of those whose ids are in the ranges,
        each from its first to its last: all of these are compared."""
        firsts, lasts = ([one[end] for one in ranges] for end in (0, 1))
        statement = sql.SQL(_NEAREST_AMONG).format(
            firsts=sql.Literal(firsts),
            lasts=sql.Literal(lasts),
            model=self._model,
            query=sql.Literal(_written(query.tolist())),
            count=sql.Literal(count),
        )
        return _ids(self._rows(statement))

    def cosines(self, query: Matrix, passage_ids: Sequence[int] | None = None) -> Cosines:
        """Of these passages, or of all; those without vectors are left out."""
        statement = sql.SQL(_COSINES).format(
            query=sql.Literal(_written(query.tolist())), model=self._model, passages=_among(passage_ids)
        )
        rows = self._rows(statement)
        whole = np.array([row[1] for row in rows], np.float32)
        window = np.array([row[1] if row[2] is None else row[2] for row in rows], np.float32)
        return Cosines(np.array([row[0] for row in rows], np.int64), whole, window)

    def matrices(self, passage_ids: Sequence[int]) -> dict[int, Matrix]:
        """The vectors themselves, by passage id: of the whole passage first, then of its windows."""
        statement = sql.SQL(_MATRICES).format(model=self._model, passages=_among(passage_ids))
        return {passage_id: unpacked(data, dimension) for passage_id, data, dimension in self._rows(statement)}

    def table_bytes(self) -> int:
        """What the tables take of the server's disk, or of its memory, with their indexes; of all models."""
        [(size,)] = self._rows(
            sql.SQL("SELECT pg_total_relation_size('near_vectors') + pg_total_relation_size('near_middles')").format()
        )
        return int(size)

    def _rows(self, statement: sql.Composed) -> list[tuple[Any, ...]]:
        # Vectors come as they are stored, not as text.
        with _connection(self._address) as connection, connection.cursor(binary=True) as cursor:
            rows = cursor.execute(statement).fetchall()
            connection.rollback()
            return rows


@contextmanager
def _connection(address: Address) -> Generator[psycopg.Connection[Any]]:
    """The driver's own, since SQLAlchemy has no type for such vectors. Raises `StorageError` for whatever fails."""
    with told_plainly(address), _told_of_driver(address), closing(_engine(address).raw_connection()) as pooled:
        connection = pooled.driver_connection
        if not isinstance(connection, psycopg.Connection):
            raise TypeError(connection)
        try:
            yield connection
        finally:
            if connection.closed:
                pooled.invalidate()


@contextmanager
def _told_of_driver(address: Address) -> Generator[None]:
    """Says what to do about what fails, without the driver's own words, which repeat statements and values."""
    try:
        yield
    except psycopg.Error as error:
        if _of_ours(error):
            raise StorageError(_GONE.format(place=address)) from None
        kind = error.sqlstate or _NO_CONNECTION
        lost = isinstance(error, psycopg.OperationalError) and kind.startswith((_NO_CONNECTION, _STOPPED))
        # Another table that does not exist is no database that does not.
        told = None if isinstance(error, errors.UndefinedTable) else sentence_for(address, str(error), lost=lost)
        raise StorageError(told or _FAILED.format(place=address, error=type(error).__name__)) from None


def _of_ours(error: psycopg.Error) -> bool:
    """Is what the database lacks one of the tables, or the extension? Not so a table of the schema's."""
    if isinstance(error, errors.UndefinedTable | errors.UndefinedColumn):
        return _OURS.search(str(error)) is not None
    return isinstance(error, errors.UndefinedFunction | errors.UndefinedObject)


def _ids(rows: Iterable[tuple[Any, ...]]) -> NDArray[np.int64]:
    return np.array([passage_id for (passage_id,) in rows], np.int64)


def _among(passage_ids: Sequence[int] | None) -> sql.Composable:
    if passage_ids is None:
        return sql.SQL("passages")
    return sql.SQL(_WANTED).format(ids=sql.Literal(list(passage_ids)))


@lru_cache(maxsize=4)
def _engine(address: Address) -> Engine:
    """Its connections stay, and are set for the index."""
    scanning = f"-c hnsw.iterative_scan=relaxed_order -c hnsw.max_scan_tuples={_LOOKED_AT}"
    options = f"-c hnsw.ef_search={SCANNED} {scanning} -c hnsw.scan_mem_multiplier=8"
    return create_engine(address.of_threads, pool_size=4, pool_pre_ping=True, connect_args={"options": options})

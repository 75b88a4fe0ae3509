"""The tables that PostgreSQL has of passages' vectors for itself (pgvector), and how they are filled.

They are no part of the schema: they are made of `vectors` where they are asked for, may be dropped at any time, and
what is deleted there the database itself deletes here. `NearVectors` asks them.

`near_vectors` has every vector as halves of numbers. `near_middles` has one for each passage, with an index: the middle
between its whole and the mean of its windows. It is filled in the order of the passages, so that those of a podcast
lie together and are compared at the speed of reading.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from companion.storage.address import Address
from companion.storage.errors import StorageError
from companion.storage.near_connections import connected
from companion.storage.vectors import unpacked

_FILLED_AT_ONCE = 500
"""Texts whose vectors are brought in by one transaction."""
_FILLER_LOCK = 0x6E656172
"""The advisory lock of who brings the tables up to date."""
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
# Vectors that are deleted meanwhile are left out; the others cannot be deleted before these are stored.
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


def require(address: Address) -> None:
    """Makes the tables where they are not there. Raises `StorageError`, where there is no pgvector, too. Belongs in a
    thread."""
    with _alone(address):
        pass


def bring_up_to_date(address: Address, model: str) -> int:
    """Adds the vectors of the model that the tables lack, and makes the tables and the index where they are not there.
    Returns how many vectors of the model's there are now.

    One process at a time does so; others wait for it. Takes minutes the first time. Raises as `require`.
    Belongs in a thread.
    """
    with _alone(address) as connection:
        dimension = _fill(connection, model)
        if dimension is not None:
            connection.execute(_MIDDLES, {"model": model})
            connection.execute(_index_of(model, dimension))
            connection.commit()
        counted = connection.execute("SELECT count(*) FROM near_vectors WHERE model = %s", (model,)).fetchone()
    return 0 if counted is None else int(counted[0])


@contextmanager
def _alone(address: Address) -> Generator[psycopg.Connection[Any]]:
    """A connection to the tables, which are made where they are not there, while no other process fills them."""
    if address.sqlite:
        raise StorageError(
            "COMPANION_VECTORS=pgvector wants a PostgreSQL database, and DATABASE_URL names a file: leave the"
            " setting out, or move to PostgreSQL (docs/scaling.md)."
        )
    with connected(address) as connection:
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


def _fill(connection: psycopg.Connection[Any], model: str) -> int | None:
    """Adds what `near_vectors` lacks. Returns the dimension of the model's vectors; None where there are none."""
    last = ""
    while rows := connection.execute(_LACKING, (model, last, _FILLED_AT_ONCE), binary=True).fetchall():
        _store(connection, model, rows)
        connection.commit()
        last = rows[-1][0]
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


def _index_of(model: str, dimension: int) -> sql.Composed:
    name = f"ix_near_middles_{hashlib.sha256(model.encode()).hexdigest()[:8]}"
    return sql.SQL(_INDEX).format(name=sql.Identifier(name), dimension=sql.Literal(dimension), model=sql.Literal(model))

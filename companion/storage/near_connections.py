"""Connections to what PostgreSQL has of vectors for itself (`near_tables`), and what is told where that fails."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import errors
from sqlalchemy import Engine, create_engine

from companion.storage.address import Address
from companion.storage.engine import sentence_for, told_plainly
from companion.storage.errors import StorageError

_SCANNED = 800
"""Passages that a search has the index look for at a time (`hnsw.ef_search`): it goes on until there are as many as
asked for."""
_LOOKED_AT = 400_000
"""Passages after which it goes on no more (`hnsw.max_scan_tuples`)."""

_GONE = (
    "A table of vectors of {place} (near_vectors, near_middles), or its extension pgvector, is there no more: start the"
    " bot again, which makes it, or leave COMPANION_VECTORS out."
)
_OURS = re.compile(r"near_vectors|near_middles|\bembedding\b")
_FAILED = "{place} failed at its vectors ({error}): its own log says more."
_NO_CONNECTION, _STOPPED = "08", "57P"
"""How PostgreSQL's codes begin for a connection that failed, and for one that the server ended."""


@contextmanager
def connected(address: Address) -> Generator[psycopg.Connection[Any]]:
    """One of the driver's own, since SQLAlchemy has no type for such vectors. Raises `StorageError` for whatever fails,
    also in the block. Belongs in a thread."""
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


@lru_cache(maxsize=4)
def _engine(address: Address) -> Engine:
    """Its connections stay, and are set for the index."""
    scanning = f"-c hnsw.iterative_scan=relaxed_order -c hnsw.max_scan_tuples={_LOOKED_AT}"
    options = f"-c hnsw.ef_search={_SCANNED} {scanning} -c hnsw.scan_mem_multiplier=8"
    return create_engine(address.of_threads, pool_size=4, pool_pre_ping=True, connect_args={"options": options})

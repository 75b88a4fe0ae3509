"""The packed tokens of a few passages, read in a thread: for the file of a block, and by searches while it has none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from functools import lru_cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine, create_engine

from companion.storage.address import Address
from companion.storage.engine import CACHE

_TOKENS = """\
SELECT passages.id, token_vectors.data
FROM json_each(?) AS wanted
JOIN passages ON passages.id = wanted.value
JOIN token_vectors ON token_vectors.digest = passages.digest AND token_vectors.model = ?"""

_MAPPED = 2**31 - 2**16
"""Bytes of the file that SQLite may map, the most that it can: read call by call, a search's tokens take milliseconds
more."""


def tokens_of(address: Address, model: str, passage_ids: Sequence[int]) -> dict[int, bytes]:
    """By passage id, the packed tokens of those of these passages that have any of the model."""
    return _read(address, _TOKENS, model, passage_ids)


def sizes_of(address: Address, model: str, passage_ids: Sequence[int]) -> dict[int, int]:
    """How many bytes these are."""
    return _read(address, _TOKENS.replace("token_vectors.data", "length(token_vectors.data)", 1), model, passage_ids)


def _read(address: Address, statement: str, model: str, passage_ids: Sequence[int]) -> dict[int, Any]:
    wanted: object = list(passage_ids)
    if address.sqlite:
        wanted, made = json.dumps(wanted), address.files.stat().st_ino
    else:
        statement, made = statement.replace("json_each(?)", "unnest(%s::bigint[])").replace("?", "%s"), 0
        statement = statement.replace("AS wanted", "AS wanted (value)")
    # By the driver itself: a statement, and rows, of SQLAlchemy's take as long again as all reading.
    with closing(_engine(address, made).raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute(statement, (wanted, model))
        return dict(cursor.fetchall())


@lru_cache(maxsize=4)
def _engine(address: Address, _made: int) -> Engine:
    """Its connections stay: a new one would read the schema first, each time anew."""
    if not address.sqlite:
        return create_engine(address.of_threads, pool_size=2, pool_pre_ping=True)
    engine = create_engine(address.of_threads, pool_size=2)
    event.listen(engine, "connect", _map)
    return engine


def _map(connection: Any, _record: object) -> None:
    connection.execute(f"PRAGMA mmap_size = {_MAPPED}").close()
    connection.execute(f"PRAGMA cache_size = -{CACHE}").close()

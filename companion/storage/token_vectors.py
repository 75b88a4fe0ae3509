"""The packed tokens of a few passages, read in a thread: for the file of a block, and by searches while it has none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, Engine, create_engine

_TOKENS = """\
SELECT passages.id, token_vectors.data
FROM json_each(?) AS wanted
JOIN passages ON passages.id = wanted.value
JOIN token_vectors ON token_vectors.digest = passages.digest AND token_vectors.model = ?"""

_SIZES = _TOKENS.replace("token_vectors.data", "length(token_vectors.data)", 1)

_MAPPED = 2**31 - 2**16
"""Bytes of the file that SQLite may map, the most that it can: read call by call, a search's tokens take milliseconds
more."""


def tokens_of(path: Path, model: str, passage_ids: Sequence[int]) -> dict[int, bytes]:
    """By passage id, the packed tokens of those of these passages that have any of the model."""
    return _read(path, _TOKENS, model, passage_ids)


def sizes_of(path: Path, model: str, passage_ids: Sequence[int]) -> dict[int, int]:
    """How many bytes these are."""
    return _read(path, _SIZES, model, passage_ids)


def _read(path: Path, statement: str, model: str, passage_ids: Sequence[int]) -> dict[int, Any]:
    # By the driver itself: a statement, and rows, of SQLAlchemy's take as long again as all reading.
    with closing(_engine(path, path.stat().st_ino).raw_connection()) as connection:
        return dict(connection.cursor().execute(statement, (json.dumps(list(passage_ids)), model)).fetchall())


@lru_cache(maxsize=4)
def _engine(path: Path, _file: int) -> Engine:
    """Its connections stay: a new one would read the schema first, each time anew."""
    engine = create_engine(URL.create("sqlite", database=str(path)), pool_size=2)
    event.listen(engine, "connect", _map)
    return engine


def _map(connection: Any, _record: object) -> None:
    connection.execute(f"PRAGMA mmap_size = {_MAPPED}").close()

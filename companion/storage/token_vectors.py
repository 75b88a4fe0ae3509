"""The packed tokens of a few passages, read in a thread for every search that compares word by word."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.engine import URL, Engine, create_engine

from companion.storage import schema

_MAPPED = 2**31 - 2**16
"""Bytes of the file that SQLite may map, the most that it can: read call by call, a search's tokens take milliseconds
more."""


def tokens_of(path: Path, model: str, passage_ids: Sequence[int]) -> dict[int, bytes]:
    """By passage id, the packed tokens of those of these passages that have any of the model."""
    columns = schema.passages.c
    tokens = schema.token_vectors.c
    with _engine(path, path.stat().st_ino).connect() as connection:
        found = connection.execute(
            select(columns.id, tokens.data)
            .join(schema.token_vectors, (tokens.digest == columns.digest) & (tokens.model == model))
            .where(columns.id.in_(passage_ids))
        )
        return {row.id: row.data for row in found}


@lru_cache(maxsize=4)
def _engine(path: Path, _file: int) -> Engine:
    """Its connections stay: a new one would read the schema first, each time anew."""
    engine = create_engine(URL.create("sqlite", database=str(path)), pool_size=2)
    event.listen(engine, "connect", _map)
    return engine


def _map(connection: Any, _record: object) -> None:
    connection.execute(f"PRAGMA mmap_size = {_MAPPED}").close()

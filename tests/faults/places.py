"""The folder of a round: a database, the clock that its workers share, and what they acknowledged."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """``discord`` is the address of the Discord that workers connect to; empty where they need none."""

    folder: Path
    discord: str = ""

    @property
    def database(self) -> Path:
        return self.folder / "companion.db"

    @property
    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.database}"

    def acknowledge(self, *what: Any) -> None:
        """Says that something is done for good, in a way that a killed process cannot take back."""
        self._append("acknowledged", json.dumps(what))

    def acknowledged(self) -> list[list[Any]]:
        """What workers acknowledged, in order. What one was saying as it was killed does not count."""
        file = self.folder / "acknowledged"
        lines = file.read_bytes().split(b"\n")[:-1] if file.exists() else []
        return [json.loads(line) for line in lines]

    def _append(self, name: str, line: str) -> None:
        descriptor = os.open(self.folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, f"{line}\n".encode())
        os.close(descriptor)


class KeptClock:
    """A clock that moves when it is told to, and goes on from there in the next process."""

    def __init__(self, place: Place) -> None:
        self._file = place.folder / "now"
        text = self._file.read_text() if self._file.exists() else ""
        self._now = datetime.fromisoformat(text) if text else NOON

    def now(self) -> datetime:
        return self._now

    def advance(self, step: timedelta) -> None:
        self._now += step
        written = self._file.with_suffix(".new")
        written.write_text(self._now.isoformat())
        written.replace(self._file)


def faults_of(database: Path) -> list[str]:
    """What is wrong with a database file, by SQLite's own checks; nothing where it is whole."""
    with closing(sqlite3.connect(database)) as connection:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        dangling = connection.execute("PRAGMA foreign_key_check").fetchall()
    return [one for one in said if one != "ok"] + [f"{table} {row} refers to nothing" for table, row, *_ in dangling]


def rows_of(database: Path, statement: str) -> list[tuple[Any, ...]]:
    """What a statement selects of a file, read as a stranger to the program reads it."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(statement).fetchall()

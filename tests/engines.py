"""Databases for tests, on the engine that they run on: files of SQLite's, or databases of a PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.util import LRUCache

from companion.storage.address import Address, address_of
from companion.storage.migrations import revisions
from tests.postgresql import MIGRATED, Server


class CompiledOnce(LRUCache[Any, Any]):
    """SQL that statements were compiled to, for all databases of an engine: each test has another one, and none is so
    different that a statement would be another text there."""

    def __init__(self) -> None:
        super().__init__(4000)

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(self._anywhere(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(self._anywhere(key), compiled)

    @staticmethod
    def _anywhere(key: tuple[Any, ...]) -> tuple[Any, ...]:
        dialect: object = key[0]
        return (type(dialect), *key[1:])


def is_of_this_version(address: Address) -> bool:
    """Is it a file with this version's schema that can be written now? Asking takes a quarter of what it takes to
    migrate it to nothing new."""
    if not (address.sqlite and address.files.is_file() and os.access(address.files, os.W_OK)):
        return False
    with closing(sqlite3.connect(address.files, timeout=0)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(revisions()[-1],)]
        except sqlite3.DatabaseError:  # none of ours, or locked: what is said of it, and when, is the migration's
            return False


class Databases(Protocol):
    """Makes databases, each named by a URL, which are gone after the block; a file lies in the folder, which has no
    other one."""

    def new(self, folder: Path) -> AbstractContextManager[str]:
        """An empty database of this version's schema, once it was opened."""
        ...

    def bare(self, folder: Path) -> AbstractContextManager[str]:
        """A place for a database, where no table is yet."""
        ...

    def like(self, url: str, folder: Path) -> AbstractContextManager[str]:
        """A copy of another database, which nobody has open."""
        ...


class Files:
    """SQLite's."""

    @contextmanager
    def new(self, folder: Path) -> Generator[str, None, None]:
        yield f"sqlite+aiosqlite:///{folder}/companion.db"

    bare = new

    @contextmanager
    def like(self, url: str, folder: Path) -> Generator[str, None, None]:
        shutil.copyfile(address_of(url).files, folder / "companion.db")
        with self.new(folder) as copied:
            yield copied


class OnServer:
    """PostgreSQL's."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def new(self, folder: Path) -> AbstractContextManager[str]:
        return self._made(MIGRATED)

    def bare(self, folder: Path) -> AbstractContextManager[str]:
        return self._made(None)

    def like(self, url: str, folder: Path) -> AbstractContextManager[str]:
        return self._made(url.rpartition("/")[2])

    @contextmanager
    def _made(self, template: str | None) -> Generator[str, None, None]:
        name = self._server.create(template)
        try:
            yield self._server.url(name)
        finally:
            self._server.drop(name)

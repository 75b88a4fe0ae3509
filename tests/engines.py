"""Databases for tests, on the engine that they run on: files of SQLite's, or databases of a PostgreSQL server."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.util import LRUCache

from companion.storage.address import address_of
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

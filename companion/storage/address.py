"""Where a database is: a file of SQLite's, or a PostgreSQL server; and where the local files that belong to it lie."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from companion.storage.errors import StorageError

EXAMPLES = "sqlite+aiosqlite:///data/companion.db, or postgresql+asyncpg://user:password@host/companion"
FOLDER = Path("data")
"""Where the local files of a PostgreSQL database lie, unless an operator says otherwise."""
_POSTGRESQL_PORT = 5432


@dataclass(frozen=True, slots=True)
class Address:
    """Made by `address_of`. ``files`` is the database itself where it is a file, and in any case what the local files
    beside it are named after: the search index's blocks, the sign of life, adapted models."""

    url: URL
    files: Path

    @property
    def sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def of_loop(self) -> URL:
        """For the driver of the event loop."""
        return self.url.set(drivername="sqlite+aiosqlite" if self.sqlite else "postgresql+asyncpg")

    @property
    def of_threads(self) -> URL:
        """For the driver of threads, which have no event loop."""
        return self.url.set(drivername="sqlite" if self.sqlite else "postgresql+psycopg")

    def __str__(self) -> str:
        """For messages: without user or password."""
        if self.sqlite:
            return str(self.files)
        return f"{self.url.database} on {self.url.host}:{self.url.port or _POSTGRESQL_PORT}"


def address_of(url: str, folder: Path | None = None, *, given_as: str = "DATABASE_URL") -> Address:
    """The address that a URL gives. Raises `StorageError`, which names the URL by what it was ``given_as``, for what is
    no URL of a database that can be used.

    ``folder`` (by default `FOLDER`) is for the local files of a PostgreSQL database; a file has them beside it.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # The URL itself may hold a password, so it is not repeated.
        raise StorageError(f"{given_as} is not a database URL: write it as in {EXAMPLES}.") from error
    match parsed.get_backend_name():
        case "sqlite":
            return _file(parsed, given_as)
        case "postgresql":
            return _server(parsed, FOLDER if folder is None else folder, given_as)
        case other:
            raise StorageError(
                f"{given_as} names a {other} database, and Companion stores in SQLite or PostgreSQL: write it as in"
                f" {EXAMPLES}."
            )


def of_file(file: Path) -> Address:
    """The address of a file of SQLite's."""
    return Address(URL.create("sqlite", database=str(file)), file)


def _file(parsed: URL, given_as: str) -> Address:
    if not parsed.database or parsed.database == ":memory:" or parsed.host:
        raise StorageError(f"{given_as} names no file: write it as in {EXAMPLES}.")
    return of_file(Path(parsed.database).expanduser())


def _server(parsed: URL, folder: Path, given_as: str) -> Address:
    if not parsed.host or not parsed.database:
        raise StorageError(f"{given_as} names no host, or no database: write it as in {EXAMPLES}.")
    if parsed.query:
        # The two drivers understand different ones, and a password may be among them.
        raise StorageError(
            f"{given_as} has options after a question mark, which are not taken: set them by PostgreSQL's own"
            f" variables (PGSSLMODE and so on), and write it as in {EXAMPLES}."
        )
    place = f"{parsed.host}:{parsed.port or _POSTGRESQL_PORT}/{parsed.database}"
    told_apart = hashlib.sha256(place.encode()).hexdigest()[:8]
    plain = "".join(letter if letter.isalnum() else "-" for letter in parsed.database)
    return Address(parsed, folder.expanduser() / f"{plain}.{told_apart}")

"""Brings a database to the schema of this version: forward from an empty file and from any older schema."""

from __future__ import annotations

import glob
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.engine import create_engine
from sqlalchemy.pool import NullPool

from companion.storage.address import Address
from companion.storage.errors import StorageError
from companion.storage.file_copies import copied

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent

BUSY_TIMEOUT = 60
"""Seconds to wait for another process that is migrating the same database."""
_BEFORE = ".before-"
"""Between a file's name and the schema that it was to be migrated to, in the name of the copy that is kept."""
_LOCK = 0x6D6967726174
"""The advisory lock of PostgreSQL that migrations take."""
_IN_ANOTHER_ORDER = """\
SELECT format('ALTER TABLE %I ', table_name) || string_agg(
    format('ALTER COLUMN %I TYPE %s', column_name, data_type)
    || coalesce('(' || character_maximum_length || ')', '') || ' COLLATE "C"', ', ')
FROM information_schema.columns
WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying')
    AND collation_name IS DISTINCT FROM 'C'
GROUP BY table_name"""


def revisions() -> Sequence[str]:
    """Every schema there has been, oldest first. A migration's file is named after its revision: ``0001_….py``."""
    return sorted(file.name.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*_*.py"))


def migrate(address: Address, target: str | None = None) -> None:
    """Migrates the database to a revision, by default the newest, in one transaction; a file is made if there is none.

    The transaction holds a lock from its first statement, SQLite's own or an advisory one, so of two processes that
    open the database at once one migrates and the other then finds nothing to do. What a file held before is kept
    beside it, as ``companion.db.before-0018`` for a migration to 0018, until the next migration. Raises `StorageError`
    for a database that is newer than this code, or none of Companion's, and where there is no room for that copy.
    """
    known = revisions()
    target = target or known[-1]
    waiting = {"timeout": BUSY_TIMEOUT} if address.sqlite else {"options": f"-c lock_timeout={BUSY_TIMEOUT}s"}
    engine = create_engine(address.of_threads, poolclass=NullPool, connect_args=waiting)
    if address.sqlite:
        event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_immediate if address.sqlite else _lock)
    another = "file name" if address.sqlite else "database"
    if address.sqlite and address.files.exists() and not os.access(address.files, os.W_OK):
        # SQLite would open it, and refuse the first write only.
        raise StorageError(
            f"The database {address} cannot be written: check the permissions of the file and its folder."
        )
    try:
        with engine.connect() as connection, connection.begin():
            current = _revision(connection)
            if current is None and inspect(connection).get_table_names():
                raise StorageError(f"{address} is a database of something else: give DATABASE_URL another {another}.")
            if current is not None and current not in known:
                raise StorageError(
                    f"{address} was written by a newer Companion (schema {current}; this one knows up to {known[-1]}):"
                    f" install the newer version again, or give DATABASE_URL another {another}."
                )
            if current is None or current < target:
                if current is not None and address.sqlite:
                    _keep(address.files, target)
                _upgrade(connection, target)
        if address.sqlite:
            _tidy(address.files)
    finally:
        engine.dispose()


def _keep(file: Path, target: str) -> None:
    """Copies the database, which nobody else can write to now."""
    kept = file.with_name(f"{file.name}{_BEFORE}{target}")
    try:
        with copied(file, kept) as copy:
            copy.replace(kept)
    except StorageError as error:
        raise StorageError(f"{file} was not migrated, since no copy of it could be kept before. {error}") from error
    log.info("what %s held before the migration to schema %s is kept as %s", file, target, kept)


def _tidy(file: Path) -> None:
    """Of what was kept before migrations, leaves the newest."""
    for kept in sorted(file.parent.glob(f"{glob.escape(file.name)}{_BEFORE}[0-9][0-9][0-9][0-9]"))[:-1]:
        kept.unlink()


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    # Altering a table means making it anew, and with foreign keys on SQLite would delete the rows that refer to it.
    # The switch is off here, and `foreign_key_check` stands in for it before the commit.
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA journal_mode = WAL")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _lock(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _compare_texts_by_character(connection: Connection) -> None:
    """Has every column of texts in the order and with the case of SQLite, whatever the database was made with."""
    for statement in connection.execute(text(_IN_ANOTHER_ORDER)).scalars().all():
        connection.exec_driver_sql(statement)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, target: str) -> None:
    # Only here: most starts find the schema as it should be, and Alembic takes its time to import.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    command.upgrade(config, target)
    if connection.dialect.name != "sqlite":
        _compare_texts_by_character(connection)
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StorageError(
            f"The migration to schema {target} would have left {len(broken)} rows without what they refer to, so"
            " nothing was changed. Please report this."
        )

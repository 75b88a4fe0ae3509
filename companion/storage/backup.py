"""Backups of a database file: made while the bot runs, only so many kept, and put back in its place; of a database on
a server, how its own tools make one."""

from __future__ import annotations

import logging
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from companion.storage.address import Address, of_file
from companion.storage.errors import StorageError
from companion.storage.file_copies import JOURNALS, UNFINISHED, copied, opened, plainly
from companion.storage.health import Health, examine

log = logging.getLogger(__name__)

_FORGOTTEN = timedelta(days=1)
"""An unfinished copy that was not written to for so long is nobody's."""


def dump_command(address: Address) -> str:
    """How PostgreSQL's own tools copy a database on a server; without the password, for which they ask."""
    url = address.url
    options = [f"--host={url.host}", f"--port={url.port}" if url.port else "", f"--username={url.username or ''}"]
    told = " ".join(option for option in options if option and not option.endswith("="))
    return f"pg_dump --format=custom --file={url.database}.dump {told} {url.database}"


def file_name(database: Path, at: datetime) -> str:
    """What a backup of that instant is called, such as ``companion-20260102T030405Z.db``."""
    return f"{database.stem}-{at:%Y%m%dT%H%M%SZ}{database.suffix}"


def back_up(database: Path, target: Path) -> Health:
    """Copies what the database holds now to a new file, which only its owner may read; says what the copy holds.

    Raises `StorageError` where there is no such database, a file of that name is there already, there is no room, or
    the database is damaged. No file is left behind then.
    """
    if target.exists():
        raise StorageError(f"{target} is there already: name another file, or move that one away.")
    with copied(database, target) as copy:
        health = examine(of_file(copy))
        if target.exists():
            raise StorageError(f"{target} is there by now: another backup was made meanwhile.")
        copy.replace(target)
    return health


def keep_newest(folder: Path, database: Path, count: int, at: datetime) -> list[Path]:
    """Deletes the backups of that database in the folder that `file_name` named, but for the newest ones, and what
    backups that were stopped left there. Returns the deleted backups."""
    named = re.compile(rf"{re.escape(database.stem)}-\d{{8}}T\d{{6}}Z{re.escape(database.suffix)}")
    older = sorted(file for file in folder.iterdir() if named.fullmatch(file.name))[:-count]
    for file in older:
        file.unlink()
    for file in folder.glob(f"{database.stem}-*{UNFINISHED}*"):
        if file.stat().st_mtime < (at - _FORGOTTEN).timestamp():
            file.unlink()
    return older


def restore(backup: Path, database: Path, at: datetime) -> tuple[Health, Path | None]:
    """Puts a copy of the backup in the database's place. Says what it holds, and where the database was set aside to
    that was there; None where there was none.

    Killed at any point, there is either the one or the other. Raises `StorageError` where the backup cannot be used,
    it is the database itself, or another process has that open; nothing is changed then.
    """
    if backup.is_file() and database.is_file() and backup.samefile(database):
        raise StorageError(f"{backup} is the database itself: name the backup that is to take its place.")
    with copied(backup, database, like=database) as copy:
        health = examine(of_file(copy))
        if health.schema is None:
            raise StorageError(f"{backup} is a database of something else: name a backup of Companion's.")
        if health.schema > health.newest:
            raise StorageError(
                f"{backup} was written by a newer Companion (schema {health.schema}; this one knows up to"
                f" {health.newest}): install the newer version first."
            )
        aside = _set_aside(database, _unused(database.with_name(f"{database.name}.replaced-{at:%Y%m%dT%H%M%SZ}")))
        copy.replace(database)
    return health, aside


def _unused(file: Path) -> Path:
    """That name, or one like it that no file has."""
    names = (file.with_name(f"{file.name}-{number}") for number in count(2))
    return file if not file.exists() else next(name for name in names if not name.exists())


def _set_aside(database: Path, aside: Path) -> Path | None:
    """Gives the database another name too; its own is there still. What lay beside it has the other name alone."""
    if database.exists():
        try:
            with closing(opened(database, wait=0)) as connection:
                # Brings what lies beside the file into it, which only works where nobody else has it open.
                connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"{database} cannot be replaced now ({plainly(error)}): stop the bot and whatever else uses it first."
            ) from error
        except sqlite3.DatabaseError as error:
            log.warning("%s is set aside as it is: %s", database, plainly(error))
    for suffix in JOURNALS:
        journal = Path(f"{database}{suffix}")
        if journal.exists():
            journal.rename(f"{aside}{suffix}")
    if not database.exists():
        return None
    try:
        aside.hardlink_to(database)
    except OSError:  # a file system without such
        shutil.copyfile(database, aside)
    return aside

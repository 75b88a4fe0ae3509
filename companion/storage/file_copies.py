"""Consistent copies of an SQLite file, made while others read and write it.

A copy is one transaction of SQLite's backup API, so it holds what was committed at one instant, however much is
written meanwhile. It is written under another name, looked through, and gets its own name last: what bears that name is
whole, whenever the machine stopped.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.request import pathname2url

from companion.storage.errors import StorageError

JOURNALS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file; beside another file they would spoil it."""
UNFINISHED = ".unfinished"
"""What follows a copy's name, before something random, as long as it is being written."""

_BUSY_TIMEOUT = 30
"""Seconds to wait for another process that holds the file for itself."""
_SAID = {
    "locked": "it is in use by another process",
    "full": "the disk is full",
    "disk I/O": "the disk fails, or is full",
    "readonly": "it cannot be written",
    "malformed": "it is damaged",
    "not a database": "it is no database",
    "unable to open": "it cannot be opened",
}
"""What SQLite's complaints mean."""


@contextmanager
def copied(source: Path, target: Path, *, like: Path | None = None) -> Generator[Path]:
    """A checked copy of the database in the target's folder, for the caller to rename; gone at the end otherwise.

    Only its owner may read it, who is the owner of the file ``like``, by default the source, or of that one's folder,
    where this process may see to that. Raises `StorageError` where there is no such database, it is damaged, or the
    disk has no room.
    """
    if not source.is_file():
        raise StorageError(f"There is no database {source}.")
    with _new_file(target, like or source) as copy:
        _fill(source, copy)
        yield copy


def opened(file: Path, wait: float = _BUSY_TIMEOUT) -> sqlite3.Connection:
    """A connection to a file that is there, with no transactions but those that are asked for."""
    return sqlite3.connect(
        f"file:{pathname2url(str(file.absolute()))}?mode=rw", uri=True, timeout=wait, isolation_level=None
    )


def plainly(error: Exception) -> str:
    """What SQLite says, in words that need no knowledge of it."""
    return next((plain for sign, plain in _SAID.items() if sign in str(error)), str(error))


@contextmanager
def _new_file(target: Path, like: Path) -> Generator[Path]:
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f"{target.name}{UNFINISHED}", dir=target.parent)
    except OSError as error:
        raise StorageError(
            f"Nothing can be written in the folder {target.parent} ({error.strerror}): name another place."
        ) from error
    try:
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            owner = (like if like.exists() else like.parent).stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        os.close(descriptor)
        yield Path(name)
    finally:
        for suffix in ("", *JOURNALS):
            Path(f"{name}{suffix}").unlink(missing_ok=True)


def _fill(source: Path, copy: Path) -> None:
    size = sum(file.stat().st_size for file in (source, Path(f"{source}-wal")) if file.exists())
    free = shutil.disk_usage(copy.parent).free
    if free < size:
        raise StorageError(
            f"A copy of {source} takes {size / 2**20:,.0f} MiB, and {free / 2**20:,.0f} are free in {copy.parent}:"
            " make room there."
        )
    try:
        with closing(opened(source)) as reading, closing(opened(copy)) as writing:
            reading.backup(writing)
            # One file: what was read is in a mode in which the newest pages lie beside it.
            writing.execute("PRAGMA journal_mode = DELETE")
            (said,) = writing.execute("PRAGMA integrity_check(1)").fetchone()
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"{source} could not be copied to the folder {copy.parent}: {plainly(error)}.") from error
    if said != "ok":
        raise StorageError(f"{source} is damaged ({str(said).splitlines()[-1]}), so no copy of it was made.")

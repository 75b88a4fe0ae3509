"""The disk under the database: how much room is left, and for how many more episodes that is enough."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from companion.bot.doctor.findings import Finding, error, ok, warning

_MIB = 2**20
_LEAST = 200 * _MIB
"""Bytes: less, and the next episode, or SQLite's own journal, may not fit."""
_SCANT = 1024 * _MIB
_EPISODE = 2 * _MIB
"""Bytes that an episode takes, as long as there are too few to tell."""
_TELLING = 20
_CURE = "Make room, or move the database to a larger disk (docs/operations.md, “Move”)."
_CURE_OF_FILES = "Make room, or let COMPANION_FOLDER name a folder on a larger disk."


def check(folder: Path, database: Path | None, episodes: int) -> Sequence[Finding]:
    """``episodes`` are those in the database, by which the next ones' size is estimated. ``database`` is None where it
    is on a server, whose disk is not this one."""
    free = _free(folder)
    size = sum(file.stat().st_size for file in _files(database)) if database else 0
    each = max(size / episodes, 1) if episodes >= _TELLING else _EPISODE
    said = (
        f"{_bytes(free)} are free, the database takes {_bytes(size)}: room for some {free / each:,.0f} more episodes."
    )
    cure = _CURE
    if database is None:
        said, cure = f"{_bytes(free)} are free for the files with which the search index opens fast.", _CURE_OF_FILES
    if free < _LEAST:
        return [error(said, cure)]
    # A backup and the files for a fast start need as much again.
    if free < max(_SCANT, size):
        return [warning(said, cure)]
    return [ok(said)]


def _free(folder: Path) -> int:
    """Bytes that this user may still write in the folder, or where it would be made."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _files(database: Path) -> list[Path]:
    blocks = database.with_name(f"{database.name}.blocks")
    beside = [database, database.with_name(f"{database.name}-wal"), *blocks.rglob("*")]
    return [file for file in beside if file.is_file()]


def _bytes(count: int) -> str:
    return f"{count / 1024 / _MIB:.1f} GiB" if count >= 1024 * _MIB else f"{count / _MIB:.0f} MiB"

"""The database and its folder: there, writable, whole, of this version's schema."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from companion.bot.doctor.findings import Finding, Severity, error, hint, ok
from companion.storage.engine import database_path
from companion.storage.errors import StorageError
from companion.storage.health import FileHealth, examine

_BACKUP = "Stop the bot and restore a backup (docs/operations.md, “Restore”)."


@dataclass(frozen=True, slots=True)
class Examined:
    """``path`` is None where the URL names no file; ``health`` where there is none to read."""

    path: Path | None
    health: FileHealth | None
    findings: Sequence[Finding]

    @property
    def usable(self) -> bool:
        """Can the archive be read, at this version's schema?"""
        broken = any(one.severity is Severity.ERROR for one in self.findings)
        return not broken and self.health is not None and self.health.schema == self.health.newest


def check(url: str) -> Examined:
    """Changes nothing but for a file that is made in the folder and removed at once."""
    try:
        path = database_path(url)
    except StorageError as wrong:
        return Examined(None, None, [error(str(wrong), "Correct DATABASE_URL.")])
    unwritable = _folder(path.parent)
    if unwritable:
        return Examined(path, None, unwritable)
    if not path.exists():
        return Examined(path, None, [hint(f"There is no database {path} yet.", "The first start makes it.")])
    if not os.access(path, os.R_OK | os.W_OK):
        unreadable = error(f"The database {path} cannot be read and written by {_me()}.", _ownership(path))
        return Examined(path, None, [unreadable])
    try:
        health = examine(path)
    except StorageError as closed:
        return Examined(path, None, [error(str(closed), "Is another process at it? Stop that, then check again.")])
    whole = [ok(f"{path} is whole (schema {health.schema}), and can be written.")]
    return Examined(path, health, _contents(path, health) or whole)


def _contents(path: Path, health: FileHealth) -> list[Finding]:
    if health.damage:
        return [error(f"The database {path} is damaged: {health.damage}.", _BACKUP)]
    if health.schema is None:
        return [error(f"{path} is a database of something else.", "Give DATABASE_URL another file name.")]
    if health.schema > health.newest:
        return [
            error(
                f"{path} was written by a newer Companion (schema {health.schema}; this one knows {health.newest}).",
                "Install the newer version again.",
            )
        ]
    if health.schema < health.newest:
        return [hint(f"The schema is {health.schema}, this version's {health.newest}.", "The next start migrates it.")]
    return []


def _folder(folder: Path) -> list[Finding]:
    """Nothing where files can be made in the folder, or the folder itself can be."""
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        return [
            error(
                f"{existing} is a file, where the database's folder should be.",
                "Move it away, or give DATABASE_URL another place.",
            )
        ]
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as failed:
        reason = failed.strerror or type(failed).__name__
        return [error(f"Nothing can be written in the folder {existing} by {_me()} ({reason}).", _ownership(existing))]
    return []


def _me() -> str:
    return f"user {os.geteuid()}" if hasattr(os, "geteuid") else "this user"


def _ownership(path: Path) -> str:
    """How to let this process write there. Names the owner, where the system has such."""
    if not hasattr(os, "geteuid") or os.geteuid() == path.stat().st_uid:
        return f"Let this user write in {path} (chmod u+w; a volume may be mounted read-only), or move DATABASE_URL."
    return (
        f"It belongs to user {path.stat().st_uid}: `chown -R {os.geteuid()} {path}` as root, or run the bot as its"
        " owner, or give DATABASE_URL another place."
    )

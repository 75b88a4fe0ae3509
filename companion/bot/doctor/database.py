"""The database and its folder: there, writable, whole, of this version's schema."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from companion.bot.doctor.findings import Finding, Severity, error, hint, ok
from companion.storage.address import Address, address_of
from companion.storage.errors import StorageError
from companion.storage.health import Health, examine

_SERVER = "See docs/scaling.md, “PostgreSQL”."
_BACKUP = "Stop the bot and restore a backup (docs/operations.md, “Restore”)."


@dataclass(frozen=True, slots=True)
class Examined:
    """``address`` is None where the URL is none; ``health`` where there is none to read."""

    address: Address | None
    health: Health | None
    findings: Sequence[Finding]

    @property
    def usable(self) -> bool:
        """Can the archive be read, at this version's schema?"""
        broken = any(one.severity is Severity.ERROR for one in self.findings)
        return not broken and self.health is not None and self.health.schema == self.health.newest


def check(url: str, folder: Path) -> Examined:
    """Changes nothing but for a file that is made in the folder and removed at once."""
    try:
        address = address_of(url, folder)
    except StorageError as wrong:
        return Examined(None, None, [error(str(wrong), "Correct DATABASE_URL.")])
    unusable = _folder(address.files.parent) or (_file(address.files) if address.sqlite else [])
    if unusable:
        return Examined(address, None, unusable)
    try:
        health = examine(address)
    except StorageError as closed:
        cure = "Is another process at it? Stop that, then check again." if address.sqlite else _SERVER
        return Examined(address, None, [error(str(closed), cure)])
    whole = [ok(f"{address} is whole (schema {health.schema}), and can be written.")]
    return Examined(address, health, _contents(address, health) or whole)


def _file(path: Path) -> list[Finding]:
    if not path.exists():
        return [hint(f"There is no database {path} yet.", "The first start makes it.")]
    if not os.access(path, os.R_OK | os.W_OK):
        return [error(f"The database {path} cannot be read and written by {_me()}.", _ownership(path))]
    return []


def _contents(path: Address, health: Health) -> list[Finding]:
    if health.damage:
        return [error(f"The database {path} is damaged: {health.damage}.", _BACKUP)]
    if health.schema is None and not path.sqlite and not health.tables:
        return [hint(f"The database {path} is empty.", "The first start makes its tables.")]
    if health.schema is None:
        return [error(f"{path} is a database of something else.", "Give DATABASE_URL another name.")]
    if health.schema > health.newest:
        return [
            error(
                f"{path} was written by a newer Companion (schema {health.schema}; this one knows {health.newest}).",
                "Install the newer version again.",
            )
        ]
    if health.schema < health.newest:
        return [
            hint(
                f"The schema is {health.schema}, this version's {health.newest}.",
                "The next start migrates it, and keeps a copy.",
            )
        ]
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

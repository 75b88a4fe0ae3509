"""The database and its folder: there, writable, whole, of this version's schema."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from companion.bot.doctor.findings import Finding, Severity, error, hint, ok
from companion.storage.address import Address, address_of
from companion.storage.backup import dump_command
from companion.storage.errors import StorageError
from companion.storage.health import Health, examine, turned_away

_SERVER = "See docs/scaling.md, “PostgreSQL”."
_KEPT = ("locked", "lock timeout")
_NO_ROOM = ("full", "disk I/O")
_ROOM = "Make room; the bot then goes on by itself."
_SERVER_CURES = (
    ("read-only", "Let DATABASE_URL name the primary server: a standby, or one that is set to read only, only reads."),
    ("permission denied", "Let the database, with all its tables, belong to the user in DATABASE_URL."),
    ("No space left", _ROOM),
)
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
    unusable = _folder(address) or (_file(address.files) if address.sqlite else [])
    if unusable:
        return Examined(address, None, unusable)
    try:
        health = examine(address)
    except StorageError as closed:
        cure = "Is another process at it? Stop that, then check again." if address.sqlite else _SERVER
        return Examined(address, None, [error(str(closed), cure)])
    found = _contents(address, health) or _writing(address)
    # A server looks after its pages itself.
    what = "is whole" if address.sqlite else "can be read"
    return Examined(address, health, found or [ok(f"{address} {what} (schema {health.schema}), and can be written.")])


def _writing(address: Address) -> list[Finding]:
    """What keeps whoever writes to a database that is whole; nothing where they can."""
    said = turned_away(address)
    if said is None:
        return []
    if any(sign in said for sign in _KEPT):
        told = f"Another process has kept the database {address} locked for seconds, so nothing can be written."
        look = f"fuser -v {address.files}" if address.sqlite else "SELECT pid, client_addr, state FROM pg_stat_activity"
        return [error(told, f"`{look}` names those that have it open: stop the one that is no bot of yours.")]
    if not address.sqlite:
        cure = next((cure for sign, cure in _SERVER_CURES if sign in said), _SERVER)
        return [error(f"Nothing can be written to the database {address}: {said}.", cure)]
    if any(sign in said for sign in _NO_ROOM):
        return [error(f"The disk of the database {address} has no room left, so nothing can be written.", _ROOM)]
    return [error(f"The database {address} cannot be written: {said}.", _ownership(address.files, "DATABASE_URL"))]


def _file(path: Path) -> list[Finding]:
    if not path.exists():
        return [hint(f"There is no database {path} yet.", "The first start makes it.")]
    if not os.access(path, os.R_OK | os.W_OK):
        return [error(f"The database {path} cannot be read and written by {_me()}.", _ownership(path, "DATABASE_URL"))]
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
        kept = "keeps a copy" if path.sqlite else f"keeps no copy of it: make one before, `{dump_command(path)}`"
        return [
            hint(
                f"The schema is {health.schema}, this version's {health.newest}.",
                f"The next start migrates it, and {kept}.",
            )
        ]
    return []


def _folder(address: Address) -> list[Finding]:
    """Nothing where files can be made in the folder, or the folder itself can be."""
    existing = address.files.parent
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        return [
            error(
                f"{existing} is a file, where the database's folder should be.",
                f"Move it away, or give {_setting(address)} another place.",
            )
        ]
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as failed:
        reason = failed.strerror or type(failed).__name__
        cure = _ownership(existing, _setting(address))
        return [error(f"Nothing can be written in the folder {existing} by {_me()} ({reason}).", cure)]
    return []


def _setting(address: Address) -> str:
    """Says where the local files are."""
    return "DATABASE_URL" if address.sqlite else "COMPANION_FOLDER"


def _me() -> str:
    return f"user {os.geteuid()}" if hasattr(os, "geteuid") else "this user"


def _ownership(path: Path, setting: str) -> str:
    """How to let this process write there. Names the owner, where the system has such."""
    if not hasattr(os, "geteuid") or os.geteuid() == path.stat().st_uid:
        return f"Let this user write in {path} (chmod u+w; a volume may be mounted read-only), or move {setting}."
    return (
        f"It belongs to user {path.stat().st_uid}: `chown -R {os.geteuid()} {path}` as root, or run the bot as its"
        f" owner, or give {setting} another place."
    )

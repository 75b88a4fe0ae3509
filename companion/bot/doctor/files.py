"""Who else on this machine can read the token and the archive."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from companion.bot.doctor.findings import Finding, hint, ok, warning

_OTHERS = stat.S_IRWXO
_GROUP_AND_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check(env_file: Path, database: Path | None) -> Sequence[Finding]:
    """Modes of files with secrets; nothing on systems without such modes."""
    if os.name != "posix":
        return []
    found: list[Finding] = []
    if env_file.is_file() and env_file.stat().st_mode & _GROUP_AND_OTHERS:
        found.append(warning("Others on this machine can read .env, with the token in it.", "`chmod 600 .env`"))
    if database is not None and database.is_file() and _reachable(database):
        found.append(
            hint(
                f"Others on this machine can read {database}, with private feeds' addresses and who searched for what.",
                f"`chmod 600 {database}`, or `chmod 700 {database.parent}`",
            )
        )
    return found or [ok("No other user of this machine can read the token or the archive.")]


def _reachable(file: Path) -> bool:
    """Can anybody read the file, through its folder?"""
    return bool(file.stat().st_mode & _OTHERS and file.resolve().parent.stat().st_mode & _OTHERS)

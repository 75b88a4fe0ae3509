"""The settings: can they be read, is a name misspelt, is there a token?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values

from companion.bot.config import ConfigurationError, Settings, read_settings
from companion.bot.doctor.findings import Finding, error, hint, ok, warning

_ALIKE = 0.85
"""From 0 to 1: how alike a name must be to a setting's to be taken for a slip."""

_MEANT = "Call it {}, if that is what is meant."


def check(env_file: Path) -> tuple[Settings | None, Sequence[Finding]]:
    """The settings, None where they cannot be read."""
    try:
        settings = read_settings()
    except ConfigurationError as wrong:
        return None, [error(str(wrong), "Correct it; docs/configuration.md says what each setting may be.")]
    # Only the names are looked at: the values may be secrets.
    in_file = set(dotenv_values(env_file)) if env_file.is_file() else set[str]()
    known = [name.upper() for name in Settings.model_fields]
    found = [
        warning(f"The file .env sets {name}, which is no setting.", _MEANT.format(meant))
        for name, meant in _misspelt(in_file, known)
    ]
    # The environment has much that is not for Companion.
    found += [
        hint(f"The environment sets {name}, which is no setting.", _MEANT.format(meant))
        for name, meant in _misspelt(os.environ, known)
    ]
    found += [
        hint(f"{name} is set in the environment and in .env: the environment wins.")
        for name in known
        if name in in_file and os.environ.get(name)
    ]
    if settings.discord_token is None:
        found.append(
            warning(
                "There is no DISCORD_TOKEN, so `companion run` starts the sandbox.",
                "For a real server put the bot's token into .env (README, “On your own server”).",
            )
        )
    if not found:
        found.append(ok(f"Settings are read from {'.env and ' if in_file else ''}the environment."))
    return settings, found


def _misspelt(names: Iterable[str], known: Sequence[str]) -> list[tuple[str, str]]:
    """Names that are much like a setting's, and that setting's."""
    return [
        (name, alike[0])
        for name in sorted(names)
        if name.upper() not in known and (alike := get_close_matches(name.upper(), known, n=1, cutoff=_ALIKE))
    ]

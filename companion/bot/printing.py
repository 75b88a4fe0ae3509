"""Standard output for people."""

from __future__ import annotations

import sys

from rich.console import Console

EMPTY_ARCHIVE = "The archive is empty: companion ingest SOURCE reads a podcast into it."
"""For commands that have nothing to show before a podcast was read."""
_UNBROKEN = 1_000_000


def output() -> Console:
    """Styled and wrapped on a terminal; in a file or a pipe plain text, in which a line stays a line."""
    return Console(width=None if sys.stdout.isatty() else _UNBROKEN)

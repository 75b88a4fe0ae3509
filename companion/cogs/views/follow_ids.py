"""What the menus around followed things carry. Whoever answers one checks its choice against who pressed."""

from __future__ import annotations

import re

STOP = re.compile(r"follow:stop(?::(?P<mark>[0-9a-f]{20}))?")
"""The values of its menu are ids of what is followed."""


def stop(mark: str | None = None) -> str:
    """The menu that stops following; ``mark`` makes the message known again that it is on."""
    return "follow:stop" if mark is None else f"follow:stop:{mark}"

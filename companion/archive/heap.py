"""What the C library keeps of memory that nobody uses: glibc's habits, and two ways to change them. Elsewhere both do
nothing."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

ARENAS = 2
"""One for the main thread and one for all others: a bot takes 29 of 419 MB less. By default each thread has one of its
own, up to eight a core, with what it once needed kept in each."""
_M_ARENA_MAX = -8


def share_arenas() -> None:
    """To be called before there are threads."""
    if (mallopt := _of_c_library("mallopt")) is not None:
        mallopt(_M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Has the C library return to the system what is free, of which it may keep hundreds of megabytes. For after great
    works: what the next moment needs again is better kept."""
    if (trim := _of_c_library("malloc_trim")) is not None:
        trim(0)


def _of_c_library(name: str) -> Any:
    """The function; None where there is no such, as in musl, which needs none."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None

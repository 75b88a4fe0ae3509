"""How the innermost loops are compiled: for the processor at hand, when the module that has them is imported.

numba keeps what it compiled, beside the module, in the user's cache or in `NUMBA_CACHE_DIR`, so that only the first
process of a machine waits for it, some seconds. While a loop runs, other threads may.

Arguments must be contiguous and of just the types that are declared, and are not looked at further: every index must
be in range.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba as untyped

Loop = TypeVar("Loop", bound=Callable[..., Any])

numba = cast("Any", untyped)
types = numba.types

_IN_ANY_ORDER = {"reassoc", "contract", "nsz"}
"""Sums may be taken in any order, so that the processor adds several numbers at a time."""


def read(kind: Any, dimensions: int = 1) -> Any:
    """The type of an array that is only read, as those in mapped files."""
    return types.Array(kind, dimensions, "C", readonly=True)


def compiled(*signatures: tuple[Any, ...], in_order: bool = False) -> Callable[[Loop], Loop]:
    """Compiles a loop for arguments of these types; ``in_order`` adds as Python does, to the last bit."""
    declared = [types.void(*signature) for signature in signatures]
    options: dict[str, Any] = {"nogil": True, "fastmath": False if in_order else _IN_ANY_ORDER}

    def made(loop: Loop) -> Loop:
        try:
            return numba.njit(declared, cache=True, **options)(loop)
        except RuntimeError:  # nothing can be kept here: every process compiles for itself
            return numba.njit(declared, **options)(loop)

    return made


def inlined(part: Loop) -> Loop:
    """A part of such loops."""
    return numba.njit(fastmath=_IN_ANY_ORDER, inline="always")(part)

"""How long something takes, on a machine that does other things too."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import thread_time

_TRIES = 5


def least_seconds(work: Callable[[], object], bound: float) -> float:
    """The least processor time of several tries, in seconds; the first one below the bound is the last.

    Processor time, too, grows where others use the same caches and cores: what is slow now and then is not slow.
    """
    least = math.inf
    for _ in range(_TRIES):
        begun = thread_time()
        work()
        least = min(least, thread_time() - begun)
        if least < bound:
            break
    return least

"""The garbage collector's part in how fast members are answered.

What is freed the process keeps, and uses again: to give it back to the system again and again was tried, and gained
27 of 413 MB once and 2 to 11 later, for as long as it took to answer the next members (`archive/heap.py` has what does
gain).
"""

from __future__ import annotations

import gc


def settle() -> None:
    """To be called when what a process needs for good is there: the collector looks at all of that no more.

    A look at every object of the libraries, the model and the archive holds all threads up for a twentieth of a second
    and more, again and again.
    """
    gc.freeze()

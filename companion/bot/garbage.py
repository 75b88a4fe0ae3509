"""The garbage collector's part in how fast members are answered."""

from __future__ import annotations

import gc


def settle() -> None:
    """To be called when what a process needs for good is there: the collector looks at all of that no more.

    A look at every object of the libraries, the model and the archive holds all threads up for a twentieth of a second
    and more, again and again.
    """
    gc.freeze()

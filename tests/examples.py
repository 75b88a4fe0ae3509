"""On how many examples a property is tried.

`make test` runs under the profile ``quick`` of `tests/conftest.py`, which tries a share of them; any other run tries
them all.
"""

from __future__ import annotations

from hypothesis import settings

_ALL = 100
"""What the library tries where nothing is said, in its own profile."""


def examples(number: int) -> settings:
    """Tries a property on so many examples, or on a share of them; however long one takes."""
    return settings(max_examples=max(1, number * settings().max_examples // _ALL), deadline=None)

"""Memories that do not grow: of what was used last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Latest(Generic[Key, Value]):
    """The values of the ``most`` keys that were put in or asked for last; those before are forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Value | None:
        """What was put there; None where nothing was, or where it is forgotten."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, key: Key, value: Value) -> None:
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Forgets what was put there, if anything was."""
        self._kept.pop(key, None)


class SinceChange(Generic[Key, Value]):
    """What was gathered from the archive as it is: of each version, as long as it is not asked for another's."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._version: int | None = None
        self._kept: Latest[Key, Value] = Latest(most)

    def at(self, version: int) -> Latest[Key, Value]:
        """What is remembered of that version; nothing yet where another one was asked for before."""
        if version != self._version:
            self._version, self._kept = version, Latest(self._most)
        return self._kept

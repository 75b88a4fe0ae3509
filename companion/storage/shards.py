"""The shards that Discord divides all servers into, and those of them that one process has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, literal

_WRITTEN = re.compile(r"(?P<first>\d{1,5})(?:-(?P<last>\d{1,5}))?/(?P<count>\d{1,5})")
_MADE_AT = 22
"""Bits of an id below those that tell when it was made, by which Discord gives a server to a shard."""


@dataclass(frozen=True, slots=True)
class Shards:
    """From shard ``first`` to shard ``last``, that one too, of ``count``."""

    first: int
    last: int
    count: int

    @classmethod
    def parse(cls, written: str) -> Shards:
        """From ``0-3/8``, or ``5/8`` for one of them. Raises `ValueError` that says how it is written."""
        found = _WRITTEN.fullmatch(written.strip())
        if found is not None:
            first, last, count = int(found["first"]), int(found["last"] or found["first"]), int(found["count"])
            if first <= last < count:
                return cls(first, last, count)
        raise ValueError("write it like 0-3/8: the first shard and the last, counted from 0, and how many there are")

    @property
    def ids(self) -> list[int]:
        return list(range(self.first, self.last + 1))

    @property
    def lead(self) -> bool:
        """Are they those of the process that also does what concerns no server, but the archive?"""
        return self.first == 0

    def has(self, guild_id: int) -> bool:
        """Is the server in one of them?"""
        return self.first <= (guild_id >> _MADE_AT) % self.count <= self.last

    def where(self, guild_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """The same of a column."""
        # PostgreSQL shifts by 32 bits' worth only.
        return (guild_id.bitwise_rshift(literal(_MADE_AT, Integer)) % self.count).between(self.first, self.last)

    def __str__(self) -> str:
        return f"{self.first}-{self.last}/{self.count}"

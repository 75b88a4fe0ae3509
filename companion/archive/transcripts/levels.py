"""A JSON document level by level: all values that stand at one path, whatever lists they are in, with what holds for
each of them from what is around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, cast

from companion.archive.transcripts.fields import Role
from companion.archive.transcripts.shapes import means
from companion.archive.transcripts.tables import objects_of_rows


class Around(NamedTuple):
    """What holds for everything in an object or a list."""

    speaker: str | None
    channel: str | None
    start: float | None
    end: float | None
    lasting: float | None
    base: float | None
    """The start of the object around, which shifts count from."""
    kind: str
    glue: str
    parent: int
    """Which object it is."""

    def of_something_else(self) -> Around:
        """The same for what says itself of what kind it is and how it is glued."""
        return Around(*self[:6], "", "", self.parent)


NOTHING = Around(None, None, None, None, None, None, "", "", 0)


@dataclass(slots=True)
class Level:
    """Values at a path, in the document's order, each with what is around it and its place in the outermost list
    (negative outside of any). ``listed``: they are elements of lists; ``depth``: how many objects and lists are around
    them."""

    path: str
    depth: int
    listed: bool
    values: list[object] = field(default_factory=list[object])
    around: list[Around] = field(default_factory=list[Around])
    groups: list[int] = field(default_factory=list[int])

    def add(self, value: object, around: Around, group: int) -> None:
        self.values.append(value)
        self.around.append(around)
        self.groups.append(group)

    def part(self, places: Iterable[int]) -> Level:
        """The level with nothing but some of its values."""
        chosen = list(places)
        return Level(
            self.path,
            self.depth,
            self.listed,
            [self.values[nth] for nth in chosen],
            [self.around[nth] for nth in chosen],
            [self.groups[nth] for nth in chosen],
        )


class Below:
    """The levels inside of another."""

    def __init__(self, level: Level) -> None:
        self._depth = level.depth + 1
        self.levels: dict[tuple[str, bool], Level] = {}

    def at(self, path: str, *, listed: bool = False) -> Level:
        """The level at a path."""
        level = self.levels.get((path, listed))
        if level is None:
            level = self.levels[path, listed] = Level(path, self._depth, listed)
        return level

    def add_fields(
        self, step: Step, path: str, values: Iterable[Sequence[object]], around: Sequence[Around], groups: Sequence[int]
    ) -> None:
        """Add what some fields of objects hold (None: nothing): objects, lists, or the first of some alternatives. Only
        that is the same kind of thing as the object around it, and glued as it is."""
        level = self.at(path)
        for held, own, group in zip(values, around, groups, strict=True):
            for value in held:
                if value is None:
                    continue
                if not isinstance(value, list):
                    level.add(value, own.of_something_else(), group)
                elif step.are_alternatives:
                    if value:
                        level.add(cast("list[object]", value)[0], own, group)
                else:
                    inside = own.of_something_else()
                    self.add_list(cast("list[object]", value), path, inside, group, by_channel=step.are_channels)

    def add_list(
        self, values: Sequence[object], path: str, around: Around, group: int, *, by_channel: bool = False
    ) -> None:
        """Add the elements of a list at ``path``. Times of what is around hold for an only element; where no element
        has one, its start holds for the first."""
        values = objects_of_rows(values)
        rest = first = around._replace(base=None)
        if len(values) != 1:
            shifted = any(_tells(value, (Role.SHIFT,)) for value in values[:8])
            rest = first = rest._replace(start=None, end=None, lasting=None, base=around.start if shifted else None)
            if around.start is not None and not shifted:
                untimed = not any(_tells(value, (Role.START, Role.END)) for value in values)
                first = rest._replace(start=around.start) if untimed else rest
        level = self.at(f"{path}[]", listed=True)
        level.values += values
        if by_channel and len(values) > 1:
            level.around += ((rest if nth else first)._replace(channel=str(nth)) for nth in range(len(values)))
        else:
            level.around += [first] * len(values[:1]) + [rest] * len(values[1:])
        level.groups += range(len(values)) if group < 0 else [group] * len(values)


_TABLES = frozenset(
    ("speakers", "speakermap", "speaker_map", "speakernames", "speaker_names", "participants", "people")
)


_OF_SPEAKERS = re.compile(r"\.(?:speakers|participants|people|tracks)\[\]\Z", re.IGNORECASE)


def holds_speakers(path: str) -> bool:
    """Do the objects of a list at that path stand for a speaker each, whatever is in them?"""
    return _OF_SPEAKERS.search(path) is not None


class Step(NamedTuple):
    """What the name of a field says of the objects and lists that it holds, and what it adds to their path."""

    path: str
    is_table: bool
    """Of speakers."""
    are_alternatives: bool
    are_channels: bool


@lru_cache(maxsize=1024)
def step_of(key: str) -> Step:
    """What a field of that name leads to."""
    name = key.lower()
    path = "#" if key.isdecimal() else key[:60]
    return Step(f".{path}", name in _TABLES, means(key, Role.ALTERNATIVES), name == "channels")


def _tells(value: object, roles: Sequence[Role]) -> bool:
    """Has an object a field of one of the roles?"""
    return isinstance(value, dict) and any(means(key, *roles) for key in cast("Mapping[str, object]", value))

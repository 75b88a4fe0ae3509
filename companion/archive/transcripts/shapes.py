"""What the fields of JSON objects say, read column by column for all objects that have the same ones.

A transcript of an hour is ten thousand words and more, each an object of the same few fields: what their names mean is
decided once, and what they hold is read for all of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, TypeVar, cast

from companion.archive.markup import clean
from companion.archive.transcripts.fields import WEAK_SPEAKERS, Role, Seconds, meanings_of, time_of, times_of
from companion.archive.transcripts.labels import is_generic
from companion.archive.transcripts.speakers import name_of

Object = Mapping[str, object]
TimeFields = tuple[tuple[str, float | None], ...]
"""Names of fields that may hold a time, and the seconds in its unit, where the name says them."""
_Value = TypeVar("_Value")
MOST_FIELDS = 64
"""Fields of an object, with more of which it is a table by label, and none of them says anything of the others."""
_NESTED: frozenset[type] = frozenset((dict, list))
_FLAT = (str, int, float, type(None))
_ALSO_TIMES = frozenset(("from", "From", "FROM"))
"""Fields that name a speaker (`{"from": "Ann"}`) or a time (`{"from": 3.0, "to": 4.5}`)."""


class Shape(NamedTuple):
    """Which fields of some objects may say what, the best first; an object may lack any of them."""

    texts: tuple[str, ...]
    starts: TimeFields
    ends: TimeFields
    lasting: TimeFields
    shifts: TimeFields
    speakers: tuple[tuple[str, bool], ...]
    """With whether the name says so much that it needs no words or times beside it."""
    channels: tuple[str, ...]
    sureness: tuple[str, ...]
    kinds: tuple[str, ...]
    glue: tuple[str, ...]


@lru_cache(maxsize=1024)
def shape_of(names: tuple[str, ...]) -> Shape:
    """The shape of objects with fields of these names."""
    told = sorted(((name, meaning) for name in names for meaning in meanings_of(name)), key=lambda entry: entry[1].rank)

    def of(role: Role) -> TimeFields:
        return tuple((name, meaning.unit) for name, meaning in told if meaning.role is role)

    def named(role: Role) -> tuple[str, ...]:
        return tuple(name for name, _ in of(role))

    return Shape(
        named(Role.TEXT),
        of(Role.START),
        of(Role.END),
        of(Role.LASTING),
        of(Role.SHIFT),
        tuple((name, m.rank < WEAK_SPEAKERS) for name, m in told if m.role is Role.SPEAKER),
        named(Role.CHANNEL),
        named(Role.SURENESS),
        named(Role.TYPE),
        named(Role.GLUE),
    )


@lru_cache(maxsize=1024)
def means(key: str, *roles: Role) -> bool:
    """May a field of that name have one of the roles?"""
    return any(meaning.role in roles for meaning in meanings_of(key))


class Table:
    """Objects of nearly the same fields, column by column; None stands where one lacks a field."""

    def __init__(self, items: Sequence[Object], shapes: Collection[tuple[str, ...]]) -> None:
        """``shapes``: the names that the fields of an object have, once for all that have the same ones."""
        names = tuple(dict.fromkeys(chain.from_iterable(shapes)))
        self.count = len(items)
        self._columns: dict[str, Sequence[object]] = (
            dict(zip(names, zip(*(item.values() for item in items), strict=True), strict=True))
            if len(shapes) == 1
            else {name: [item.get(name) for item in items] for name in names}
        )
        self.titled = [isinstance(title, str) and is_generic(title) for title in self._columns.get("title", ())]
        """For each object whether its title names a speaker by a role (`Speaker 2`); empty where none has a title."""
        self.shape = shape_of(names if len(names) <= MOST_FIELDS else ())

    def texts(self) -> list[str]:
        """The first text that each object holds in any of its fields; empty where none does."""
        texts = [""] * self.count
        for name in self.shape.texts:
            column = self._columns[name]
            texts = [
                text or (value if isinstance(value, str) else "") for text, value in zip(texts, column, strict=True)
            ]
            if all(texts):
                break
        return (
            texts if "".join(texts).isprintable() else [text if text.isprintable() else clean(text) for text in texts]
        )

    def times(self, candidates: TimeFields) -> list[float | None]:
        """The surest of the times that each object's fields give: a clock or a named unit before a bare number, then by
        name."""
        surest: list[float | None] = [None] * self.count
        for nth, (name, unit) in enumerate(candidates):
            times = times_of(self._columns[name], unit)
            surest = list(map(_surer, surest, times)) if nth else times
            if set(map(type, surest)) == {Seconds}:
                break
        return surest

    def values(
        self, names: Sequence[str], read: Callable[[object], _Value | None], otherwise: Sequence[_Value]
    ) -> Sequence[_Value]:
        """The value of each object's last field of these that can be read."""
        for name in names:
            values = map(read, self._columns[name])
            otherwise = [other if value is None else value for value, other in zip(values, otherwise, strict=True)]
        return otherwise

    def speakers(self, told: Sequence[bool], *, listed: bool) -> list[str | None]:
        """The speaker that each object's fields name, or its title (`Speaker 2`). ``listed``: they stand in a list;
        ``told``: which have words or a time, or are a speaker's."""
        if not self.shape.speakers and not any(self.titled) and not (listed and "speakers" in self._columns):
            return [None] * self.count
        if len(self.shape.speakers) == 1 and self.shape.speakers[0][1] and "speakers" not in self._columns:
            column = self._columns[self.shape.speakers[0][0]]
            if set(map(type, column)) - {type(None)} in ({str}, {int}):
                names = {value: name_of(value) for value in set(column)}
                return [names[value] for value in column]
        return [self._speaker(nth, told=known, listed=listed) for nth, known in enumerate(told)]

    def _speaker(self, nth: int, *, told: bool, listed: bool) -> str | None:
        for name, strong in self.shape.speakers:
            value = self._columns[name][nth]
            if strong or (listed and told and not (name in _ALSO_TIMES and isinstance(value, (int, float)))):
                speaker = name_of(value)
                if speaker:
                    return speaker
        if self.titled and self.titled[nth]:
            return name_of(self._columns["title"][nth])
        several = self._columns["speakers"][nth] if "speakers" in self._columns else None
        return name_of(cast("list[object]", several)) if listed and isinstance(several, list) else None

    def inner(self) -> dict[str, list[object]]:
        """The fields that hold objects or lists; None stands where one holds something else."""
        return {
            name: [value if type(value) in _NESTED else None for value in column]
            for name, column in self._columns.items()
            if not _NESTED.isdisjoint(map(type, column))
        }


def _surer(first: float | None, second: float | None) -> float | None:
    better = first is None or (isinstance(second, Seconds) and not isinstance(first, Seconds))
    return second if better else first


def times_in(key: str, value: Object | list[object]) -> tuple[float, float | None] | None:
    """Start and end in one value: a list of two (`"timestamp": [0.0, 1.5]`), or an object of nothing but times."""
    if isinstance(value, list):
        if len(value) != 2:
            return None
        unit = next((meaning.unit for meaning in meanings_of(key) if meaning.role is Role.START), 0.0)
        if unit == 0.0 or (start := time_of(value[0], unit)) is None:
            return None
        return start, time_of(value[1], unit)
    if not 0 < len(value) <= 6 or not all(isinstance(inner, _FLAT) for inner in value.values()):
        return None
    table = Table([value], [tuple(value)])
    if any(isinstance(value[name], str) and time_of(value[name]) is None for name in table.shape.texts):
        return None
    start = table.times(table.shape.starts)[0]
    if start is None and means(key, Role.START):
        start = time_of(value)
    return None if start is None else (start, table.times(table.shape.ends)[0])

"""Tables in JSON as objects: lists of rows, and columns that are as long as each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from companion.archive.transcripts.fields import Role, meanings_of, meanings_of_column, time_of
from companion.archive.transcripts.labels import looks_like_a_name

_FLAT = (str, int, float, type(None))
_MOST_CELLS = 12


def objects_of_rows(values: Sequence[object]) -> Sequence[object]:
    """Rows of a table as objects: `[["Hello", 0.0, 0.4], …]`, with their columns' names in the first row or without."""
    if not values or not all(
        isinstance(value, list) and 2 <= len(cast("list[object]", value)) <= _MOST_CELLS for value in values
    ):
        return values
    rows = cast("list[list[object]]", values)
    width = len(rows[0])
    if not all(len(row) == width and all(isinstance(cell, _FLAT) for cell in row) for row in rows):
        return values
    if len(rows) > 1 and all(isinstance(cell, str) and meanings_of(cell) for cell in rows[0]):
        return [dict(zip(cast("list[str]", rows[0]), row, strict=True)) for row in rows[1:]]
    columns = list(zip(*rows, strict=True))
    said = [nth for nth, column in enumerate(columns) if _are_words(column)]
    told = [nth for nth, column in enumerate(columns) if nth not in said and any(map(_is_time, column))]
    if not said or not told:
        return values
    text = max(said, key=lambda nth: _wordiness(cast("tuple[str, ...]", columns[nth])))
    names = {text: "text", **dict(zip(told, ("start", "end"), strict=False))}
    others = [nth for nth in said if nth != text]
    if others:
        names[min(others, key=lambda nth: len(set(columns[nth])))] = "speaker"
    return [{name: row[nth] for nth, name in names.items()} for row in rows]


def _is_time(cell: object) -> bool:
    return time_of(cell) is not None


def _are_words(column: Sequence[object]) -> bool:
    """Are the cells texts, of which some may be numbers?"""
    return all(isinstance(cell, str) for cell in column) and not all(map(_is_time, column))


def _wordiness(column: Sequence[str]) -> tuple[bool, int, int]:
    """How much a column looks like speech: no names, few values that repeat, many letters."""
    return not all(map(looks_like_a_name, column)), len(set(column)), sum(map(len, column))


def objects_of_columns(inner: Sequence[tuple[str, object]]) -> list[object]:
    """Objects of columns that are as long as each other: `{"words": ["Hello", …], "starts": [0.0, …]}`."""
    columns: dict[str, Sequence[object]] = {}
    for key, value in inner:
        if isinstance(value, Mapping) and all(name.isdecimal() for name in cast("Mapping[str, object]", value)):
            value = list(cast("Mapping[str, object]", value).values())
        if isinstance(value, list):
            column = cast("list[object]", value)
            if column and meanings_of_column(key) and all(isinstance(cell, _FLAT) for cell in column):
                columns[key] = column
    lengths = {len(column) for column in columns.values()}
    roles = {meaning.role for key in columns for meaning in meanings_of_column(key)}
    if len(lengths) != 1 or len(columns) < 2 or Role.TEXT not in roles:
        return []
    names = [key if meanings_of(key) else key[:-1] for key in columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]

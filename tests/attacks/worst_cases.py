"""Texts on which a regular expression takes longest: what it repeats, repeated, and then something that fails.

Made from the expression itself, as its parser sees it. A repetition is pumped with whatever its body matches, after
whatever leads up to it; a backtracking engine that can share the pumped part out in many ways tries them all once the
end does not match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import islice
from typing import Any

# What `re` itself reads expressions with, which is no public part of it.
_parser: Any = import_module("re._parser")

_LONG = 8
"""A repetition that may be this long is worth pumping."""
_ENDS = ("\x00", "!", "\n x")
_CHARACTERS = "aA0 .:-\n\t[(<\"'#*_/,&;é—\x00"
_CATEGORIES = {"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " \n", "CATEGORY_WORD": "a0_"}
_OPPOSITES = {"CATEGORY_NOT_DIGIT": "a ", "CATEGORY_NOT_SPACE": "a.", "CATEGORY_NOT_WORD": " ."}
_WITNESSES = 3

Node = tuple[Any, Any]


def worst_cases(pattern: re.Pattern[str], *lengths: int) -> Iterator[tuple[str, ...]]:
    """Texts of some ``lengths`` characters, made alike; each once."""
    seen: set[str] = set()
    for before, unit in _pumps(pattern):
        for end in _ENDS:
            for start in dict.fromkeys(("", before)):
                texts = tuple(start + unit * max(1, (length - len(start)) // len(unit)) + end for length in lengths)
                if texts[0] not in seen:
                    seen.add(texts[0])
                    yield texts


def _pumps(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """What leads up to a repetition, and what is repeated."""
    tree: Any = _parser.parse(pattern.pattern, pattern.flags)
    found = list(dict.fromkeys(_in_sequence(list(tree), "")))
    units = dict.fromkeys(unit for _, unit in found)
    yield from found
    # One after the other: what one repetition ends with may be what the next begins with.
    for unit in units:
        yield "", f"{unit} "
        yield "", f"{unit}\n"
    for whole in islice(_witnesses(list(tree)), _WITNESSES):
        if whole:
            yield "", whole
            yield "", whole[:-1] or whole


def _in_sequence(nodes: Sequence[Node], before: str) -> Iterator[tuple[str, str]]:
    for node in nodes:
        operation, value = node
        if str(operation) in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            _, most, body = value
            if most is _parser.MAXREPEAT or most >= _LONG:
                for unit in islice(_witnesses(list(body)), _WITNESSES):
                    if unit:
                        yield before, unit
        for inner in _bodies(node):
            yield from _in_sequence(inner, before)
        before += next(_witnesses([node]), "")


def _bodies(node: Node) -> list[list[Node]]:
    operation, value = str(node[0]), node[1]
    if operation in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return [list(value[2])]
    if operation == "SUBPATTERN":
        return [list(value[3])]
    if operation == "BRANCH":
        return [list(one) for one in value[1]]
    if operation in ("ASSERT", "ASSERT_NOT"):
        return [list(value[1])]
    if operation == "ATOMIC_GROUP":
        return [list(value)]
    return []


def _witnesses(nodes: Sequence[Node]) -> Iterator[str]:
    """Texts that the nodes match one after the other, as far as that is seen without looking around."""
    if not nodes:
        yield ""
        return
    for first in islice(_of_node(nodes[0]), _WITNESSES):
        for rest in islice(_witnesses(nodes[1:]), 1):
            yield first + rest


def _of_node(node: Node) -> Iterator[str]:
    operation, value = str(node[0]), node[1]
    if operation == "LITERAL":
        yield chr(value)
    elif operation == "NOT_LITERAL":
        yield from (one for one in _CHARACTERS if ord(one) != value)
    elif operation == "ANY":
        yield from "a .0"
    elif operation == "IN":
        yield from _in_set(value)
    elif operation in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, _, body = value
        for one in _witnesses(list(body)):
            yield one * least
    elif operation in ("SUBPATTERN", "BRANCH", "ATOMIC_GROUP"):
        for body in _bodies(node):
            yield from _witnesses(body)
    else:
        # Places between characters, what stands around, and what an earlier group matched.
        yield ""


def _in_set(members: Sequence[Node]) -> Iterator[str]:
    negated = bool(members) and str(members[0][0]) == "NEGATE"
    inside = {character for character in _CHARACTERS if any(_has(one, character) for one in members)}
    if negated:
        yield from (one for one in _CHARACTERS if one not in inside)
        return
    for operation, value in members:
        if str(operation) == "LITERAL":
            yield chr(value)
        elif str(operation) == "RANGE":
            yield chr(value[0])
        elif str(operation) == "CATEGORY":
            yield from {**_CATEGORIES, **_OPPOSITES}.get(str(value), "a")


def _has(member: Node, character: str) -> bool:
    operation, value = str(member[0]), member[1]
    if operation == "LITERAL":
        return ord(character) == value
    if operation == "RANGE":
        return value[0] <= ord(character) <= value[1]
    if operation == "CATEGORY":
        letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[str(value).rsplit("_", 1)[1]]
        return re.fullmatch(rf"\{letter.upper() if '_NOT_' in str(value) else letter}", character) is not None
    return False

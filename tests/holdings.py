"""How much an object holds: the sizes of all containers that can be reached from it, by the way that leads there."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from logging import Logger
from types import BuiltinFunctionType, CellType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary, WeakSet, WeakValueDictionary

_WEAK = (WeakKeyDictionary, WeakValueDictionary, WeakSet)
_FIXED = (tuple, frozenset)
_GROWING = (list, set, deque)
_PASSED_BY = (str, bytes, int, float, type, ModuleType, BuiltinFunctionType, AbstractEventLoop, Logger)


def holdings(root: object) -> Mapping[str, int]:
    """How many things there are in the containers at each way; what is in one has its way with ``[]``.

    Followed are attributes, elements, and what functions keep, but for the event loop and loggers, which others share;
    each object is met once, by the shortest way.
    """
    found = Counter[str]()
    met: dict[int, object] = {id(root): root}
    waiting = deque([("", root)])
    while waiting:
        way, one = waiting.popleft()
        if _is_one_of(one, dict, *_GROWING, *_WEAK):
            found[way] += _size(one)
        for name, held in _held(one):
            if id(held) not in met and not isinstance(held, _PASSED_BY):
                met[id(held)] = held
                waiting.append((way + name, held))
    return found


def _size(container: Any) -> int:
    return len(container)


def _held(one: Any) -> Iterator[tuple[str, Any]]:
    """What an object refers to, each with a name for it."""
    if _is_one_of(one, dict):
        yield from (("[]", held) for pair in list(one.items()) for held in pair)
    elif _is_one_of(one, *_FIXED, *_GROWING):
        yield from (("[]", held) for held in list(one))
    if _is_one_of(one, MethodType):
        yield "", one.__self__
    elif _is_one_of(one, partial):
        yield from (("()", held) for held in (one.func, *one.args, *one.keywords.values()))
    elif _is_one_of(one, FunctionType):
        yield from zip((f".{name}" for name in one.__code__.co_freevars), one.__closure__ or (), strict=True)
    elif _is_one_of(one, CellType):
        with suppress(ValueError):  # nothing is in it yet
            yield "", one.cell_contents
    elif not _is_one_of(one, *_WEAK):
        yield from ((f".{name}", held) for name, held in list(getattr(one, "__dict__", {}).items()))
        yield from ((f".{name}", held) for name, held in _in_slots(one))


def _in_slots(one: Any) -> Iterator[tuple[str, Any]]:
    for kind in type(one).__mro__:
        for name, slot in list(vars(kind).items()):
            if isinstance(slot, MemberDescriptorType):
                with suppress(AttributeError):
                    yield name, slot.__get__(one)


def _is_one_of(one: object, *kinds: type) -> bool:
    return isinstance(one, kinds)

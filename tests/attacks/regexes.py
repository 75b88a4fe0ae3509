"""Every regular expression of the source, and how it is used.

What is written out is found in the syntax trees; what is made in a loop, among the values of the modules.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import companion

ROOT = Path(companion.__file__).parent
WAYS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
_ANYWHERE = frozenset({"search", "sub", "subn", "split", "findall", "finditer"})


@dataclass(frozen=True, slots=True)
class Found:
    """An expression where the source has it: a file, and the function that holds it, or a name of the module."""

    place: str
    pattern: re.Pattern[str] | None
    """None for one that is put together anew whenever its function runs."""
    ways: frozenset[str]
    """Of `match`, `fullmatch` and `search`, those by which it is tried; all that look anywhere are `search`."""


@cache
def found_regexes() -> tuple[Found, ...]:
    """All of them, each once for each way in which it is used, in the order of the files."""
    # What Alembic runs is no module to import.
    paths = [path for path in sorted(ROOT.rglob("[!_]*.py")) if "migrations" not in path.parts]
    # Walked through once: everything below looks at all nodes of a file.
    files = {path: list(ast.walk(ast.parse(path.read_text(encoding="utf-8")))) for path in paths}
    ways = _ways_by_name(files)
    every = [one for path, nodes in files.items() for one in _found_in(path, nodes, ways)]
    known = {(one.pattern.pattern, one.pattern.flags) for one in every if one.pattern}
    for path in [path for path, nodes in files.items() if _makes_patterns(nodes)]:
        for one in _values_of(path):
            if one.pattern and (one.pattern.pattern, one.pattern.flags) not in known:
                every.append(one)  # noqa: PERF401  what is known is asked of each
    return tuple({(one.pattern or one.place, one.ways): one for one in every}.values())


def _found_in(
    path: Path, nodes: Sequence[ast.AST], ways: Mapping[tuple[Path | None, str], set[str]]
) -> Iterator[Found]:
    calls = [node for node in nodes if isinstance(node, ast.Call) and _called(node) in ("compile", *WAYS)]
    if not calls:
        return
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    within = {call: function for function in functions for call in ast.walk(function)}
    names = _names_of_values(nodes)
    given = vars(_module(path))
    for call in calls:
        way = _called(call)
        used = _used(ways, path, names.get(call, "")) if way == "compile" else {way}
        function = within.get(call)
        pattern = _evaluated(call, way, given)
        # Made in a loop of the module's own: it is among the module's values.
        if pattern is not None or function is not None:
            holder = function.name if function is not None else names.get(call, "?")
            yield Found(f"{path.relative_to(ROOT)}:{holder}", pattern, _tried(used))


def _makes_patterns(nodes: Sequence[ast.AST]) -> bool:
    """By `re.compile`, or by the `patterns` of `archive/wording.py`."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    return any(_called(one) or (isinstance(one.func, ast.Name) and one.func.id == "patterns") for one in calls)


def _values_of(path: Path) -> Iterator[Found]:
    """Those that are among the values of a module, however deep."""
    for name, value in vars(_module(path)).items():
        for pattern in _patterns_in(value):
            yield Found(f"{path.relative_to(ROOT)}:{name}", pattern, _tried(WAYS))


def _patterns_in(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield _of_text(cast("re.Pattern[Any]", value).pattern, value.flags)
    elif isinstance(value, tuple | list | set | frozenset):
        for one in cast("Iterable[object]", value):
            yield from _patterns_in(one)
    elif isinstance(value, Mapping):
        yield from _patterns_in(list(cast("Mapping[object, object]", value).values()))


def _module(path: Path) -> ModuleType:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return importlib.import_module(".".join(("companion", *parts)).removesuffix(".__init__"))


def _called(call: ast.Call) -> str:
    """The function of `re` that is called; empty for anything else."""
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "re":
        return function.attr
    return ""


def _evaluated(call: ast.Call, way: str, given: Mapping[str, Any]) -> re.Pattern[str] | None:
    """The expression with its flags; None where names in it are not the module's."""
    at = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(way, 2)
    flags = [one.value for one in call.keywords if one.arg == "flags"] or call.args[at : at + 1]
    try:
        pattern, flag = (_value(one, given) for one in (call.args[0], flags[0] if flags else ast.Constant(0)))
    except (NameError, TypeError):
        return None
    if isinstance(pattern, re.Pattern):
        compiled = cast("re.Pattern[Any]", pattern)
        return _of_text(compiled.pattern, compiled.flags)
    return _of_text(pattern, flag)


def _of_text(pattern: str | bytes, flags: int) -> re.Pattern[str]:
    if isinstance(pattern, bytes):
        return re.compile(pattern.decode("latin-1"), flags & ~re.UNICODE | re.ASCII)
    return re.compile(pattern, flags)


def _value(node: ast.expr, given: Mapping[str, Any]) -> Any:
    expression = ast.fix_missing_locations(ast.Expression(node))
    return eval(compile(expression, "<source>", "eval"), dict(given))  # noqa: S307  the project's own source


def _names_of_values(nodes: Sequence[ast.AST]) -> dict[ast.expr, str]:
    """What a value is called that is assigned to one name."""
    named: dict[ast.expr, str] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            named[node.value] = node.targets[0].id
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            named[node.value] = node.target.id
    return named


def _ways_by_name(files: Mapping[Path, Sequence[ast.AST]]) -> dict[tuple[Path | None, str], set[str]]:
    """By which methods names are used, whatever they stand for: private ones in each file, others in all of them. A
    name that is used in another way too, such as in a row of patterns, is not here: it may be tried by any."""
    ways: defaultdict[tuple[Path | None, str], set[str]] = defaultdict(set)
    otherwise: set[tuple[Path | None, str]] = set()
    for path, nodes in files.items():
        methods = {id(node.value): node.attr for node in nodes if isinstance(node, ast.Attribute)}
        for node in nodes:
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                name = node.id if isinstance(node, ast.Name) else node.attr
                key = (path if name.startswith("_") else None, name)
                method = methods.get(id(node))
                if method in WAYS:
                    ways[key].add(method)
                elif method not in ("pattern", "flags"):
                    otherwise.add(key)
    return {key: used for key, used in ways.items() if key not in otherwise}


def _used(ways: Mapping[tuple[Path | None, str], set[str]], path: Path, name: str) -> set[str]:
    return ways.get((path if name.startswith("_") else None, name), set(WAYS))


def _tried(ways: Iterable[str]) -> frozenset[str]:
    return frozenset("search" if one in _ANYWHERE else one for one in ways)

"""The rules of who may import what and who may ask for the time, read from the source of every module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import companion

PACKAGE = Path(companion.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS = ("storage", "archive", "community", "cogs", "bot")
"""From the ground up: each imports only from itself and from those before it."""

ONLY_FOR = {
    "discord": ("cogs", "bot"),
    "simcord": ("bot",),
    "sqlalchemy": ("storage",),
    "aiosqlite": ("storage",),
    "sqlite3": ("storage",),
    "alembic": ("storage",),
}

CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
    ("utils", "utcnow"),
}


def floor(module: Path) -> str:
    """The folder under ``companion/`` that the module is in, or its own name."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[str]:
    """The full names of modules that are imported anywhere in the source, inside functions too."""
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                assert node.level == 0, "imports are absolute, so that they can be read"
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name)), *_]):
                yield name
            case _:
                pass


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.Module]:
    """Every module, parsed."""
    return {module: ast.parse(module.read_text(encoding="utf-8")) for module in MODULES}


def broken_floors(module: Path, tree: ast.AST) -> list[str]:
    """The imports of the module that reach for a floor above, or for a package that is another floor's."""
    here = floor(module)
    broken: list[str] = []
    for name in imported(tree):
        top, _, rest = name.partition(".")
        if top in ONLY_FOR and here not in ONLY_FOR[top]:
            broken.append(name)
        below = rest.partition(".")[0]
        if top == "companion" and below in FLOORS and here in FLOORS and FLOORS.index(below) > FLOORS.index(here):
            broken.append(name)
    return broken


def clock_reads(tree: ast.AST) -> list[str]:
    """The calls and mentions in a module that ask the machine for the time of day."""
    reads: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=attr):
                if (owner, attr) in CLOCKS:
                    reads.append(f"{owner}.{attr}")
            case ast.ImportFrom(module="time" | "discord.utils" as owner):
                known = {attr for _, attr in CLOCKS}
                reads += [f"{owner}.{alias.name}" for alias in node.names if alias.name in known]
            case _:
                pass
    return reads


def test_every_module_imports_only_what_its_floor_may(trees: dict[Path, ast.Module]) -> None:
    broken = {str(module): names for module, tree in trees.items() if (names := broken_floors(module, tree))}

    assert broken == {}


def test_only_the_clock_asks_for_the_time(trees: dict[Path, ast.Module]) -> None:
    reads = {module: found for module, tree in trees.items() if (found := clock_reads(tree))}

    assert reads == {PACKAGE / "storage" / "clock.py": ["datetime.now"]}


def test_every_module_is_on_a_floor() -> None:
    assert {floor(module) for module in MODULES} == {*FLOORS, "__init__", "__main__"}


@pytest.mark.parametrize(
    ("module", "source", "broken"),
    [
        ("storage/a.py", "from companion.archive import search", ["companion.archive.search"]),
        ("storage/a.py", "from companion import archive", ["companion.archive"]),
        ("archive/a.py", "def f():\n    import companion.cogs.search", ["companion.cogs.search"]),
        ("archive/a.py", "import sqlite3", ["sqlite3"]),
        (
            "archive/a.py",
            "from sqlalchemy.ext.asyncio import AsyncConnection",
            ["sqlalchemy.ext.asyncio.AsyncConnection"],
        ),
        ("community/a.py", "import discord.utils", ["discord.utils"]),
        ("community/a.py", "importlib.import_module('companion.bot.cli')", ["companion.bot.cli"]),
        ("cogs/a.py", "import discord\nfrom companion.community import searches", []),
        ("bot/a.py", "from companion.cogs import search\nfrom companion.storage import engine", []),
    ],
)
def test_the_rule_sees_every_way_to_import(module: str, source: str, broken: list[str]) -> None:
    assert broken_floors(PACKAGE / module, ast.parse(source)) == broken


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("datetime.now(UTC)", ["datetime.now"]),
        ("datetime.datetime.utcnow()", ["datetime.utcnow"]),
        ("field(default_factory=time.time)", ["time.time"]),
        ("discord.utils.utcnow()", ["utils.utcnow"]),
        ("from time import time", ["time.time"]),
        ("from time import perf_counter, monotonic", []),
        ("clock.now()", []),
    ],
)
def test_the_rule_sees_every_way_to_ask_for_the_time(source: str, reads: list[str]) -> None:
    assert clock_reads(ast.parse(source)) == reads

"""Whatever uses a database is tested on SQLite and on PostgreSQL, or says why it is about one of them."""

from __future__ import annotations

import inspect
import sqlite3
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
import sqlalchemy

from tests.bot.loopback import command_line

OPENING = {
    "companion.bot.cli",
    "companion.bot.doctor.database",
    "companion.bot.running",
    "companion.bot.sandbox",
    "companion.storage.backup",
    "companion.storage.engine",
    "companion.storage.health",
    "companion.storage.migrations",
    "companion.storage.transfer",
}
"""Modules of which all that is called opens a database, or is given an open one."""
OPENERS = {sqlite3.connect, sqlalchemy.create_engine, command_line}
REASONS = ("sqlite_only", "own_database")
OF_EVERY_TEST = "_quick_databases"


def test_whatever_uses_a_database_is_tested_on_both_engines_or_says_why_not(request: pytest.FixtureRequest) -> None:
    left_out = [item.nodeid for item in request.session.items if not on_both(item) and uses_a_database(item)]

    assert left_out == [], f"take the fixture `database_url`, or mark it with one of {REASONS} and a reason"


def test_a_reason_is_given_for_each_that_is_not(request: pytest.FixtureRequest) -> None:
    marks = [(item.nodeid, mark) for item in request.session.items for mark in map(item.get_closest_marker, REASONS)]

    assert [name for name, mark in marks if mark is not None and not "".join(mark.args)] == []


def on_both(item: pytest.Item) -> bool:
    """Does it run on the engine that is tested, or on a server besides? Or does it say why not?"""
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return "databases" in fixtures or "postgresql" in fixtures or any(map(item.get_closest_marker, REASONS))


def uses_a_database(item: pytest.Item) -> bool:
    """By what it and its fixtures call, at any remove within the tests."""
    fixtures: dict[str, Any] = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009  pytest tells it nowhere else
    called = [made[-1].func for name, made in fixtures.items() if name != OF_EVERY_TEST]
    return reaches(getattr(item, "function", None), *called)


def reaches(*called: Any) -> bool:
    """Does one of these call what opens a database, itself or by what else of the tests it calls?"""
    known: set[int] = set()
    waiting = list(called)
    while waiting:
        one = inspect.unwrap(waiting.pop())
        module = str(getattr(one, "__module__", None))
        if module in OPENING or ((isinstance(one, FunctionType) or inspect.isbuiltin(one)) and one in OPENERS):
            return True
        if module.startswith("tests.") and id(one) not in known:
            known.add(id(one))
            waiting += called_by(one)
    return False


def called_by(one: Any) -> Iterator[Any]:
    """What a function of the tests calls, or a class of theirs; more rather than less."""
    if isinstance(one, type):
        yield from (method for method in vars(one).values() if isinstance(method, FunctionType))
    elif isinstance(one, FunctionType):
        yield from (found for found in _named_in(one.__code__, one.__globals__) if callable(found))


def _named_in(code: CodeType, known: dict[str, Any]) -> Iterator[Any]:
    """What the code names: among what its module knows, and in the modules that are among that."""
    places: list[dict[str, Any]] = [known]
    places += [found.__dict__ for name in code.co_names if isinstance(found := known.get(name), ModuleType)]
    yield from (place.get(name) for name in code.co_names for place in places)
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _named_in(part, known)


def opens() -> None:
    sqlite3.connect("companion.db")


def has_it_opened() -> None:
    def inner() -> list[None]:
        return [opens() for _ in range(2)]

    inner()


class Opener:
    def work(self) -> None:
        has_it_opened()


def is_told(database: sqlite3.Connection) -> str:
    return f"{database} is a companion.db"


@pytest.mark.own_database("these are only looked at")
def test_who_opens_one_is_found_and_nobody_else() -> None:
    assert all(map(reaches, (opens, has_it_opened, Opener)))
    assert not reaches(is_told)

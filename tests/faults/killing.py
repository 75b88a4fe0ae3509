"""Killing the process that calls this, at a point that chance chose: SIGKILL, which nothing can catch.

Points are statements and commits of the database and requests to Discord, each before and after, and what gives files
their names or takes them. A kill comes at the
point itself, or so many seconds later, in the middle of whatever is done then.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any, NoReturn
from unittest import mock

import discord.http
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

_OF_FILES = ("os.rename", "os.link", "os.remove", "sqlite3.connect")
"""What Python tells its audit hooks of."""


@dataclass(frozen=True, slots=True)
class Trap:
    """Kill at the point of that number, which counts from 1, and so many ``seconds`` after it. With a ``request``
    counting begins when that one, by its number, was answered: of those that change something in Discord."""

    point: int
    seconds: float = 0.0
    request: int = 0


class Points:
    """Counts the points that this process passes, and falls into the trap."""

    def __init__(self, trap: Trap | None) -> None:
        self.passed = self.requests = 0
        self._trap = trap
        self._counted = 0

    def watch(self) -> None:
        """Counts from now on, in this process for good."""
        sys.addaudithook(self._hear)
        event.listen(Engine, "before_cursor_execute", self._pass)
        event.listen(Engine, "after_cursor_execute", self._pass)
        commit, request = DefaultDialect.do_commit, discord.http.HTTPClient.request

        def do_commit(dialect: DefaultDialect, connection: Any) -> None:
            self._pass()
            commit(dialect, connection)
            self._pass()

        async def asked(client: discord.http.HTTPClient, route: discord.http.Route, **options: Any) -> Any:
            self._pass()
            try:
                return await request(client, route, **options)
            finally:
                self.requests += route.method != "GET"
                self._pass()

        mock.patch.object(DefaultDialect, "do_commit", do_commit).start()
        mock.patch.object(discord.http.HTTPClient, "request", asked).start()

    def _hear(self, what: str, _arguments: object) -> None:
        if what in _OF_FILES:
            self._pass()

    def _pass(self, *_event: object) -> None:
        self.passed += 1
        if self._trap is None or self.requests < self._trap.request:
            return
        self._counted += 1
        if self._counted != self._trap.point:
            return
        if self._trap.seconds:
            threading.Thread(target=_later, args=(self._trap.seconds,), daemon=True).start()
        else:
            die()


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    while True:  # the signal is on its way
        time.sleep(1)


def _later(seconds: float) -> None:
    time.sleep(seconds)
    die()

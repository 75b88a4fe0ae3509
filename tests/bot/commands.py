"""Commands of the terminal, run in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from click.testing import CliRunner, Result

from companion.bot import cli
from companion.bot.config import read_settings
from companion.storage.engine import Database
from tests.clocks import StoppedClock


def companion(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli.main, arguments, input=typed)


def refusal(*arguments: str) -> str:
    """What a command says that ends with exit status 1; it says nothing else, and shows no traceback."""
    result = companion(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert isinstance(result.exception, SystemExit)
    assert result.stderr.count("\n") == 1
    return result.stderr


def stored(work: Callable[[Database], Awaitable[Any]]) -> Any:
    """Works on the database that commands use."""

    async def run() -> Any:
        async with await Database.open(read_settings().address, StoppedClock()) as database:
            return await work(database)

    return asyncio.run(run())

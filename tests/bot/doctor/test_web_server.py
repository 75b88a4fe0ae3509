"""What the doctor says of the web server, asked over the loopback."""

from __future__ import annotations

import socket
from collections.abc import AsyncGenerator
from typing import Any

import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from companion.bot.config import Settings
from companion.bot.doctor import web_server
from companion.bot.doctor.findings import Severity
from companion.bot.operator_pages import OperatorPages
from companion.bot.web import serving
from companion.storage.engine import Database
from tests.bot.doctor.said import of, worst


def settings(port: int | None, url: str | None = None, **others: Any) -> Settings:
    return Settings(companion_web_port=port, companion_web_url=url, **others)


async def nothing() -> None:
    """There is nothing to look up."""


@pytest_asyncio.fixture
async def port(database: Database) -> AsyncGenerator[int]:
    """Of the web server as the bot has it."""
    pages = OperatorPages(CollectorRegistry(), nothing, list)
    async with serving(database, "127.0.0.1", 0, pages) as serves:
        yield serves


async def test_without_a_port_nothing_is_looked_at() -> None:
    assert await web_server.check(settings(None), runs=True) == []


async def test_an_address_without_a_port_serves_nothing() -> None:
    found = await web_server.check(settings(None, "https://companion.example.org"), runs=True)
    assert "no COMPANION_WEB_PORT to serve it" in of(Severity.WARNING, found)


async def test_a_running_bot_is_asked_here_and_at_its_address(port: int) -> None:
    found = await web_server.check(settings(port, f"http://localhost:{port}"), runs=True)
    assert worst(found) is Severity.OK
    assert "answers on port" in of(Severity.OK, found)
    assert f"Members reach it at http://localhost:{port}" in of(Severity.OK, found)


async def test_members_have_no_links_without_an_address(port: int) -> None:
    assert "gives no links" in of(Severity.HINT, await web_server.check(settings(port), runs=True))


async def test_links_in_the_clear_are_told_of() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    found = await web_server.check(settings(free, "http://companion.example.org"), runs=False)
    assert "sent in the clear" in of(Severity.WARNING, found)


async def test_a_port_of_another_program_is_told_of() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        found = await web_server.check(settings(number), runs=False)
    assert "so the bot cannot start" in of(Severity.WARNING, found)
    assert "nobody answers" in of(Severity.WARNING, await web_server.check(settings(number), runs=True))


async def test_another_programs_answer_is_not_taken_for_the_bots(port: int) -> None:
    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text="It works!")

    application = web.Application()
    application.router.add_get("/{any:.*}", hello)
    async with TestServer(application) as other:
        theirs = other.make_url("/").port
        found = await web_server.check(settings(theirs), runs=True)
        assert "somebody else answers" in of(Severity.WARNING, found)
        away = await web_server.check(settings(port, f"http://localhost:{theirs}"), runs=True)
        assert "the answer is another's, of status 200" in of(Severity.HINT, away)


async def test_who_lets_everybody_read_the_measures_is_told(port: int, monkeypatch: Any) -> None:
    # What a proxy that says nothing of who asks makes of everybody: somebody of this machine.
    monkeypatch.setattr(web_server, "_is_local", lambda _host: False)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    found = await web_server.check(settings(port, f"http://localhost:{port}"), runs=True)
    assert "Everybody can read /metrics" in of(Severity.ERROR, found)


async def test_a_server_for_more_than_this_machine_wants_a_token() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    wide = {"companion_web_host": "0.0.0.0"}
    assert "private network" in of(Severity.HINT, await web_server.check(settings(free, **wide), runs=False))
    closed = settings(free, companion_metrics_token=SecretStr("t"), **wide)
    assert "private network" not in of(Severity.HINT, await web_server.check(closed, runs=False))

"""Who may see the pages for operators' programs, and what they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry, Gauge
from pydantic import SecretStr

from companion.bot.addresses import address_in
from companion.bot.operator_pages import OperatorPages, is_own
from companion.bot.web import WebServer
from companion.community.calendars import Calendars
from companion.storage.engine import Database

Client = TestClient[web.Request, web.Application]
PAGES = ("/metrics", "/healthz", "/healthz/alive")


@asynccontextmanager
async def asking(
    database: Database, token: str | None = None, hindrances: tuple[str, ...] = ()
) -> AsyncGenerator[Client]:
    registry = CollectorRegistry()
    looked = Gauge("looked", "How often it was looked.", registry=registry)

    async def look() -> None:
        looked.inc()

    pages = OperatorPages(registry, look, lambda: hindrances, SecretStr(token) if token else None)
    server = WebServer(Calendars(database), database.clock, pages=pages)
    async with TestClient(TestServer(server.application())) as client:
        yield client


@pytest.mark.parametrize("page", PAGES)
async def test_this_machine_may_ask(database: Database, page: str) -> None:
    async with asking(database) as client:
        answer = await client.get(page)
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert (await client.head(page)).status == 200


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "Via"])
async def test_who_comes_through_a_proxy_finds_nothing(database: Database, page: str, header: str) -> None:
    async with asking(database) as client:
        refused = await client.get(page, headers={header: "127.0.0.1"})
        assert (refused.status, await refused.text()) == (404, "There is no such calendar.\n")


@pytest.mark.parametrize("page", PAGES)
async def test_where_a_token_is_set_it_is_asked_for_of_everybody(database: Database, page: str) -> None:
    async with asking(database, "opensesame") as client:
        for wrong in ({}, {"Authorization": "Bearer opensesam"}, {"Authorization": "opensesame"}):
            assert (await client.get(page, headers=wrong)).status == 404
        right = {"Authorization": "Bearer opensesame", "X-Forwarded-For": "203.0.113.7"}
        assert (await client.get(page, headers=right)).status == 200


async def test_a_token_that_is_no_text_is_a_wrong_one(database: Database) -> None:
    async with asking(database, "opensesame") as client:
        reader, writer = await asyncio.open_connection(client.host, client.port)
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer \xff\xfe\r\n\r\n")
        status = await reader.readline()
        writer.close()
        await writer.wait_closed()
    assert status.split()[1] == b"404"


async def test_what_is_measured_is_looked_up_each_time_and_at_any_rate(database: Database) -> None:
    async with asking(database) as client:
        bodies = [await (await client.get("/metrics")).text() for _ in range(150)]
    assert "looked 1.0" in bodies[0]
    assert "looked 150.0" in bodies[-1]


async def test_whoever_reads_openmetrics_gets_it(database: Database) -> None:
    async with asking(database) as client:
        answer = await client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
        assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
        assert (await answer.text()).endswith("# EOF\n")


async def test_what_hinders_the_bot_is_said(database: Database) -> None:
    async with asking(database, hindrances=("It is being stopped.",)) as client:
        answer = await client.get("/healthz")
        assert answer.status == 503
        assert await answer.json() == {"ready": False, "because": ["It is being stopped."]}


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True), ("10.1.2.3", True), ("172.31.0.9", True), ("192.168.1.1", True), ("169.254.0.1", True),
        ("::1", True), ("fd00::7", True), ("fe80::1", True), ("::ffff:10.1.2.3", True),
        ("172.32.0.1", False), ("8.8.8.8", False), ("2606:4700::1", False), ("::ffff:8.8.8.8", False),
        ("100.64.0.1", False), ("", False), ("localhost", False), (None, False),
    ],
)  # fmt: skip
def test_only_what_the_internet_does_not_know_is_our_own_network(address: str | None, own: bool) -> None:
    assert is_own(address_in(address)) is own

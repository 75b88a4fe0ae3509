"""The web server, asked over the loopback."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from companion.bot.web import WebServer, WebServerError, serving
from companion.community.calendars import CalendarFile, Calendars
from companion.community.clubs import Clubs
from companion.community.cooldowns import Rate
from companion.storage import sessions
from companion.storage.engine import Database
from tests.calendars import by_icalendar, by_vobject
from tests.clocks import StoppedClock
from tests.community.clubs import GUILD, begin, friday

Client = TestClient[web.Request, web.Application]
PRIYA = 1
UNKNOWN = "A" * 43
EACH = Rate(20, timedelta(seconds=2))
ALL = Rate(30, timedelta(milliseconds=100))


@pytest_asyncio.fixture
async def client(database: Database, clock: StoppedClock) -> AsyncGenerator[Client]:
    server = WebServer(Calendars(database), clock, EACH, ALL)
    async with TestClient(TestServer(server.application())) as asking:
        yield asking


async def link(database: Database, guild: int = GUILD) -> tuple[str, str]:
    """The path of a new link to a server's calendar, and its digest."""
    made = await Calendars(database).subscribe(guild, PRIYA, None)
    return f"/calendar/{made.token}.ics", made.digest or ""


async def first_session(database: Database) -> int:
    async with database.read() as connection:
        return (await sessions.coming(connection, GUILD, database.clock.now()))[0].id


class TestACalendar:
    async def test_it_is_served_to_who_has_the_link(self, database: Database, client: Client) -> None:
        await begin(database)
        path, _ = await link(database)
        answer = await client.get(path)
        content = await answer.read()
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.headers["Cache-Control"] == "private, max-age=300"
        assert answer.headers["Last-Modified"] == "Sat, 14 Mar 2026 12:00:00 GMT"
        assert answer.headers["Server"] == "Companion"
        assert len(by_vobject(content)) == len(by_icalendar(content)) == 5
        head = await client.head(path)
        assert (head.status, head.headers["ETag"]) == (200, answer.headers["ETag"])
        assert await head.read() == b""

    async def test_it_is_sent_again_only_when_something_changed(
        self, database: Database, client: Client, clock: StoppedClock
    ) -> None:
        await begin(database)
        path, _ = await link(database)
        first = await client.get(path)
        known = {"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}
        clock.advance(timedelta(minutes=5))
        for headers in known:
            same = await client.get(path, headers=headers)
            assert (same.status, await same.read()) == (304, b"")
            assert same.headers["ETag"] == first.headers["ETag"]
        await Clubs(database).move(GUILD, await first_session(database), friday(21))
        for headers in known:
            changed = await client.get(path, headers=headers)
            assert changed.status == 200
            assert changed.headers["ETag"] != first.headers["ETag"]
            entries = by_vobject(await changed.read())
            assert len(entries) == 5
            assert friday(21) in {one.start for one in entries}
            assert friday(20) not in {one.start for one in entries}

    async def test_what_opens_nothing_is_all_answered_alike(self, database: Database, client: Client) -> None:
        await begin(database)
        await begin(database, guild=GUILD + 1)
        revoked, digest = await link(database)
        await Calendars(database).revoke(GUILD, PRIYA, digest)
        known, other = await link(database, GUILD + 1)
        answers = [
            await seen(await client.get(path))
            for path in (
                revoked, f"/calendar/{UNKNOWN}.ics", "/calendar/.ics", "/calendar/%00.ics", f"/calendar/{other}.ics",
                f"/calendar/{'x' * 500}.ics", "/", known.removesuffix(".ics"), known.swapcase(), "/calendar/../.env",
            )
        ]  # fmt: skip
        assert {one[0] for one in answers} == {404}
        assert len(set(answers)) == 1
        assert (await client.get(known)).status == 200
        assert (await client.post(known)).status == 405


async def seen(answer: ClientResponse) -> tuple[int, str, tuple[tuple[str, str], ...]]:
    headers = tuple(sorted((name, value) for name, value in answer.headers.items() if name != "Date"))
    return answer.status, await answer.text(), headers


class TestBounds:
    async def test_who_guesses_is_told_to_wait_and_others_are_not(
        self, database: Database, client: Client, clock: StoppedClock
    ) -> None:
        await begin(database)
        path, _ = await link(database)
        guesser, reader = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8, 198.51.100.9"}
        statuses = [(await client.get(f"/calendar/{n:043}.ics", headers=guesser)).status for n in range(21)]
        assert statuses == [404] * 20 + [429]
        refused = await client.get(path, headers=guesser)
        assert (refused.status, refused.headers["Retry-After"]) == (429, "2")
        assert (await client.get(path, headers=reader)).status == 200
        clock.advance(timedelta(seconds=2))
        assert (await client.get(path, headers=guesser)).status == 200

    async def test_networks_of_one_customer_count_as_one_address(self, client: Client) -> None:
        paths = [f"/calendar/{number:043}.ics" for number in range(21)]
        statuses = [
            (await client.get(path, headers={"X-Forwarded-For": f"2001:db8:1:2::{number:x}"})).status
            for number, path in enumerate(paths)
        ]
        assert statuses[-1] == 429
        assert (await client.get(paths[0], headers={"X-Forwarded-For": "2001:db8:1:3::1"})).status == 404

    async def test_all_together_are_bounded_too(self, client: Client) -> None:
        statuses = [
            (await client.get("/", headers={"X-Forwarded-For": f"203.0.113.{number}"})).status for number in range(31)
        ]
        assert statuses == [404] * 30 + [503]


class TestSilence:
    async def test_the_log_has_neither_links_nor_what_was_asked_for(
        self, database: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        await begin(database)
        path, _ = await link(database)
        async with serving(database, "127.0.0.1", 0) as port:
            assert b" 200 OK" in await raw(port, f"GET {path} HTTP/1.0\r\nReferer: {path}\r\n\r\n")
            assert b" 404 " in await raw(port, f"GET /calendar/{UNKNOWN}.ics?{path} HTTP/1.0\r\n\r\n")
            for malformed in (f"GET {path} HTTP/9.9\r\n\r\n", f"GET {path} HTTP/1.1\r\nHo st: {path}\r\n\r\n"):
                assert b" 400 " in await raw(port, malformed)
        assert path[10:53] not in caplog.text
        assert UNKNOWN not in caplog.text

    async def test_a_fault_is_logged_without_the_link_and_answered_without_its_text(
        self, database: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def broken(_: Calendars, token: str) -> CalendarFile:
            raise OSError(f"no way to {token}")

        monkeypatch.setattr(Calendars, "opened", broken)
        caplog.set_level(logging.DEBUG)
        async with serving(database, "127.0.0.1", 0) as port:
            answer = await raw(port, f"GET /calendar/{UNKNOWN}.ics HTTP/1.0\r\n\r\n")
        assert b" 500 " in answer
        assert answer.endswith(b"\r\n\r\nThat went wrong here. Ask again later.\n")
        assert "a request could not be answered: OSError" in caplog.text
        assert UNKNOWN not in caplog.text


async def raw(port: int, request: str) -> bytes:
    """What is answered to these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode())
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return answer


class TestServing:
    async def test_it_listens_during_the_block_and_no_longer(self, database: Database) -> None:
        async with serving(database, "127.0.0.1", 0) as port:
            assert (await raw(port, "GET / HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.0 404")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)

    async def test_a_port_that_is_taken_is_named(self, database: Database) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(WebServerError, match=rf"port {port}.*COMPANION_WEB_PORT"):
                async with serving(database, "127.0.0.1", port):
                    pytest.fail("it serves")

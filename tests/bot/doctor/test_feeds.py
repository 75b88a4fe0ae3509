from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from companion.archive.fetch import Fetcher
from companion.bot.doctor import feeds as checked
from companion.bot.doctor.findings import Severity
from companion.storage import feeds, podcasts
from companion.storage.engine import Database
from companion.storage.feeds import FeedState
from companion.storage.podcasts import PodcastFacts
from tests.bot.doctor.said import of, worst

FEED = b"""<rss version="2.0"><channel><title>Bees</title>
<item><title>One</title><guid>1</guid></item></channel></rss>"""
ANYWHERE = Fetcher(allows=lambda _address: True, seconds=5)


@pytest_asyncio.fixture
async def host() -> AsyncGenerator[BaseTestServer]:
    async def answer(request: web.Request) -> web.Response:
        status = int(request.match_info["status"])
        if status == 200 and request.headers.get("If-None-Match") == '"seen"':
            return web.Response(status=304)
        return web.Response(body=FEED if status == 200 else b"", status=status, content_type="text/xml")

    async def parked(_request: web.Request) -> web.Response:
        return web.Response(text="<html>parked</html>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/{status}/{secret}", answer)
    app.router.add_get("/page", parked)
    async with TestServer(app) as serving:
        yield serving


async def store(database: Database, title: str, key: str, state: FeedState | None = None) -> None:
    async with database.write() as connection:
        facts = PodcastFacts(key, title, None, private=True)
        podcast = await podcasts.upsert(connection, facts, database.clock.now())
        if state is not None:
            await feeds.put(connection, podcast.id, state)


async def test_feeds_that_answer_are_one_line(database: Database, host: BaseTestServer) -> None:
    now = database.clock.now()
    await store(database, "Bees", str(host.make_url("/200/a")))
    await store(database, "Caves", str(host.make_url("/200/b")), FeedState(None, '"seen"', None, "1", now))

    (found,) = await checked.check(database, ANYWHERE)

    assert found.severity is Severity.OK
    assert found.sentence == "2 of 2 feeds answer."


async def test_a_feed_that_is_gone_is_named_since_when_and_what_to_do_without_its_address(
    database: Database, host: BaseTestServer
) -> None:
    read_at = database.clock.now() - timedelta(days=9)
    await store(
        database, "Bees", str(host.make_url("/410/s3cret")), FeedState(None, None, None, "1", read_at, failures=12)
    )

    found = await checked.check(database, ANYWHERE)

    said = of(Severity.WARNING, found)
    assert "The feed of 'Bees' is gone: 127.0.0.1 answered with status 410" in said
    assert f"It was last read on {read_at:%Y-%m-%d at %H:%M} UTC, and failed 12 times since." in said
    assert "`companion ingest ADDRESS` recognises the podcast" in said
    assert "s3cret" not in said


async def test_a_feed_that_fails_for_now_is_asked_again_by_itself(database: Database, host: BaseTestServer) -> None:
    await store(database, "Bees", str(host.make_url("/500/a")))

    assert "cannot be read: 127.0.0.1 answered with status 500" in of(
        Severity.WARNING, await checked.check(database, ANYWHERE)
    )


async def test_a_page_in_place_of_the_feed_is_told(database: Database, host: BaseTestServer) -> None:
    await store(database, "Bees", str(host.make_url("/page")))

    assert "The feed of 'Bees' cannot be read" in of(Severity.WARNING, await checked.check(database, ANYWHERE))


async def test_a_feed_that_moved_is_asked_where_it_moved_to(database: Database, host: BaseTestServer) -> None:
    moved = FeedState(str(host.make_url("/200/new")), None, None, "1", database.clock.now())
    await store(database, "Bees", str(host.make_url("/404/old")), moved)

    assert worst(await checked.check(database, ANYWHERE)) is Severity.OK


async def test_podcasts_from_files_have_no_feed_to_ask(database: Database) -> None:
    await store(database, "Bees", "file:bees")

    assert worst(await checked.check(database, ANYWHERE)) is Severity.HINT

"""A podcast's web server on the loopback, whose feed a test can change, break and take away."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import format_datetime

from aiohttp import web
from aiohttp.test_utils import TestServer

from companion.archive.fetch import Fetcher
from tests.feeds import talk

SOME_TIME_AGO = datetime(2024, 3, 1, 6, tzinfo=UTC)


def loopback_fetcher() -> Fetcher:
    """A fetcher that may ask this machine."""
    return Fetcher(allows=lambda _address: True)


def item(number: int, *, title: str | None = None, published: datetime = SOME_TIME_AGO, more: str = "") -> str:
    """An episode with a transcript of its own. Number 7 talks of the sunken organ; others of nothing in particular."""
    body = talk(number) if number != 7 else f"{talk(7)}\nNoor [00:13:00]: The sunken organ plays when the tide turns."
    return (
        f"<item><guid>lamp-{number}</guid><title>{title or f'Lamp {number}'}</title>"
        f"<pubDate>{format_datetime(published)}</pubDate><link>https://lamps.example/{number}</link>"
        f'<enclosure url="https://lamps.example/{number}.mp3" type="audio/mpeg" length="1"/>'
        f"<description>{body}</description>{more}</item>"
    )


class Publisher:
    """What the server says, by path, and what was asked of it."""

    def __init__(self, server: TestServer) -> None:
        self._server = server
        self.feeds: dict[str, list[str]] = {}
        self.titles: dict[str, str] = {}
        self.heads: dict[str, str] = {}
        self.status = 200
        self.asked: Counter[str] = Counter()

    def publish(self, path: str, items: list[str], title: str = "Lamps", head: str = "") -> str:
        """Puts a feed at a path, in place of the one there. Returns its address."""
        self.feeds[path], self.titles[path], self.heads[path] = items, title, head
        return str(self._server.make_url(path))

    async def answer(self, request: web.Request) -> web.Response:
        path = request.path_qs
        self.asked[path] += 1
        if self.status != 200 or path not in self.feeds:
            return web.Response(status=self.status if self.status != 200 else 404)
        tag = f'"{hash(tuple(self.feeds[path]))}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304)
        body = (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
            ' xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>'
            f"<title>{self.titles[path]}</title>{self.heads[path]}{''.join(self.feeds[path])}</channel></rss>"
        )
        return web.Response(text=body, content_type="application/rss+xml", headers={"ETag": tag})


@asynccontextmanager
async def publishing() -> AsyncGenerator[Publisher]:
    """A running server that has no feed yet."""
    app = web.Application()
    server = TestServer(app)
    publisher = Publisher(server)
    app.router.add_get("/{path:.*}", publisher.answer)
    async with server:
        yield publisher

"""A feed asked again: for news only, politely, and without reading or fetching what is known."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from companion.archive import storing
from companion.archive.feeds import FeedError
from companion.archive.fetch import Fetcher, FetchError
from companion.archive.intake import EmptySourceError, EpisodeStored, Ingested, ingest
from companion.storage import episodes, feeds, podcasts
from companion.storage.engine import Database
from companion.storage.feeds import FeedState
from companion.storage.podcasts import Podcast
from tests.clocks import StoppedClock
from tests.feeds import speech


def item(number: int, more: str = "", guid: str | None = None) -> str:
    return (
        f"<item><guid>{guid or f'bee-{number}'}</guid><title>Bee {number}</title>"
        f"<pubDate>{number + 1:02} Mar 2024 06:00:00 GMT</pubDate><link>https://bees.example/{number}</link>"
        f"<description>Notes of {number}.</description>"
        f'<podcast:transcript url="/text/{number}" type="text/plain"/>{more}</item>'
    )


class Publisher:
    """A podcast's web server, and what was asked of it."""

    def __init__(self) -> None:
        self.items: list[str] = [item(number) for number in range(3)]
        self.head = ""
        self.etag = '"1"'
        self.status = 200
        self.headers: dict[str, str] = {}
        self.missing: set[str] = set()
        self.pages: dict[str, list[str]] = {}
        self.asked: Counter[str] = Counter()
        self.at_once = self.most_at_once = 0

    def url(self, server: TestServer) -> str:
        return str(server.make_url("/feed"))

    async def feed(self, request: web.Request) -> web.Response:
        self.asked["feed"] += 1
        if self.status != 200:
            return web.Response(status=self.status, headers=self.headers)
        if request.headers.get("If-None-Match") == self.etag:
            return web.Response(status=304)
        return self._page(request, self.items, {"ETag": self.etag})

    async def page(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.asked[f"page {name}"] += 1
        return self._page(request, self.pages[name]) if name in self.pages else web.Response(status=500)

    async def text(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        self.asked[f"text {number}"] += 1
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(0.01)
        self.at_once -= 1
        return web.Response(status=404) if number in self.missing else web.Response(text=speech(int(number)))

    def _page(self, request: web.Request, items: list[str], headers: dict[str, str] | None = None) -> web.Response:
        base = f"http://{request.host}"
        body = (
            '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"'
            ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
            f' xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Bees</title>{self.head}{"".join(items)}'
            "</channel></rss>"
        )
        return web.Response(text=body.replace('="/', f'="{base}/'), headers=headers)


@pytest.fixture
def publisher() -> Publisher:
    return Publisher()


@pytest.fixture
async def server(publisher: Publisher) -> AsyncGenerator[TestServer, None]:
    async def moved(request: web.Request) -> web.Response:
        raise web.HTTPPermanentRedirect(f"http://{request.host}/feed")

    async def login(_request: web.Request) -> web.Response:
        return web.Response(text="<html><form><input type=password></form></html>", content_type="application/rss+xml")

    app = web.Application()
    app.router.add_get("/feed", publisher.feed)
    app.router.add_get("/page/{name}", publisher.page)
    app.router.add_get("/text/{number}", publisher.text)
    app.router.add_get("/moved", moved)
    app.router.add_get("/login", login)
    running = TestServer(app)
    async with running:
        yield running


async def read(database: Database, url: str, *, anew: bool = False, title: str | None = None) -> Ingested:
    return await ingest(database, url, Fetcher(allows=lambda _address: True), anew=anew, title=title)


async def state(database: Database, podcast: Podcast) -> FeedState:
    async with database.read() as connection:
        found = await feeds.get(connection, podcast.id)
    assert found is not None
    return found


def counts(result: Ingested) -> tuple[int, int, int]:
    return result.new, result.changed, result.unchanged


async def test_a_feed_without_news_is_neither_sent_nor_read_again(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    first = await read(database, publisher.url(server))
    again = await read(database, publisher.url(server))
    assert (counts(first), counts(again)) == ((3, 0, 0), (0, 0, 3))
    assert again.podcast == first.podcast
    assert publisher.asked == {"feed": 2, "text 0": 1, "text 1": 1, "text 2": 1}


async def test_one_new_episode_costs_one_transcript(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    await read(database, publisher.url(server))
    publisher.items.insert(0, item(3))
    publisher.etag = '"2"'
    assert counts(await read(database, publisher.url(server))) == (1, 0, 3)
    assert publisher.asked["text 0"] == publisher.asked["text 3"] == 1


async def test_an_item_that_changed_is_read_again_and_no_other(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    await read(database, publisher.url(server))
    publisher.items[1] = item(1, "<podcast:season>2</podcast:season>")
    publisher.etag = '"2"'
    assert counts(await read(database, publisher.url(server))) == (0, 1, 2)
    assert (publisher.asked["text 0"], publisher.asked["text 1"]) == (1, 2)


async def test_what_was_missing_is_asked_for_again(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    publisher.missing = {"1"}
    first = await read(database, publisher.url(server))
    assert (counts(first), len(first.problems)) == ((3, 0, 0), 1)
    assert (await state(database, first.podcast)).etag is None
    publisher.missing = set()
    again = await read(database, publisher.url(server))
    assert (counts(again), again.problems) == ((0, 1, 2), ())
    assert (publisher.asked["text 0"], publisher.asked["text 1"]) == (1, 2)
    assert (await state(database, first.podcast)).etag == '"1"'


async def test_another_reader_reads_everything_again(
    database: Database, publisher: Publisher, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await read(database, publisher.url(server))
    monkeypatch.setattr(storing, "READER_VERSION", 10_000)
    assert counts(await read(database, publisher.url(server))) == (0, 0, 3)
    assert publisher.asked["text 0"] == 2


async def test_anew_reads_everything_again(database: Database, publisher: Publisher, server: TestServer) -> None:
    await read(database, publisher.url(server))
    assert counts(await read(database, publisher.url(server), anew=True)) == (0, 0, 3)
    assert publisher.asked["text 0"] == 2


async def test_another_title_is_stored_although_there_is_no_news(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    await read(database, publisher.url(server))
    renamed = await read(database, publisher.url(server), title="Our Bees")
    assert (renamed.podcast.title, counts(renamed)) == ("Our Bees", (0, 0, 3))


async def test_no_more_than_four_files_are_fetched_at_once(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    publisher.items = [item(number) for number in range(12)]
    assert counts(await read(database, publisher.url(server))) == (12, 0, 0)
    assert 1 < publisher.most_at_once <= 4


async def test_what_left_the_feed_stays_and_is_counted(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    await read(database, publisher.url(server))
    publisher.items, publisher.etag = publisher.items[:1], '"2"'
    result = await read(database, publisher.url(server))
    assert (counts(result), result.gone) == ((0, 0, 1), 2)
    async with database.read() as connection:
        assert len(await episodes.list_episodes(connection, None)) == 3


async def test_a_new_guid_does_not_double_an_episode(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    await read(database, publisher.url(server))
    async with database.read() as connection:
        before = {episode.title: episode.id for episode in await episodes.list_episodes(connection, None)}
    publisher.items, publisher.etag = [item(number, guid=f"new-{number}") for number in range(3)], '"2"'
    result = await read(database, publisher.url(server))
    async with database.read() as connection:
        after = await episodes.list_episodes(connection, None)
    assert {episode.title: episode.id for episode in after} == before
    assert {episode.facts.guid for episode in after} == {"new-0", "new-1", "new-2"}
    assert (counts(result), result.gone) == ((0, 3, 0), 0)


async def test_the_pages_of_a_feed_are_one_and_a_missing_page_is_named(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    publisher.head = '<atom:link rel="next" href="/page/2"/>'
    broken = await read(database, publisher.url(server))
    assert counts(broken) == (3, 0, 0)
    assert broken.problems[0].startswith("A page of the feed is missing, and all after its 3 items: 127.0.0.1 answered")
    assert (await state(database, broken.podcast)).etag is None
    # The second page names itself as the next.
    publisher.pages["2"] = [item(2), item(3)]
    whole = await read(database, publisher.url(server))
    assert (counts(whole), whole.problems) == ((1, 0, 3), ())
    assert publisher.asked["page 2"] == 2


async def test_failures_are_counted_and_forgotten_when_it_answers(
    database: Database, publisher: Publisher, server: TestServer, clock: StoppedClock
) -> None:
    podcast = (await read(database, publisher.url(server))).podcast
    publisher.status = 500
    for failures, minutes in ((1, 5), (2, 10)):
        with pytest.raises(FetchError, match="status 500"):
            await read(database, publisher.url(server))
        known = await state(database, podcast)
        assert (known.failures, known.not_before) == (failures, clock.now() + timedelta(minutes=minutes))
    publisher.status = 200
    assert counts(await read(database, publisher.url(server))) == (0, 0, 3)
    assert ((await state(database, podcast)).failures, (await state(database, podcast)).not_before) == (0, None)


async def test_a_feed_that_comes_back_empty_has_failed_too(
    database: Database, publisher: Publisher, server: TestServer, clock: StoppedClock
) -> None:
    podcast = (await read(database, publisher.url(server))).podcast
    publisher.items, publisher.etag = [], '"2"'
    with pytest.raises(EmptySourceError):
        await read(database, publisher.url(server))
    known = await state(database, podcast)
    assert (known.failures, known.not_before) == (1, clock.now() + timedelta(minutes=5))


async def test_a_pause_that_a_host_asks_for_holds_for_all_its_feeds(
    database: Database, publisher: Publisher, server: TestServer, clock: StoppedClock
) -> None:
    one = (await read(database, publisher.url(server))).podcast
    other = (await read(database, publisher.url(server) + "?other")).podcast
    publisher.status, publisher.headers = 429, {"Retry-After": "1800"}
    with pytest.raises(FetchError, match="too busy"):
        await read(database, publisher.url(server))
    until = clock.now() + timedelta(seconds=1800)
    assert [(await state(database, podcast)).not_before for podcast in (one, other)] == [until, until]


async def test_a_feed_that_moved_keeps_its_podcast_and_is_asked_at_its_new_address(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    old = str(server.make_url("/moved"))
    first = await read(database, old)
    assert first.remarks == ("The feed of Bees has moved for good, and is asked at its new address.",)
    assert (first.podcast.key, (await state(database, first.podcast)).address) == (old, publisher.url(server))
    again = await read(database, old)
    assert (again.podcast, again.remarks, counts(again)) == (first.podcast, (), (0, 0, 3))
    publisher.status = 410
    with pytest.raises(FetchError):
        await read(database, old)
    # It is asked at its own address again, in case it came back.
    assert (await state(database, first.podcast)).address is None


async def test_a_feed_that_says_that_it_moved_is_asked_at_its_new_address(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    publisher.pages = {"old": [f"<itunes:new-feed-url>{publisher.url(server)}</itunes:new-feed-url>", *publisher.items]}
    old = str(server.make_url("/page/old"))
    first = await read(database, old)
    again = await read(database, old)

    assert first.remarks == ("The feed of Bees has moved for good, and is asked at its new address.",)
    assert (again.podcast, again.remarks, counts(again)) == (first.podcast, (), (0, 0, 3))
    assert (publisher.asked["page old"], publisher.asked["feed"]) == (1, 1)


async def test_a_feed_that_names_its_own_address_stays_there(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    publisher.head = f"<itunes:new-feed-url>{publisher.url(server)}</itunes:new-feed-url>"
    found = await read(database, publisher.url(server))

    assert found.remarks == ()
    assert (await state(database, found.podcast)).address is None


async def test_where_a_private_feed_says_that_it_moved_is_not_believed(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    publisher.pages = {"old": [f"<itunes:new-feed-url>{publisher.url(server)}</itunes:new-feed-url>", *publisher.items]}
    found = await read(database, str(server.make_url("/page/old?token=secret")))

    assert (await state(database, found.podcast)).address is None


class TestAFeedAtAnotherAddress:
    """One that is found under a new address, and has the guid of one that is known."""

    GUID = "<podcast:guid>917393E3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>"

    async def test_is_the_same_podcast(self, database: Database, publisher: Publisher, server: TestServer) -> None:
        publisher.head = self.GUID
        publisher.pages = {"old": publisher.items[:2]}
        old = await read(database, str(server.make_url("/page/old")))
        new = await read(database, publisher.url(server))

        assert (new.podcast.id, new.podcast.key, counts(new)) == (old.podcast.id, publisher.url(server), (1, 0, 2))
        assert new.remarks == ("Bees was read from another address before: it is asked at this one from now on.",)
        assert await titles(database) == ["Bees"]

    async def test_is_another_podcast_where_no_episode_is_shared(
        self, database: Database, publisher: Publisher, server: TestServer
    ) -> None:
        publisher.head = self.GUID
        publisher.pages = {"old": [item(number) for number in (7, 8)]}
        await read(database, str(server.make_url("/page/old")))
        assert (await read(database, publisher.url(server))).remarks == ()
        assert await titles(database) == ["Bees", "Bees"]

    @pytest.mark.parametrize(("first", "second"), [("?token=a", ""), ("", "?token=a")])
    async def test_is_another_podcast_where_either_is_private(
        self, database: Database, publisher: Publisher, server: TestServer, first: str, second: str
    ) -> None:
        publisher.head = self.GUID
        await read(database, publisher.url(server) + first)
        await read(database, publisher.url(server) + second)
        assert await titles(database) == ["Bees", "Bees"]


async def titles(database: Database) -> list[str]:
    async with database.read() as connection:
        return [podcast.title for podcast in await podcasts.list_podcasts(connection)]


async def test_a_page_in_place_of_a_feed_changes_nothing(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    with pytest.raises(FeedError, match="asks for a login"):
        await read(database, str(server.make_url("/login")))
    with pytest.raises(FeedError, match="page of Spotify"):
        await read(database, "https://open.spotify.com/show/1")
    async with database.read() as connection:
        assert await podcasts.list_podcasts(connection) == []
    assert publisher.asked == {}


async def test_an_ingest_that_is_interrupted_goes_on_with_what_is_missing(
    database: Database, publisher: Publisher, server: TestServer
) -> None:
    class InterruptedReadingError(Exception):
        pass

    def listen(event: object) -> None:
        if isinstance(event, EpisodeStored):
            raise InterruptedReadingError

    with pytest.raises(InterruptedReadingError):
        await ingest(database, publisher.url(server), Fetcher(allows=lambda _address: True), listener=listen)
    assert counts(await read(database, publisher.url(server))) == (2, 0, 1)

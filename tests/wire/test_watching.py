"""What operators' programs are told of the bot, by its web server, while it is connected to a Discord."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families as metrics_in

from companion.bot.client import CompanionBot
from companion.bot.health import hindrances
from companion.bot.metrics import Metrics
from companion.bot.observation import MeasuredSearcher, Observation, tracing, watching_the_loop
from companion.bot.operator_pages import OperatorPages
from companion.bot.rest import UnansweredError
from companion.bot.web import serving
from companion.storage import subscriptions
from companion.storage.engine import Database
from tests import samples
from tests.clocks import StoppedClock
from tests.wire.faults import Fault
from tests.wire.payloads import option
from tests.wire.running import running, until
from tests.wire.server import GUILD_ID, WireDiscord
from tests.wire.test_repeated_requests import make_event

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
async def bees(database: Database, clock: StoppedClock) -> None:
    """The server has a podcast."""
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    async with database.write() as connection:
        await subscriptions.subscribe(connection, GUILD_ID, podcast.id, clock.now())


@asynccontextmanager
async def watched(database: Database) -> AsyncGenerator[tuple[CompanionBot, str]]:
    """The bot, and where its web server is."""
    metrics = Metrics()
    searcher = MeasuredSearcher(database, metrics.search_seconds.observe)
    async with running(database, searcher=searcher, http_trace=tracing(metrics)) as bot:
        await bot.searcher.refresh()
        pages = OperatorPages(metrics.registry, Observation(metrics, bot).look, lambda: hindrances(bot))
        async with watching_the_loop(metrics), serving(database, "127.0.0.1", 0, pages) as port:
            yield bot, f"http://127.0.0.1:{port}"


async def asked(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def measured(url: str) -> Samples:
    """What Prometheus's own parser reads on the page."""
    status, text = await asked(f"{url}/metrics")
    assert status == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in metrics_in(text)
        for sample in family.samples
    }


def of(found: Samples, measure: str, /, **labels: str) -> float:
    """A sample's value, 0 where there is none."""
    return found.get((f"companion_{measure}", frozenset(labels.items())), 0.0)


@pytest.mark.usefixtures("bees")
class TestMeasures:
    async def test_a_search_is_in_them_from_the_gateway_to_the_database(
        self, wire: WireDiscord, database: Database
    ) -> None:
        async with watched(database) as (bot, url):
            before = await measured(url)
            search = await wire.command("search", option("query", "drones"))
            await until(search.answered.is_set)
            await until(lambda: len(bot.requests) == 0)
            after = await measured(url)

        kind = {"kind": "command", "name": "search"}
        assert of(after, "requests_total", **kind, outcome="answered") == 1
        assert of(after, "request_seconds_count", **kind) == 1
        assert of(after, "request_seconds_sum", **kind) > of(after, "search_seconds_sum") > 0
        assert of(after, "acknowledge_seconds_count") == 1
        assert of(after, "acknowledge_seconds_sum") < of(after, "request_seconds_sum", **kind)
        assert of(after, "search_seconds_count") == 1
        assert of(after, "database_write_wait_seconds_count") > of(before, "database_write_wait_seconds_count")
        assert of(after, "discord_requests_total", status="200") > of(before, "discord_requests_total", status="200")
        assert of(after, "discord_invalid_requests_total") == 0
        assert of(after, "gateway_connected") == 1
        assert of(after, "servers") == 1
        assert of(after, "index_passages") > 0

    async def test_the_database_is_not_asked_each_time(self, wire: WireDiscord, database: Database) -> None:
        async with watched(database) as (_, url):
            before = await measured(url)
            await samples.store_podcast(database, samples.CAVES, samples.cave_readings())
            after = await measured(url)
        assert of(before, "episodes") == of(after, "episodes") == len(samples.bee_readings())

    async def test_no_label_names_a_member_or_a_server_or_has_their_words(
        self, wire: WireDiscord, database: Database
    ) -> None:
        async with watched(database) as (bot, url):
            search = await wire.command("search", option("query", "a secret of mine"), member_id=424_242)
            await until(search.answered.is_set)
            assert search.original is not None
            forged = await wire.press(search.original, "search:secret of mine", member_id=424_242)
            await until(forged.answered.is_set)
            await until(lambda: len(bot.requests) == 0)
            labels = {value for _, pairs in await measured(url) for _, value in pairs}

        assert "search" in labels
        assert [one for one in labels if "secret" in one or "424242" in one or str(GUILD_ID) in one] == []

    async def test_limits_faults_and_lost_connections_are_counted(self, wire: WireDiscord, database: Database) -> None:
        async with watched(database) as (bot, url):
            channel = bot.get_partial_messageable(wire.channel_id)
            wire.faults.plan(Fault(r"POST /channels/\d+/messages", 429, times=1))
            wire.faults.plan(Fault(r"POST /channels/\d+/messages", 500, times=1))
            await channel.send("bees")
            wire.gateway.cut()

            async def resumed() -> bool:
                return of(await measured(url), "gateway_events_total", event="resumed") == 1

            await until(resumed)
            found = await measured(url)

        assert of(found, "discord_requests_total", status="429") == 1
        assert of(found, "discord_requests_total", status="500") == 1
        assert of(found, "discord_rate_limited_total", scope="user") == 1
        assert of(found, "discord_invalid_requests_total") == 1
        assert of(found, "gateway_events_total", event="disconnect") == 1

    async def test_an_answer_that_is_taken_for_none_is_counted_once(
        self, wire: WireDiscord, database: Database
    ) -> None:
        async with watched(database) as (bot, url):
            wire.faults.plan(Fault(r"POST /guilds/\d+/scheduled-events", 500))
            with pytest.raises(UnansweredError):
                await make_event(bot)
            found = await measured(url)

        assert of(found, "discord_requests_total", status="500") == 1
        assert of(found, "discord_requests_total", status="error") == 0

    async def test_a_loop_that_is_held_up_shows(self, wire: WireDiscord, database: Database) -> None:
        async with watched(database) as (_, url):
            await asyncio.sleep(0.1)
            loop = asyncio.get_running_loop()
            until_then = loop.time() + 0.8
            while loop.time() < until_then:
                pass

            async def noticed() -> bool:
                found = await measured(url)
                quick = of(found, "event_loop_lag_seconds_bucket", le="0.25")
                return of(found, "event_loop_lag_seconds_count") > quick

            await until(noticed)


@pytest.mark.usefixtures("bees")
class TestHealth:
    async def test_a_connected_bot_is_ready(self, wire: WireDiscord, database: Database) -> None:
        async with watched(database) as (_, url):
            assert await asked(f"{url}/healthz") == (200, '{"ready": true, "because": []}\n')
            assert (await asked(f"{url}/healthz/alive"))[0] == 200

    async def test_one_that_is_being_stopped_is_alive_but_not_ready(
        self, wire: WireDiscord, database: Database
    ) -> None:
        async with watched(database) as (bot, url):
            await bot.drain(0)
            status, text = await asked(f"{url}/healthz")
            assert (status, json.loads(text)["because"]) == (503, ["It is being stopped."])
            assert (await asked(f"{url}/healthz/alive"))[0] == 200

    async def test_one_that_has_no_archive_open_is_not_ready(self, wire: WireDiscord, database: Database) -> None:
        async with running(database) as bot:
            await until(lambda: bot.searcher.passages is not None, timedelta(seconds=20).total_seconds())
            assert hindrances(bot) == []

"""The running bot and the command line on one database: each sees at once what the other changed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import simcord
from click.testing import CliRunner

from companion.archive.encoders import ToyEncoder
from companion.archive.results import Query
from companion.bot import cli
from companion.bot.client import CompanionBot
from companion.storage import subscriptions, vectors
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from tests.feeds import item, write_feed
from tests.publisher import item as published_item
from tests.publisher import loopback_fetcher, publishing

GUILD = 123456789012345678


@pytest.fixture(autouse=True)
def place(toy_model: None, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory in which the command line finds the bot's database."""
    monkeypatch.delenv("EMBEDDING_MODEL", raising=False)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
async def bot(database_url: str) -> AsyncGenerator[CompanionBot]:
    async with await Database.open(database_url, SystemClock()) as database:
        running = CompanionBot(database, ToyEncoder, fetcher=loopback_fetcher(), shard_count=1)
        env = simcord.Env(running, settle_timeout=30)
        await env.start()
        try:
            while running.searches.loading:  # noqa: ASYNC110  set from a thread
                await asyncio.sleep(0.01)
            yield running
        finally:
            await env.shutdown()
            await running.close()


async def companion(*arguments: str) -> str:
    """What a command of the command line prints, run as another process would be: with a loop of its own."""
    result = await asyncio.to_thread(CliRunner().invoke, cli.main, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


async def found(bot: CompanionBot, text: str, wanted: str) -> str | None:
    """The link of the bot's first result, once it is as wanted: the first search after a change may come before it."""
    url: str | None = None
    for _ in range(100):
        async with bot.database.read() as connection:
            seen = await subscriptions.podcast_ids(connection, GUILD)
        results = await bot.searcher.search(Query(text, seen))
        url = results.hits[0].url if results.hits else None
        if url is not None and wanted in url:
            break
        await asyncio.sleep(0.02)
    return url


async def test_the_bot_finds_what_the_command_line_reads_and_links_as_it_says(bot: CompanionBot, place: Path) -> None:
    write_feed(place / "feed.xml", [item(1)])
    await companion("ingest", "feed.xml", "--server", str(GUILD))
    assert "https://lamps.example/1.mp3#t=" in str(await found(bot, "lighthouse rock seals", ".mp3"))

    await companion("podcasts", "--link-template", "Lamps", "{link}?at={seconds}")
    assert "https://lamps.example/1?at=" in str(await found(bot, "lighthouse rock seals", "?at="))

    await companion("unsubscribe", str(GUILD), "Lamps")
    assert await found(bot, "lighthouse rock seals", "nothing") is None


async def test_the_command_line_finds_what_the_bot_reads_and_the_bot_has_embedded_it(bot: CompanionBot) -> None:
    async with publishing() as publisher:
        await bot.subscriptions.add(GUILD, publisher.publish("/feed", [published_item(7)]))
    bot.archive_changed()
    missing = -1
    for _ in range(200):
        async with bot.database.read() as connection:
            missing = await vectors.count_missing(connection, ToyEncoder().model_id)
        if missing == 0:
            break
        await asyncio.sleep(0.02)

    results = json.loads(await companion("search", "the sunken organ and the tide", "--json"))["results"]
    assert missing == 0
    assert results[0]["episode"] == "Lamp 7"
    (listed,) = json.loads(await companion("podcasts", "--json"))
    assert listed["servers"] == [GUILD]

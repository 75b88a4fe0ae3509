"""Nobody makes the bot ask an address of the operator's own network, or read the operator's files."""

from __future__ import annotations

import ast
import asyncio
import socket
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import discord
import pytest
import pytest_asyncio
import simcord
from aiohttp import web
from aiohttp.test_utils import TestServer

from companion.archive.encoders import ToyEncoder
from companion.archive.fetch import Fetcher, FetchError
from companion.archive.public_addresses import is_public
from companion.archive.sources import open_source
from companion.bot.client import CompanionBot
from companion.storage.errors import CompanionError
from tests.attacks.regexes import ROOT
from tests.attacks.typed import Filler
from tests.cogs.conftest import World, loaded
from tests.cogs.managers import managing
from tests.cogs.test_strangers import commands

DOORS = {
    "aiohttp.ClientSession", "aiohttp.TCPConnector", "aiohttp.request", "asyncio.open_connection", "httpx2.AsyncClient",
    "httpx2.Client", "openai.AsyncOpenAI", "openai.OpenAI", "requests.get", "socket.create_connection", "socket.socket",
    "urllib.request.urlopen", "urlopen", "urlretrieve", "ClientSession", "AsyncOpenAI",
}  # fmt: skip
"""What opens connections to where it is told."""
LET = {
    "archive/fetch.py": "the guarded way out",
    "archive/chat_endpoint.py": "the operator's language model",
    "bot/doctor/examination.py": "Discord",
    "bot/doctor/web_server.py": "the bot's own web server",
    "archive/transcription.py": "the operator's endpoint for audio",
    "bot/sandbox.py": "a port of its own, which it only tries to listen on",
}


@dataclass
class Canary:
    """Something of the operator's own that listens, and counts who comes."""

    port: int
    visits: list[str] = field(default_factory=list[str])


@pytest_asyncio.fixture
async def canary() -> AsyncGenerator[Canary]:
    found = Canary(0)

    async def heard(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.visits.append(str(writer.get_extra_info("sockname")))
        writer.close()

    async with await asyncio.start_server(heard, "127.0.0.2", 0, family=socket.AF_INET) as listening:
        found.port = listening.sockets[0].getsockname()[1]
        yield found


@pytest.fixture(scope="module")
def calls() -> list[tuple[str, str, dict[str, str]]]:
    """Every call in the source: the file, what is called, and what it is told by name."""
    return [
        (
            str(path.relative_to(ROOT)),
            ast.unparse(node.func),
            {one.arg: ast.unparse(one.value) for one in node.keywords if one.arg is not None},
        )
        for path in sorted(ROOT.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]


def test_nothing_but_the_guarded_fetcher_opens_connections_to_where_it_is_told(
    calls: list[tuple[str, str, dict[str, str]]],
) -> None:
    assert {path for path, called, _ in calls if called in DOORS} == set(LET)


def test_no_parser_of_xml_resolves_entities_or_asks_the_network(calls: list[tuple[str, str, dict[str, str]]]) -> None:
    parsers = [(path, options) for path, called, options in calls if called.endswith(("XMLParser", "HTMLParser"))]
    others = ("ElementTree.fromstring", "ElementTree.parse", "ElementTree.XML", "minidom.parse")

    assert [path for path, called, _ in calls if called in others] == []
    assert len(parsers) >= 5
    for path, options in parsers:
        assert options.get("no_network") == "True", path
        assert options.get("resolve_entities", "False") == "False", path
        if "target" not in options:
            assert options.get("huge_tree", "False") == "False", path
            assert options.get("resolve_entities") == "False", path


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.2", "127.2", "2130706434", "0x7f000002", "0177.0.0.2", "0x7f.0.0.2", "127.0.0.2.",
        "good.example@127.0.0.2", "[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[::127.0.0.2]", "[64:ff9b::7f00:2]",
        "[2002:7f00:2::]", "[2606:4700::5efe:7f00:2]", "[fe80::1%25lo]", "[::1]", "[::]", "0", "0.0.0.0",
        "localhost", "localhost.",
        "①②⑦.⓪.⓪.②", "127。0。0。2", "169.254.169.254", "[fd00:ec2::254]", "[fec0::1]", "100.100.100.200",
    ],
)  # fmt: skip
async def test_no_spelling_of_a_private_address_is_connected_to(host: str, canary: Canary) -> None:
    fetcher = Fetcher(seconds=5)
    url = f"http://{host}:{canary.port}/feed"
    for fetch in (fetcher.get(url, max_bytes=1000), fetcher.span(url, 0, 10)):
        with pytest.raises(FetchError) as refused:
            await fetch
        assert "feed" not in str(refused.value)

    assert canary.visits == []


@pytest.mark.parametrize(
    "address",
    [
        "fec0::1", "2606:4700::5efe:a00:1", "2606:4700::200:5efe:c0a8:101", "::10.0.0.1", "64:ff9b:1::a00:1",
        "192.0.0.9", "192.88.99.1", "3fff::1", "198.18.0.1", "192.0.2.1", "240.0.0.1", "100::1", "fd00::1",
    ],
)  # fmt: skip
def test_addresses_that_lead_back_home_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


async def test_a_name_with_a_public_and_a_private_address_is_asked_at_the_public_one_only(
    canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def both(*_arguments: object, **_options: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, canary.port)) for one in ("127.0.0.2", "127.0.0.3")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", both)
    fetcher = Fetcher(allows=lambda address: str(address) == "127.0.0.3", seconds=5)
    with pytest.raises(FetchError, match="could not be fetched"):
        await fetcher.get(f"http://both.example:{canary.port}/", max_bytes=1000)

    assert canary.visits == []


async def test_nothing_that_a_feed_names_leads_home(canary: Canary) -> None:
    home = f"http://127.0.0.2:{canary.port}"
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.path not in ("/feed", "/entities"):
            raise web.HTTPFound(f"{home}{request.path}")
        item = (
            f'<item><guid>1</guid><title>One</title><link>{home}/page</link><enclosure url="{home}/audio.mp3"/>'
            f'<podcast:transcript url="{home}/a.vtt" type="text/vtt"/>'
            f'<podcast:transcript url="http://{request.host}/moved.srt" type="application/srt"/>'
            f'<podcast:transcript url="file:///etc/hostname" type="text/plain"/>'
            f'<podcast:chapters url="{home}/chapters.json" type="application/json+chapters"/>'
            f'<itunes:image href="{home}/cover.png"/><description>Hello there.</description></item>'
        )
        spaces = 'xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:itunes="http://itunes.example/dtd"'
        entities = (
            f'<!DOCTYPE rss [<!ENTITY % more SYSTEM "{home}/dtd"> %more; <!ENTITY x SYSTEM "file:///etc/hostname">]>'
        )
        doctype = entities if request.path == "/entities" else ""
        body = (
            f'<?xml version="1.0"?>{doctype}<rss version="2.0" {spaces}><channel><title>T</title>{item}</channel></rss>'
        )
        return web.Response(text=body, content_type="application/rss+xml")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        fetcher = Fetcher(allows=lambda address: str(address) == "127.0.0.1", seconds=5)
        source = str(server.make_url("/feed")).replace("localhost", "127.0.0.1")
        with pytest.raises(CompanionError, match="XML entities, which are refused"):
            await open_source(source.replace("/feed", "/entities"), fetcher)
        opened = await open_source(source, fetcher)
        (episode,) = opened.episodes
        texts = await episode.gather()
        read = episode.read(texts)

    assert canary.visits == []
    assert "/moved.srt" in [path for path in asked if path != "/feed"]
    assert len(texts) >= 4
    assert all(one.problem for one in texts.values())
    assert socket.gethostname() not in str(read)


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who there is in a server, and where they talk."""

    member: simcord.MemberActor
    manager: simcord.MemberActor
    channel: simcord.ChannelHandle


async def test_no_command_asks_an_address_of_the_operator_s_network(world: World, canary: Canary) -> None:
    bot = CompanionBot(world.database, ToyEncoder, fetcher=Fetcher(seconds=5), shard_count=1)
    await world.become(bot)
    await loaded(bot)
    boss = managing(world)
    filler = Filler(Somebody(world.priya, boss, world.channel), world.guild.create_role("anything"))
    tried = 0
    for command in commands(world):
        if not any(one.type is discord.AppCommandOptionType.string and not one.choices for one in command.parameters):
            continue
        for address in (f"http://127.0.0.2:{canary.port}/a.vtt", "/etc/hostname", "file:///etc/hostname"):
            options = await filler.filled(command, address)
            answer = await boss.slash(world.channel, command.qualified_name, **options)
            assert socket.gethostname() not in str(answer)
            tried += 1

    assert canary.visits == []
    assert tried > 100


async def test_a_folder_leads_nowhere_but_into_itself(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    secret = "Ann [00:00:01]: The password is herring, and nobody may know.\nBob [00:00:09]: Herring it is, then."
    (tmp_path / "secret.txt").write_text(secret)
    (folder / "talk.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "feed.xml").symlink_to(tmp_path / "secret.txt")
    (folder / "again.txt").symlink_to("own.txt")
    (folder / "own.txt").write_text(secret.replace("herring", "salmon").replace("Herring", "Salmon"))

    opened = await open_source(str(folder), Fetcher())

    assert len(opened.episodes) == 2
    assert "herring" not in str([one.read(await one.gather()) for one in opened.episodes])
    assert [problem for problem in opened.problems if "leads out of the folder" in problem and "talk.txt" in problem]


@pytest.mark.parametrize(
    "source", ["file:///etc/hostname", "ftp://a.example/x", "gopher://127.0.0.1:70/", "data:text/xml,<rss/>"]
)
async def test_nothing_but_the_web_is_fetched(source: str) -> None:
    with pytest.raises(CompanionError):
        await open_source(source, Fetcher())

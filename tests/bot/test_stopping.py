from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families as metrics_in

from companion import __version__
from companion.bot.heartbeat import heartbeat_file
from companion.storage.address import address_of
from tests.bot.loopback import TOKEN, LoopbackDiscord, command_line

ROOT = Path(__file__).parents[2]
READY_WITHIN = 100
"""Seconds, on a machine that does much else: of the processor a start takes four."""


def settings(database_url: str, token: str = TOKEN) -> dict[str, str]:
    """Of a process over that database."""
    return os.environ | {
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": token,
        "DATABASE_URL": database_url,
        "LOG_LEVEL": "INFO",
    }


def sign_of_life(database_url: str, folder: Path) -> Path:
    """The file that tells that the process over that database, which works in the folder, is ready."""
    return heartbeat_file(address_of(database_url, folder / "data"))


def is_left_open(database_url: str) -> bool:
    """Does a file's journal lie beside it still, which goes with whoever closes the file last?"""
    address = address_of(database_url)
    return address.sqlite and address.files.with_name(f"{address.files.name}-wal").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
async def test_a_bot_that_is_told_to_stop_closes_everything_and_ends_well(
    number: signal.Signals, database_url: str, tmp_path: Path
) -> None:
    environment = settings(database_url)
    heartbeat = sign_of_life(database_url, tmp_path)
    async with LoopbackDiscord().serving() as discord:
        process = await asyncio.create_subprocess_exec(
            *command_line(discord.base, "run"), cwd=tmp_path, env=environment, stderr=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(READY_WITHIN):
                while not heartbeat.exists():
                    if process.returncode is not None:
                        pytest.fail((await process.communicate())[1].decode())
                    await asyncio.sleep(0.05)
                alive = await asyncio.create_subprocess_exec(
                    *command_line(discord.base, "doctor", "--alive"), cwd=tmp_path, env=environment
                )
                assert await alive.wait() == 0
                process.send_signal(number)
                _, log = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()

        said = log.decode()
        assert process.returncode == 0, said
        async with asyncio.timeout(10):
            await discord.closed.wait()
        assert discord.close_code == 1000
    assert said.rstrip().endswith("stopped")
    assert "Traceback" not in said
    assert TOKEN not in said
    assert not heartbeat.exists()
    assert not is_left_open(database_url)


async def got(port: int, path: str) -> str:
    """What that port answers."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return await answer.text()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


async def test_the_web_server_is_there_with_the_bot_and_goes_with_it(database_url: str, tmp_path: Path) -> None:
    port = free_port()
    web = {"COMPANION_WEB_PORT": str(port), "COMPANION_WEB_URL": "https://companion.example.org/"}
    async with LoopbackDiscord().serving() as discord:
        process = await asyncio.create_subprocess_exec(
            *command_line(discord.base, "run"),
            cwd=tmp_path,
            env=settings(database_url) | web,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(READY_WITHIN):
                while not sign_of_life(database_url, tmp_path).exists():  # noqa: ASYNC110  another process
                    await asyncio.sleep(0.05)
                answer, page = [await got(port, path) for path in ("/calendar/x.ics", "/metrics")]
                process.send_signal(signal.SIGTERM)
                _, log = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()

    assert process.returncode == 0, log.decode()
    assert answer == "There is no such calendar.\n"
    read = {(one.name, *one.labels.values()): one.value for family in metrics_in(page) for one in family.samples}
    assert read["companion_gateway_events_total", "ready"] == 1
    assert read["companion_gateway_connected",] == 1
    assert read["companion_discord_requests_total", "200"] > 1
    assert read["companion_info", __version__] == 1
    assert read["process_resident_memory_bytes",] > 50_000_000
    assert f"calendars are served on port {port}, for members at https://companion.example.org\n" in log.decode()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_port_that_is_taken_ends_the_bot_with_a_sentence(database_url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        web = {"COMPANION_WEB_PORT": str(taken.getsockname()[1])}
        async with LoopbackDiscord().serving() as discord:
            process = await asyncio.create_subprocess_exec(
                *command_line(discord.base, "run"),
                cwd=tmp_path,
                env=settings(database_url) | web,
                stderr=asyncio.subprocess.PIPE,
            )
            _, log = await process.communicate()

    assert process.returncode == 1
    assert log.decode().splitlines()[-1].startswith("Error: The web server cannot listen on 127.0.0.1, port ")
    assert "Traceback" not in log.decode()


@pytest.mark.slow
async def test_a_bot_that_waits_for_discord_can_be_stopped_too(database_url: str, tmp_path: Path) -> None:
    async with LoopbackDiscord(answers=asyncio.Event()).serving() as discord:
        process = await asyncio.create_subprocess_exec(
            *command_line(discord.base, "run"), cwd=tmp_path, env=settings(database_url), stderr=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(READY_WITHIN):
            while not discord.paths:  # noqa: ASYNC110  another process asks
                await asyncio.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            _, log = await process.communicate()
        assert discord.answers is not None
        discord.answers.set()

    assert process.returncode == 0, log.decode()
    assert "Traceback" not in log.decode()


async def test_a_token_that_discord_refuses_ends_the_bot_with_a_sentence(database_url: str, tmp_path: Path) -> None:
    wrong = TOKEN.replace("x", "y")
    async with LoopbackDiscord().serving() as discord:
        process = await asyncio.create_subprocess_exec(
            *command_line(discord.base, "run"),
            cwd=tmp_path,
            env=settings(database_url, wrong),
            stderr=asyncio.subprocess.PIPE,
        )
        _, log = await process.communicate()

    said = log.decode()
    assert process.returncode == 1
    assert said.splitlines()[-1].startswith("Error: Discord refused the DISCORD_TOKEN")
    assert "Traceback" not in said
    assert wrong not in said
    assert discord.paths == ["/users/@me"], "a wrong token is tried once"
    left = {file.name for file in tmp_path.iterdir()}  # noqa: ASYNC240  a look at a small folder
    assert left <= {"companion.db", "data"}
    assert not sign_of_life(database_url, tmp_path).exists()

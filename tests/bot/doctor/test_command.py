"""The command as an operator runs it, in a process of its own, against a Discord on the loopback."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from companion.bot.config import Settings
from companion.community.permissions import INVITED, Permission, invite_link
from companion.storage.address import address_of
from companion.storage.migrations import migrate
from tests.bot.loopback import APPLICATION_ID, TOKEN, LoopbackDiscord, command_line, server

ROOT = Path(__file__).parents[3]


@pytest_asyncio.fixture
async def discord() -> AsyncGenerator[LoopbackDiscord]:
    async with LoopbackDiscord().serving() as serving:
        yield serving


async def doctor(
    discord: LoopbackDiscord, folder: Path, *options: str, url: str = "", token: str = TOKEN
) -> tuple[int, str]:
    """Its exit status, and what it says, of the database at that URL or else where it is by default."""
    inherited = {key: value for key, value in os.environ.items() if key.lower() not in Settings.model_fields}
    process = await asyncio.create_subprocess_exec(
        *command_line(discord.base, "doctor", *options),
        cwd=folder,
        env=inherited | {"PYTHONPATH": str(ROOT), "DISCORD_TOKEN": token, "DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert not err, err.decode()
    assert process.returncode is not None
    return process.returncode, out.decode()


@pytest.mark.sqlite_only("what needs no setting is a file")
async def test_a_fresh_setup_ends_with_status_0_and_changes_nothing(discord: LoopbackDiscord, tmp_path: Path) -> None:
    status, said = await doctor(discord, tmp_path)

    assert status == 0, said
    assert "✔ Discord takes the token: it is the bot Companion" in said
    assert invite_link(APPLICATION_ID) in said
    assert "· There is no database data/companion.db yet." in said
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240  a look at an empty folder


async def test_a_wrong_token_ends_with_status_2_and_is_not_repeated(
    discord: LoopbackDiscord, database_url: str, tmp_path: Path
) -> None:
    wrong = TOKEN.replace("x", "y")

    status, said = await doctor(discord, tmp_path, url=database_url, token=wrong)

    assert status == 2
    assert "✘ Discord refused the DISCORD_TOKEN.\n    → Copy the bot's token again" in said
    assert wrong not in said
    assert "Model" in said, "what does not need Discord is checked all the same"


@pytest.mark.slow
async def test_a_missing_permission_ends_with_status_1(
    discord: LoopbackDiscord, database_url: str, tmp_path: Path
) -> None:
    discord.servers = [server(1, (INVITED & ~Permission.SEND_MESSAGES).value)]

    status, said = await doctor(discord, tmp_path, url=database_url)

    assert status == 1
    assert f"! In Hive 1 ({server(1)['id']}) the bot lacks Send Messages.\n    → There: Server Settings" in said


async def test_json_is_all_that_is_printed_and_has_every_finding(
    discord: LoopbackDiscord, database_url: str, tmp_path: Path
) -> None:
    migrate(address_of(database_url))

    status, said = await doctor(discord, tmp_path, "--json", url=database_url)

    findings: list[dict[str, Any]] = json.loads(said)
    assert status == 0
    assert {frozenset(one) for one in findings} == {frozenset({"subject", "severity", "sentence", "cure"})}
    subjects = list(dict.fromkeys(one["subject"] for one in findings))
    assert subjects == [
        "Configuration", "Token", "Discord", "Clock", "Permissions", "Database", "Podcasts", "Feeds", "Model",
        "Language model", "Disk", "Private files", "Running bot",
    ]  # fmt: skip
    assert TOKEN not in said


async def test_a_bot_that_does_not_run_is_not_alive(
    discord: LoopbackDiscord, database_url: str, tmp_path: Path
) -> None:
    status, said = await doctor(discord, tmp_path, "--alive", url=database_url)

    assert status == 1
    assert said.startswith("There is no sign of life")
    assert said.count("\n") == 1
    assert discord.paths == []

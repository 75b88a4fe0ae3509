from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.bot.loopback import TOKEN, LoopbackDiscord, command_line

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_bot_that_is_told_to_stop_closes_everything_and_ends_well(
    number: signal.Signals, tmp_path: Path
) -> None:
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": TOKEN,
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/companion.db",
        "LOG_LEVEL": "INFO",
    }
    heartbeat = tmp_path / "companion.db.heartbeat"
    async with LoopbackDiscord().serving() as discord:
        process = await asyncio.create_subprocess_exec(
            *command_line(discord.base, "run"), cwd=tmp_path, env=environment, stderr=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(60):
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
        assert discord.close_code == 1000
    assert said.rstrip().endswith("stopped")
    assert "Traceback" not in said
    assert TOKEN not in said
    assert not heartbeat.exists()
    assert not (tmp_path / "companion.db-wal").exists(), "the database was not closed"

"""Secrets stay where they are: in no log, and in no refusal."""

from __future__ import annotations

import logging
import re

import pytest
from pydantic import SecretStr

from companion.bot.config import ConfigurationError, Settings, read_settings
from companion.bot.logs import JsonFormatter, RedactingFormatter
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from tests.attacks.forged import Presses, custom_ids
from tests.attacks.typed import Filler
from tests.cogs.managers import bot_of
from tests.cogs.test_strangers import Strangers, commands

FOREIGN = ("discord", "simcord", "aiosqlite", "sqlalchemy", "PIL", "matplotlib", "asyncio", "aiohttp.access")
"""Loggers that `log_to_stderr` keeps from telling what they send and store, below warnings; and that of the publisher
whose feeds are asked for, who knows what was."""


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("strangers", ["bees"], indirect=True)
async def test_no_log_has_an_address_of_a_private_feed_a_link_to_a_calendar_or_a_text_of_anybody_s(
    strangers: Strangers, caplog: pytest.LogCaptureFixture
) -> None:
    here, world = strangers.here, strangers.world
    assert here.calendar.token is not None
    caplog.set_level(logging.DEBUG)
    filler = Filler(here, here.member.guild.create_role("anything"))
    strangers.publisher.status = 500
    for command in commands(world):
        await here.manager.slash(here.channel, command.qualified_name, **await filler.filled(command))
    broken = here.podcast.key.replace("token=", "token=x")
    await here.manager.slash(here.channel, "setup podcasts add", url=broken)
    await bot_of(world).polling.run_due(world.database.clock.now())
    presses = Presses(strangers, here.member)
    for custom_id in custom_ids(strangers, 1):
        await presses.press(custom_id)

    said = "\n".join(
        f"{record.name} {record.getMessage()}"
        for record in caplog.records
        if not record.name.startswith(FOREIGN) or record.levelno >= logging.WARNING
    )
    assert "companion." in said
    for secret in (here.invented.token, here.calendar.token, here.invented.said, here.invented.chapter):
        assert secret not in said, re.findall(f".*{re.escape(secret)}.*", said)[:3]


@pytest.mark.parametrize("formatter", [RedactingFormatter, JsonFormatter])
def test_what_is_set_as_a_secret_is_in_no_line_whoever_wrote_it(formatter: type[RedactingFormatter]) -> None:
    settings = Settings(
        discord_token=SecretStr("tokentokentoken"),
        openai_api_key=SecretStr("sk-keykeykey"),
        database_url="postgresql+asyncpg://someone:passpasspass@db.example/companion",
    )
    formats = formatter(settings.secrets)
    fault = ValueError(f"cannot log in at {settings.database_url} with tokentokentoken")
    told = (type(fault), fault, fault.__traceback__)
    record = logging.LogRecord("other", logging.ERROR, "x.py", 1, "key %s", ("sk-keykeykey",), told)

    line = formats.format(record)

    assert "ValueError" in line
    for secret in ("tokentokentoken", "sk-keykeykey", "passpasspass"):
        assert secret not in line


@pytest.mark.own_database("the URLs are none")
@pytest.mark.parametrize("url", ["postgresql+asyncpg://u:passpasspass@", "mysql://u:passpasspass@h/d", "passpasspass"])
async def test_no_refusal_of_a_database_repeats_its_password(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(Exception) as refused:  # noqa: PT011  whatever it is, it is what is asked
        await Database.open(read_settings().database_url, SystemClock())

    assert "passpasspass" not in str(refused.value)


def test_no_refusal_of_a_setting_repeats_what_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), "sk-keykeykey")
    with pytest.raises(ConfigurationError) as refused:
        read_settings()

    assert "sk-keykeykey" not in str(refused.value)

"""``companion run`` and ``companion sandbox``: the bot itself."""

from __future__ import annotations

import click

from companion.bot.config import Settings, read_settings
from companion.bot.logs import log_to_stderr
from companion.community.logged_texts import log_texts

SANDBOX_PORT = 8765


@click.command()
def run() -> None:
    """Start the bot; without DISCORD_TOKEN, the sandbox.

    The bot's token is read from the environment variable DISCORD_TOKEN or from the file .env.
    """
    settings = _logging_settings()
    if settings.discord_token is None:
        click.echo("There is no DISCORD_TOKEN, so this is the sandbox: a simulated Discord, in the browser.")
        _run_sandbox(settings, SANDBOX_PORT)
        return
    from companion.bot import running

    running.run(settings)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=SANDBOX_PORT, show_default=True)
def sandbox(port: int) -> None:
    """Try the bot in a simulated Discord, in the browser."""
    _run_sandbox(_logging_settings(), port)


def _run_sandbox(settings: Settings, port: int) -> None:
    from companion.bot import sandbox

    sandbox.run(settings, port)


def _logging_settings() -> Settings:
    settings = read_settings()
    log_to_stderr(settings.log_level, settings.secrets, settings.log_format)
    log_texts(on=settings.companion_log_texts)
    return settings

"""The whole examination: every subject, in the order in which an operator would set things right."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from companion.archive.fetch import Fetcher, Fetches
from companion.bot import heartbeat
from companion.bot.config import Settings
from companion.bot.doctor import (
    application,
    channels,
    configuration,
    disk,
    feeds,
    files,
    language_model,
    machine_clock,
    model,
    servers,
    token,
    web_server,
)
from companion.bot.doctor import database as stored
from companion.bot.doctor.discord_api import API, DiscordApi
from companion.bot.doctor.findings import Finding, Section, Severity, hint, ok, warning
from companion.storage.address import Address
from companion.storage.clock import Clock
from companion.storage.engine import Database
from companion.storage.shards import Shards

ENV_FILE = Path(".env")
_FEED_PATIENCE = 30.0
"""Seconds that a feed has to answer."""


async def examine(clock: Clock, *, api: str = API, fetcher: Fetches | None = None) -> Sequence[Section]:
    """Looks at everything, and changes nothing. ``api`` is where Discord is asked, ``fetcher`` gets the feeds."""
    settings, found = configuration.check(ENV_FILE)
    sections = [Section("Configuration", found)]
    if settings is None:
        return sections
    ours, discords = await _discord(settings, api, clock)
    sections += discords
    file = await asyncio.to_thread(stored.check, settings.database_url, settings.companion_folder)
    sections.append(Section("Database", file.findings))
    if file.usable:
        async with await Database.open(settings.address, clock) as database:
            subscribed = await servers.check_subscriptions(database, ours)
            answering = await feeds.check(database, fetcher or Fetcher(seconds=_FEED_PATIENCE))
            sections.append(Section("Channels", await _channels(settings, database, ours, api)))
        sections += [Section("Podcasts", subscribed), Section("Feeds", answering)]
    known = file.address if file.usable else None
    sections.append(Section("Model", await asyncio.to_thread(model.check, known, settings.embedding_model)))
    sections.append(Section("Language model", await language_model.check(settings)))
    if file.address is not None:
        episodes = file.health.episodes if file.health else 0
        local = file.address.files
        on_this_disk = local if file.address.sqlite else None
        sections.append(Section("Disk", disk.check(local.parent, on_this_disk, episodes)))
        sections.append(Section("Private files", files.check(ENV_FILE, local)))
        running = _running(file.address, settings.share, clock)
        sections.append(Section("Running bot", [running]))
        runs = running.severity is Severity.OK
        sections.append(Section("Web server", await web_server.check(settings, runs=runs)))
    return [section for section in sections if section.findings]


async def _discord(settings: Settings, api: str, clock: Clock) -> tuple[frozenset[int] | None, list[Section]]:
    """The servers that the bot is in, None where Discord does not say, and all that concerns Discord."""
    if settings.discord_token is None:
        return None, []
    secret = settings.discord_token.get_secret_value()
    form = token.check(secret)
    sections = [Section("Token", form)]
    if form[0].severity is not Severity.OK:
        return None, sections
    async with aiohttp.ClientSession() as session:
        discord = DiscordApi(session, secret, api)
        login = await application.check(discord, message_content=settings.message_content)
        sections.append(Section("Discord", login))
        sections.append(Section("Clock", machine_clock.check(clock.now(), discord.answered_at)))
        if login[0].severity is not Severity.OK:
            return None, sections
        ours, found = await servers.check_permissions(discord)
    return ours, [*sections, Section("Permissions", found)]


async def _channels(settings: Settings, database: Database, ours: frozenset[int] | None, api: str) -> Sequence[Finding]:
    if ours is None or settings.discord_token is None:
        return []
    async with aiohttp.ClientSession() as session:
        discord = DiscordApi(session, settings.discord_token.get_secret_value(), api)
        return await channels.check(database, discord, ours)


def _running(database: Address, share: Shards | None, clock: Clock) -> Finding:
    file = heartbeat.heartbeat_file(database, share)
    trouble = heartbeat.trouble(file, clock.now())
    if trouble is None:
        return ok("The bot runs, and is connected to Discord.")
    if not file.exists():
        return hint("No bot runs over this database.", "`companion run` starts it.")
    return warning(trouble, "Look at the bot's log.")

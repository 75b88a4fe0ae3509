"""What is offered while a member types an option of ``/club``.

Suggestions carry no sentence, so where a lookup is refused nothing is offered: the command itself will say why.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from discord import app_commands

from companion.cogs.companion import Interaction
from companion.cogs.views.club_sessions import choice
from companion.cogs.views.limits import CHOICE_TEXT, CHOICES, cut
from companion.cogs.views.markdown import one_line
from companion.community.club_papers import ClubPapers
from companion.community.clubs import Clubs
from companion.community.highlight_rules import zones_like
from companion.storage import series
from companion.storage.errors import CompanionError
from companion.storage.series import Series

log = logging.getLogger(__name__)

Choices = list[app_commands.Choice[str]]
_EVERY = (
    "week",
    "two weeks",
    "first of the month",
    "second of the month",
    "third of the month",
    "fourth of the month",
    "last of the month",
)


async def suggest_clubs(interaction: Interaction, typed: str) -> Choices:
    """The server's clubs."""
    try:
        known = await Clubs(interaction.client.database).clubs(interaction.guild_id)
    except CompanionError as error:
        return _none(error)
    return _named(known, typed)


async def suggest_stopped_clubs(interaction: Interaction, typed: str) -> Choices:
    """The server's clubs that are paused or have ended."""
    async with interaction.client.database.read() as connection:
        known = await series.of_guild(connection, interaction.guild_id or 0, ended=True)
    return _named([one for one in known if not one.running], typed)


async def suggest_sessions(interaction: Interaction, typed: str) -> Choices:
    """The sessions to come, of the club that was chosen where one was; their values are their numbers."""
    club = getattr(interaction.namespace, "club", None)
    try:
        meetings = await Clubs(interaction.client.database).coming(interaction.guild_id, club or None)
    except CompanionError as error:
        return _none(error)
    return _choices(((choice(one), f"#{one.session.id}") for one in meetings), typed)


async def suggest_papers(interaction: Interaction, typed: str) -> Choices:
    """The papers in the server's queue; their values are ids."""
    try:
        known = await ClubPapers(interaction.client.database).like(interaction.guild_id, typed, CHOICES)
    except CompanionError as error:
        return _none(error)
    return _choices((one.title, str(one.id)) for one in known)


async def suggest_zones(interaction: Interaction, typed: str) -> Choices:
    """Zones, with the time there now."""
    known = zones_like(typed, interaction.client.database.clock.now(), CHOICES)
    return _choices((f"{name.replace('_', ' ')} · now {at:%H:%M}", name) for name, at in known)


async def suggest_venues(interaction: Interaction, typed: str) -> Choices:
    """The server's channels for voices; their values are mentions."""
    if interaction.guild is None:
        return []
    known = [*interaction.guild.stage_channels, *interaction.guild.voice_channels]
    return _choices(((f"{one.name} ({one.type.name.replace('_', ' ')})", one.mention) for one in known), typed)


async def every_choices(_interaction: Interaction, typed: str) -> Choices:
    """How often clubs meet."""
    return _choices(((one, one) for one in _EVERY), typed)


def _named(known: Iterable[Series], typed: str) -> Choices:
    return _choices(((one.name, one.name) for one in known), typed)


def _choices(named: Iterable[tuple[str, str]], typed: str = "") -> Choices:
    """Those in whose names the typed words are."""
    wanted = typed.strip().casefold()
    shown = ((cut(one_line(name), CHOICE_TEXT), value) for name, value in named if wanted in name.casefold())
    return [app_commands.Choice(name=name, value=value) for name, value in shown if name][:CHOICES]


def _none(error: CompanionError) -> Choices:
    log.info("no suggestions: %s", error)
    return []

"""Hosts, as commands and presses ask for them: who is one, and their turn."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from companion.cogs.companion import Interaction
from companion.cogs.fair_use import turn_of
from companion.cogs.in_time import in_time
from companion.cogs.posting import roles_of
from companion.community.fair_use import Work
from companion.community.guests import ForHostsError
from companion.community.hosts import Host, Hosts, NotAHostError


async def host_of(interaction: Interaction) -> Host:
    """Whoever presses or commands, as a host of the server. Raises `NotAHostError`."""
    member = interaction.user
    manages = interaction.permissions.manage_guild
    hosts = Hosts(interaction.client.database)
    return await hosts.host(interaction.guild_id, member.id, roles_of(member), manages=manages)


async def require_host(interaction: Interaction) -> Host:
    """The same, for what is about guests and wishes. Raises `ForHostsError`."""
    try:
        return await host_of(interaction)
    except NotAHostError as error:
        raise ForHostsError from error


@asynccontextmanager
async def hosted_turn(
    interaction: Interaction,
    find: Callable[[Interaction], Coroutine[Any, Any, Host]] = require_host,
    *,
    thinking: bool = False,
    ephemeral: bool = False,
) -> AsyncGenerator[Host]:
    """A host's turn to look something up, around the work itself, as `deferred_turn` is a member's.

    Raises `TooOftenError`, what ``find`` raises of those who are no hosts, and `LateError`; then it is not deferred,
    and the refusal is for the member alone.
    """
    turn = turn_of(interaction, Work.LOOKUP)
    host = await in_time(find(interaction))
    await interaction.response.defer(thinking=thinking, ephemeral=ephemeral)
    async with turn:
        yield host

"""Fair use as cogs ask for it: who may not ask at all, and a turn for who may."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

from discord import app_commands

from companion.cogs.companion import Interaction
from companion.cogs.in_time import in_time
from companion.community.blocks import BlockedError
from companion.community.fair_use import Work

EVEN_BLOCKED = {"even blocked": True}
"""The extras of commands and interactions that answer blocked members too: what is kept of them is theirs to see and to
delete."""
_Shown = TypeVar("_Shown")


async def require_unblocked(interaction: Interaction) -> None:
    """Raises `BlockedError` for a member whom the server's managers blocked, and `StoppingError` for everybody while
    the process ends. Asked of every command, press and form.

    It never holds managers themselves, so that whoever became one is not locked out, and bars nobody from what is
    `EVEN_BLOCKED`.
    """
    interaction.client.requests.require_running()
    if interaction.guild_id is None or interaction.permissions.manage_guild:
        return
    if {**interaction.extras, **_extras(interaction)}.items() >= EVEN_BLOCKED.items():
        return
    if await interaction.client.blocks.is_blocked(interaction.guild_id, interaction.user.id):
        raise BlockedError


def turn_of(interaction: Interaction, work: Work) -> AbstractAsyncContextManager[None]:
    """The member's turn, to be entered around the work itself.

    Raises `TooOftenError` at the call: called before the interaction is deferred, the refusal is its only answer, for
    the member alone.
    """
    return interaction.client.fair_use.turn(work, interaction.guild_id, interaction.user.id)


@asynccontextmanager
async def deferred_turn(
    interaction: Interaction, work: Work, *, thinking: bool = False, ephemeral: bool = False
) -> AsyncGenerator[None]:
    """The member's turn, around the work itself; the interaction is deferred, as discord.py's own ``defer`` does it,
    before the turn is waited for. Raises `TooOftenError`, and then it is not deferred."""
    turn = turn_of(interaction, work)
    await interaction.response.defer(thinking=thinking, ephemeral=ephemeral)
    async with turn:
        yield


async def before_form(interaction: Interaction, read: Callable[[], Awaitable[_Shown]]) -> _Shown:
    """What a form shows, read in the member's turn, which nobody waits long for: a form cannot follow a deferral.
    Raises `TooOftenError`, `LateError`, and what ``read`` raises."""
    turn = turn_of(interaction, Work.LOOKUP)

    async def reading() -> _Shown:
        async with turn:
            return await read()

    return await in_time(reading())


def _extras(interaction: Interaction) -> dict[Any, Any]:
    """Those of the command that was typed, or of the group that it is in."""
    command = interaction.command
    root = command.root_parent if isinstance(command, app_commands.Command) else None
    return (root or command).extras if command is not None else {}

"""Pressed buttons. A press is understood from its custom_id alone, so restarts don't matter."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar, cast

import discord

from companion.cogs.companion import Interaction
from companion.cogs.failures import answer_failure, told_plainly
from companion.cogs.fair_use import EVEN_BLOCKED, require_unblocked
from companion.cogs.requests import Kind
from companion.storage.errors import CompanionError


class Press(discord.ui.DynamicItem[discord.ui.Button[Any]], template=re.compile(r"(?!)")):
    """A pressed button and what its custom_id says. Subclasses give the pattern and what happens."""

    even_blocked: ClassVar[bool] = False
    """Does it answer whom the server blocked, too?"""

    def __init__(self, button: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(button)
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Press:
        return cls(cast("discord.ui.Button[Any]", item), match)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if self.even_blocked:
            interaction.extras.update(EVEN_BLOCKED)
        async with told_plainly(interaction, Kind.BUTTON, type(self).__name__):
            await require_unblocked(interaction)
            await self.pressed(interaction)

    async def pressed(self, interaction: Interaction) -> None:
        """What the press does. Its errors are answered."""
        raise NotImplementedError


class UnknownButtonError(CompanionError):
    """A custom_id of another version, or a forged one. ``again`` is a sentence on how to get a button that works."""

    def __init__(self, again: str) -> None:
        super().__init__(f"I don't know this button any more. {again}")


async def answer_form(
    interaction: Interaction, form: re.Pattern[str], answer: Callable[[re.Match[str]], Awaitable[None]]
) -> None:
    """Lets ``answer`` have what the custom_id of a form says, if one of that pattern was sent in by somebody who is not
    blocked. Its errors are answered."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return
    if match := form.fullmatch(str((interaction.data or {}).get("custom_id", ""))):
        # The pattern begins with a name of ours; what a member chose comes later.
        async with told_plainly(interaction, Kind.FORM, match.string.partition(":")[0]):
            await require_unblocked(interaction)
            await answer(match)


async def refuse_unknown(
    interaction: Interaction, prefixes: str | tuple[str, ...], presses: Sequence[type[Press]], again: str
) -> None:
    """Answers a press whose custom_id begins like a feature's and is understood by none of its presses."""
    custom_id = str((interaction.data or {}).get("custom_id", ""))
    if interaction.type is not discord.InteractionType.component or not custom_id.startswith(prefixes):
        return
    if not any(press.__discord_ui_compiled_template__.fullmatch(custom_id) for press in presses):
        interaction.client.requests.begin(Kind.BUTTON, "unknown")
        await answer_failure(interaction, UnknownButtonError(again))


def in_private(interaction: Interaction) -> bool:
    """Does nobody but the presser see the message that the button is on?"""
    return interaction.message is not None and interaction.message.flags.ephemeral


def is_theirs(interaction: Interaction) -> bool:
    """May the press change the message that it is on: did the presser ask for that, or does nobody else see it?"""
    asked = interaction.message.interaction_metadata if interaction.message else None
    return in_private(interaction) or (asked is not None and asked.user.id == interaction.user.id)

"""Commands of the running bot with something in every option, as far as possible something that means something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import discord
import simcord
from discord import app_commands

AnyCommand = app_commands.Command[Any, ..., Any]

_TYPED = {
    "time": "18:00", "start": "1:00", "end": "1:20", "when": "tomorrow 18:00", "day": "tomorrow", "date": "tomorrow",
    "after": "2020-01-01", "before": "2030-01-01", "days": "Mon", "zone": "Europe/Berlin", "url": "https://a.example/x",
    "link_template": "https://a.example/{seconds}", "reference": "arXiv:2401.00001", "reminders": "1 day",
    "weekday": "monday", "emojis": "👍 👎", "colour": "#112233", "venue": "https://a.example/room",
}  # fmt: skip
"""What can be typed into options that suggest nothing."""


class InAServer(Protocol):
    """Where options are filled in."""

    @property
    def member(self) -> simcord.MemberActor: ...
    @property
    def manager(self) -> simcord.MemberActor: ...
    @property
    def channel(self) -> simcord.ChannelHandle: ...


@dataclass(frozen=True, slots=True)
class Filler:
    """Fills options with what there is in a server; who suggests and is allowed to is a manager of it."""

    side: InAServer
    role: simcord.RoleHandle

    async def filled(self, command: AnyCommand, text: str | None = None) -> dict[str, Any]:
        """All options of a command, with ``text`` in those that take any."""
        options: dict[str, Any] = {}
        for option in command.parameters:
            value = await self._value(command, option, options, text)
            if value is not None:
                options[option.name] = value
        return options

    async def _value(
        self, command: AnyCommand, option: app_commands.Parameter, before: dict[str, Any], text: str | None
    ) -> Any:
        kinds = discord.AppCommandOptionType
        if option.choices:
            return option.choices[0].value
        if option.type is kinds.string:
            if text is not None:
                return text[: int(option.max_value or len(text))]
            return await self._suggested(command, option, before) or _TYPED.get(option.name, "winter")
        whose: dict[discord.AppCommandOptionType, Any] = {
            kinds.integer: int(option.min_value or 1),
            kinds.number: float(option.min_value or 1),
            kinds.boolean: True,
            kinds.user: self.side.member,
            kinds.channel: self.side.channel,
            kinds.role: self.role,
        }
        return whose.get(option.type)

    async def _suggested(
        self, command: AnyCommand, option: app_commands.Parameter, before: dict[str, Any]
    ) -> str | None:
        if not option.autocomplete:
            return None
        choices = await self.side.manager.autocomplete(
            self.side.channel, command.qualified_name, option.name, "", **before
        )
        return str(choices[0]["value"]) if choices else None

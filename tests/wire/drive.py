"""Members who try everything that a bot offers: each command with each of its options, each button, menu and form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import discord
from discord import app_commands

from companion.bot.client import CompanionBot
from tests.bot.loopback import APPLICATION_ID
from tests.clocks import StoppedClock
from tests.wire.interactions import Invoked
from tests.wire.lengths import parts
from tests.wire.messages import WireMessage
from tests.wire.payloads import COMMAND, COMPLETION, FORM, PRESS, command_data, member, option, user
from tests.wire.running import until
from tests.wire.server import GUILD_ID, WireDiscord

MEMBER, OTHER = 700_000_000_000_000_000, 700_000_000_000_000_001
_FORM = 9
_BUTTON, _MENU = 2, 3
_LAST = ("end", "delete", "forget", "remove", "withdraw", "stop", "unblock", "cancel", "skip", "pause")
"""Commands after which others have nothing to show."""
WORDS = {
    "query": "drones", "question": "Why do the drones leave?", "topic": "drones", "text": "drones",
    "start": "0:05", "end": "0:20", "zone": "Europe/Berlin", "time": "19:00", "when": "2026-04-01 19:00",
    "name": "Paper Club", "weekday": "Tuesday", "venue": "here", "every": "1", "paper": "2005.14165",
}  # fmt: skip


class Drive:
    """Members against one bot. ``reached`` are the commands that were answered, ``surprised`` those that failed."""

    def __init__(self, wire: WireDiscord, bot: CompanionBot, clock: StoppedClock) -> None:
        self._wire, self._bot, self._clock = wire, bot, clock
        self._pressed: set[str] = set()
        self.reached: list[str] = []
        self.surprised: list[str] = []
        self.suggestions = 0

    async def command(self, command: app_commands.Command[Any, ..., Any]) -> None:
        """Sends the command with what it has to have, and then with all that it may have."""
        required = [one for one in command.parameters if one.required]
        for parameters in [required, command.parameters] if len(command.parameters) > len(required) else [required]:
            data = await self._data(command, parameters)
            await self._settle(await self._invoke(COMMAND, data), f"/{command.qualified_name}")

    async def menu(self, menu: app_commands.ContextMenu, on: WireMessage) -> None:
        """Chooses the message menu's entry on a message."""
        data = command_data([menu.name], [], menu.type.value)
        data |= {"target_id": str(on.id), "resolved": {"messages": {str(on.id): self._wire.messages.shown(on)}}}
        await self._settle(await self._invoke(COMMAND, data), menu.name)

    async def press_everything(self) -> None:
        """Presses a button or menu of each kind on the messages that there are, also on those that come of it."""
        for message in list(self._wire.messages.all.values()):
            while message.id in self._wire.messages.all and message.author["id"] == APPLICATION_ID:
                # What is on it may change with each press.
                fresh = [one for one in _pressable(message) if _kind(one) not in self._pressed]
                if not fresh:
                    break
                part = fresh[0]
                self._pressed.add(_kind(part))
                data: dict[str, Any] = {"custom_id": part["custom_id"], "component_type": part["type"], "id": 1}
                if part["type"] == _MENU:
                    data["values"] = [part["options"][0]["value"]]
                await self._settle(await self._invoke(PRESS, data, message), _kind(part))

    async def _data(self, command: app_commands.Command[Any, ..., Any], parameters: Any) -> dict[str, Any]:
        path, chosen = command.qualified_name.split(), list[dict[str, Any]]()
        resolved: dict[str, Any] = {}
        for one in parameters:
            if one.autocomplete:
                typed = option(one.display_name, "") | {"type": one.type.value, "focused": True}
                asked = await self._invoke(COMPLETION, command_data(path, [*chosen, typed]))
                await until(asked.answered.is_set)
                found: list[dict[str, Any]] = (asked.callback or {}).get("data", {}).get("choices", [])
                self.suggestions += len(found)
                value = found[0]["value"] if found else _word(one)
            else:
                value = self._value(one, resolved)
            chosen.append({"name": one.display_name, "type": one.type.value, "value": value})
        data = command_data(path, chosen)
        return data | ({"resolved": resolved} if resolved else {})

    def _value(self, parameter: Any, resolved: dict[str, Any]) -> Any:
        kind = discord.AppCommandOptionType
        if parameter.choices:
            return parameter.choices[0].value
        if parameter.type in (kind.user, kind.mentionable):
            without_user = member(user(OTHER)) | {"permissions": "0"}
            del without_user["user"]
            resolved |= {"users": {str(OTHER): user(OTHER)}, "members": {str(OTHER): without_user}}
            return str(OTHER)
        guild = self._wire.guilds[GUILD_ID]
        if parameter.type is kind.role:
            role = guild.created()["roles"][0]
            resolved["roles"] = {role["id"]: role}
            return role["id"]
        if parameter.type is kind.channel:
            wanted = {one.value for one in parameter.channel_types}
            there = next((one for one, (type_, _) in guild.channels.items() if not wanted or type_ in wanted), None)
            there = there or guild.channel_id
            resolved["channels"] = {str(there): guild.channel(there) | {"permissions": str(guild.permissions)}}
            return str(there)
        if parameter.type is kind.boolean:
            return True
        if parameter.type in (kind.integer, kind.number):
            return parameter.min_value or 1
        return _word(parameter)

    async def _invoke(self, kind: int, data: dict[str, Any], on: WireMessage | None = None) -> Invoked:
        # Nobody waits for their turn, and nothing is too early.
        self._clock.advance(timedelta(minutes=10))
        return await self._wire.interactions.invoke(GUILD_ID, MEMBER, kind, data, on=on)

    async def _settle(self, asked: Invoked, name: str) -> None:
        """Waits for the answer; a form is filled in and sent."""
        try:
            await until(asked.acknowledged.is_set, 10)
        except TimeoutError as error:
            raise AssertionError(f"{name} is not answered") from error
        callback = asked.callback or {}
        if callback["type"] == _FORM:
            data = {"custom_id": callback["data"]["custom_id"], "components": list(_filled(callback["data"]))}
            await self._settle(await self._invoke(FORM, data, asked.original), f"{name} (form)")
            return
        await until(lambda: not self._bot.requests or asked.answered.is_set(), 20)
        self.reached.append(name)
        read = str([asked.original and asked.original.sent, *(one.sent for one in asked.followups)])
        if "Something went wrong" in read:
            self.surprised.append(name)


def commands_of(bot: CompanionBot) -> list[app_commands.Command[Any, ..., Any]]:
    """All slash commands; those that take something away come last."""
    found = [one for one in bot.tree.walk_commands() if isinstance(one, app_commands.Command)]
    return sorted(found, key=lambda one: (one.name in _LAST, one.qualified_name.split()[0] != "setup"))


def menus_of(bot: CompanionBot) -> Iterator[app_commands.ContextMenu]:
    yield from bot.tree.get_commands(type=discord.AppCommandType.message)


def _pressable(message: WireMessage) -> Iterator[dict[str, Any]]:
    for part in parts(message.sent.get("components") or []):
        if part["type"] in (_BUTTON, _MENU) and part.get("custom_id") and not part.get("disabled"):
            yield part


def _kind(part: dict[str, Any]) -> str:
    """The custom_id without the numbers in it."""
    return ":".join("#" if one.isdigit() else one for one in part["custom_id"].split(":"))


def _word(parameter: Any) -> str:
    return WORDS.get(parameter.display_name, "drones")


def _filled(form: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is sent of a form in which each field has a word, or the first of its options."""
    for row in form["components"]:
        inner: list[dict[str, Any]] = row.get("components") or [row["component"]]
        sent = [_field(one) for one in inner if "custom_id" in one]
        if sent and row["type"] == 1:
            yield {"type": 1, "id": 1, "components": sent}
        elif sent:
            yield {"type": row["type"], "id": 1, "component": sent[0]}


def _field(one: dict[str, Any]) -> dict[str, Any]:
    about = {"type": one["type"], "id": 2, "custom_id": one["custom_id"]}
    if "options" in one:
        return about | {"values": [one["options"][0]["value"]]}
    return about | {"value": one.get("value") or "What becomes of the drones in winter?"}

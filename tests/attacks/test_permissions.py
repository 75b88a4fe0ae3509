"""Nobody does what managers do: not by a command that they were given, not by a button that they kept.

Commands come from the tree of the running bot, so that a new one is tried too.
"""

from __future__ import annotations

import discord
import pytest
import simcord

from companion.cogs import command_list
from tests.attacks.forged import Presses, custom_ids
from tests.attacks.state import come, gone, rows_of
from tests.attacks.typed import AnyCommand, Filler
from tests.cogs.managers import bot_of
from tests.cogs.messages import only, shown, walk
from tests.cogs.test_strangers import Strangers, commands

ASKED = ("searches", "questions", "spent")
"""Tables in which it is kept that somebody asked."""


async def _given_everything(strangers: Strangers) -> None:
    """Everybody may use each command, as an administrator can have it in Discord's own settings."""
    guild = strangers.here.member.guild
    for given in await bot_of(strangers.world).tree.fetch_commands():
        if given.default_member_permissions is not None:
            guild.set_command_permissions(given, {guild.default_role: True})


def _of_managers(strangers: Strangers) -> list[AnyCommand]:
    """The commands that the bot's own list has for those who manage the server."""
    tree = bot_of(strangers.world).tree
    everybody = command_list.usable(tree, discord.Permissions.none(), in_server=True)
    names = {one.name for one in everybody}
    return [one for one in commands(strangers.world) if one.qualified_name not in names]


async def _vandal(strangers: Strangers) -> simcord.MemberActor:
    """Somebody of the server, with a right to nothing in it and with nothing of their own."""
    return strangers.here.member.guild.add_member(strangers.world.env.create_user("vandal"))


@pytest.mark.parametrize("strangers", ["bees"], indirect=True)
async def test_no_command_of_managers_does_anything_for_who_was_only_given_it(strangers: Strangers) -> None:
    here, world = strangers.here, strangers.world
    await _given_everything(strangers)
    vandal, filler = await _vandal(strangers), Filler(here, here.member.guild.create_role("anything"))
    tried = _of_managers(strangers)
    for command in tried:
        options = await filler.filled(command)
        before, said = await rows_of(world.database), len(here.channel.history())

        answer = await vandal.slash(here.channel, command.qualified_name, **options)

        assert only(answer).ephemeral, command.qualified_name
        assert "Only those who may manage this server" in shown(answer), command.qualified_name
        assert await rows_of(world.database) == before, command.qualified_name
        assert len(here.channel.history()) == said, command.qualified_name
    assert len(tried) > 30


@pytest.mark.parametrize("strangers", ["bees"], indirect=True)
async def test_whatever_a_plain_member_types_nothing_of_anybody_else_is_changed(strangers: Strangers) -> None:
    here, world = strangers.here, strangers.world
    await _given_everything(strangers)
    vandal, filler = await _vandal(strangers), Filler(here, here.member.guild.create_role("anything"))
    before = await rows_of(world.database)
    for command in commands(world):
        options = await filler.filled(command)

        answer = await vandal.slash(here.channel, command.qualified_name, **options)

        assert answer.acknowledged, command.qualified_name
        assert gone(before, await rows_of(world.database)) == {}, (command.qualified_name, options, shown(answer))


@pytest.mark.parametrize("strangers", ["bees"], indirect=True)
@pytest.mark.parametrize("of_each", [1, pytest.param(12, marks=pytest.mark.slow)])
async def test_no_button_changes_anything_of_anybody_else_for_a_plain_member(
    strangers: Strangers, of_each: int, caplog: pytest.LogCaptureFixture
) -> None:
    world = strangers.world
    presses = Presses(strangers, await _vandal(strangers))
    before = await rows_of(world.database)
    for custom_id in custom_ids(strangers, of_each):
        result = await presses.press(custom_id)

        assert result.acknowledged, custom_id
        assert gone(before, await rows_of(world.database)) == {}, custom_id
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("strangers", ["bees"], indirect=True)
async def test_who_lost_the_role_between_the_command_and_the_button_changes_nothing(strangers: Strangers) -> None:
    here, world = strangers.here, strangers.world
    filler = Filler(here, here.member.guild.create_role("anything"))
    kept: list[tuple[str, simcord.ResponseMessage, str]] = []
    for command in _of_managers(strangers):
        answer = await here.manager.slash(here.channel, command.qualified_name, **await filler.filled(command))
        kept += [(command.qualified_name, message, one) for message in _messages(answer) for one in _pressable(message)]
    world.env.backend.get_guild(here.manager.guild.id).members[here.manager.id].role_ids.clear()
    before = await rows_of(world.database, ASKED)
    for name, message, custom_id in kept:
        result = await here.manager.click(message, custom_id=custom_id)
        now = await rows_of(world.database, ASKED)

        assert (gone(before, now), come(before, now)) == ({}, {}), (name, custom_id, shown(result))
    assert len(kept) > 5


def _messages(answer: simcord.InteractionResult) -> list[simcord.ResponseMessage]:
    return [one for one in (answer.response, *answer.followups) if one is not None]


def _pressable(message: simcord.ResponseMessage) -> list[str]:
    parts = [part for part in walk(message.components) if part.get("type") == 2 and not part.get("disabled")]
    return [str(part["custom_id"]) for part in parts if "custom_id" in part]

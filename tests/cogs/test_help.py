from __future__ import annotations

import re
from pathlib import Path

import discord
import pytest
from discord import app_commands

from companion.bot.client import CompanionBot
from companion.cogs.command_list import CommandLine, Option, usable
from companion.cogs.views.help import help_message
from companion.cogs.views.limits import LAYOUT_TEXT
from tests.cogs.conftest import World
from tests.cogs.managers import managing
from tests.cogs.messages import buttons, only, shown, text_of

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
NOBODY = discord.Permissions.none()
MANAGER = discord.Permissions(manage_guild=True)


def bot_of(world: World) -> CompanionBot:
    bot = world.env.bot
    assert isinstance(bot, CompanionBot)
    return bot


def text_in(message: discord.ui.LayoutView) -> str:
    """All text of a layout."""
    return "\n".join(item.content for item in message.walk_children() if isinstance(item, discord.ui.TextDisplay))


async def test_help_says_what_there_is_with_searches_from_this_server_s_archive(world: World) -> None:
    message = only(await world.priya.slash(world.channel, "help"))

    text = text_of(message)
    assert message.ephemeral
    for feature in (
        "/search", "Riff", "More like this", "Context", "Clip it", "Correct", "Tell me", "Search the archive",
    ):  # fmt: skip
        assert feature in text
    assert "*Mara Lindqvist*" in text
    examples = [ids[0].removeprefix("search:try:") for ids in buttons(message).values()]
    assert set(examples) <= {
        "Heating a house of wax",
        "Why wool keeps the damp in",
        "Counting mites with sugar",
        "Sixteen days of royal jelly",
        "Breeding for temper",
    }
    assert len(examples) == 3


async def test_an_example_in_the_help_searches_in_public(world: World) -> None:
    message = only(await world.priya.slash(world.channel, "help"))

    result = await world.priya.click(message, custom_id=next(iter(buttons(message).values()))[0])

    assert not only(result).ephemeral
    assert f"<@{world.priya.id}> asked" in shown(result)


async def test_help_on_a_server_without_a_podcast_says_what_is_missing(world: World) -> None:
    text = shown(await world.nadia.slash(world.quiet_channel, "help"))

    assert "/search" in text
    assert "no podcast yet" in text


async def test_a_member_is_told_every_command_for_everyone_and_none_for_managers(world: World) -> None:
    text = shown(await world.priya.slash(world.channel, "help"))

    for command in bot_of(world).tree.get_commands(type=discord.AppCommandType.chat_input):
        assert (f"`/{command.name}" in text) is (command.default_permissions is None), command.name
    assert "`/topic words [speaker]` – See when a topic came up" in text
    assert "/setup" not in text
    # Many commands are told as one line a group.
    (highlights,) = re.findall(r"^`/highlights.*", text, re.MULTILINE)
    assert "top" in highlights
    assert "pause" not in highlights


async def test_a_manager_is_told_each_setup_command_with_what_it_does(world: World) -> None:
    text = shown(await managing(world).slash(world.channel, "help"))

    before, managers_own = text.split("**For those who manage this server**")
    assert "`/setup" in managers_own
    assert "`/asked" in managers_own
    assert "**More**" not in text
    # What everybody may use comes first, in a group that is for everybody.
    (highlights,) = re.findall(r"^`/highlights.*", before, re.MULTILINE)
    everybody_s, managers = highlights.split(" · managers: ")
    assert "top" in everybody_s
    assert "pause" in managers
    group = bot_of(world).tree.get_command("setup")
    assert isinstance(group, app_commands.Group)
    for command in group.walk_commands():
        if isinstance(command, app_commands.Command):
            parent = command.parent
            assert parent is not None
            alone = f"`/{command.qualified_name}" in text and command.description in text
            together = f"`/{parent.qualified_name}` *" in text and command.name in text
            assert alone or together, command.qualified_name


async def test_help_outside_a_server_tells_only_what_works_there(world: World) -> None:
    told = usable(bot_of(world).tree, discord.Permissions.all(), in_server=False)

    assert sorted(line.name for line in told) == ["help", "privacy delete", "privacy export", "privacy show"]


async def test_commands_for_administrators_alone_are_told_to_nobody_else(world: World) -> None:
    tree = bot_of(world).tree
    secret = app_commands.Group(name="vault", description="Secrets", default_permissions=NOBODY)

    @secret.command(name="open", description="Open it")
    async def opened(interaction: discord.Interaction) -> None:  # pyright: ignore[reportUnusedFunction]
        """Never called."""

    tree.add_command(secret)
    try:
        roots = {
            name: {line.root for line in usable(tree, permissions, in_server=True)}
            for name, permissions in (
                ("member", NOBODY),
                ("manager", MANAGER),
                ("administrator", discord.Permissions(administrator=True)),
            )
        }
    finally:
        tree.remove_command("vault")

    assert "vault" not in roots["member"] | roots["manager"]
    assert {"vault", "setup", "search"} <= roots["administrator"]
    assert "setup" in roots["manager"] - roots["member"]


async def test_message_menus_are_told_with_what_they_do(world: World) -> None:
    menus = [line for line in usable(bot_of(world).tree, NOBODY, in_server=True) if line.menu]

    assert {menu.name: menu.description for menu in menus} == {
        "Search the archive": "Searches for what a message says",
        "Ask about this": "Asks what a message asks, and answers it from what was said",
        "Mark this answer": "For hosts: marks an answer of mine right or wrong",
    }
    told = text_in(help_message(menus, (), None, None))
    assert "*Search the archive* – Searches for what a message says" in told
    assert "*Mark this answer* – For hosts: marks an answer of mine right or wrong" in told


@pytest.mark.parametrize("count", [1, 40, 400])
def test_however_many_commands_there_are_they_fit(count: int) -> None:
    commands = [
        CommandLine(
            f"setup thing{number // 8} verb{number}",
            (Option("name", required=True), Option("other", required=False)),
            "What this does, in a sentence that is rather long " * 2,
            f"setup thing{number // 8}",
            "All about this thing",
        )
        for number in range(count)
    ]

    text = text_in(help_message([CommandLine("search", (), "Search"), *commands], (), None, None))

    assert len(text) <= LAYOUT_TEXT
    assert "`/search` – Search" in text
    if count == 40:
        assert "`/setup thing4` *verb32, verb33, verb34, verb35, verb36, verb37, verb38, verb39* – All about" in text
    if count == 400:
        assert "more: type `/`" in text


async def test_the_page_of_commands_names_every_command(world: World) -> None:
    for line in usable(bot_of(world).tree, discord.Permissions.all(), in_server=True):
        if line.menu:
            assert f"*{line.name}*" in PAGE
        elif line.group:
            assert f"`/{line.group} " in PAGE, line.name
            assert line.name.rpartition(" ")[2] in PAGE, line.name
        else:
            assert f"`/{line.name}" in PAGE, line.name


def test_whatever_is_missing_fits() -> None:
    text = text_in(help_message((), (), "*" * 2000, ValueError("*" * 2000)))

    assert len(text) <= LAYOUT_TEXT

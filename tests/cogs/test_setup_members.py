from __future__ import annotations

import itertools
from datetime import timedelta
from pathlib import Path

import discord
import pytest
import simcord

import companion
from companion.bot.client import CompanionBot
from companion.cogs.views import custom_ids
from companion.community.blocks import LONGEST_REASON
from companion.storage import blocks
from companion.storage.blocks import Block
from tests.cogs.conftest import World
from tests.cogs.messages import buttons, only, shown, text_of
from tests.cogs.test_search_buttons import press_forged
from tests.cogs.test_setup import managing

BLOCKED = "You are blocked from using me in this server"


async def use(world: World, who: simcord.MemberActor, what: str, /, **options: object) -> simcord.InteractionResult:
    return await who.slash(world.channel, f"setup members {what}", **options)


async def kept(world: World) -> list[Block]:
    async with world.database.read() as connection:
        return await blocks.listed(connection, world.guild.id)


async def keep(world: World, *member_ids: int, reason: str = "") -> None:
    """Blocks kept by another process."""
    now = world.database.clock.now()
    async with world.database.write() as connection:
        for place, member_id in enumerate(member_ids):
            block = Block(world.guild.id, member_id, reason, world.jonas.id, now - timedelta(seconds=place))
            await blocks.put(connection, block)


class TestBlocking:
    async def test_a_blocked_member_is_refused_every_command_menu_press_and_form(self, world: World) -> None:
        said = await world.jonas.send(world.channel, "do bees heat the hive")
        message = only(await world.priya.slash(world.channel, "search", query="bees heat", after="2031"))
        form = await world.jonas.click(message, label="Riff")
        mo = managing(world)

        confirmed = await use(world, mo, "block", member=world.jonas, reason="floods *the* channel")

        assert only(confirmed).ephemeral
        assert f"<@{world.jonas.id}> is blocked from now on" in shown(confirmed)
        assert r"Reason: floods \*the\* channel" in shown(confirmed)
        for refused in (
            await world.jonas.slash(world.channel, "search", query="bees"),
            await world.jonas.slash(world.channel, "help"),
            await world.jonas.context_menu(world.channel, "Search the archive", said),
            *[await world.jonas.click(message, custom_id=ids[0]) for ids in buttons(message).values()],
            await world.jonas.submit_modal(form, {"query": "wet bees"}),
        ):
            assert BLOCKED in shown(refused)
            assert only(refused).ephemeral
            assert refused.followups == []
        assert await world.jonas.autocomplete(world.channel, "search", "episode", "") == []
        assert len(world.channel.history(viewer=world.priya)) == 2

    async def test_everybody_else_goes_on_and_so_does_the_member_elsewhere(self, world: World) -> None:
        await use(world, managing(world), "block", member=world.jonas)
        cave_jonas = world.lotte.guild.add_member(world.jonas.user)

        assert "Tomas Ek" in shown(await world.priya.slash(world.channel, "search", query="bees heat"))
        assert "Piet Vos" in shown(await cave_jonas.slash(world.cave_channel, "search", query="lower gate"))

    async def test_it_outlives_a_restart(self, world: World) -> None:
        await use(world, managing(world), "block", member=world.jonas)
        await world.restart()

        assert BLOCKED in shown(await world.jonas.slash(world.channel, "search", query="bees"))

    async def test_a_second_block_changes_the_reason(self, world: World) -> None:
        mo = managing(world)
        await use(world, mo, "block", member=world.jonas, reason="first")
        await use(world, mo, "block", member=world.jonas, reason="second")

        assert [block.reason for block in await kept(world)] == ["second"]

    async def test_oneself_a_manager_and_the_bot_cannot_be_blocked(self, world: World) -> None:
        mo = managing(world)
        role = world.guild.create_role("hosts", permissions=discord.Permissions(manage_guild=True))
        host = world.guild.add_member(world.env.create_user("hedda"), roles=[role])
        bot = world.guild.add_member(world.env.create_user("beep", bot=True))

        for member, refusal in ((mo, "block yourself"), (host, "may manage this server"), (bot, "Bots ask me nothing")):
            assert refusal in shown(await use(world, mo, "block", member=member))
        assert await kept(world) == []

    async def test_who_became_a_manager_is_not_locked_out(self, world: World) -> None:
        mo = managing(world)
        await keep(world, mo.id)
        await world.restart()

        assert "Blocked members" in shown(await use(world, mo, "list"))


PACKAGE = Path(companion.__file__).parent


@pytest.mark.parametrize(
    "module",
    [module for module in PACKAGE.rglob("*.py") if "async with told_plainly(" in module.read_text(encoding="utf-8")],
    ids=lambda module: str(module.relative_to(PACKAGE)),
)
def test_whatever_answers_a_command_a_press_or_a_form_asks_first_whether_the_member_is_blocked(module: Path) -> None:
    lines = [line.strip() for line in module.read_text(encoding="utf-8").splitlines()]

    for line, following in itertools.pairwise(lines):
        if line.startswith("async with told_plainly("):
            assert following == "await require_unblocked(interaction)"


class TestUnblocking:
    async def test_the_member_may_go_on_at_once(self, world: World) -> None:
        mo = managing(world)
        await use(world, mo, "block", member=world.jonas)

        confirmed = await use(world, mo, "unblock", member=world.jonas)

        assert f"<@{world.jonas.id}> may use me in this server again" in shown(confirmed)
        assert "Tomas Ek" in shown(await world.jonas.slash(world.channel, "search", query="bees heat"))
        assert await kept(world) == []

    async def test_who_is_not_blocked_is_said(self, world: World) -> None:
        assert "This member is not blocked here" in shown(
            await use(world, managing(world), "unblock", member=world.jonas)
        )


class TestListing:
    async def test_it_tells_who_since_when_by_whom_and_why(self, world: World) -> None:
        mo = managing(world)
        await use(world, mo, "block", member=world.jonas, reason="@everyone **spam**")

        listed = await use(world, mo, "list")

        assert only(listed).ephemeral
        assert f"<@{world.jonas.id}> · since <t:" in shown(listed)
        assert f"by <@{mo.id}>\n-# Reason: \\@everyone \\*\\*spam\\*\\*" in shown(listed)

    async def test_nobody_is_a_sentence_with_what_to_do(self, world: World) -> None:
        assert "Nobody is blocked: `/setup members block`" in shown(await use(world, managing(world), "list"))

    async def test_many_come_in_pages_that_fit(self, world: World) -> None:
        mo = managing(world)
        await keep(world, *range(10**17, 10**17 + 23), reason="*" * LONGEST_REASON)
        message = only(await use(world, mo, "list"))
        assert "23 members · page 1 of 3" in text_of(message)
        assert f"<@{10**17 + 9}>" in text_of(message)
        await world.restart()

        await mo.click(message, label="Page 2 ›")
        await mo.click(message, label="Page 3 ›")

        assert "page 3 of 3" in text_of(message)
        assert f"<@{10**17 + 22}>" in text_of(message)

    async def test_a_button_of_another_version_is_answered(self, world: World) -> None:
        message = only(await world.priya.slash(world.channel, "search", query="bees"))

        answered = await press_forged(world, managing(world), message, "members:blocked:last")

        assert "don't know this button any more. Use `/setup members list`." in shown(answered)

    async def test_a_list_is_one_server_s(self, world: World) -> None:
        await keep(world, world.jonas.id)
        role = world.lotte.guild.create_role("hosts", permissions=discord.Permissions(manage_guild=True))
        theirs = world.lotte.guild.add_member(world.env.create_user("hedda"), roles=[role])

        assert "Nobody is blocked" in shown(await theirs.slash(world.cave_channel, "setup members list"))


class TestWhoMay:
    async def test_a_plain_member_may_not_even_if_given_the_command(self, world: World) -> None:
        bot = world.env.bot
        assert isinstance(bot, CompanionBot)
        given = next(one for one in await bot.tree.fetch_commands() if one.name == "setup")
        world.guild.set_command_permissions(given, {world.guild.default_role: True})

        for command, options in (
            ("list", {}),
            ("block", {"member": world.jonas}),
            ("unblock", {"member": world.jonas}),
        ):
            refused = await use(world, world.priya, command, **options)
            assert "Only those who may manage this server" in shown(refused)
        assert await kept(world) == []

    async def test_their_forged_press_shows_no_list(self, world: World) -> None:
        await keep(world, world.jonas.id, reason="secret")
        message = only(await world.priya.slash(world.channel, "search", query="bees"))

        refused = await press_forged(world, world.priya, message, custom_ids.blocked_members(0))

        assert "Only those who may manage this server" in shown(refused)
        assert "secret" not in shown(refused)

    async def test_a_commander_without_the_right_cannot_see_it(self, world: World) -> None:
        with pytest.raises(simcord.SetupError, match="not visible"):
            await use(world, world.priya, "list")

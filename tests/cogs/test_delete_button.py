from __future__ import annotations

import logging

import discord
import pytest
import simcord
from sqlalchemy import select

from companion.bot.client import CompanionBot
from companion.cogs.companion import UNKNOWN_MESSAGE
from companion.cogs.views import custom_ids
from companion.community.blocks import Named
from companion.storage import searches
from companion.storage.schema import searches as table
from tests.cogs.conftest import World
from tests.cogs.messages import buttons, only, shown, text_of
from tests.cogs.test_guest_questions import expect
from tests.cogs.test_search_buttons import press_forged, searched

REFUSED = "Only who asked for this can delete it, and whoever may manage messages in this channel"


def moderating(world: World) -> simcord.MemberActor:
    """Someone who may manage messages in the bees' server, and nothing else."""
    role = world.guild.create_role("moderators", permissions=discord.Permissions(manage_messages=True))
    return world.guild.add_member(world.env.create_user("mod", global_name="Mod"), roles=[role])


async def stored_texts(world: World) -> list[str]:
    """What everybody asked, as far as it is stored."""
    async with world.database.read() as connection:
        return list((await connection.execute(select(table.c.text).order_by(table.c.id))).scalars())


def posted(world: World) -> list[int]:
    """The messages that everybody sees."""
    return [message.id for message in world.channel.history(viewer=world.jonas) if not message.flags.ephemeral]


async def riff(world: World, message: simcord.ResponseMessage, text: str) -> simcord.ResponseMessage:
    """Jonas varies a search."""
    form = await world.jonas.click(message, label="Riff")
    return only(await world.jonas.submit_modal(form, {"query": text}))


async def test_an_answer_whose_placeholder_is_deleted_leaves_no_record_and_is_no_fault(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for method in ("PATCH", "GET"):
        world.env.inject_error(
            method, "/webhooks/*/messages/@original", status=404, code=UNKNOWN_MESSAGE, message="Unknown Message"
        )
    world.expects_failures = True

    result = await world.priya.slash(world.channel, "search", query="winter bees")

    assert result.followups == []
    assert await stored_texts(world) == []
    assert "/search in guild" in caplog.text
    assert "its message is deleted" in caplog.text
    assert [one for one in caplog.records if one.levelno > logging.INFO and one.name.startswith("companion")] == []


class TestWhoMay:
    async def test_the_asker_deletes_the_message_and_the_record(self, world: World) -> None:
        message = await searched(world, "winter bees")

        result = await world.priya.click(message, label="Delete")

        told = result.followups[0]
        assert told.ephemeral
        assert "The answer is deleted, and with it the record of who asked for what." in text_of(told)
        assert posted(world) == []
        assert await stored_texts(world) == []

    @pytest.mark.parametrize("command", ["question top", "suggest top", "guest list"])
    async def test_who_asked_for_a_list_deletes_it(self, world: World, command: str) -> None:
        await expect(world)
        message = only(await world.priya.slash(world.channel, command))

        refused = shown(await world.jonas.click(message, label="Delete"))
        await world.priya.click(message, label="Delete")

        assert REFUSED in refused
        assert message.id not in posted(world)

    async def test_a_moderator_deletes_it_too(self, world: World) -> None:
        message = await searched(world, "winter bees")

        result = await moderating(world).click(message, label="Delete")

        assert "The answer is deleted" in shown(result)
        assert posted(world) == []
        assert await stored_texts(world) == []

    async def test_anybody_else_is_told_in_private_who_can(self, world: World) -> None:
        message = await searched(world, "winter bees")

        result = await world.jonas.click(message, label="Delete")

        assert REFUSED in shown(result)
        assert all(answer.ephemeral for answer in result.followups)
        assert posted(world) == [message.id]
        assert await stored_texts(world) == ["winter bees"]

    async def test_who_may_is_known_after_a_restart(self, world: World) -> None:
        message = await searched(world, "winter bees")
        await world.restart()

        assert REFUSED in shown(await world.jonas.click(message, label="Delete"))
        assert "The answer is deleted" in shown(await world.priya.click(message, label="Delete"))
        assert posted(world) == []

    async def test_a_blocked_asker_may_not(self, world: World) -> None:
        message = await searched(world, "winter bees")
        bot = world.env.bot
        assert isinstance(bot, CompanionBot)
        await bot.blocks.block(world.guild.id, Named(world.priya.id), "", world.jonas.id)

        assert "You are blocked" in shown(await world.priya.click(message, label="Delete"))
        assert posted(world) == [message.id]

    async def test_a_forged_press_deletes_only_the_message_it_is_on_and_not_of_another_asker(
        self, world: World
    ) -> None:
        theirs = await searched(world, "winter bees")
        own = only(await world.jonas.slash(world.channel, "search", query="summer bees"))
        search_id = buttons(theirs)["Riff"][0].split(":")[2]

        for forged in (f"answer:delete:{search_id}", f"answer:delete:{world.jonas.id}"):
            result = await press_forged(world, world.jonas, own, forged)
            assert "deleted" not in shown(result)
        assert posted(world) == [theirs.id, own.id]

        await world.jonas.click(theirs, custom_id=custom_ids.delete())
        assert posted(world) == [theirs.id, own.id]

    @pytest.mark.parametrize(
        ("command", "options"), [("episode", {"name": "cluster"}), ("episodes", {}), ("about", {})]
    )
    async def test_answers_of_which_nothing_is_stored_are_their_asker_s_too(
        self, world: World, command: str, options: dict[str, str]
    ) -> None:
        message = only(await world.priya.slash(world.channel, command, **options))
        await world.restart()

        assert REFUSED in shown(await world.jonas.click(message, label="Delete"))
        assert posted(world) == [message.id]
        assert "The message is deleted." in shown(await world.priya.click(message, label="Delete"))
        assert posted(world) == []


class TestWhatGoes:
    async def test_more_like_this_and_riffs_are_their_asker_s(self, world: World) -> None:
        message = await searched(world, "warm bees")
        varied = await riff(world, message, "dry bees")
        like = only(await world.jonas.click(message, custom_id=buttons(message)["More like this"][0]))

        for answer in (varied, like):
            assert REFUSED in shown(await world.priya.click(answer, label="Delete"))
            assert "The answer is deleted" in shown(await world.jonas.click(answer, label="Delete"))
        assert posted(world) == [message.id]
        assert await stored_texts(world) == ["warm bees"]

    async def test_a_riff_on_it_stays_and_credits_a_deleted_search(self, world: World) -> None:
        message = await searched(world, "warm bees")
        varied = await riff(world, message, "dry bees")
        like = only(await world.jonas.click(message, custom_id=buttons(message)["More like this"][0]))
        before = text_of(varied)
        assert "warm bees" in before

        result = await world.priya.click(message, label="Delete")

        assert "2 riffs on it stay, without its words." in shown(result)
        assert f"-# 🎸 <@{world.jonas.id}> riffs on a deleted search" in text_of(varied)
        assert "warm bees" not in text_of(varied)
        assert text_of(varied).splitlines()[2:] == before.splitlines()[2:]
        assert f"-# <@{world.jonas.id}> asked, from a deleted search" in text_of(like)

    async def test_the_credit_stays_when_the_riff_is_rendered_anew_and_riffed_on(self, world: World) -> None:
        message = await searched(world, "warm bees")
        varied = await riff(world, message, "dry bees")
        await world.priya.click(message, label="Delete")
        await world.restart()
        riff_id = buttons(varied)["Riff"][0].split(":")[2]

        await press_forged(world, world.jonas, varied, f"search:page:{riff_id}:0")

        assert f"🎸 <@{world.jonas.id}> riffs on a deleted search" in text_of(varied)
        again = await riff(world, varied, "gentle bees")
        assert "[search “dry bees”]" in text_of(again)
        assert all("warm bees" not in text for text in await stored_texts(world))

    async def test_nothing_of_it_is_left_once_the_last_riff_is_deleted(self, world: World) -> None:
        message = await searched(world, "warm bees")
        varied = await riff(world, message, "dry bees")
        await world.priya.click(message, label="Delete")
        assert await stored_texts(world) == ["", "dry bees"]

        await world.jonas.click(varied, label="Delete")

        assert await stored_texts(world) == []

    async def test_a_riff_that_cannot_be_edited_does_not_keep_the_search(self, world: World) -> None:
        message = await searched(world, "warm bees")
        await riff(world, message, "dry bees")
        world.env.inject_error("GET", "/channels/*/messages/*", status=403, code=50001, message="Missing Access")

        result = await world.priya.click(message, label="Delete")

        assert "The answer is deleted" in shown(result)
        assert await stored_texts(world) == ["", "dry bees"]

    async def test_its_other_buttons_are_gone_with_it_and_a_private_view_has_no_delete(self, world: World) -> None:
        message = await searched(world, "warm bees")
        search_id = int(buttons(message)["Riff"][0].split(":")[2])
        private = only(await press_forged(world, world.jonas, message, f"search:page:{search_id}:0"))
        assert private.ephemeral
        assert "Delete" not in buttons(private)

        await world.priya.click(message, label="Delete")

        assert "I don't know this search any more" in shown(await world.jonas.click(private, label="Riff"))
        async with world.database.read() as connection:
            assert await searches.get(connection, search_id) is None


class TestWhatDiscordSays:
    async def test_a_message_that_is_gone_already_still_loses_its_record(self, world: World) -> None:
        message = await searched(world, "warm bees")
        world.env.inject_error("DELETE", "/webhooks/*", status=404, code=10008, message="Unknown Message")

        result = await world.priya.click(message, label="Delete")

        assert "This answer was gone already, and with it the record" in shown(result)
        assert await stored_texts(world) == []

    async def test_a_message_that_may_not_be_deleted_is_said_and_can_still_be_asked_for_again(
        self, world: World
    ) -> None:
        message = await searched(world, "warm bees")
        world.env.inject_error("DELETE", "/webhooks/*", status=403, code=50013, message="Missing Permissions")

        result = await world.priya.click(message, label="Delete")

        assert "Discord does not let me delete this message. Whoever may manage messages here can" in shown(result)
        assert "I have deleted the record of who asked for what." in shown(result)
        assert await stored_texts(world) == []
        assert REFUSED in shown(await world.jonas.click(message, label="Delete"))
        assert "The message is deleted." in shown(await world.priya.click(message, label="Delete"))
        assert posted(world) == []


class TestDiscordsOwnWay:
    async def test_what_a_moderator_deletes_in_the_menu_is_forgotten_and_no_longer_quoted(self, world: World) -> None:
        message = await searched(world, "warm bees")
        varied = await riff(world, message, "dry bees")

        await moderating(world).delete(message)

        assert await stored_texts(world) == ["", "dry bees"]
        assert "riffs on a deleted search" in text_of(varied)

    async def test_other_messages_are_nobody_s_search(self, world: World) -> None:
        await searched(world, "warm bees")
        said = await world.jonas.send(world.channel, "hello")

        await world.jonas.delete(said)

        assert await stored_texts(world) == ["warm bees"]

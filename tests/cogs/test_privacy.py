"""``/privacy`` in a server and in a direct message, and what of it is seen in the channel afterwards."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import simcord
from sqlalchemy import select

from companion.cogs.privacy import PrivacyCommands
from companion.cogs.retractions import NAMELESS, Retractions
from companion.cogs.views import nameless, privacy_ids
from companion.community.blocks import Named
from companion.community.erasing import CLAIM_LASTS
from companion.community.privacy import Privacy
from companion.storage import erasures, schema
from companion.storage.erasures import Erasure
from companion.storage.votes import Tally
from tests.clocks import StoppedClock
from tests.cogs import voting
from tests.cogs.asking import answers_in, last_answer, mention
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import buttons, only, shown, text_of
from tests.cogs.test_conversations import thread_of
from tests.cogs.test_delete_button import posted, riff, stored_texts
from tests.cogs.test_search_buttons import press_forged, searched


async def privacy(world: World, who: simcord.MemberActor, what: str, **options: str) -> simcord.ResponseMessage:
    return only(await who.slash(world.channel, f"privacy {what}", **options))


async def take_back(world: World) -> None:
    """The next minute."""
    cog = bot_of(world).get_cog("Retractions")
    assert isinstance(cog, Retractions)
    await cog.take_back(world.database.clock.now())


async def forget(world: World, who: simcord.MemberActor, **options: str) -> str:
    """Deletes for good; what is said of it."""
    asked = await privacy(world, who, "delete", **options)
    await who.click(asked, label="Delete for good")
    return text_of(asked)


class TestShow:
    async def test_whoever_is_unknown_reads_that_nothing_is_kept(self, world: World) -> None:
        message = await privacy(world, world.jonas, "show")

        assert message.ephemeral
        assert "I keep nothing of you in this server." in text_of(message)
        assert buttons(message) == {}

    async def test_what_is_kept_is_counted_with_what_becomes_of_it_and_how_long_it_is_kept(self, world: World) -> None:
        await searched(world, "winter bees")
        message = await voting.posted(world)
        await world.priya.react(message, "👍")

        told = text_of(await privacy(world, world.priya, "show"))

        assert "**Goes when you delete it**\nsearches you made: 1" in told
        assert "votes you gave: 1\n" in told
        assert told.count("vote") == 1, "its reactions and its ledger are the same vote"
        assert "-# It goes on counting, under a number in place of your name." in told
        assert "Searches and questions are deleted after 365 days in any case" in told
        assert "a server's data 30 days after I was removed from it" in told

    async def test_another_server_s_is_shown_only_with_everywhere(self, world: World) -> None:
        await searched(world, "winter bees")
        third = world.env.create_guild("Third")
        there, hall = third.add_member(world.priya.user), third.create_text_channel("hall")

        here = only(await there.slash(hall, "privacy show"))
        everywhere = only(await there.slash(hall, "privacy show", where="everywhere"))

        assert "I keep nothing of you in this server" in text_of(here)
        assert "searches you made: 1" in text_of(everywhere)

    async def test_a_blocked_member_sees_that_and_why_it_stays(self, world: World) -> None:
        await bot_of(world).blocks.block(world.guild.id, Named(world.jonas.id), "floods", world.priya.id)

        told = text_of(await privacy(world, world.jonas, "show"))

        assert "servers that blocked you: 1" in told
        assert "It is the server's managers' to lift." in told
        assert "floods" not in told


class TestExport:
    async def test_the_file_has_what_was_asked_and_is_seen_by_nobody_else(self, world: World) -> None:
        await searched(world, "winter bees")
        await world.jonas.slash(world.channel, "search", query="dry bees")

        message = await privacy(world, world.priya, "export")

        assert message.ephemeral
        (file,) = message.attachments
        exported = json.loads(await file.read())
        assert exported["kept"]["searches you made"]["rows"][0]["text"] == "winter bees"


class TestDelete:
    async def test_nothing_is_deleted_before_it_is_confirmed(self, world: World) -> None:
        await searched(world, "winter bees")
        asked = await privacy(world, world.priya, "delete")
        assert "**2 entries** are deleted for good" in text_of(asked)

        await world.priya.click(asked, label="Keep it")

        assert asked.ephemeral
        assert text_of(asked) == "Nothing was deleted."
        assert await stored_texts(world) == ["winter bees"]

    @pytest.mark.parametrize(("command", "option"), [("search", "query"), ("ask", "question")])
    async def test_an_answer_that_is_posted_at_that_moment_is_taken_back_too(
        self, world: World, command: str, option: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bot = bot_of(world)
        # Which message a search has is known before, which one a question has only once it is posted.
        for kept, last in ((bot.searcher, "search"), (bot.questions, "posted")):
            really = getattr(kept, last)

            async def forgotten_before(*args: Any, do: Any = really, **options: Any) -> Any:
                await Privacy(world.database).forget(world.guild.id, world.priya.id)
                return await do(*args, **options)

            monkeypatch.setattr(kept, last, forgotten_before)

        await world.priya.slash(world.channel, command, **{option: "winter bees"})
        assert len(posted(world)) == 1
        await take_back(world)

        assert posted(world) == []

    async def test_searches_are_deleted_here_and_in_the_channel(self, world: World) -> None:
        await searched(world, "winter bees")
        theirs = only(await world.jonas.slash(world.channel, "search", query="dry bees"))

        told = await forget(world, world.priya)
        await take_back(world)

        assert "Done: what I kept of you in this server\n**2 entries** are deleted for good" in told
        assert "1 message of mine is being deleted" in told
        assert await stored_texts(world) == ["dry bees"]
        assert posted(world) == [theirs.id]
        assert "I keep nothing of you" in text_of(await privacy(world, world.priya, "show"))

    async def test_what_is_announced_is_what_is_reported(self, world: World) -> None:
        varied = await riff(world, await searched(world, "winter bees"), "dry bees")
        await world.priya.react(await voting.posted(world), "👍")
        announced = ("**3 entries** are deleted for good", "**1 entry** stays without your name")

        asked = text_of(await privacy(world, world.priya, "delete"))
        told = await forget(world, world.priya)

        assert [said in asked for said in announced] == [True, True], asked
        assert [said in told for said in announced] == [True, True], told
        assert "messages your name is being taken off: 1" in told, "the riff that quotes them"
        assert varied.id in posted(world)

    async def test_a_riff_of_somebody_else_stays_without_name_and_words(self, world: World) -> None:
        varied = await riff(world, await searched(world, "winter bees"), "dry bees")

        await forget(world, world.priya)
        await take_back(world)

        assert f"🎸 <@{world.jonas.id}> riffs on a deleted search" in text_of(varied)
        assert "winter bees" not in text_of(varied)
        assert str(world.priya.id) not in text_of(varied)

    async def test_votes_go_on_counting_for_nobody(self, world: World) -> None:
        message = await voting.posted(world)
        await world.priya.react(message, "👍")
        await world.jonas.react(message, "👍")

        await forget(world, world.priya)

        assert await voting.tally(world) == Tally(2, 0)
        async with world.database.read() as connection:
            voters = set((await connection.execute(select(schema.votes.c.member_id))).scalars())
        assert world.priya.id not in voters
        assert world.jonas.id in voters

    async def test_a_clip_stays_and_its_post_names_nobody(self, world: World) -> None:
        made = only(await world.priya.slash(world.channel, "clip create", episode="cluster", start="1:00"))
        assert f"clipped by <@{world.priya.id}>" in text_of(made)

        await forget(world, world.priya)
        await take_back(world)

        assert "clipped by somebody" in text_of(made)
        assert str(world.priya.id) not in json.dumps(made.components)
        again = await world.jonas.slash(world.channel, "clip random")
        assert "clipped by somebody" in shown(again)

    async def test_what_cannot_be_reached_does_not_hold_up_the_rest(self, world: World) -> None:
        first, second = await searched(world, "winter bees"), await searched(world, "dry bees")
        gone: Any = bot_of(world).get_channel(world.channel.id)
        await gone.get_partial_message(first.id).delete()
        await forget(world, world.priya)

        await take_back(world)

        assert posted(world) == []
        assert second.id not in posted(world)
        assert (await Privacy(world.database).kept(None, world.priya.id)).rows == 0

    async def test_the_thread_on_an_answer_is_called_by_the_question_no_more(self, world: World) -> None:
        await world.priya.send(world.channel, mention(world, "how do bees heat the hive?"))
        thread = await thread_of(world, last_answer(world), world.priya)
        assert thread.name == "how do bees heat the hive?"

        await forget(world, world.priya)
        await take_back(world)

        assert thread.name == NAMELESS
        assert answers_in(world, world.channel) == []

    async def test_an_archived_thread_is_opened_for_as_long_as_it_takes(self, world: World) -> None:
        await world.jonas.send(world.channel, mention(world, "how do bees heat the hive?"))
        thread = await thread_of(world, last_answer(world), world.jonas)
        await world.priya.send(thread, mention(world, "and why do they starve?"))
        answer = answers_in(world, thread)[-1]
        world.env.inject_error("DELETE", f"/channels/{thread.id}/messages/{answer.id}", status=400, code=50083)
        await forget(world, world.priya)

        await take_back(world)

        assert answer.id not in [one.id for one in answers_in(world, thread)]
        changes = [one.json for one in world.env.http_requests if one.path.endswith(f"/channels/{thread.id}")]
        assert [one["archived"] for one in changes if one and "archived" in one] == [False, True]

    async def test_after_a_restart_it_goes_on(self, world: World) -> None:
        await searched(world, "winter bees")
        await forget(world, world.priya)

        await world.restart()
        await take_back(world)

        assert posted(world) == []

    @pytest.mark.parametrize("leads", [True, False])
    async def test_one_that_was_stopped_goes_on_by_itself_in_one_process(
        self, world: World, monkeypatch: pytest.MonkeyPatch, leads: bool
    ) -> None:
        await searched(world, "winter bees")
        bot, clock = bot_of(world), StoppedClock()
        world.database.clock = clock
        async with world.database.write() as connection:
            await erasures.ask(connection, [Erasure(world.guild.id, world.priya.id)], clock.now())
        clock.advance(CLAIM_LASTS + timedelta(seconds=1))
        monkeypatch.setattr(type(bot), "leads", leads)
        cog = bot.get_cog("PrivacyCommands")
        assert isinstance(cog, PrivacyCommands)
        await cog.go_on(clock.now())

        assert await stored_texts(world) == ([] if leads else ["winter bees"])

    async def test_a_blocked_member_can_delete_and_stays_blocked(self, world: World) -> None:
        await searched(world, "winter bees")
        await bot_of(world).blocks.block(world.guild.id, Named(world.priya.id), "", world.jonas.id)

        told = await forget(world, world.priya)

        assert "A block stays, or deleting would undo it." in told
        assert await stored_texts(world) == []
        refused = await world.priya.slash(world.channel, "search", query="wet bees")
        assert "You are blocked" in shown(refused)

    async def test_a_forged_press_forgets_nobody_but_who_presses(self, world: World) -> None:
        message = await searched(world, "winter bees")

        await press_forged(world, world.jonas, message, privacy_ids.forget(everywhere=True))

        assert await stored_texts(world) == ["winter bees"]

    async def test_everywhere_is_all_servers(self, world: World) -> None:
        await searched(world, "winter bees")
        third = world.env.create_guild("Third")
        there, hall = third.add_member(world.priya.user), third.create_text_channel("hall")

        asked = only(await there.slash(hall, "privacy delete", where="everywhere"))
        await there.click(asked, label="Delete for good")

        assert await stored_texts(world) == []


class TestInADirectMessage:
    async def test_it_is_about_all_servers(self, world: World) -> None:
        await searched(world, "winter bees")

        message = only(await world.priya.user.slash("privacy show"))

        assert "What I keep of you in one server" in text_of(message)
        assert "searches you made: 1" in text_of(message)


class TestServersLeft:
    async def left(self, world: World) -> set[int]:
        async with world.database.read() as connection:
            return set((await connection.execute(select(schema.departures.c.guild_id))).scalars())

    async def test_a_removal_is_noted_and_taken_back_when_the_bot_returns(self, world: World) -> None:
        cog: Any = bot_of(world).get_cog("Leaving")
        guild = bot_of(world).get_guild(world.guild.id)

        await cog.on_guild_remove(guild)
        assert await self.left(world) == {world.guild.id}
        await cog.on_guild_join(guild)

        assert await self.left(world) == set()

    async def test_servers_that_were_left_while_the_bot_was_down_are_found_at_the_start(self, world: World) -> None:
        cog: Any = bot_of(world).get_cog("Leaving")
        async with world.database.write() as connection:
            row = {"guild_id": 77, "greeted_at": world.database.clock.now()}
            await connection.execute(schema.greetings.insert().values(row))

        await cog.compare()

        assert await self.left(world) == {77}

    async def test_what_a_server_left_that_removed_the_bot_while_it_was_down_goes_a_month_later(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock = StoppedClock()
        world.database.clock = clock
        await world.lotte.slash(world.cave_channel, "search", query="quiet bats")
        await searched(world, "winter bees")
        async with world.database.write() as connection:
            gone = schema.searches.c.text == "quiet bats"
            await connection.execute(schema.searches.update().where(gone).values(guild_id=77))
        await world.restart()
        assert await self.left(world) == {77}
        cog: Any = bot_of(world).get_cog("Leaving")

        for days, kept in ((29, ["quiet bats", "winter bees"]), (2, ["winter bees"])):
            clock.advance(timedelta(days=days))
            for _ in range(70):
                clock.advance(timedelta(minutes=1))
                await cog.kept.tidy(clock.now())
            assert sorted(await stored_texts(world)) == kept

    async def test_a_bot_that_is_in_none_of_the_servers_deletes_nothing(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        cog: Any = bot_of(world).get_cog("Leaving")
        async with world.database.write() as connection:
            for table in (schema.subscriptions, schema.greetings):
                await connection.execute(table.update().values(guild_id=table.c.guild_id + 1))

        await cog.compare()

        assert await self.left(world) == set()
        assert "is its token another's?" in caplog.text

    async def test_its_data_is_deleted_when_the_days_are_over(self, world: World) -> None:
        await searched(world, "winter bees")
        bot = bot_of(world)
        cog: Any = bot.get_cog("Leaving")
        there = bot.get_guild(world.guild.id)
        await cog.on_guild_remove(there)
        later = world.database.clock.now() + timedelta(days=30, hours=1)

        async def hours() -> None:
            for minute in range(70):
                await cog.kept.tidy(later + timedelta(minutes=minute))

        await hours()
        assert await stored_texts(world) == ["winter bees"], "the bot is in it, whatever was noted"
        bot._connection._remove_guild(there)  # pyright: ignore[reportPrivateUsage, reportArgumentType]
        later += timedelta(hours=2)
        await hours()

        assert await stored_texts(world) == []
        assert await self.left(world) == set()


def test_a_name_goes_whatever_stands_around_it() -> None:
    words = "-# Proposed by <@12> · also wanted by <@123>, <@!12>"

    assert nameless.nameless(words, 12) == "-# Proposed by somebody · also wanted by <@123>, somebody"


def test_a_riff_on_who_is_forgotten_quotes_them_no_more() -> None:
    url = "https://discord.com/channels/1/2/3"
    for origin in (
        rf"<@12>'s [search “a \] (b) “c””]({url})",
        f"<@12>'s [search]({url})",
        "<@12>'s search “why is it slow?”",
    ):
        assert nameless.nameless(f"🎸 <@7> riffs on {origin}", 12) == "🎸 <@7> riffs on a deleted search"

"""The recap through the real bot: previewed by managers, posted as it is, and by itself once a week or a month."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

import discord
import pytest
import pytest_asyncio
import simcord

from companion.cogs import outlets, recap_outlet
from companion.cogs.views.limits import LAYOUT_TEXT
from companion.community.daily import CLAIM_LASTS
from companion.community.recap_prose import RecapWriter
from companion.community.recaps import KIND_OF
from companion.community.spans import Span, told_at
from companion.storage import blocks, highlight_rules, highlight_slots, questions
from companion.storage import channels as stored_channels
from companion.storage.blocks import Block
from companion.storage.channels import Purpose
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule, Recap, Wishes
from companion.storage.highlight_slots import Slot, State
from tests.cogs.answers import REFUSED, asked, press
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import buttons, only, said_in, shown, text_of
from tests.cogs.test_highlights_top import clip_of, vote
from tests.cogs.writing import Written, writing
from tests.language_models import MODEL, Reply

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
HEAT = "how do bees heat the hive in winter?"
PLAIN = "may manage this server"


@pytest_asyncio.fixture
async def written(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Written]:
    async with writing(world, monkeypatch) as found:
        yield found


@pytest.fixture
def channel(world: World) -> simcord.ChannelHandle:
    return world.guild.create_text_channel("highlights")


async def a_week(world: World) -> None:
    """What happens in one: a clip with votes, and a question of two members."""
    await vote(world, await clip_of(world, "The Winter Cluster"), 5, 1)
    for number, member in enumerate((world.priya, world.jonas), 1):
        await asked(world, member_id=member.id, text=HEAT, message_id=700 + number)


async def preview(world: World, mo: simcord.MemberActor, **options: Any) -> simcord.ResponseMessage:
    return only(await mo.slash(world.channel, "recap", **options))


async def rule(world: World, channel_id: int, often: Recap) -> HighlightRule:
    """Highlights every midnight, and a recap so often, from now on."""
    now, wishes = world.database.clock.now(), Wishes(account_days=0, recap=often)
    made = HighlightRule(
        world.guild.id, channel_id, "UTC", 0, EVERY_DAY, Approval.NONE, None, 5, now, wishes=wishes
    )  # fmt: skip
    async with world.database.write() as connection:
        await highlight_rules.put(connection, made)
    return made


def next_told(world: World, made: HighlightRule, span: Span) -> tuple[Any, datetime]:
    """The first date of the week or month that goes on now, and when it is told of."""
    now = world.database.clock.now()
    day = now.date() - timedelta(days=now.weekday()) if span is Span.WEEK else now.date().replace(day=1)
    at = told_at(day, span, made)
    return day, at


async def minute(world: World, now: datetime) -> None:
    """What the schedule does every minute, of recaps."""
    cog: Any = bot_of(world).get_cog("Recap")
    await cog.post_due(now)


async def slot(world: World, span: Span, day: Any) -> Slot | None:
    async with world.database.read() as connection:
        return await highlight_slots.get(connection, world.guild.id, KIND_OF[span], day)


async def test_a_manager_previews_the_week_and_nobody_else_sees_it(world: World) -> None:
    await a_week(world)
    seen = await preview(world, managing(world))

    text = text_of(seen)
    assert seen.ephemeral
    assert "The week here" in text
    assert "🥇 [“" in text
    assert "5 for, 1 against" in text
    assert f"“{HEAT}” · 2 members · [the answer](https://discord.com/channels/{world.guild.id}/" in text
    assert "2 questions by 2 members" in text
    assert "It does not come by itself." in text
    assert "Written by" not in text
    assert str(world.priya.id) not in text


async def test_it_is_posted_as_it_was_previewed_in_the_channel_where_that_was(world: World) -> None:
    mo = managing(world)
    await a_week(world)
    seen = await preview(world, mo)
    before = text_of(seen).split("\n")
    await mo.click(seen, label="Post it here")

    posted = said_in(world.env, world.channel)[-1]
    assert posted.split("\n") == before[: len(posted.split("\n"))]
    assert "A preview" not in posted
    assert "✅ Posted: https://discord.com/channels/" in text_of(seen)
    assert list(buttons(seen)) == []


async def test_everybody_sees_all_clips_of_that_time_at_a_press_after_a_restart(world: World) -> None:
    mo = managing(world)
    await a_week(world)
    await mo.click(await preview(world, mo), label="Post it here")
    await world.restart()
    posted = max(world.channel.history(), key=lambda one: one.id)

    answer = only(await world.jonas.click(posted, label="All clips"))

    assert answer.ephemeral
    assert "Best clips from <t:" in text_of(answer)
    assert "5 for, 1 against" in text_of(answer)


async def test_a_preview_of_an_hour_ago_is_not_posted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    mo = managing(world)
    await a_week(world)
    seen = await preview(world, mo)
    later = world.database.clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(world.database.clock, "now", lambda: later, raising=False)
    before = len(said_in(world.env, world.channel))

    assert "`/recap` makes a new one" in shown(await mo.click(seen, label="Post it here"))
    assert len(said_in(world.env, world.channel)) == before


async def test_a_week_in_which_nothing_happened_is_told_so_and_one_without_a_podcast_how_to_get_one(
    world: World,
) -> None:
    nadia = managing(world, world.nadia.guild, "nora")

    assert "There is nothing to tell of this month" in shown(
        await managing(world).slash(world.channel, "recap", span="month")
    )
    assert "`/setup podcasts add`" in shown(await nadia.slash(world.quiet_channel, "recap"))


async def test_members_can_do_nothing_with_it_by_command_or_forged_press(world: World) -> None:
    await a_week(world)
    given = next(one for one in await bot_of(world).tree.fetch_commands() if one.name == "recap")
    world.guild.set_command_permissions(given, {world.guild.default_role: True})
    made = int(world.database.clock.now().timestamp())
    await rule(world, world.channel.id, Recap.NONE)

    assert PLAIN in shown(await world.priya.slash(world.channel, "recap"))
    for custom_id in (f"recap:post:{made}", f"recap:often:weekly:{made}"):
        assert PLAIN in shown(await press(world, world.priya, custom_id))
        # Nor can a manager post, by such a press, a message that is no preview.
        assert "`/recap` makes a new one" in shown(await press(world, managing(world, name=f"m{made}"), custom_id))
    async with world.database.read() as connection:
        assert (await highlight_rules.wishes_of(connection, world.guild.id)).recap is Recap.NONE


async def test_a_button_of_another_version_is_answered(world: World) -> None:
    assert "don't know this button" in shown(await press(world, managing(world), "recap:post:yesterday"))


async def test_questions_asked_where_not_everybody_reads_of_blocked_members_and_deleted_ones_are_not_told(
    world: World,
) -> None:
    mo = managing(world)
    await a_week(world)
    hidden = discord.PermissionOverwrite(view_channel=False)
    closed = world.guild.create_text_channel("closed", overwrites={world.guild.default_role: hidden})
    blocked = world.guild.add_member(world.env.create_user("troll", global_name="Troll"))
    for member in (world.priya, world.jonas):
        await asked(world, member_id=member.id, text="who leaves?", channel_id=closed.id, message_id=800)
        await asked(world, member_id=member.id, text="is it gone?", channel_id=123, message_id=801)
        deleted = await asked(world, member_id=member.id, text="what did I ask?", message_id=802)
        async with world.database.write() as connection:
            await questions.remove(connection, deleted)
    for member in (world.priya, blocked):
        await asked(world, member_id=member.id, text="who is the troll?", message_id=803)
    async with world.database.write() as connection:
        await blocks.put(connection, Block(world.guild.id, blocked.id, "", mo.id, world.database.clock.now()))

    text = text_of(await preview(world, mo))

    assert HEAT in text
    for secret in ("who leaves?", "is it gone?", "what did I ask?", "who is the troll?"):
        assert secret not in text
    assert "3 questions by 2 members" in text


async def test_what_members_wrote_formats_and_mentions_nothing_and_all_of_it_fits(world: World) -> None:
    mo = managing(world)
    for number in range(8):
        text = f"{number} @everyone <@{world.priya.id}> **[x](https://evil.example)** " + "*_~|`" * 60
        for member in (world.priya, world.jonas):
            await asked(world, REFUSED, member_id=member.id, text=text, message_id=10**18 + number)

    seen = text_of(await preview(world, mo))

    assert len(seen) <= LAYOUT_TEXT
    assert r"\@everyone \<\@" in seen
    assert "](https://evil" not in seen
    assert "[nothing found yet](https://discord.com" in seen


class TestWithAModel:
    async def test_sentences_stand_over_the_lists_that_bear_them_out(self, written: Written) -> None:
        world = written.world
        mo = managing(world)
        await a_week(world)
        written.model.will(Reply("The clip liked best has 5 votes [1]. Everyone loved 17 clips [1]. @everyone hi [1]."))

        text = text_of(await preview(world, mo))

        assert "The clip liked best has 5 votes.\n-# 🤖 Written by " + MODEL in text
        assert text.index("5 votes.") < text.index("**🏆 Liked best**")
        assert "17 clips" not in text
        assert "everyone hi" not in text
        assert HEAT in written.model.prompts[-1]

    async def test_where_it_fails_or_nothing_of_it_is_borne_out_the_lists_stand_alone(self, written: Written) -> None:
        world = written.world
        mo = managing(world)
        await a_week(world)
        for reply in (Reply.refusal(500), Reply("Bees won 99 prizes [1]."), Reply("NO ANSWER")):
            written.model.will(reply)
            seen = await preview(world, mo)
            assert "Written by" not in text_of(seen)
            assert "being written" not in text_of(seen)
            assert "**🏆 Liked best**" in text_of(seen)
            assert "Post it here" in buttons(seen)


class TestByItself:
    async def test_a_manager_lets_it_come_every_week_and_no_longer(
        self, world: World, channel: simcord.ChannelHandle
    ) -> None:
        mo = managing(world)
        await a_week(world)
        made = await rule(world, channel.id, Recap.NONE)
        seen = await preview(world, mo)
        await mo.click(seen, label="By itself every week")

        assert "✅ From now on it comes by itself every week, at 0:00 (UTC)." in text_of(seen)
        assert f"on Mondays, of the week before, to <#{channel.id}>" in text_of(seen)
        assert "5 for, 1 against" in text_of(seen)
        async with world.database.read() as connection:
            assert (await highlight_rules.wishes_of(connection, world.guild.id)).recap is Recap.WEEKLY
        # What ended before nobody wished for.
        await minute(world, world.database.clock.now())
        assert said_in(world.env, channel) == []
        first, at = next_told(world, made, Span.WEEK)
        await minute(world, at)
        (said,) = said_in(world.env, channel)
        assert "The week here" in said
        assert "late" not in said

        await mo.click(seen, label="No longer every week")
        assert "no longer, from now on" in text_of(seen)
        await minute(world, at + 7 * DAY)
        assert len(said_in(world.env, channel)) == 1
        assert await slot(world, Span.WEEK, first + 7 * DAY) is None

    async def test_without_highlights_a_manager_is_told_to_set_them_up_first(self, world: World) -> None:
        mo = managing(world)
        await a_week(world)
        seen = await preview(world, mo)

        assert "`/highlights setup`" in shown(await mo.click(seen, label="By itself every month"))

    @pytest.mark.parametrize("span", list(Span))
    async def test_it_comes_once_over_restarts_and_tells_of_the_time_since_the_last(
        self, world: World, channel: simcord.ChannelHandle, span: Span
    ) -> None:
        await a_week(world)
        made = await rule(world, channel.id, Recap.WEEKLY if span is Span.WEEK else Recap.MONTHLY)
        first, at = next_told(world, made, span)
        await minute(world, at - MINUTE)
        await minute(world, at)
        await minute(world, at + MINUTE)
        await world.restart()
        await minute(world, at + 2 * CLAIM_LASTS)

        told = [one for one in said_in(world.env, channel) if f"The {span} here" in one]
        assert len(told) == 1
        assert f"to <t:{int(at.timestamp()) - 1}:D>" in told[0]
        known = await slot(world, span, first)
        assert known is not None
        assert (known.state, known.clip_id) == (State.POSTED, None)

    async def test_after_downtime_it_comes_late_and_says_so(self, world: World, channel: simcord.ChannelHandle) -> None:
        await a_week(world)
        _, at = next_told(world, await rule(world, channel.id, Recap.WEEKLY), Span.WEEK)
        await minute(world, at + 2 * DAY)

        assert f"It is late: it was meant for <t:{int(at.timestamp())}:F>" in said_in(world.env, channel)[-1]

    async def test_a_week_without_anything_in_it_has_none(self, world: World, channel: simcord.ChannelHandle) -> None:
        first, at = next_told(world, await rule(world, channel.id, Recap.WEEKLY), Span.WEEK)
        await minute(world, at)

        assert said_in(world.env, channel) == []
        known = await slot(world, Span.WEEK, first)
        assert known is not None
        assert (known.state, known.reason) == (State.SKIPPED, "There was nothing to tell of.")

    async def test_one_that_was_sent_before_a_crash_is_found_and_not_sent_again(
        self, world: World, channel: simcord.ChannelHandle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # The simulation dates messages by a clock of its own, which is behind.
        monkeypatch.setattr(outlets, "CLOCKS", timedelta(days=1000))
        await a_week(world)
        first, at = next_told(world, await rule(world, channel.id, Recap.WEEKLY), Span.WEEK)
        send = recap_outlet.RecapOutlet.send_message

        async def crash(*args: Any) -> int:
            await send(*args)
            raise asyncio.CancelledError

        with monkeypatch.context() as crashing:
            crashing.setattr(recap_outlet.RecapOutlet, "send_message", crash)
            with pytest.raises(asyncio.CancelledError):
                await minute(world, at)
        await minute(world, at + MINUTE)
        await minute(world, at + 2 * CLAIM_LASTS)

        (message,) = channel.history()
        known = await slot(world, Span.WEEK, first)
        assert known is not None
        assert (known.state, known.message_id) == (State.POSTED, message.id)

    async def test_a_deleted_channel_pauses_it_and_managers_are_told(self, world: World) -> None:
        moderators = world.guild.create_text_channel("moderators")
        await a_week(world)
        _, at = next_told(world, await rule(world, 4242, Recap.WEEKLY), Span.WEEK)
        async with world.database.write() as connection:
            await stored_channels.choose(connection, world.guild.id, Purpose.NOTICES, moderators.id, 5, at)
        await minute(world, at)
        await minute(world, at + MINUTE)

        (said,) = said_in(world.env, moderators)
        assert "paused, because its channel (<#4242>) was deleted" in said

    async def test_servers_for_which_a_minute_has_no_time_left_get_theirs_in_the_next(
        self, world: World, channel: simcord.ChannelHandle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await a_week(world)
        _, at = next_told(world, await rule(world, channel.id, Recap.WEEKLY), Span.WEEK)
        with monkeypatch.context() as slow:
            slow.setattr("companion.community.recap_posts.A_TICK", -1.0)
            await minute(world, at)
        assert said_in(world.env, channel) == []
        await minute(world, at + MINUTE)
        assert len(said_in(world.env, channel)) == 1

    async def test_where_a_model_writes_it_writes_this_one_too(
        self, written: Written, channel: simcord.ChannelHandle
    ) -> None:
        world = written.world
        await a_week(world)
        written.model.will(Reply("The clip liked best has 5 votes [1]."))
        bot = bot_of(world)
        # The simulation waits for nothing that a duty does.
        bot.recap_writer = RecapWriter(bot.budgets, written.clients[-1])
        _, at = next_told(world, await rule(world, channel.id, Recap.WEEKLY), Span.WEEK)
        await minute(world, at)

        assert "The clip liked best has 5 votes." in said_in(world.env, channel)[-1]

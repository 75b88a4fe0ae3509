"""The daily highlight through the real bot: set up, posted once, asked about before, paused where it cannot be."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import discord
import pytest
import simcord

from companion.cogs import outlets, slot_outlet
from companion.community.daily import ASKED_BEFORE, CLAIM_LASTS
from companion.storage import ballots, channels, highlight_rules, highlight_slots, subscriptions
from companion.storage.channels import Purpose
from companion.storage.highlight_rules import Approval, HighlightRule
from companion.storage.highlight_slots import DAILY, Slot, State
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import buttons, said_in, shown

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
PLAIN = "may manage this server"


@pytest.fixture
def channel(world: World) -> simcord.ChannelHandle:
    return world.guild.create_text_channel("highlights")


@pytest.fixture
def moderators(world: World) -> simcord.ChannelHandle:
    return world.guild.create_text_channel("moderators")


@pytest.fixture(autouse=True)
def _low_bar(world: World) -> None:  # pyright: ignore[reportUnusedFunction]
    """The invented podcast is a small one."""
    lower_the_bar(world)


def lower_the_bar(world: World) -> None:
    """Lets anything be good enough, for the bot that runs."""
    picker: Any = bot_of(world).picker
    picker._rules = replace(picker._rules, bar=-100.0)


def at_once(world: World) -> datetime:
    """The full minute that comes next."""
    return world.database.clock.now().replace(second=0, microsecond=0) + MINUTE


async def rule(
    world: World, channel_id: int, at: datetime, approval: Approval = Approval.NONE, asked_in: int | None = None
) -> HighlightRule:
    """Posts every day at that time of the day in UTC."""
    made = HighlightRule(
        world.guild.id, channel_id, "UTC", at.hour * 60 + at.minute, 127, approval, asked_in, 5, at - DAY / 2
    )
    async with world.database.write() as connection:
        await highlight_rules.put(connection, made)
    return made


async def minute(world: World, now: datetime) -> None:
    """What the schedule does every minute, of highlights."""
    cog: Any = bot_of(world).get_cog("Highlights")
    await cog.post_due(now)


async def slot(world: World, day: datetime) -> Slot | None:
    async with world.database.read() as connection:
        return await highlight_slots.get(connection, world.guild.id, DAILY, day.date())


async def test_a_manager_sets_it_up_and_reads_when_the_next_one_comes(
    world: World, channel: simcord.ChannelHandle
) -> None:
    mo = managing(world)
    answer = await mo.slash(
        world.channel, "highlights setup", channel=channel, time="9am", zone="europe/berlin", days="Mon-Fri"
    )
    said = shown(answer)
    assert f"<#{channel.id}>, Monday to Friday at 9:00 (Europe/Berlin)" in said
    assert "The next one comes <t:" in said
    assert answer.response is not None
    assert answer.response.ephemeral
    async with world.database.read() as connection:
        kept = await highlight_rules.get(connection, world.guild.id)
    assert kept is not None
    assert (kept.zone, kept.minute, kept.days, kept.approval) == ("Europe/Berlin", 540, 0b11111, Approval.NONE)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"time": "9"}, "not a time of day"),
        ({"zone": "Berlin or so"}, "no time zone that I know"),
        ({"days": "Caturday"}, "not days of the week"),
        ({"approval": "skip"}, "Where shall I ask managers?"),
    ],
)
async def test_what_cannot_be_understood_is_refused_with_what_to_write(
    world: World, channel: simcord.ChannelHandle, options: dict[str, str], told: str
) -> None:
    given: dict[str, Any] = {"channel": channel, "time": "9:00", "zone": "UTC", **options}
    assert told in shown(await managing(world).slash(world.channel, "highlights setup", **given))


async def test_a_channel_that_it_cannot_post_to_is_refused_with_what_is_missing(world: World) -> None:
    mute = discord.PermissionOverwrite(add_reactions=False)
    closed = world.guild.create_text_channel("closed", overwrites={world.guild.default_role: mute})
    answer = await managing(world).slash(world.channel, "highlights setup", channel=closed, time="9:00", zone="UTC")
    assert "I still need Add Reactions" in shown(answer)


async def test_a_server_without_a_podcast_is_told_to_add_one_first(world: World) -> None:
    mo = managing(world)
    async with world.database.write() as connection:
        await subscriptions.unsubscribe(connection, world.guild.id, world.bees.id)
    answer = await mo.slash(world.channel, "highlights setup", channel=world.channel, time="9:00", zone="UTC")
    assert "/setup podcasts add" in shown(answer)


@pytest.mark.parametrize("command", ["pause", "resume", "preview", "now", "skip", "setup"])
async def test_a_plain_member_may_decide_nothing(world: World, command: str) -> None:
    at = at_once(world)
    before = await rule(world, world.channel.id, at)
    options = {"channel": world.channel, "time": "9:00", "zone": "UTC"} if command == "setup" else {}
    answer = await world.priya.slash(world.channel, f"highlights {command}", **options)
    assert PLAIN in shown(answer)
    async with world.database.read() as connection:
        assert await highlight_rules.get(connection, world.guild.id) == before
    assert await slot(world, at) is None


@pytest.mark.parametrize("command", ["pause", "resume", "preview", "now", "skip", "schedule"])
async def test_without_a_rule_each_says_how_to_set_one(world: World, command: str) -> None:
    answer = await managing(world).slash(world.channel, f"highlights {command}")
    assert "`/highlights setup`" in shown(answer)


async def test_it_is_posted_once_with_a_vote_and_a_reason(world: World, channel: simcord.ChannelHandle) -> None:
    at = at_once(world)
    await rule(world, channel.id, at)
    await minute(world, at - MINUTE)
    assert said_in(world.env, channel) == []
    await minute(world, at)
    await minute(world, at + MINUTE)
    await world.restart()
    lower_the_bar(world)
    await minute(world, at + CLAIM_LASTS * 2)

    (said,) = said_in(world.env, channel)
    assert "Highlight of the day" in said
    assert "It is late" not in said
    known = await slot(world, at)
    assert known is not None
    assert known.state is State.POSTED
    (message,) = channel.history()
    assert known.message_id == message.id
    async with world.database.read() as connection:
        assert list(await ballots.open_among(connection, [message.id])) == [message.id]

    told = shown(await world.priya.slash(world.channel, "highlights why"))
    assert f"/{channel.id}/{message.id}" in told
    assert "Signal by signal" in told
    listed = shown(await world.priya.slash(world.channel, "highlights schedule"))
    assert f"/{channel.id}/{message.id}" in listed
    assert "The next one comes <t:" in listed


async def test_after_downtime_it_comes_late_and_says_so(world: World, channel: simcord.ChannelHandle) -> None:
    at = at_once(world)
    await rule(world, channel.id, at)
    await minute(world, at + timedelta(hours=3))
    (said,) = said_in(world.env, channel)
    assert f"It is late: it was meant for <t:{int(at.timestamp())}:F>" in said


async def test_one_that_was_sent_before_a_crash_is_found_and_not_sent_again(
    world: World, channel: simcord.ChannelHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The simulation dates messages by a clock of its own, which is behind.
    monkeypatch.setattr(outlets, "CLOCKS", timedelta(days=1000))
    at = at_once(world)
    await rule(world, channel.id, at)
    post = slot_outlet.post_clip

    async def crash(*args: Any, **options: Any) -> discord.Message:
        await post(*args, **options)
        raise asyncio.CancelledError

    with monkeypatch.context() as crashing:
        crashing.setattr(slot_outlet, "post_clip", crash)
        with pytest.raises(asyncio.CancelledError):
            await minute(world, at)
    await minute(world, at + MINUTE)
    await minute(world, at + CLAIM_LASTS * 2)

    (message,) = channel.history()
    known = await slot(world, at)
    assert known is not None
    assert (known.state, known.message_id) == (State.POSTED, message.id)


async def test_one_whose_sender_crashed_before_is_sent_after_all(
    world: World, channel: simcord.ChannelHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = at_once(world)
    await rule(world, channel.id, at)

    async def crash(*_: Any, **__: Any) -> discord.Message:
        raise asyncio.CancelledError

    with monkeypatch.context() as crashing:
        crashing.setattr(slot_outlet, "post_clip", crash)
        with pytest.raises(asyncio.CancelledError):
            await minute(world, at)
    await minute(world, at + CLAIM_LASTS * 2)
    assert len(said_in(world.env, channel)) == 1


async def test_a_deleted_channel_pauses_it_and_managers_are_told_once(
    world: World, channel: simcord.ChannelHandle, moderators: simcord.ChannelHandle
) -> None:
    at = at_once(world)
    await rule(world, 4242, at)
    async with world.database.write() as connection:
        await channels.choose(connection, world.guild.id, Purpose.NOTICES, moderators.id, 5, at)
    await minute(world, at)
    await minute(world, at + MINUTE)
    (said,) = said_in(world.env, moderators)
    assert "paused, because its channel (<#4242>) was deleted" in said
    assert "because its channel" in shown(await world.priya.slash(world.channel, "highlights schedule"))

    mo = managing(world)
    await rule(world, channel.id, at)
    assert "not paused" in shown(await mo.slash(world.channel, "highlights resume"))


async def test_a_channel_that_forbids_it_pauses_it(world: World, channel: simcord.ChannelHandle) -> None:
    at = at_once(world)
    await rule(world, channel.id, at)
    world.env.inject_error("POST", f"/channels/{channel.id}/messages", status=403)
    await minute(world, at)
    async with world.database.read() as connection:
        paused = await highlight_rules.get(connection, world.guild.id)
    assert paused is not None
    assert "Discord refuses my message" in (paused.pause_reason or "")
    assert await slot(world, at) is None


async def test_a_server_that_the_bot_is_not_in_is_left_alone(world: World) -> None:
    at = at_once(world)
    async with world.database.write() as connection:
        gone = HighlightRule(777, 778, "UTC", at.hour * 60 + at.minute, 127, Approval.NONE, None, 5, at - DAY / 2)
        await highlight_rules.put(connection, gone)
    await minute(world, at)
    async with world.database.read() as connection:
        assert await highlight_rules.get(connection, 777) == gone
        assert await highlight_slots.of_servers(connection, [777], at.date() - DAY) == []


async def test_pausing_and_resuming_are_confirmed(world: World, channel: simcord.ChannelHandle) -> None:
    at, mo = at_once(world), managing(world)
    await rule(world, channel.id, at)
    assert "No highlight is posted from now on" in shown(await mo.slash(world.channel, "highlights pause"))
    assert "paused already" in shown(await mo.slash(world.channel, "highlights pause"))
    await minute(world, at)
    assert said_in(world.env, channel) == []
    assert "Highlights come again" in shown(await mo.slash(world.channel, "highlights resume"))


async def test_the_next_can_be_skipped(world: World, channel: simcord.ChannelHandle) -> None:
    at, mo = at_once(world), managing(world)
    await rule(world, channel.id, at)
    said = shown(await mo.slash(world.channel, "highlights skip"))
    assert f"The highlight of <t:{int(at.timestamp())}:F> is skipped" in said
    assert f"<t:{int((at + DAY).timestamp())}:F>" in said
    await minute(world, at)
    assert said_in(world.env, channel) == []


async def test_to_skip_twice_skips_one_and_it_can_be_brought_back(world: World, channel: simcord.ChannelHandle) -> None:
    at, mo = at_once(world), managing(world)
    await rule(world, channel.id, at)
    first = await mo.slash(world.channel, "highlights skip")
    again = await mo.slash(world.channel, "highlights skip")
    assert f"The highlight of <t:{int(at.timestamp())}:F> is skipped already" in shown(again)
    assert f"The next one comes <t:{int((at + DAY).timestamp())}:F>" in shown(again)
    assert first.response is not None
    assert again.response is not None
    back = await mo.click(again.response, label="Undo")
    assert "is not skipped any more" in shown(back)
    assert f"The next one comes <t:{int(at.timestamp())}:F>" in shown(back)
    await minute(world, at)
    assert len(said_in(world.env, channel)) == 1
    assert "cannot be undone any more" in shown(await mo.click(first.response, label="Undo"))


@pytest.mark.parametrize("way", ["command", "button"])
async def test_managers_are_asked_anew_about_what_is_brought_back(
    world: World, channel: simcord.ChannelHandle, moderators: simcord.ChannelHandle, way: str
) -> None:
    mo = managing(world)
    at = await asked(world, channel, moderators)
    if way == "button":
        await mo.click(moderators.history()[0], label="Skip")
    answer = await mo.slash(world.channel, "highlights skip")
    assert (" skipped already" in shown(answer)) is (way == "button")
    await minute(world, at - ASKED_BEFORE + 2 * MINUTE)  # the offer of what was skipped falls
    assert answer.response is not None
    await mo.click(answer.response, label="Undo")
    await minute(world, at - ASKED_BEFORE + 3 * MINUTE)
    *_, said = said_in(world.env, moderators)
    assert "nothing is posted that day" in said
    await mo.click(moderators.history()[-1], label="Post")
    await minute(world, at)
    assert len(said_in(world.env, channel)) == 1


async def test_a_preview_shows_to_the_manager_alone_what_is_then_posted(
    world: World, channel: simcord.ChannelHandle
) -> None:
    at, mo = at_once(world), managing(world)
    await rule(world, channel.id, at)
    answer = await mo.slash(world.channel, "highlights preview")
    assert answer.response is not None
    assert answer.response.ephemeral
    assert "Why this one:" in shown(answer)
    assert said_in(world.env, channel) == []
    await minute(world, at)
    (said,) = said_in(world.env, channel)
    title = next(line for line in said.splitlines() if line.startswith("**“"))
    assert title in shown(answer)


async def test_it_can_be_posted_at_once_and_then_not_again_that_day(
    world: World, channel: simcord.ChannelHandle
) -> None:
    at, mo = at_once(world), managing(world)
    if at.date() != world.database.clock.now().date():
        pytest.skip("the minute before midnight")
    await rule(world, channel.id, at)
    assert f"/{channel.id}/" in shown(await mo.slash(world.channel, "highlights now"))
    again = shown(await mo.slash(world.channel, "highlights now"))
    assert f"[posted already](https://discord.com/channels/{world.guild.id}/{channel.id}/" in again
    await minute(world, at)
    assert len(said_in(world.env, channel)) == 1


async def asked(world: World, channel: simcord.ChannelHandle, moderators: simcord.ChannelHandle) -> datetime:
    """Managers are asked about the highlight that comes then."""
    at = at_once(world) + ASKED_BEFORE
    await rule(world, channel.id, at, Approval.SKIP, moderators.id)
    await minute(world, at - ASKED_BEFORE)
    await minute(world, at - ASKED_BEFORE + MINUTE)
    (said,) = said_in(world.env, moderators)
    assert f"The highlight for <t:{int(at.timestamp())}:F>?" in said
    assert "nothing is posted that day" in said
    return at


async def test_a_manager_lets_it_be_posted_also_after_a_restart(
    world: World, channel: simcord.ChannelHandle, moderators: simcord.ChannelHandle
) -> None:
    mo = managing(world)
    at = await asked(world, channel, moderators)
    await world.restart()
    lower_the_bar(world)
    (message,) = moderators.history()
    await mo.click(message, label="Post")
    (said,) = said_in(world.env, moderators)
    assert f"✅ <@{mo.id}> lets it be posted" in said
    assert said_in(world.env, channel) == []
    await minute(world, at)
    assert len(said_in(world.env, channel)) == 1
    await minute(world, at + MINUTE)
    (said,) = said_in(world.env, moderators)
    assert "✅ [It was posted](https://discord.com/channels/" in said
    assert labels_in(world, moderators) == {"Save"}


async def test_another_is_offered_in_its_place_and_the_last_one_counts(
    world: World, channel: simcord.ChannelHandle, moderators: simcord.ChannelHandle
) -> None:
    mo = managing(world)
    at = await asked(world, channel, moderators)
    (before,) = said_in(world.env, moderators)
    (message,) = moderators.history()
    await mo.click(message, label="Another")
    (after,) = said_in(world.env, moderators)

    def title(said: str) -> str:
        return next(line for line in said.splitlines() if line.startswith("**“"))

    assert title(after) != title(before)
    (message,) = moderators.history()
    await mo.click(message, label="Post")
    await minute(world, at)
    (said,) = said_in(world.env, channel)
    assert title(said) == title(after)


async def test_a_manager_skips_it(
    world: World, channel: simcord.ChannelHandle, moderators: simcord.ChannelHandle
) -> None:
    mo = managing(world)
    at = await asked(world, channel, moderators)
    (message,) = moderators.history()
    await mo.click(message, label="Skip")
    (said,) = said_in(world.env, moderators)
    assert f"⏭️ <@{mo.id}> skipped it" in said
    await minute(world, at)
    assert said_in(world.env, channel) == []


async def test_silence_skips_it_and_a_press_that_comes_too_late_is_told_so(
    world: World, channel: simcord.ChannelHandle, moderators: simcord.ChannelHandle
) -> None:
    mo = managing(world)
    at = await asked(world, channel, moderators)
    await minute(world, at)
    assert said_in(world.env, channel) == []
    (message,) = moderators.history()
    assert "decided already" in shown(await mo.click(message, label="Post"))
    await minute(world, at + MINUTE)
    (said,) = said_in(world.env, moderators)
    assert "⏭️ Nothing was posted that day. No manager approved it." in said
    assert labels_in(world, moderators) == {"Save"}
    before = len(world.env.http_requests)
    await minute(world, at + 2 * MINUTE)
    assert len(world.env.http_requests) == before


async def test_an_offer_whose_message_is_gone_is_not_looked_for_again(
    world: World, channel: simcord.ChannelHandle, moderators: simcord.ChannelHandle
) -> None:
    at = await asked(world, channel, moderators)
    (message,) = moderators.history()
    place: Any = bot_of(world).get_channel(moderators.id)
    await place.get_partial_message(message.id).delete()
    for minutes in range(3):
        await minute(world, at + minutes * MINUTE)
    before = len(world.env.http_requests)
    await minute(world, at + 3 * MINUTE)
    assert len(world.env.http_requests) == before


def labels_in(world: World, channel: simcord.ChannelHandle) -> set[str]:
    """What is on the buttons of the one message of a channel."""
    (message,) = channel.history()
    stored: Any = world.env.backend.get_message(channel.id, message.id)
    return set(buttons(stored))


async def test_a_plain_member_decides_nothing_about_an_offer(
    world: World, channel: simcord.ChannelHandle, moderators: simcord.ChannelHandle
) -> None:
    await asked(world, channel, moderators)
    (message,) = moderators.history()
    for label in ("Post", "Another", "Skip"):
        assert PLAIN in shown(await world.jonas.click(message, label=label))


async def test_zones_are_suggested_by_city_with_the_time_there(world: World) -> None:
    offered = await managing(world).autocomplete(world.channel, "highlights setup", "zone", "berl")
    assert "Europe/Berlin" in [choice["value"] for choice in offered]

"""Reminders, threads, links and warnings of sessions through the real bot: once, however often it is stopped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import simcord

from companion.cogs import outlets
from companion.cogs.outlets import Outlets
from companion.community.clubs import Clubs
from companion.community.outbox import CLAIM_LASTS
from companion.community.session_notices import SessionNotices
from companion.storage import outbox, rsvps
from companion.storage.outbox import Kind, State
from companion.storage.sessions import Session
from tests.cogs.conftest import World
from tests.cogs.followers import close_direct_messages, direct
from tests.cogs.messages import said_in, shown
from tests.cogs.sessions import DAY, HOUR, START, at, club, current, minute, press
from tests.cogs.test_clubs import propose

COMING_UP = "### ⏰ Coming up: **Friday Papers**"
BEGINS = "### ▶️ It begins: **Friday Papers**"


class Killed(BaseException):
    """The process ends here."""


async def killed(world: World, monkeypatch: pytest.MonkeyPatch, owner: type, name: str, instead: object) -> None:
    """A minute in which the bot is killed by what stands in place of a method."""
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, instead)
        with pytest.raises(Killed):
            await minute(world)


def reminders(world: World) -> list[str]:
    """The reminders in the club's channel."""
    return [one for one in said_in(world.env, world.channel) if one.startswith((COMING_UP, BEGINS))]


def pings(world: World, channel: simcord.ChannelHandle) -> list[list[int]]:
    """Whom the messages of a channel ping, those that ping anybody, the oldest first."""
    found = [world.env.backend.get_message(channel.id, one.id) for one in channel.history()]
    return [one.ping_user_ids for one in sorted(found, key=lambda one: one.id) if one.ping_user_ids]


async def with_two(world: World, **options: Any) -> Session:
    """A club to whose next session Priya and Jonas come; Jonas is reminded directly."""
    session = await club(world, **options)
    await minute(world)
    await press(world, world.priya, "Going")
    await press(world, world.jonas, "Going")
    await press(world, world.jonas, "Remind me by DM")
    return session


class TestReminders:
    async def test_a_day_an_hour_and_at_the_start_naming_those_who_go(self, world: World) -> None:
        await with_two(world)
        for when, heading in ((START - DAY, COMING_UP), (START - HOUR, COMING_UP), (START, BEGINS)):
            before = len(reminders(world))
            await at(world, when - timedelta(seconds=1))
            await minute(world)
            assert len(reminders(world)) == before
            await at(world, when)
            for _again in range(3):
                await minute(world)
            assert len(reminders(world)) == before + 1
            said = reminders(world)[-1]
            assert said.startswith(heading)
            assert f"<@{world.priya.id}>" in said.splitlines()[-1]
        assert "➡️ **Join: https://meet.example/room" in reminders(world)[-1]
        assert pings(world, world.channel) == [[world.priya.id]] * 3

    async def test_who_asked_is_reminded_directly_and_not_named_in_the_channel(self, world: World) -> None:
        await with_two(world)
        await at(world, START - DAY)
        await minute(world)
        await minute(world)
        (said,) = direct(world, world.jonas)
        assert said.startswith("⏰ Coming up: **Friday Papers** in **Bees**")
        assert "**<t:1774004400:F>**" in said
        assert direct(world, world.priya) == []
        assert f"<@{world.jonas.id}>" not in reminders(world)[-1]

    async def test_a_direct_message_has_buttons_that_work_for_its_member(self, world: World) -> None:
        session = await with_two(world)
        await at(world, START - DAY)
        await minute(world)
        (message,) = world.jonas.user.dm_channel.history()
        assert "reminded" not in shown(await world.jonas.user.click(message, label="No more messages"))
        assert "You don't come" in shown(await world.jonas.user.click(message, label="I can't come"))
        await at(world, START - HOUR)
        await minute(world)
        assert len(direct(world, world.jonas)) == 1
        assert (await current(world, session)).message_id is not None

    async def test_where_direct_messages_are_closed_it_is_told_in_the_thread(self, world: World) -> None:
        session = await club(world)
        await minute(world)
        await press(world, world.priya, "Remind me by DM")
        await at(world, START - DAY * 3)
        await minute(world)
        close_direct_messages(world)
        await at(world, START - DAY)
        await minute(world)
        await minute(world)
        (thread,) = world.channel.threads
        assert thread.id == (await current(world, session)).thread_id
        _, said = said_in(world.env, thread)
        assert said.startswith(f"<@{world.priya.id}> ⏰ Coming up")
        assert "yours are closed to me: so I tell you here" in said
        assert pings(world, thread) == [[world.priya.id]]
        assert direct(world) == []

    async def test_without_a_thread_it_is_told_in_the_channel(self, world: World) -> None:
        await club(world, paper=None)
        await minute(world)
        await press(world, world.priya, "Remind me by DM")
        close_direct_messages(world)
        await at(world, START - DAY)
        await minute(world)
        assert world.channel.threads == []
        assert "yours are closed to me" in said_in(world.env, world.channel)[-1]

    async def test_what_was_missed_is_late_and_of_several_the_newest_alone(self, world: World) -> None:
        await with_two(world)
        await at(world, START - timedelta(minutes=20))
        await minute(world)
        (said,) = reminders(world)
        assert said.startswith(COMING_UP)
        await at(world, START + timedelta(minutes=29))
        await minute(world)
        assert len(reminders(world)) == 2

    async def test_half_an_hour_after_the_start_nobody_is_told_that_it_begins(self, world: World) -> None:
        await with_two(world)
        await at(world, START + timedelta(minutes=30))
        await minute(world)
        assert reminders(world) == []

    async def test_after_a_move_those_for_the_old_time_are_gone(self, world: World) -> None:
        session = await with_two(world)
        await Clubs(world.database).move(world.guild.id, session.id, START + DAY)
        await at(world, START - DAY)
        await minute(world)
        assert reminders(world) == []
        await at(world, START)
        await minute(world)
        assert "**<t:1774090800:F>**" in reminders(world)[-1]

    async def test_a_session_that_was_skipped_reminds_nobody(self, world: World) -> None:
        session = await with_two(world)
        await Clubs(world.database).skip(world.guild.id, session.id)
        await at(world, START - DAY)
        await minute(world)
        assert reminders(world) == []
        assert direct(world, world.jonas) == []


class TestStopped:
    """The bot is killed about the sending of a reminder, and another one runs on the same database."""

    @pytest.fixture(autouse=True)
    def _behind(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The simulation dates messages by a clock of its own, which is behind."""
        monkeypatch.setattr(outlets, "CLOCKS", timedelta(days=1000))

    @pytest.mark.parametrize("sent", [False, True], ids=["before", "during"])
    async def test_it_comes_once(self, world: World, monkeypatch: pytest.MonkeyPatch, sent: bool) -> None:
        await with_two(world, paper=None)
        await at(world, START - DAY)
        real: Callable[..., Awaitable[int]] = Outlets.send

        async def send(*args: Any, **options: Any) -> int:
            if sent:
                await real(*args, **options)
            raise Killed

        await killed(world, monkeypatch, Outlets, "send", send)
        await world.restart()
        await minute(world)
        assert len(reminders(world)) == int(sent)
        await at(world, START - DAY + CLAIM_LASTS + timedelta(minutes=1))
        await minute(world)
        await minute(world)
        assert len(reminders(world)) == 1
        assert len(direct(world, world.jonas)) == 1

    async def test_killed_before_it_was_noted_it_is_found(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        await with_two(world, paper=None)
        await at(world, START - DAY)

        async def settle(*_: object) -> bool:
            raise Killed

        await killed(world, monkeypatch, SessionNotices, "sent", settle)
        await world.restart()
        await at(world, START - DAY + CLAIM_LASTS + timedelta(minutes=1))
        await minute(world)
        assert len(reminders(world)) == 1
        async with world.database.read() as connection:
            assert not await outbox.unsettled(connection, world.database.clock.now())

    async def test_killed_after_it_was_noted_nothing_comes_again(self, world: World) -> None:
        await with_two(world, paper=None)
        await at(world, START - DAY)
        await minute(world)
        await world.restart()
        await at(world, START - DAY + CLAIM_LASTS * 2)
        await minute(world)
        assert len(reminders(world)) == 1
        assert len(direct(world, world.jonas)) == 1

    async def test_killed_until_it_is_stale_it_is_dropped(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        session = await with_two(world, paper=None)
        await at(world, START - DAY)

        async def send(*_: object, **__: object) -> int:
            raise Killed

        await killed(world, monkeypatch, Outlets, "send", send)
        await at(world, START - HOUR)
        await minute(world)
        assert len(reminders(world)) == 1
        async with world.database.read() as connection:
            first = await outbox.by_key(connection, f"{Kind.REMINDER.value}:{session.id}:{int(START.timestamp())}:1440")
        assert first is not None
        assert first.state is State.DROPPED

    async def test_a_post_whose_sender_was_killed_is_the_session_s_post(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        session = await club(world)

        async def settle(*_: object) -> bool:
            raise Killed

        await killed(world, monkeypatch, SessionNotices, "sent", settle)
        await at(world, world.database.clock.now() + CLAIM_LASTS + timedelta(minutes=1))
        await minute(world)
        (message,) = world.channel.history()
        assert (await current(world, session)).message_id == message.id


class TestThreads:
    async def test_three_days_before_with_a_way_to_ask_who_presents(self, world: World) -> None:
        session = await club(world)
        await minute(world)
        assert world.channel.threads == []
        await at(world, START - DAY * 3)
        await minute(world)
        await minute(world)
        (thread,) = world.channel.threads
        assert thread.name == "2026-03-20 · Moss"
        assert thread.id == (await current(world, session)).thread_id
        (said,) = said_in(world.env, thread)
        assert f"What would you ask <@{world.priya.id}>?" in said
        form = await press(world, world.jonas, "Ask a question", thread)
        assert form.modal is not None
        label: Any = form.modal["components"][0]
        asked = await world.jonas.submit_modal(form, {label["component"]["custom_id"]: "Why moss?"})
        assert "Why moss?" in shown(asked)

    async def test_a_session_without_a_paper_gets_its_thread_with_its_paper(self, world: World) -> None:
        session = await club(world, paper=None)
        await at(world, START - DAY * 2)
        await minute(world)
        assert world.channel.threads == []
        await Clubs(world.database).schedule(world.guild.id, session.id, await propose(world, "Lichen"))
        await minute(world)
        (thread,) = world.channel.threads
        assert "What would you ask whoever presents it?" in said_in(world.env, thread)[0]

    async def test_at_the_start_the_link_is_there_once(self, world: World) -> None:
        await club(world)
        await at(world, START - DAY * 3)
        await minute(world)
        await minute(world)
        await at(world, START)
        await minute(world)
        await minute(world)
        (thread,) = world.channel.threads
        _, said = said_in(world.env, thread)
        assert said.startswith(BEGINS)
        assert "➡️ **Join: https://meet.example/room" in said

    async def test_where_the_post_was_deleted_there_is_none_and_reminders_come_all_the_same(self, world: World) -> None:
        session = await club(world)
        await minute(world)
        world.env.backend.delete_message(world.channel.id, (await current(world, session)).message_id or 0)
        await at(world, START - DAY * 3)
        await minute(world)
        await minute(world)
        tried = [one for one in world.env.http_requests if one.method == "POST" and one.path.endswith("/threads")]
        assert len(tried) == 1
        await at(world, START - DAY)
        await minute(world)
        assert world.channel.threads == []
        assert len(reminders(world)) == 1

    async def test_where_no_thread_can_be_opened_reminders_come_all_the_same(self, world: World) -> None:
        await club(world)
        await minute(world)
        path = f"/channels/{world.channel.id}/messages/*/threads"
        world.env.inject_error("POST", path, status=403, code=50013, message="Missing Permissions", times=None)
        await at(world, START - DAY)
        await minute(world)
        assert len(reminders(world)) == 1

    async def test_a_thread_whose_opener_was_killed_is_opened_once(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await club(world)
        await minute(world)
        await at(world, START - DAY * 3)

        async def send(*_: object, **__: object) -> int:
            raise Killed

        await killed(world, monkeypatch, Outlets, "send", send)
        await world.restart()
        await at(world, world.database.clock.now() + CLAIM_LASTS + timedelta(minutes=1))
        await minute(world)
        (thread,) = world.channel.threads
        assert len(said_in(world.env, thread)) == 1


class TestCrowds:
    async def test_the_host_is_warned_once_as_the_voice_channel_fills(self, world: World) -> None:
        lounge = world.guild.create_voice_channel("lounge", user_limit=11)
        await club(world, host=world.jonas, venue=f"<#{lounge.id}>")
        await world.priya.join_voice(lounge)
        await world.jonas.join_voice(lounge)
        await at(world, START - HOUR)
        await minute(world)
        assert not [one for one in said_in(world.env, world.channel) if "about to be full" in one]
        await at(world, START - timedelta(minutes=30))
        await minute(world)
        await minute(world)
        (said,) = [one for one in said_in(world.env, world.channel) if "about to be full" in one]
        assert said.startswith(f"⚠️ <@{world.jonas.id}> <#{lounge.id}> is about to be full")
        assert "A stage holds far more" in said

    async def test_without_a_limit_of_its_own_a_channel_is_near_full_at_ninety(self, world: World) -> None:
        session = await club(world, venue=f"<#{world.guild.create_voice_channel('lounge').id}>")
        await at(world, START - HOUR)
        for expected in (89, 90):
            async with world.database.write() as connection:
                for member in range(expected):
                    answer = rsvps.Rsvp(session.id, member + 1, rsvps.Answer.GOING, world.database.clock.now())
                    await rsvps.put(connection, answer)
            await minute(world)
            warned = [one for one in said_in(world.env, world.channel) if "about to be full" in one]
            assert len(warned) == int(expected == 90)

    async def test_it_is_warned_of_the_day_before_by_those_who_say_that_they_come(self, world: World) -> None:
        lounge = world.guild.create_voice_channel("lounge", user_limit=11)
        await with_two(world, venue="lounge")
        await at(world, START - DAY + timedelta(minutes=1))
        await minute(world)
        assert [one for one in said_in(world.env, world.channel) if f"⚠️ <#{lounge.id}> is about to be full" in one]

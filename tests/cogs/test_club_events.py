"""Discord's events of sessions through the real bot: created, kept in step both ways, and done without."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import pytest

from companion.cogs import club_events
from companion.community.clubs import Clubs
from companion.community.outbox import CLAIM_LASTS
from companion.storage import sessions
from companion.storage.sessions import Session, State
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import said_in
from tests.cogs.sessions import DAY, HOUR, START, at, club, current, minute

NEXT_WEEK = START + DAY * 7


def events(world: World) -> list[Any]:
    """The server's events, the earliest first."""
    found = world.env.backend.get_guild(world.guild.id).scheduled_events.values()
    return sorted(found, key=lambda one: str(one.scheduled_start_time))


async def look(world: World) -> None:
    """A minute in which events are looked at; then posts and reminders."""
    cog: Any = bot_of(world).get_cog("ClubEvents")
    await cog.keep(world.database.clock.now())
    await minute(world)


async def with_event(world: World, **options: Any) -> tuple[Session, Any]:
    """A club's next session and its event."""
    session = await club(world, **options)
    await look(world)
    session = await current(world, session)
    return session, world.env.backend.get_scheduled_event(world.guild.id, session.event_id or 0)


async def by_hand(world: World, event: Any, **changes: object) -> None:
    """Somebody edits the event in Discord."""
    world.env.backend.edit_scheduled_event(world.guild.id, event.id, changes)
    await world.env.settle()


class TestCreated:
    async def test_each_session_within_four_weeks_has_one_and_only_one(self, world: World) -> None:
        session, event = await with_event(world)
        await look(world)
        await world.restart()
        await look(world)
        assert len(events(world)) == 4
        assert event is events(world)[0]
        assert event.name == "Friday Papers: Moss"
        assert event.entity_type == 3
        assert event.entity_metadata == {"location": "https://meet.example/room"}
        assert event.scheduled_start_time == START.isoformat()
        assert event.scheduled_end_time == (START + HOUR).isoformat()
        assert f"Presented by <@{world.priya.id}>" in event.description
        assert event.description.endswith(f"Session #{session.id} · {session.sequence}")

    @pytest.mark.parametrize(("stage", "kind"), [(False, 2), (True, 1)], ids=["voice", "stage"])
    async def test_in_a_channel_for_voices(self, world: World, stage: bool, kind: int) -> None:
        make = world.guild.create_stage_channel if stage else world.guild.create_voice_channel
        lounge = make("lounge")
        _, event = await with_event(world, venue="lounge")
        assert (event.entity_type, event.channel_id) == (kind, lounge.id)

    async def test_an_author_who_attends_is_named_first(self, world: World) -> None:
        session, event = await with_event(world)
        await Clubs(world.database).schedule(world.guild.id, session.id, author="Ada *Fern*")
        await look(world)
        assert event.description.startswith(r"🌟 With Ada \*Fern\*, an author of the paper")

    async def test_no_more_than_discord_lets_a_server_have(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(club_events, "MOST", 2)
        session, _ = await with_event(world)
        await look(world)
        assert [one.scheduled_start_time for one in events(world)] == [START.isoformat(), NEXT_WEEK.isoformat()]
        await Clubs(world.database).skip(world.guild.id, session.id)
        await look(world)
        await look(world)
        assert events(world)[0].scheduled_start_time == NEXT_WEEK.isoformat()
        assert len(events(world)) == 2

    async def test_one_whose_creator_was_killed_is_found(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        session = await club(world)

        class Killed(BaseException):
            """The process ends here."""

        async def note(*_: object) -> None:
            raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(club_events.ClubEvents, "_note", note)
            with pytest.raises(Killed):
                await look(world)
        await world.restart()
        await look(world)
        assert len([one for one in events(world) if one.scheduled_start_time == START.isoformat()]) == 1
        await at(world, world.database.clock.now() + CLAIM_LASTS + timedelta(minutes=1))
        await look(world)
        (event,) = [one for one in events(world) if one.scheduled_start_time == START.isoformat()]
        assert (await current(world, session)).event_id == event.id


class TestFromHere:
    async def test_a_move_and_another_paper_show_in_the_event(self, world: World) -> None:
        session, event = await with_event(world)
        await Clubs(world.database).move(world.guild.id, session.id, START + DAY)
        await Clubs(world.database).clear(world.guild.id, session.id)
        await look(world)
        assert event.scheduled_start_time == (START + DAY).isoformat()
        assert event.scheduled_end_time == (START + DAY + HOUR).isoformat()
        assert event.name == "Friday Papers"
        assert (await current(world, session)).starts_at == START + DAY

    async def test_a_session_that_is_skipped_loses_it_and_gets_another_as_it_comes_back(self, world: World) -> None:
        session, event = await with_event(world)
        await Clubs(world.database).skip(world.guild.id, session.id)
        await look(world)
        assert event not in events(world)
        assert (await current(world, session)).state is State.SKIPPED
        await Clubs(world.database).schedule(world.guild.id, session.id)
        await look(world)
        assert events(world)[0].scheduled_start_time == START.isoformat()

    async def test_what_shows_already_is_not_written_again(self, world: World) -> None:
        await with_event(world)
        await look(world)
        before = len(world.env.http_requests)
        await look(world)
        written = [one for one in world.env.http_requests[before:] if "scheduled-events" in one.path]
        assert written == []


class TestFromDiscord:
    async def test_a_move_by_hand_moves_the_session_and_what_hangs_on_it(self, world: World) -> None:
        session, event = await with_event(world)
        await by_hand(world, event, scheduled_start_time=(START + DAY).isoformat())
        moved = await current(world, session)
        assert (moved.starts_at, moved.sequence) == (START + DAY, session.sequence + 1)
        await look(world)
        assert "<t:1774090800:F>" in said_in(world.env, world.channel)[0]
        assert event.scheduled_end_time == (START + DAY + HOUR).isoformat()
        assert event.description.endswith(f"Session #{session.id} · {moved.sequence}")

    async def test_a_time_at_which_it_cannot_be_is_put_back(self, world: World) -> None:
        session, event = await with_event(world)
        await by_hand(world, event, scheduled_start_time=NEXT_WEEK.isoformat())
        assert (await current(world, session)).starts_at == START
        assert event.scheduled_start_time == START.isoformat()

    async def test_its_own_edit_of_an_older_time_moves_nothing_back(self, world: World) -> None:
        session, event = await with_event(world)
        kept = Clubs(world.database)
        await kept.move(world.guild.id, session.id, START + DAY)
        await by_hand(world, event, name="Friday Papers, at noon")
        assert (await current(world, session)).starts_at == START + DAY
        assert event.scheduled_start_time == (START + DAY).isoformat()

    @pytest.mark.parametrize("deleted", [False, True], ids=["cancelled", "deleted"])
    async def test_cancelled_or_deleted_by_hand_the_session_does_not_take_place(
        self, world: World, deleted: bool
    ) -> None:
        session, event = await with_event(world)
        if deleted:
            world.env.backend.delete_scheduled_event(world.guild.id, event.id)
            await world.env.settle()
        else:
            await by_hand(world, event, status=discord.EventStatus.canceled.value)
        gone = await current(world, session)
        assert (gone.state, gone.paper_id, gone.event_id) == (State.CANCELLED, None, None)
        await look(world)
        assert "This session was cancelled" in said_in(world.env, world.channel)[0]
        assert not [one for one in events(world) if one.status == 1 and one.scheduled_start_time == START.isoformat()]

    async def test_what_happened_while_the_bot_was_away_happens_when_it_is_back(self, world: World) -> None:
        session, event = await with_event(world)
        second = events(world)[1]
        event.scheduled_start_time = (START + DAY).isoformat()
        del world.env.backend.get_guild(world.guild.id).scheduled_events[second.id]
        await world.restart()
        await look(world)
        assert (await current(world, session)).starts_at == START + DAY
        async with world.database.read() as connection:
            states = [one.state for one in await sessions.of_series(connection, session.series_id)]
        assert states.count(State.CANCELLED) == 1

    async def test_an_event_that_is_deleted_with_its_channel_cancels_nothing(self, world: World) -> None:
        lounge = world.guild.create_voice_channel("lounge")
        session, event = await with_event(world, venue="lounge")
        world.env.backend.delete_channel(lounge.id)
        del world.env.backend.get_guild(world.guild.id).scheduled_events[event.id]
        await world.env.settle()
        after = await current(world, session)
        assert (after.state, after.event_id) == (State.PLANNED, None)

    async def test_events_of_others_are_left_alone(self, world: World) -> None:
        other = world.guild.create_scheduled_event(
            "Picnic", start_time=START.isoformat(), entity_type=3, end_time=(START + HOUR).isoformat(), location="Park"
        )
        session, _ = await with_event(world)
        world.env.backend.delete_scheduled_event(world.guild.id, other.id)
        await world.env.settle()
        assert (await current(world, session)).state is State.PLANNED


class TestWithout:
    async def test_without_create_events_all_else_works_and_the_host_reads_so_once(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def none(_: object) -> discord.Permissions:
            lacking = discord.Permissions.all()
            lacking.update(administrator=False, create_events=False)
            return lacking

        with monkeypatch.context() as patched:
            patched.setattr(discord.Member, "guild_permissions", property(none))
            session = await club(world, host=world.jonas)
            for _again in range(3):
                await look(world)
        assert events(world) == []
        posted, told = said_in(world.env, world.channel)
        assert "**Moss**" in posted
        assert told.startswith(f"⚠️ <@{world.jonas.id}> **Friday Papers** works, but without Discord's own events")
        assert "I lack Create Events" in told
        await look(world)
        assert (await current(world, session)).event_id is not None

    async def test_where_discord_refuses_it_is_left_alone_for_an_hour(self, world: World) -> None:
        world.env.inject_error(
            "POST", f"/guilds/{world.guild.id}/scheduled-events", status=403, code=50013, message="Missing Permissions"
        )
        await club(world)
        await look(world)
        await look(world)
        tried = [one for one in world.env.http_requests if one.path.endswith("scheduled-events")]
        assert len([one for one in tried if one.method == "POST"]) == 1
        await at(world, world.database.clock.now() + HOUR + timedelta(minutes=1))
        await look(world)
        assert len(events(world)) == 4
        assert len([one for one in said_in(world.env, world.channel) if "without Discord's own events" in one]) == 1

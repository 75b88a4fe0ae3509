"""Paper clubs through the real bot: begun by managers, booked by members, moved, skipped, swapped, held."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import simcord

from companion.cogs.clubs import venue_of
from companion.storage import hosts, papers, sessions, votes
from companion.storage.ballots import PAPER, Ballot, Subject
from companion.storage.papers import Paper
from companion.storage.papers import State as PaperState
from companion.storage.series import Venue
from companion.storage.sessions import Session, State
from tests.clocks import StoppedClock
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import buttons, only, said_in, shown
from tests.cogs.test_search_buttons import press_forged

CLUB: dict[str, Any] = {
    "name": "Friday Papers", "weekday": "fri", "time": "noon", "zone": "europe/berlin", "venue": "https://meet.example/room",
}  # fmt: skip
PLAIN = "may manage this server"
NO_HOST = "decide about its sessions"
NOON = "<t:1774004400:F>"
"""Friday 20 March 2026, noon in Berlin: six days after the test's clock."""
NEXT_NOON = "<t:1774609200:F>"
FAR_AWAY = ("America/New_York", "Asia/Singapore", "Australia/Sydney")


@pytest.fixture
def clock(world: World) -> StoppedClock:
    """The bot's clock, which stands still on a Saturday in March."""
    clock = StoppedClock()
    world.database.clock = clock
    return clock


@pytest.fixture
def mo(world: World, clock: StoppedClock) -> simcord.MemberActor:
    del clock
    return managing(world)


async def begin(world: World, mo: simcord.MemberActor, **options: object) -> simcord.InteractionResult:
    """A club that meets on Fridays at noon in Berlin."""
    return await mo.slash(world.channel, "club create", **{**CLUB, "channel": world.channel, **options})


async def propose(world: World, title: str, guild_id: int = 0) -> int:
    now, guild = world.database.clock.now(), guild_id or world.guild.id
    paper = Paper(
        0, guild, f"url:https://papers.example/{title}", None, title, (), None, None, 7, now, PaperState.PROPOSED, now
    )
    async with world.database.write() as connection:
        paper_id = await papers.add(connection, paper)
    assert paper_id is not None
    return paper_id


async def planned(world: World) -> list[Session]:
    """The sessions to come, the earliest first."""
    async with world.database.read() as connection:
        return await sessions.coming(connection, world.guild.id, world.database.clock.now())


async def tick(world: World) -> None:
    """What clubs bring by themselves every minute."""
    cog: Any = bot_of(world).get_cog("ClubDuty")
    await cog.tick(world.database.clock.now())


class TestManaging:
    """What those who manage the server decide."""

    async def test_a_new_club_says_when_it_meets_where_and_what_comes_next(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        answer = await begin(world, mo, host=world.priya, capacity=12, assign=7, reminders="1 day, start")
        said = shown(answer)
        assert only(answer).ephemeral
        assert "**Friday Papers** meets every Friday at 12:00 (Europe/Berlin), in https://meet.example/room" in said
        assert f"I post about it in <#{world.channel.id}>" in said
        assert f"Next: {NOON} (<t:1774004400:R>), then <t:1774609200:D>" in said
        assert f"hosted by <@{world.priya.id}> · 12 places · reminders 1 day before, at the start" in said
        assert "the top of the vote is assigned 7 days before" in said
        assert len(await planned(world)) == 5

    @pytest.mark.parametrize(
        ("options", "refusal"),
        [
            ({"weekday": "someday"}, "no day of the week"),
            ({"time": "teatime"}, "not a time of day"),
            ({"time": "5"}, "may be two times of day"),
            ({"time": "midnight"}, "may be two times of day"),
            ({"zone": "Atlantis"}, "no time zone that I know"),
            ({"every": "blue moon"}, "how often a club can meet"),
            ({"first": "2026-03-21"}, "does not meet on 2026-03-21"),
            ({"first": "whenever"}, "can't read"),
            ({"reminders": "often"}, "does not say when to remind"),
            ({"capacity": 100000}, "from 1 to 10000"),
            ({"venue": "x" * 101}, "100 characters"),
        ],
    )
    async def test_what_no_club_can_be_is_refused_with_what_to_write(
        self, world: World, mo: simcord.MemberActor, options: dict[str, str], refusal: str
    ) -> None:
        assert refusal in shown(await begin(world, mo, **options))
        assert await planned(world) == []

    async def test_members_decide_nothing_about_clubs(self, world: World, mo: simcord.MemberActor) -> None:
        await begin(world, mo)
        for command in ("pause", "resume", "end", "edit"):
            assert PLAIN in shown(await world.priya.slash(world.channel, f"club {command}"))
        assert PLAIN in shown(await begin(world, world.priya, name="Mine"))
        assert len(await planned(world)) == 5

    async def test_an_edit_says_what_is_so_from_now_on_and_what_it_lets_go(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        await begin(world, mo)
        said = shown(await mo.slash(world.channel, "club edit", every="last of the month", time="18:30"))
        assert "✅ From now on **Friday Papers** meets the last Friday of every month at 18:30 (Europe/Berlin)" in said
        assert "These do not take place: <t:1774004400:D>" in said
        assert "Name" not in said
        assert {one.minute for one in await planned(world)} == {18 * 60 + 30}

    @pytest.mark.parametrize("options", [{}, {"time": "12:00"}, {"name": "Friday Papers", "weekday": "Friday"}])
    async def test_an_edit_that_changes_nothing_says_so(
        self, world: World, mo: simcord.MemberActor, options: dict[str, str]
    ) -> None:
        await begin(world, mo)
        before = await planned(world)
        said = shown(await mo.slash(world.channel, "club edit", **options))
        assert "Nothing changes: **Friday Papers** meets every Friday at 12:00 (Europe/Berlin)" in said
        assert "From now on" not in said
        assert await planned(world) == before

    async def test_a_club_pauses_goes_on_and_ends(self, world: World, mo: simcord.MemberActor) -> None:
        await begin(world, mo)
        said = shown(await mo.slash(world.channel, "club pause"))
        assert "no sessions come until `/club resume`" in said
        assert "These do not take place: <t:1774004400:D>" in said
        assert "No session is planned" in shown(await world.priya.slash(world.channel, "club next"))
        assert "paused already" in shown(await mo.slash(world.channel, "club pause"))
        assert NOON in shown(await mo.slash(world.channel, "club resume"))
        assert "not paused" in shown(await mo.slash(world.channel, "club resume", club="friday papers"))
        assert "`/club resume` brings it back" in shown(await mo.slash(world.channel, "club end"))
        assert "no paper club in this server" in shown(await world.priya.slash(world.channel, "club next"))
        assert NOON in shown(await mo.slash(world.channel, "club resume"))

    async def test_a_time_that_the_clocks_jump_over_is_told(self, world: World, mo: simcord.MemberActor) -> None:
        said = shown(await begin(world, mo, weekday="sunday", time="2:30"))
        assert "The clocks there jump over 02:30 on one of these dates: it begins <t:1774746000:F> instead." in said

    async def test_what_a_manager_wrote_formats_nothing(self, world: World, mo: simcord.MemberActor) -> None:
        said = shown(await begin(world, mo, name="**@everyone** [x](y)", venue="the _red_ room"))
        assert r"\*\*\@everyone" in said
        assert r"the \_red\_ room" in said

    async def test_options_are_suggested_as_they_are_typed(self, world: World, mo: simcord.MemberActor) -> None:
        await begin(world, mo)

        async def offered(command: str, option: str, typed: str) -> dict[str, object]:
            found = await mo.autocomplete(world.channel, command, option, typed)
            return {one["name"]: one["value"] for one in found}

        assert await offered("club create", "weekday", "t") == {"Tuesday": "Tuesday", "Thursday": "Thursday"}
        assert list(await offered("club create", "every", "two")) == ["two weeks"]
        assert "Europe/Berlin" in (await offered("club create", "zone", "berl")).values()
        assert await offered("club edit", "club", "fri") == {"Friday Papers": "Friday Papers"}
        assert await offered("club resume", "club", "") == {}
        sessions_offered = await offered("club skip", "date", "")
        assert next(iter(sessions_offered)) == "Fri 2026-03-20 12:00 · Friday Papers · free"
        assert re.fullmatch(r"#\d+", str(next(iter(sessions_offered.values()))))
        paper = await propose(world, "On Moss")
        assert await offered("club volunteer", "paper", "mos") == {"On Moss": str(paper)}


async def test_a_club_meets_in_a_voice_channel_by_its_mention_or_its_name_or_at_a_place_in_words(
    world: World, mo: simcord.MemberActor
) -> None:
    lounge = world.guild.create_voice_channel("Lounge")
    stage = world.guild.create_stage_channel("Hall")
    guild = bot_of(world).get_guild(world.guild.id)
    assert guild is not None
    for typed in (f"<#{lounge.id}>", str(lounge.id), "lounge", "#Lounge"):
        where = venue_of(guild, typed)
        assert (where.venue, where.channel_id) == (Venue.VOICE, lounge.id)
    assert venue_of(guild, "hall").venue is Venue.STAGE
    assert venue_of(guild, "hall").channel_id == stage.id
    assert venue_of(guild, f"<#{world.channel.id}>").text == "#podcast"
    elsewhere = venue_of(guild, f"<#{world.cave_channel.id}>")
    assert (elsewhere.venue, elsewhere.channel_id) == (Venue.EXTERNAL, None)
    assert f"in <#{lounge.id}>" in shown(await begin(world, mo, venue="lounge"))


class TestScheduling:
    """What hosts and members do with sessions."""

    async def test_a_host_schedules_a_paper_and_everybody_reads_it_with_the_author_first(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        await begin(world, mo, host=world.priya)
        await propose(world, "On *Moss*")
        answer = await world.priya.slash(
            world.channel, "club schedule", date="friday", paper="moss", presenter=world.jonas, author="Ada Fern"
        )
        assert not only(answer).ephemeral
        said = shown(answer)
        assert said.index("With Ada Fern, an author of the paper") < said.index(NOON) < said.index(r"On \*Moss\*")
        assert f"presented by <@{world.jonas.id}>" in said
        assert "🗑️" in str(only(answer).components)
        next_said = shown(await world.jonas.slash(world.channel, "club next"))
        assert r"On \*Moss\*" in next_said
        assert "No paper yet" in next_said
        assert next_said.index(NOON) < next_said.index(NEXT_NOON)

    async def test_members_who_host_nothing_are_refused_and_those_of_the_hosts_role_are_not(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        await begin(world, mo)
        paper = str(await propose(world, "On Moss"))
        for command, options in (
            ("schedule", {"date": "friday", "paper": paper}),
            ("skip", {"date": "friday"}),
            ("clear", {"date": "friday"}),
            ("move", {"date": "friday", "to": "saturday noon"}),
        ):
            assert NO_HOST in shown(await world.jonas.slash(world.channel, f"club {command}", **options))
        role = world.guild.create_role("hosts")
        async with world.database.write() as connection:
            await hosts.choose(connection, world.guild.id, role.id, mo.id, world.database.clock.now())
        hana = world.guild.add_member(world.env.create_user("hana"), roles=[role])
        assert "Planned" in shown(await hana.slash(world.channel, "club schedule", date="friday", paper=paper))

    async def test_of_two_members_who_take_one_date_the_first_has_it(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        await begin(world, mo)
        await propose(world, "On Moss")
        await propose(world, "On Ferns")
        took = shown(await world.priya.slash(world.channel, "club volunteer", date="friday", paper="moss"))
        assert f"<@{world.priya.id}> takes it" in took
        refused = shown(await world.jonas.slash(world.channel, "club volunteer", date="friday", paper="ferns"))
        assert "This session is taken: it has “On Moss”" in refused
        (first, *others) = await planned(world)
        assert first.presented_by == world.priya.id
        assert all(one.paper_id is None for one in others)
        again = shown(await world.priya.slash(world.channel, "club volunteer", date="27 March", paper="ferns"))
        assert "everybody takes one date at a time" in again

    async def test_who_has_not_presented_comes_first_in_line_and_may_leave_it(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        await begin(world, mo)
        await propose(world, "On Moss")
        await world.priya.slash(world.channel, "club volunteer", date="friday", paper="moss")
        assert "is next in line" in shown(await world.priya.slash(world.channel, "club volunteer"))
        answer = await world.jonas.slash(world.channel, "club volunteer")
        assert f"<@{world.jonas.id}> would present a paper in **Friday Papers**, and is next in line" in shown(answer)
        assert "number 2 in line" in shown(await world.priya.slash(world.channel, "club volunteer"))
        left = await world.jonas.click(only(answer), label="I would not")
        assert only(left).ephemeral
        assert "not in line" in shown(left)
        assert "not among those" in shown(await world.jonas.click(only(answer), label="I would not"))

    @pytest.mark.parametrize(
        ("date", "told"),
        [
            ("friday", "This session is taken: it has “On Moss”"),
            ("27 March", "name the `paper`, too"),
            ("saturday", "No session to come is on “saturday”. Free dates are 2026-03-27, 2026-04-03"),
        ],
    )
    async def test_a_date_that_is_named_without_a_paper_is_looked_at_first(
        self, world: World, mo: simcord.MemberActor, date: str, told: str
    ) -> None:
        await begin(world, mo)
        await propose(world, "On Moss")
        await world.priya.slash(world.channel, "club volunteer", date="friday", paper="moss")
        assert told in shown(await world.jonas.slash(world.channel, "club volunteer", date=date))

    async def test_a_skipped_session_is_back_once_it_is_scheduled_again(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        await begin(world, mo)
        await propose(world, "On Moss")
        await mo.slash(world.channel, "club schedule", date="friday", paper="moss")
        said = shown(await mo.slash(world.channel, "club skip", date="friday"))
        assert f"does not meet on {NOON}. **On Moss** is back in the queue." in said
        assert "is skipped" in shown(await mo.slash(world.channel, "club skip", date="friday"))
        assert NOON not in shown(await world.priya.slash(world.channel, "club next"))
        assert NOON in shown(await mo.slash(world.channel, "club schedule", date="friday", paper="moss"))
        assert "is free. **On Moss** is back" in shown(await mo.slash(world.channel, "club clear", date="friday"))

    async def test_a_session_moves_to_a_time_in_words(self, world: World, mo: simcord.MemberActor) -> None:
        await begin(world, mo)
        said = shown(await mo.slash(world.channel, "club move", date="friday", to="21 march 17:30"))
        assert "Saturday, 17:30 in Europe/Berlin" in said
        assert "<t:1774110600:F>" in said
        assert "can't read" in shown(await mo.slash(world.channel, "club move", date="2026-03-27", to="soon"))
        past = shown(await mo.slash(world.channel, "club move", date="2026-03-27", to="2026-03-06 12:00"))
        assert "still to come" in past

    async def test_a_time_that_may_mean_two_is_asked_about_and_a_host_chooses(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        await begin(world, mo)
        question = await mo.slash(world.channel, "club move", date="friday", to="thursday 5")
        assert "1. <t:1773892800:F>" in shown(question)
        assert (await planned(world))[0].minute == 12 * 60
        choices = [label for label in buttons(only(question)) if label != "Delete"]
        assert choices == ["1. Thu 2026-03-19 05:00", "2. Thu 2026-03-19 17:00"]
        assert NO_HOST in shown(await world.priya.click(only(question), label=choices[1]))
        await mo.click(only(question), label=choices[1])
        assert "Thursday, 17:00 in Europe/Berlin" in said_in(world.env, world.channel)[-1]
        assert (await planned(world))[0].minute == 17 * 60

    async def test_a_time_in_a_gap_and_one_that_comes_twice_are_asked_about(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        await begin(world, mo)
        gap = await mo.slash(world.channel, "club move", date="friday", to="2026-03-29 02:30")
        assert "the clocks jump over it" in shown(gap)
        assert "1. Sun 2026-03-29 03:00" in buttons(only(gap))
        twice = await mo.slash(world.channel, "club move", date="friday", to="2026-10-25 02:30")
        assert "clocks go back" in shown(twice)
        assert [one for one in buttons(only(twice)) if one != "Delete"] == [
            "1. Sun 2026-10-25 02:30 (00:30 UTC)",
            "2. Sun 2026-10-25 02:30 (01:30 UTC)",
        ]
        await mo.click(only(twice), label="2. Sun 2026-10-25 02:30 (01:30 UTC)")
        assert (await planned(world))[-1].starts_at.isoformat() == "2026-10-25T01:30:00+00:00"

    async def test_presenters_swap_once_both_want_that(self, world: World, mo: simcord.MemberActor) -> None:
        await begin(world, mo)
        moss, ferns = await propose(world, "On Moss"), await propose(world, "On Ferns")
        await world.priya.slash(world.channel, "club volunteer", date="friday", paper="moss")
        await world.jonas.slash(world.channel, "club volunteer", date="27 March", paper="ferns")
        offer = await world.priya.slash(world.channel, "club swap", date="friday", other="27 March")
        assert f"<@{world.priya.id}> would swap with <@{world.jonas.id}>" in shown(offer)
        assert "offered to another" in shown(await world.priya.click(only(offer), label="Swap"))
        assert [one.paper_id for one in await planned(world)][:2] == [moss, ferns]
        (accept,) = buttons(only(offer))["Swap"]
        await world.jonas.click(only(offer), label="Swap")
        assert [one.paper_id for one in await planned(world)][:2] == [ferns, moss]
        again = await press_forged(world, world.jonas, only(offer), accept)
        assert "have changed since" in shown(again)

    async def test_a_presenter_takes_another_free_date_at_once_and_nobody_swaps_for_others(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        await begin(world, mo)
        moss = await propose(world, "On Moss")
        await world.priya.slash(world.channel, "club volunteer", date="friday", paper="moss")
        assert NO_HOST in shown(await world.jonas.slash(world.channel, "club swap", date="friday", other="27 March"))
        assert "Swapped" in shown(await world.priya.slash(world.channel, "club swap", date="friday", other="27 March"))
        assert [one.paper_id for one in await planned(world)][:2] == [None, moss]

    async def test_where_there_are_several_clubs_it_is_asked_which(self, world: World, mo: simcord.MemberActor) -> None:
        await begin(world, mo)
        await begin(world, mo, name="Asia", zone="Asia/Singapore")
        assert "Which club" in shown(await world.priya.slash(world.channel, "club volunteer"))
        assert "may mean several sessions" in shown(await mo.slash(world.channel, "club skip", date="friday"))
        said = shown(await mo.slash(world.channel, "club skip", date="friday", club="asia"))
        assert "**Asia** does not meet on <t:1773979200:F>" in said
        both = shown(await world.priya.slash(world.channel, "club next"))
        assert "**Asia**" in both
        assert "**Friday Papers**" in both


async def test_the_top_of_the_vote_is_assigned_when_its_time_has_come(
    world: World, mo: simcord.MemberActor, clock: StoppedClock
) -> None:
    await begin(world, mo, assign=3)
    few, top = await propose(world, "On Few"), await propose(world, "On Moss")
    await world.jonas.slash(world.channel, "club volunteer")
    async with world.database.write() as connection:
        for number in range(4):
            subject = Subject(PAPER, top if number else few)
            ballot = Ballot(number, world.guild.id, world.channel.id, subject, clock.now())
            await votes.decide(connection, ballot, 100 + number, (1, clock.now()))
    await tick(world)
    assert (await planned(world))[0].paper_id is None
    clock.advance(timedelta(days=4))
    await tick(world)
    first, *others = await planned(world)
    assert (first.paper_id, first.presented_by) == (top, world.jonas.id)
    assert all(one.paper_id is None for one in others)


async def test_sessions_appear_and_end_by_themselves(
    world: World, mo: simcord.MemberActor, clock: StoppedClock
) -> None:
    await begin(world, mo)
    paper = await propose(world, "On Moss")
    await mo.slash(world.channel, "club schedule", date="friday", paper="moss")
    (first, *_) = await planned(world)
    clock.advance(timedelta(days=7))
    await tick(world)
    assert len(await planned(world)) == 5
    async with world.database.read() as connection:
        held = await sessions.get(connection, world.guild.id, first.id)
        covered = await papers.get(connection, world.guild.id, paper)
    assert held is not None
    assert covered is not None
    assert (held.state, covered.state) == (State.HELD, PaperState.COVERED)


@pytest.mark.parametrize("zone", ["Europe/Berlin", *(pytest.param(zone, marks=pytest.mark.slow) for zone in FAR_AWAY)])
async def test_a_club_meets_at_noon_for_a_year_over_both_changes_of_clocks(
    world: World, mo: simcord.MemberActor, clock: StoppedClock, zone: str
) -> None:
    await begin(world, mo, zone=zone)
    met: list[datetime] = []
    for _ in range(53):
        (first, *_) = await planned(world)
        assert f"<t:{first.starts_at.timestamp():.0f}:F>" in shown(await world.priya.slash(world.channel, "club next"))
        met.append(first.starts_at)
        clock.advance(first.starts_at - clock.now() + timedelta(hours=3))
        await tick(world)

    there = [one.astimezone(ZoneInfo(zone)) for one in met]
    assert {(one.weekday(), one.time()) for one in there} == {(4, time(12))}
    assert {after.date() - before.date() for before, after in pairwise(there)} == {timedelta(days=7)}
    assert len({one.utcoffset() for one in there}) == (1 if zone == "Asia/Singapore" else 2)


async def test_nothing_of_one_servers_clubs_is_reached_from_another(world: World, mo: simcord.MemberActor) -> None:
    await begin(world, mo, name="Velvet")
    await propose(world, "Marzipan")
    await mo.slash(world.channel, "club schedule", date="friday", paper="marzipan", presenter=world.priya)
    session = (await planned(world))[0]
    boss = managing(world, world.lotte.guild, "boss")
    options = {**CLUB, "name": "Below", "channel": world.cave_channel}
    await boss.slash(world.cave_channel, "club create", **options)
    message = only(await boss.slash(world.cave_channel, "club next"))
    tried = [
        ("club next", {"club": "Velvet"}),
        ("club pause", {"club": "Velvet"}),
        ("club schedule", {"date": f"#{session.id}", "paper": "1"}),
        ("club schedule", {"date": "friday", "paper": str(session.paper_id)}),
        ("club skip", {"date": f"#{session.id}"}),
        ("club move", {"date": f"#{session.id}", "to": "saturday noon"}),
        ("club volunteer", {"club": "Velvet"}),
        ("club volunteer", {"paper": "marzipan"}),
    ]
    for command, given in tried:
        said = shown(await boss.slash(world.cave_channel, command, **given)).replace("“Velvet”", "")
        assert "⚠️" in said, command
        assert "Marzipan" not in said
        assert "Velvet" not in said
    for custom_id in (
        f"club:move:{session.id}:1774110600",
        f"club:swap:{session.id}:{session.id}:{world.priya.id}",
        f"club:line:{session.series_id}",
    ):
        assert "⚠️" in shown(await press_forged(world, boss, message, custom_id)), custom_id
    assert (await planned(world))[0] == session


async def test_a_button_of_another_version_says_so(world: World, mo: simcord.MemberActor) -> None:
    await begin(world, mo)
    message = only(await mo.slash(world.channel, "club next"))
    result = await press_forged(world, mo, message, "club:move:everything")
    assert "`/club next` shows what is planned" in shown(result)

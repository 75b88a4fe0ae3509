"""The whole life of a paper in one server, as its members live it, from the proposal to what its recording says."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest_asyncio
import simcord

from companion.archive.encoders import ToyEncoder
from companion.archive.paper_lookup import PaperLookup
from companion.community.papers import Papers
from companion.storage import papers
from companion.storage.papers import State as PaperState
from companion.storage.sessions import State
from tests import samples
from tests.archive.catalogues import Catalogue, catalogue, entry
from tests.clocks import StoppedClock
from tests.cogs.asking import answers_in
from tests.cogs.conftest import World
from tests.cogs.followers import direct
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import only, said_in, shown, text_of
from tests.cogs.sessions import DAY, HOUR, START, at, current, minute, press
from tests.cogs.test_club_events import by_hand, events, look
from tests.cogs.test_club_recordings import VIDEO, VTT, serving
from tests.cogs.test_clubs import begin, planned
from tests.cogs.test_papers import votes_settled
from tests.publisher import loopback_fetcher

BUOYS, FOG = "2603.00001", "2603.00002"
TITLE = "What Drifting Buoys Remember"
QUESTION = "Who cuts the ring of wax?"


@pytest_asyncio.fixture
async def arxiv(world: World) -> AsyncGenerator[Catalogue]:
    """arXiv, which has a paper on buoys and then one on fog."""
    async with catalogue() as running:
        running.answers = [entry(f"{BUOYS}v1", TITLE), entry(f"{FOG}v1", "Fog, Counted")]
        lookup = PaperLookup(loopback_fetcher(), running.address, running.address, running.address, 0.0)
        bot_of(world).papers = Papers(world.database, lookup)
        yield running


async def state_of(world: World, paper_id: int) -> PaperState:
    async with world.database.read() as connection:
        paper = await papers.get(connection, world.guild.id, paper_id)
    assert paper is not None
    return paper.state


def newest(world: World, channel: simcord.ChannelHandle) -> str:
    return said_in(world.env, channel)[-1]


async def test_from_the_proposal_to_the_recording(world: World, arxiv: Catalogue) -> None:
    world.database.clock = StoppedClock()
    mo = managing(world)
    ada = world.guild.add_member(world.env.create_user("ada", global_name="Ada"))
    channel, priya, jonas = world.channel, world.priya, world.jonas
    await begin(world, mo, host=jonas, capacity=2)
    (session, *_) = await planned(world)
    await minute(world)
    assert "No paper yet" in newest(world, channel)

    # Two members propose the same paper, one of them another one; all vote, and the queue shows what leads.
    card = only(await priya.slash(channel, "paper propose", reference=f"https://arxiv.org/abs/{BUOYS}", why="Wax!"))
    other = only(await jonas.slash(channel, "paper propose", reference=FOG))
    assert "🙌 One more wants this" in shown(await jonas.slash(channel, "paper propose", reference=f"{BUOYS}v1"))
    for member, message, emoji in ((jonas, card, "👍"), (mo, card, "👍"), (ada, card, "👍"), (ada, other, "👎")):
        await member.react(message, emoji)
    await votes_settled(world)
    assert "🗳️ 3 👍 · 0 👎" in str(world.env.backend.get_message(channel.id, card.id).components)
    queue = shown(await ada.slash(channel, "paper queue"))
    assert queue.index(TITLE) < queue.index("Fog, Counted")
    assert "3 for, 0 against" in queue

    # Priya would present it; a host gives it the next date; the session's post shows that.
    (paper, *_) = await priya.autocomplete(channel, "club volunteer", "paper", "Buoys")
    assert "would present" in shown(await priya.slash(channel, "club volunteer", paper=str(paper["value"])))
    (date, *_) = await jonas.autocomplete(channel, "club schedule", "date", "")
    told = shown(
        await jonas.slash(
            channel, "club schedule", date=str(date["value"]), paper=str(paper["value"]), author="Ines Okafor"
        )
    )
    assert f"📄 **{TITLE}** · presented by <@{priya.id}>" in told
    assert TITLE in shown(await ada.slash(channel, "club next"))
    assert await state_of(world, 1) is PaperState.SCHEDULED
    await minute(world)
    post = next(one for one in said_in(world.env, channel) if one.startswith("### 📅 **Friday Papers**"))
    assert "🌟 **With Ines Okafor, an author of the paper**" in post
    assert f"📄 **{TITLE}**" in post

    # Discord's own event shows it, and moves the session when a host moves that; both are back an hour later.
    await look(world)
    event = events(world)[0]
    assert event.name == f"Friday Papers: {TITLE}"
    for moved in (START + HOUR, START):
        await by_hand(world, event, scheduled_start_time=moved.isoformat())
        assert (await current(world, session)).starts_at == moved

    # Three want to come to two places; one leaves, and who waited is told.
    for member in (priya, jonas, ada):
        await press(world, member, "Going")
    await press(world, jonas, "Remind me by DM")
    await press(world, priya, "Can't come")
    await minute(world)
    await minute(world)
    assert newest(world, channel).startswith(f"<@{ada.id}> 🎉 A place came free")

    # Three days before there is a thread, in which the presenter is asked.
    await at(world, START - 3 * DAY)
    await minute(world)
    await minute(world)
    (thread,) = channel.threads
    assert f"What would you ask <@{priya.id}>? Ines Okafor, an author, will be there." in said_in(world.env, thread)[0]
    (whom, *_) = await ada.autocomplete(thread, "question ask", "guest", "", text=QUESTION)
    asked = only(await ada.slash(thread, "question ask", guest=str(whom["value"]), text=QUESTION))
    await jonas.react(asked, "👍")
    await votes_settled(world)
    assert QUESTION in shown(await jonas.slash(channel, "question top", guest=str(whom["value"])))

    # Reminders, each once, over a restart too; at the start the link.
    reminder = ""
    for when, heading in ((START - DAY, "⏰ Coming up"), (START - HOUR, "⏰ Coming up"), (START, "▶️ It begins")):
        await at(world, when)
        await minute(world)
        await world.restart()
        await minute(world)
        reminder = [one for one in said_in(world.env, channel) if one.startswith(("### ⏰", "### ▶️"))][-1]
        assert reminder.startswith(f"### {heading}: **Friday Papers**")
        assert reminder.endswith(f"<@{ada.id}>")
        assert direct(world, jonas)[-1].startswith(heading)
    assert sum("Coming up" in one or "It begins" in one for one in said_in(world.env, channel)) == 3
    assert "➡️ **Join: https://meet.example/room**" in reminder
    assert "https://meet.example/room" in newest(world, thread)

    # It is over: the paper is covered; its recording enters the archive, where everybody here finds it.
    await at(world, START + timedelta(hours=2))
    await minute(world)
    assert (await current(world, session)).state is State.HELD
    assert await state_of(world, 1) is PaperState.COVERED
    async with serving({"/talk.vtt": ("text/vtt", VTT)}) as site:
        recorded = await priya.slash(
            channel, "club recording", url=VIDEO, transcript=f"{site}talk.vtt", notes="Bring a lead box."
        )
    assert f"The recording of “{TITLE}” is in the archive now" in shown(recorded)
    await bot_of(world).searcher.refresh()
    found = shown(await ada.slash(channel, "search", query="the last forty waves in a ring of wax"))
    assert f"Paper club recordings · *{TITLE}*" in found
    assert "**Priya** · [▸\u00a012:05](https://www.youtube.com/watch?v=abcdefghijk&t=725s)" in found
    await ada.slash(channel, "ask", question="where does a buoy keep the last forty waves?")
    assert "ring of wax" in text_of(answers_in(world, channel)[-1])
    elsewhere = shown(await world.lotte.slash(world.cave_channel, "search", query="ring of wax"))
    assert "Paper club" not in elsewhere

    # What was asked before is looked for in the recording: the passage is linked, and who asked is told once.
    await samples.embed(world.database, ToyEncoder())
    duty: Any = bot_of(world).get_cog("GuestAnswersDuty")
    for _again in range(3):
        await duty.tell(world.database.clock.now())
    answered = str(world.env.backend.get_message(thread.id, asked.id).components)
    assert "💬 **Answered**" in answered
    assert "(https://www.youtube.com/watch?v=abcdefghijk&t=725s)" in answered
    told_once = [one for one in said_in(world.env, thread) if one.startswith(f"💬 <@{ada.id}> [Your question](")]
    assert len(told_once) == 1

    # What is remembered of it.
    history = shown(await ada.slash(channel, "club history"))
    assert f"**{TITLE}**" in history
    assert f"presented by <@{priya.id}> · with Ines Okafor, an author · [📼 recording]({VIDEO})" in history
    assert "> Bring a lead box." in history
    assert "1 covered so far" in shown(await ada.slash(channel, "paper queue"))
    recap = shown(await mo.slash(channel, "recap"))
    assert f"**📄 Read together**\n- *{TITLE}*" in recap

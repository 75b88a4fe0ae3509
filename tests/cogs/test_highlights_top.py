"""Which clips a server likes best, as its members see it."""

from __future__ import annotations

from datetime import timedelta

from companion.community.clips import Clips
from companion.community.votes import Votes
from companion.storage import duels, episodes, votes
from companion.storage.ballots import CLIP, Ballot, Subject
from companion.storage.clips import Clip
from companion.storage.duels import Duel
from tests.cogs.conftest import World
from tests.cogs.messages import only, said_in, shown


async def clip_of(world: World, title: str, first_word: int = 0) -> Clip:
    """A clip of the episode, posted just now."""
    async with world.database.read() as connection:
        episode = await episodes.find(connection, title, frozenset([world.bees.id]))
    clip = await Clips(world.database).create(world.guild.id, None, episode.id, first_word, first_word + 60)
    await Votes(world.database).open_ballot(9000 + clip.id, world.guild.id, world.channel.id, Subject(CLIP, clip.id))
    return clip


async def vote(world: World, clip: Clip, up: int, down: int) -> None:
    """So many members vote for and against it."""
    now, subject = world.database.clock.now(), Subject(CLIP, clip.id)
    ballot = Ballot(9000 + clip.id, world.guild.id, world.channel.id, subject, now)
    async with world.database.write() as connection:
        for member in range(up + down):
            await votes.decide(connection, ballot, 500 + member, (1 if member < up else -1, now))


async def test_the_best_clip_comes_first_with_its_votes(world: World) -> None:
    first, second = await clip_of(world, "The Winter Cluster"), await clip_of(world, "An Egg Fed Better")
    await vote(world, first, 1, 3)
    await vote(world, second, 5, 0)
    said = shown(await world.priya.slash(world.channel, "highlights top"))
    assert "Best clips of the last 7 days" in said
    assert "5 members voted" in said
    assert said.index("5 for, 0 against") < said.index("1 for, 3 against")
    assert "🥇" in said
    assert "-# In percent: how many of its chances for a vote a clip would use in the long run" in said


async def test_a_duel_that_is_over_decides_between_clips_that_are_liked_alike(world: World) -> None:
    first, second = await clip_of(world, "The Winter Cluster"), await clip_of(world, "An Egg Fed Better")
    for clip in (first, second):
        await vote(world, clip, 3, 0)
    over = world.database.clock.now() - timedelta(hours=1)
    duel = Duel(0, world.guild.id, world.channel.id, first.id, second.id, 500, over - timedelta(days=1), over)
    async with world.database.write() as connection:
        duel_id = await duels.add(connection, duel)
        for member, chosen in ((500, second), (501, second), (502, first)):
            await duels.choose(connection, duel_id, member, chosen.id, over)

    said = shown(await world.priya.slash(world.channel, "highlights top"))

    assert said.index("in duels 2 to 1") < said.index("in duels 1 to 2")
    assert "tied" not in said


async def test_too_few_votes_and_no_winner_are_said(world: World) -> None:
    await vote(world, await clip_of(world, "The Winter Cluster"), 1, 0)
    said = shown(await world.priya.slash(world.channel, "highlights top", span="all"))
    assert "too few votes" in said
    assert "No winner" in said
    assert "🥇" not in said


async def test_it_can_be_narrowed_down_to_an_episode(world: World) -> None:
    first, second = await clip_of(world, "The Winter Cluster"), await clip_of(world, "An Egg Fed Better")
    await vote(world, first, 4, 0)
    await vote(world, second, 3, 1)
    said = shown(await world.priya.slash(world.channel, "highlights top", episode="The Winter Cluster"))
    assert "4 for, 0 against" in said
    assert "3 for, 1 against" not in said


async def test_who_asked_for_it_can_delete_it(world: World) -> None:
    await clip_of(world, "The Winter Cluster")
    lists = [only(await world.priya.slash(world.channel, "highlights top", span=span)) for span in ("week", "all")]

    refused = shown(await world.jonas.click(lists[0], label="Delete"))
    for posted in lists:
        await world.priya.click(posted, label="Delete")

    assert "Only who asked for this can delete it" in refused
    assert said_in(world.env, world.channel) == []


async def test_a_server_without_clips_is_told_how_they_come(world: World) -> None:
    said = shown(await world.priya.slash(world.channel, "highlights top"))
    assert "`/clip create`" in said


async def test_nobody_sees_the_clips_of_another_server(world: World) -> None:
    await vote(world, await clip_of(world, "The Winter Cluster"), 4, 0)
    said = shown(await world.lotte.slash(world.cave_channel, "highlights top", span="all"))
    assert "for, " not in said
    assert "0 members voted" in said

from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord
from sqlalchemy import select

from companion.cogs import clip_media
from companion.cogs.clip_media import theme_of
from companion.cogs.clip_posts import post_clip
from companion.cogs.views.clip import AUDIO, CARD
from companion.cogs.views.quote_card import DARK
from companion.community.clips import Clips
from companion.storage import schema
from companion.storage.highlight_rules import Wishes
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import said_in, walk
from tests.cogs.test_clips import create


@pytest.fixture
def some_audio(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Audio for every clip; the list has what was asked for."""
    asked: list[tuple[Any, ...]] = []

    async def clip_audio(*arguments: Any) -> bytes:
        asked.append(arguments)
        return b"ID3 some audio"

    monkeypatch.setattr(clip_media, "clip_audio", clip_audio)
    return asked


def attached(world: World, channel: simcord.ChannelHandle) -> dict[str, Any]:
    """The attachments of the newest message in the channel, by name."""
    newest = max(channel.history(), key=lambda one: one.id)
    return {one.filename: one for one in newest.attachments}


async def posted(world: World, heading: str = "🎧 Today's highlight") -> discord.Message:
    """Posts the winter's clip by itself."""
    clips = Clips(world.database)
    made = await clips.make_between(world.guild.id, world.priya.id, "Winter Cluster", 150, 210)
    channel = bot_of(world).get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return await post_clip(bot_of(world), channel, made.shown, heading=heading, nonce="n1")


async def test_a_clip_is_posted_with_words_card_alt_text_and_audio(
    world: World, some_audio: list[tuple[Any, ...]]
) -> None:
    await posted(world)

    (said,) = said_in(world.env, world.channel)
    assert said.startswith("### 🎧 Today's highlight\n**“")
    assert "> Wool keeps the damp in" in said
    files = attached(world, world.channel)
    assert set(files) == {CARD, AUDIO}
    assert files[CARD].description.startswith("Quote card: Tomas Ek in “The Winter Cluster” at ~2:30: “Wool keeps")
    ((url, start, end, _, duration),) = some_audio
    assert url == "https://bees.example/audio.mp3"
    assert 145 < start < 150 < end
    assert duration == 3850


async def test_the_vote_on_it_is_open_and_seeded(world: World) -> None:
    message = await posted(world)

    async with world.database.read() as connection:
        (ballot,) = (await connection.execute(select(schema.ballots))).all()
    assert (ballot.message_id, ballot.subject_kind, ballot.channel_id) == (message.id, "clip", world.channel.id)
    put = [str(one.path) for one in world.env.http_requests if "/reactions/" in str(one.path)]
    assert len(put) == 2


async def test_without_audio_there_is_a_card_alone(world: World) -> None:
    await posted(world)

    assert set(attached(world, world.channel)) == {CARD}


async def test_the_answer_to_a_command_gets_card_and_audio_too(world: World, some_audio: list[tuple[Any, ...]]) -> None:
    message = await create(world)

    assert set(attached(world, world.channel)) == {CARD, AUDIO}
    kinds = [part["type"] for part in walk(message.components)]
    assert 12 in kinds
    assert 13 in kinds
    assert len(some_audio) == 1


async def test_words_that_cannot_be_drawn_are_posted_as_text(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_card(*_: object) -> None:
        """Draws nothing."""

    monkeypatch.setattr(clip_media, "quote_card", no_card)
    await posted(world)

    assert attached(world, world.channel) == {}
    assert "> Wool keeps the damp in" in said_in(world.env, world.channel)[0]


async def test_the_votes_are_shown_without_taking_card_or_audio_away(
    world: World, some_audio: list[tuple[Any, ...]]
) -> None:
    await posted(world)
    (message,) = world.channel.history()

    await world.jonas.react(message, "👍")
    await world.priya.react(message, "👍")

    assert set(attached(world, world.channel)) == {CARD, AUDIO}
    assert some_audio


def test_a_server_has_its_own_colours() -> None:
    theme = theme_of(Wishes(card_background=0xFFFFFF, card_text=0x111111))

    assert (theme.ground, theme.ink, theme.faint) == ("#ffffff", "#111111", "#111111")
    assert theme.accent == DARK.accent
    assert theme_of(Wishes()) == DARK

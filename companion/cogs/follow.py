"""``/follow``: what a member wants to be told of, for their eyes alone."""

from __future__ import annotations

import re

import discord
from discord import app_commands
from discord.ext import commands

from companion.cogs import suggestions
from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature
from companion.cogs.follow_threads import FollowThreads
from companion.cogs.press import Press, UnknownButtonError
from companion.cogs.views import follow as views
from companion.cogs.views import follow_ids
from companion.cogs.views.layout import Message
from companion.cogs.views.limits import CHOICE_TEXT, CHOICES
from companion.community.fair_use import Work
from companion.community.follows import LONGEST_TOPIC, Begun, Follows, NotFollowedError, Wanted
from companion.storage.errors import CompanionError
from companion.storage.follows import TellIn

_AGAIN = "Use `/follow list` again."
_WHERE = "Where to be told: by direct message, unless you choose a thread"
_PLACES = [
    app_commands.Choice(name="a direct message", value=TellIn.DIRECT.value),
    app_commands.Choice(name="a thread in this server", value=TellIn.THREAD.value),
]


class StopPress(Press, template=follow_ids.STOP):
    """Stops following what was chosen, if it is the chooser's own; under their list, shows what is left of it."""

    async def pressed(self, interaction: Interaction) -> None:
        chosen = str(next(iter((interaction.data or {}).get("values", ())), ""))
        if not re.fullmatch(r"[0-9]{1,15}", chosen):
            raise UnknownButtonError(_AGAIN)
        listed = self.match["mark"] is None
        follows = Follows(interaction.client.database, interaction.client.searcher)
        async with deferred_turn(interaction, Work.LOOKUP, thinking=not listed, ephemeral=not listed):
            stopped = await follows.stop(interaction.guild_id, interaction.user.id, int(chosen))
            message = views.stopped_message(stopped)
            if listed:
                left = await follows.listed(interaction.guild_id, interaction.user.id)
                news = await FollowThreads(interaction.client).news_channel_id(interaction.guild_id or 0)
                message = views.list_message(left, news, stopped)
        await interaction.edit_original_response(view=message)


@app_commands.guild_only()
class FollowCommands(
    Feature, commands.GroupCog, group_name="follow", group_description="Be told when a new episode has what you follow"
):
    """``/follow``."""

    presses = (StopPress,)
    prefix = "follow:"
    again = _AGAIN

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._follows = Follows(bot.database, bot.searcher)
        self._threads = FollowThreads(bot)

    @app_commands.command()
    @app_commands.describe(words="What it is about, in a few words", where=_WHERE)
    @app_commands.choices(where=_PLACES)
    async def topic(
        self, interaction: Interaction, words: app_commands.Range[str, 1, LONGEST_TOPIC], where: str | None = None
    ) -> None:
        """Be told of new episodes that speak of a topic"""
        async with deferred_turn(interaction, Work.SEARCH, thinking=True, ephemeral=True):
            await self._answer(interaction, await self._follows.topic(await self._wanted(interaction, where), words))

    @app_commands.command()
    @app_commands.describe(name="Who: choose from what is suggested", where=_WHERE)
    @app_commands.choices(where=_PLACES)
    async def speaker(self, interaction: Interaction, name: str, where: str | None = None) -> None:
        """Be told of new episodes in which somebody talks"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            await self._answer(interaction, await self._follows.speaker(await self._wanted(interaction, where), name))

    @app_commands.command()
    @app_commands.describe(name="Which one: choose from what is suggested", where=_WHERE)
    @app_commands.choices(where=_PLACES)
    async def podcast(self, interaction: Interaction, name: str, where: str | None = None) -> None:
        """Be told of every new episode of a podcast"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            await self._answer(interaction, await self._follows.podcast(await self._wanted(interaction, where), name))

    @app_commands.command(name="list")
    async def list_followed(self, interaction: Interaction) -> None:
        """What you follow in this server"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            followed = await self._follows.listed(interaction.guild_id, interaction.user.id)
            news = await self._threads.news_channel_id(interaction.guild_id or 0)
        await self._show(interaction, views.list_message(followed, news))

    @app_commands.command()
    @app_commands.describe(what="Which one: choose it from what is suggested")
    async def stop(self, interaction: Interaction, what: str) -> None:
        """Be told of something no more"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            chosen = int(what) if re.fullmatch(r"[0-9]{1,15}", what) else await self._typed(interaction, what)
            stopped = await self._follows.stop(interaction.guild_id, interaction.user.id, chosen)
        await self._show(interaction, views.stopped_message(stopped))

    @speaker.autocomplete("name")
    async def speaker_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions.speakers(interaction, typed)

    @podcast.autocomplete("name")
    async def podcast_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions.podcasts(interaction, typed)

    @stop.autocomplete("what")
    async def followed_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        try:
            known = await self._follows.like(interaction.guild_id, interaction.user.id, typed)
        except CompanionError:
            return []
        return [
            app_commands.Choice(name=views.label(one.follow, one.podcast, CHOICE_TEXT), value=str(one.follow.id))
            for one in known[:CHOICES]
        ]

    async def _typed(self, interaction: Interaction, words: str) -> int:
        """What was written out in place of choosing it: the one thing that the member follows which fits."""
        fitting = await self._follows.like(interaction.guild_id, interaction.user.id, words) if words.strip() else []
        if len(fitting) != 1:
            raise NotFollowedError
        return fitting[0].follow.id

    async def _wanted(self, interaction: Interaction, where: str | None) -> Wanted:
        """Who wants to be told where. Raises `CompanionError` where a thread is wanted and none can be opened."""
        tell_in = TellIn(where) if where else TellIn.DIRECT
        channel = interaction.channel
        # A thread cannot hold another one: the channel that it is in can.
        channel_id = channel.parent_id if isinstance(channel, discord.Thread) else interaction.channel_id or 0
        if tell_in is TellIn.THREAD:
            await self._threads.require(interaction.guild_id or 0, channel_id)
        return Wanted(interaction.guild_id, interaction.user.id, tell_in, channel_id)

    async def _answer(self, interaction: Interaction, begun: Begun) -> None:
        places = await self._threads.places(interaction.guild_id or 0, begun.followed.follow.channel_id)
        await self._show(interaction, views.begun_message(begun, places))

    async def _show(self, interaction: Interaction, message: Message) -> None:
        await interaction.edit_original_response(view=message)


async def setup(bot: Companion) -> None:
    await bot.add_cog(FollowCommands(bot))

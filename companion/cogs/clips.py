"""``/clip``: spans of episodes that members make, show and delete."""

from __future__ import annotations

import logging
from datetime import datetime

from discord import app_commands
from discord.ext import commands

from companion.cogs import suggestions
from companion.cogs.clip_posts import answer_with, take_down
from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature, every_minute
from companion.cogs.views import clip as views
from companion.cogs.views.limits import CHOICE_TEXT, CHOICES, cut
from companion.cogs.views.markdown import one_line
from companion.cogs.views.times import clock_time
from companion.community.clip_times import seconds_of
from companion.community.clips import Clips, GoneClipError, Made
from companion.community.fair_use import Work
from companion.community.near_clips import NearClips
from companion.community.wishes import typed_id
from companion.storage.ballots import CLIP
from companion.storage.clips import Clip
from companion.storage.episodes import Episode
from companion.storage.errors import CompanionError

log = logging.getLogger(__name__)

LONGEST_TIME = 60


def told_of(made: Made) -> str:
    """The heading of what a request for a clip came to."""
    return "🎬 A new clip" if made.new else "🎬 This is clipped already"


@app_commands.guild_only()
class ClipCommands(
    Feature, commands.GroupCog, group_name="clip", group_description="Moments of episodes to hear again"
):
    """``/clip``."""

    voted_on = CLIP, views.ASK

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._clips = Clips(bot.database, bot.searcher)
        self._near = NearClips(bot.database, bot.searcher)

    @every_minute
    async def look_up_meanings(self, _now: datetime) -> None:
        """Looks up what some clips mean that were made without a model, or with another."""
        if self.bot.leads:
            await self._near.catch_up()

    @app_commands.command()
    @app_commands.describe(
        episode="Which one: choose it from what is suggested",
        start="Where it begins: 12:34, 1:02:03, or seconds",
        end="Where it ends, 15 to 120 seconds later; both move to where sentences begin and end",
    )
    async def create(
        self,
        interaction: Interaction,
        episode: str,
        start: app_commands.Range[str, 1, LONGEST_TIME],
        end: app_commands.Range[str, 1, LONGEST_TIME] | None = None,
    ) -> None:
        """Make a clip of what was said in an episode, for everybody here to hear and vote on"""
        begins, ends = seconds_of(start), None if end is None else seconds_of(end)
        async with deferred_turn(interaction, Work.CLIP, thinking=True):
            made = await self._clips.make_between(interaction.guild_id, interaction.user.id, episode, begins, ends)
            await answer_with(interaction, made.shown, heading=told_of(made))

    @app_commands.command()
    @app_commands.describe(clip="Which one: choose it from what is suggested, or write words of it")
    async def show(self, interaction: Interaction, clip: str) -> None:
        """Post a clip again"""
        async with deferred_turn(interaction, Work.CLIP, thinking=True):
            clip_id = await meant(self._clips, interaction, clip)
            await answer_with(interaction, await self._clips.shown(interaction.guild_id, clip_id))

    @app_commands.command()
    async def random(self, interaction: Interaction) -> None:
        """Post one of this server's clips, whichever chance brings"""
        async with deferred_turn(interaction, Work.CLIP, thinking=True):
            await answer_with(interaction, await self._clips.random(interaction.guild_id, interaction.id))

    @app_commands.command()
    async def mine(self, interaction: Interaction) -> None:
        """See the clips that you made in this server"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            page = await self._clips.of_member(interaction.guild_id, interaction.user.id)
        await interaction.edit_original_response(view=views.own_clips_message(page))

    @app_commands.command()
    @app_commands.describe(clip="Which one: choose it from what is suggested, or write words of it")
    async def delete(self, interaction: Interaction, clip: str) -> None:
        """Delete a clip that you made, or any if you moderate here, with its votes"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            moderates = interaction.permissions.manage_messages
            clip_id = await meant(self._clips, interaction, clip, None if moderates else interaction.user.id)
            gone = await self._clips.delete(interaction.guild_id, interaction.user.id, clip_id, moderates=moderates)
        await interaction.edit_original_response(view=views.deleted_message(gone))
        await take_down(self.bot, gone)

    @create.autocomplete("episode")
    async def episode_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions.episodes(interaction, typed)

    @show.autocomplete("clip")
    async def clip_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await choices(self._clips, interaction, typed)

    @delete.autocomplete("clip")
    async def own_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        moderates = interaction.permissions.manage_messages
        return await choices(self._clips, interaction, typed, None if moderates else interaction.user.id)


async def choices(
    clips: Clips, interaction: Interaction, typed: str, member_id: int | None = None
) -> list[app_commands.Choice[str]]:
    """The server's clips that a member may mean; a member's only, for ``member_id``."""
    try:
        known = await clips.like(interaction.guild_id, typed, CHOICES, member_id=member_id)
    except CompanionError:
        return []
    return [_choice(clip, episode) for clip, episode in known]


async def meant(clips: Clips, interaction: Interaction, typed: str, member_id: int | None = None) -> int:
    """The id of the clip that was chosen of what is suggested, or of the one of those whose title or episode has the
    typed words, ``member_id``'s first. Raises `GoneClipError` and `SeveralFitError`."""
    if (chosen := typed_id(typed)) is not None:
        return chosen
    for whose in dict.fromkeys((member_id, None)):
        # What is only another's is not unknown, and whoever may do nothing with it is told so.
        fitting = await clips.like(interaction.guild_id, typed, CHOICES, member_id=whose) if typed.split() else []
        named = [(clip.title, _choice(clip, episode)) for clip, episode in fitting]
        if (found := suggestions.only_one(typed, "clips", named)) is not None:
            return found
    raise GoneClipError


def _choice(clip: Clip, episode: Episode) -> app_commands.Choice[str]:
    at = f" {clock_time(clip.start)}" if clip.start is not None else ""
    where = f" · {cut(one_line(episode.title), 30)}{at}"
    name = cut(f"“{cut(one_line(clip.title), CHOICE_TEXT - len(where) - 2)}”{where}", CHOICE_TEXT)
    return app_commands.Choice(name=name, value=str(clip.id))


async def setup(bot: Companion) -> None:
    await bot.add_cog(ClipCommands(bot))

"""``/search`` and the message menu *Search the archive*."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from companion.cogs import suggestions
from companion.cogs.companion import Companion, Interaction
from companion.cogs.posting import post
from companion.community.wishes import LONGEST_QUERY, Wish, query_in_message


class Search(commands.Cog):
    """Finding what was said."""

    def __init__(self, bot: Companion) -> None:
        self.bot = bot
        self.menu = app_commands.ContextMenu(name="Search the archive", callback=self.search_message)
        self.menu.guild_only = True
        bot.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        self.bot.tree.remove_command(self.menu.name, type=self.menu.type)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(
        query="What you want to hear about: a question or some words",
        episode="Only in this episode",
        speaker="Only what this person says",
        after="Only episodes from then on: 2024, 2024-03 or 2024-03-17",
        before="Only episodes until then: 2024, 2024-03 or 2024-03-17",
        podcast="Only in this podcast",
        newest_first="True: what was said last comes first, instead of what answers best",
    )
    async def search(
        self,
        interaction: Interaction,
        query: app_commands.Range[str, 1, LONGEST_QUERY],
        episode: str | None = None,
        speaker: str | None = None,
        after: str | None = None,
        before: str | None = None,
        podcast: str | None = None,
        newest_first: bool = False,
    ) -> None:
        """Find what was said in the podcast, word for word, with who, when and a link"""
        wish = Wish.typed(query, episode, speaker, after, before, podcast, newest_first=newest_first)
        await post(interaction, lambda asker: self.bot.searches.ask(asker, wish))

    async def search_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Searches for what a message says."""
        wish = Wish.typed(query_in_message(message.content))
        await post(interaction, lambda asker: self.bot.searches.ask(asker, wish))

    @search.autocomplete("episode")
    async def episode_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions.episodes(interaction, typed)

    @search.autocomplete("speaker")
    async def speaker_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions.speakers(interaction, typed)

    @search.autocomplete("podcast")
    async def podcast_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions.podcasts(interaction, typed)


async def setup(bot: Companion) -> None:
    await bot.add_cog(Search(bot))

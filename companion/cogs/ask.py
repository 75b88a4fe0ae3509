"""``/ask`` and the message menu *Ask about this*."""

from __future__ import annotations

from datetime import datetime

import discord
from discord import app_commands

from companion.cogs import suggestions
from companion.cogs.answer_messages import post_answer, rerender
from companion.cogs.companion import Companion, Interaction
from companion.cogs.courtesies import answered, courtesy
from companion.cogs.feature import Feature, every_minute
from companion.community.wishes import LONGEST_QUERY, Wish, query_in_message


class Ask(Feature):
    """Questions, answered from what was said."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._menu = app_commands.ContextMenu(name="Ask about this", callback=self.ask_message)
        self._menu.guild_only = True

    async def cog_load(self) -> None:
        await super().cog_load()
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        await super().cog_unload()
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @every_minute
    async def end_broken_off(self, now: datetime) -> None:
        """Lets answers say so that will not be finished, because the bot was stopped while a model wrote."""
        for question_id in await self.bot.questions.broken_off(now):
            await rerender(self.bot, question_id)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(
        question="What you want to know", episode="Only from this episode", speaker="Only from what this person says"
    )
    async def ask(
        self,
        interaction: Interaction,
        question: app_commands.Range[str, 1, LONGEST_QUERY],
        episode: str | None = None,
        speaker: str | None = None,
    ) -> None:
        """Ask a question, and read what was said about it, quoted with who, when and a link"""
        await self._ask(interaction, question, episode, speaker)

    async def ask_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Asks what a message asks, and answers it from what was said."""
        await self._ask(interaction, query_in_message(message.content))

    async def _ask(
        self, interaction: Interaction, question: str, episode: str | None = None, speaker: str | None = None
    ) -> None:
        meant = courtesy(question)
        if meant is None:
            wish = Wish.typed(question, episode, speaker)
            await post_answer(interaction, lambda asker: self.bot.questions.ask(asker, wish))
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        view = await answered(self.bot, interaction.guild_id, meant, seed=interaction.id)
        await interaction.edit_original_response(view=view)

    @ask.autocomplete("episode")
    async def episode_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions.episodes(interaction, typed)

    @ask.autocomplete("speaker")
    async def speaker_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions.speakers(interaction, typed)


async def setup(bot: Companion) -> None:
    await bot.add_cog(Ask(bot))

"""*Mark this answer*: what hosts say of answers, shown on them with credit."""

from __future__ import annotations

import discord
from discord import app_commands

from companion.cogs.answer_messages import rerender
from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature
from companion.cogs.hosting import host_of, hosted_turn
from companion.cogs.press import Press, in_private
from companion.cogs.views import feedback as views
from companion.cogs.views import feedback_ids
from companion.community.fair_use import Work
from companion.community.feedback import Feedback
from companion.storage.verdicts import Verdict


class VerdictPress(Press, template=feedback_ids.VERDICT):
    """Gives a host's verdict, or takes it back, and shows that on the answer."""

    async def pressed(self, interaction: Interaction) -> None:
        beside = not in_private(interaction)
        async with hosted_turn(interaction, host_of, thinking=beside, ephemeral=beside) as host:
            kept = Feedback(interaction.client.database)
            question = await kept.judge(host, int(self.match["question"]), Verdict(self.match["verdict"]))
        await rerender(interaction.client, question.id)
        await interaction.edit_original_response(view=views.mark_message(question, changed=True))


class Marks(Feature):
    """What hosts say of answers."""

    presses = (VerdictPress,)
    prefix = "marks:"
    again = "Open the answer's menu again: Apps → *Mark this answer*."

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._kept = Feedback(bot.database)
        self.menu = app_commands.ContextMenu(name="Mark this answer", callback=self.mark)
        self.menu.guild_only = True

    async def cog_load(self) -> None:
        await super().cog_load()
        self.bot.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        await super().cog_unload()
        self.bot.tree.remove_command(self.menu.name, type=self.menu.type)

    async def mark(self, interaction: Interaction, message: discord.Message) -> None:
        """For hosts: marks an answer of mine right or wrong."""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            await host_of(interaction)
            question = await self._kept.shown_by(interaction.guild_id, message.id)
        await interaction.edit_original_response(view=views.mark_message(question))


async def setup(bot: Companion) -> None:
    await bot.add_cog(Marks(bot))

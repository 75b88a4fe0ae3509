"""``/guest``: who is coming on the podcast, as hosts say."""

from __future__ import annotations

from discord import app_commands

from companion.cogs.ballot_messages import replace_all
from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature
from companion.cogs.hosting import hosted_turn
from companion.cogs.views import guests as views
from companion.cogs.views.limits import CHOICES
from companion.cogs.views.question import gone_message
from companion.community.fair_use import Work
from companion.community.guests import LONGEST_NAME, Guests
from companion.storage.ballots import QUESTION, Subject

_LONGEST_DAY = 60


class GuestCommands(Feature):
    """``/guest``."""

    guest = app_commands.Group(name="guest", description="Who is coming on the podcast", guild_only=True)

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._guests = Guests(bot.database)

    @guest.command()
    @app_commands.describe(
        name="Their name, as the episode will have it",
        date="When they are to be on, such as 2026-03-06 or friday; left out: not known yet",
    )
    async def add(
        self,
        interaction: Interaction,
        name: app_commands.Range[str, 1, LONGEST_NAME],
        date: app_commands.Range[str, 1, _LONGEST_DAY] | None = None,
    ) -> None:
        """Say who is coming on the podcast, so that members can ask them something; for hosts"""
        async with hosted_turn(interaction, thinking=True) as host:
            added = await self._guests.add(host, name, date)
        await interaction.edit_original_response(view=views.added_message(added))

    @guest.command()
    @app_commands.describe(guest="Who: choose them from those that are suggested")
    async def remove(self, interaction: Interaction, guest: str) -> None:
        """Take a guest back, with the questions for them; for hosts"""
        async with hosted_turn(interaction, thinking=True) as host:
            gone, questions = await self._guests.remove(host, guest)
        await interaction.edit_original_response(view=views.removed_message(gone, len(questions)))
        for question_id in questions:
            await replace_all(self.bot, Subject(QUESTION, question_id), gone_message())

    @guest.command(name="list")
    async def list_guests(self, interaction: Interaction) -> None:
        """Who is coming on the podcast, and who was heard since"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
            listed = await self._guests.listed(interaction.guild_id)
        await interaction.edit_original_response(view=views.list_message(listed))

    @remove.autocomplete("guest")
    async def suggest_guests(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The server's guests."""
        known = await self._guests.like(interaction.guild_id, typed, CHOICES, heard=True)
        return [app_commands.Choice(name=views.choice(one), value=str(one.id)) for one in known]


async def setup(bot: Companion) -> None:
    await bot.add_cog(GuestCommands(bot))

"""``/club calendar``: the sessions of clubs in a member's own calendar, by a link that they can revoke or as a file."""

from __future__ import annotations

import io

import discord
from discord import app_commands

from companion.cogs.club_choices import suggest_clubs
from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature, add_to_group
from companion.cogs.press import Press
from companion.cogs.setup import require_manager
from companion.cogs.views import calendar as views
from companion.cogs.views import calendar_ids
from companion.cogs.views.layout import Message
from companion.community.calendars import Calendars
from companion.community.fair_use import Work


class RevokePress(Press, template=calendar_ids.REVOKE):
    """Lets the presser's link open nothing any more."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP):
            calendars = Calendars(interaction.client.database)
            await calendars.revoke(interaction.guild_id, interaction.user.id, self.match["digest"])
        await _replace(interaction, views.revoked(1))


class RevokeAllPress(Press, template=calendar_ids.REVOKE_ALL):
    """Does so with all of the presser's links, or, for those who manage the server, with all that anybody has."""

    async def pressed(self, interaction: Interaction) -> None:
        everybody = self.match["whose"] == "everybody"
        if everybody:
            require_manager(interaction)
        async with deferred_turn(interaction, Work.LOOKUP):
            whose = None if everybody else interaction.user.id
            count = await Calendars(interaction.client.database).revoke_all(interaction.guild_id, whose)
        await _replace(interaction, views.revoked(count, everybody=everybody))


class ClubCalendar(Feature):
    """The buttons under a calendar's link."""

    presses = (RevokePress, RevokeAllPress)
    prefix = calendar_ids.PREFIX
    again = "`/club calendar` gives you a link that works."


@app_commands.command(name="calendar")
@app_commands.describe(club="Of which club; left out: of all")
@app_commands.autocomplete(club=suggest_clubs)
async def calendar(interaction: Interaction, club: str | None = None) -> None:
    """The sessions for your own calendar: a link to subscribe to, and a file"""
    async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
        calendars, web_address = Calendars(interaction.client.database), interaction.client.web_address
        file = await calendars.of_server(interaction.guild_id, club)
        link = None
        if web_address is not None:
            link = await calendars.subscribe(interaction.guild_id, interaction.user.id, club)
    attached = interaction.app_permissions.attach_files
    manages = interaction.permissions.manage_guild
    message = views.calendar_message(file.name, link, web_address, attached=attached, manages=manages)
    files = [discord.File(io.BytesIO(file.content), views.FILE)] if attached else []
    await interaction.edit_original_response(view=message, attachments=files)


async def _replace(interaction: Interaction, message: Message) -> None:
    """Shows something else in place of the message with the link."""
    await interaction.edit_original_response(view=message, attachments=[])


async def setup(bot: Companion) -> None:
    add_to_group(bot, "club", calendar)
    await bot.add_cog(ClubCalendar(bot))

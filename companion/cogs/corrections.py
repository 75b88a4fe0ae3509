"""Corrections of names: members propose them from the context of a result, managers accept or reject them.

Managers are asked in the channel they chose for notices, and read all that is open with ``/setup corrections``.
"""

from __future__ import annotations

import logging
import re
from datetime import datetime
from typing import Any

import discord
from discord import app_commands

from companion.cogs.companion import QUIET, Companion, Interaction
from companion.cogs.failures import ANSWERED
from companion.cogs.fair_use import before_form, deferred_turn
from companion.cogs.feature import Feature, add_to_group, every_minute
from companion.cogs.outlets import Outlets, RefusedError, UncertainError
from companion.cogs.press import Press, in_private
from companion.cogs.setup import require_manager
from companion.cogs.views import correction_ids, custom_ids
from companion.cogs.views import corrections as views
from companion.cogs.views.correction_form import correction_form, typed_mistake
from companion.cogs.views.layout import Message
from companion.community.corrections import AlreadyDecidedError, Corrections, Proposed, UnknownCorrectionError
from companion.community.fair_use import Work
from companion.community.permissions import NOTICES
from companion.community.proposals import Proposals, Received
from companion.community.visibility import NoPodcastYetError
from companion.storage.corrections import Correction

log = logging.getLogger(__name__)


class CorrectPress(Press, template=correction_ids.CORRECT):
    """Opens the form with what may be wrong in the passage."""

    async def pressed(self, interaction: Interaction) -> None:
        reference, quoted = custom_ids.reference_in(self.match), custom_ids.quoted_in(self.match)
        proposals = Proposals(interaction.client.database)
        speaking = await before_form(
            interaction, lambda: proposals.speakers_at(interaction.guild_id, reference, quoted)
        )
        await interaction.response.send_modal(correction_form(reference, quoted, speaking))


class WithdrawPress(Press, template=correction_ids.WITHDRAW):
    """Takes the presser's proposal back."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP):
            proposals = Proposals(interaction.client.database)
            correction, stays = await proposals.withdraw(
                interaction.guild_id, interaction.user.id, int(self.match["correction"])
            )
        message = views.taken_back_message(correction, stays=stays)
        await interaction.edit_original_response(view=message)
        if stays:
            await _show_again(interaction.client, correction)
        else:
            await _replace(interaction.client, correction, views.withdrawn_message(correction.mistake))


class DecidePress(Press, template=correction_ids.DECIDE):
    """Accepts or rejects a proposal, where managers were asked or in the list of all that is open."""

    async def pressed(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await interaction.response.defer()
        correction_id, accept = int(self.match["correction"]), self.match["verdict"] == "accept"
        kept_by = Corrections(interaction.client.database)
        try:
            proposed = await kept_by.decide(interaction.guild_id, correction_id, interaction.user.id, accept=accept)
        except AlreadyDecidedError:
            await self._show(interaction, await kept_by.get(interaction.guild_id, correction_id), "")
            raise
        await self._show(interaction, proposed, views.decided(proposed))

    async def _show(self, interaction: Interaction, proposed: Proposed, done: str) -> None:
        """What came of it, where it was pressed and where it was asked."""
        asked_by = proposed.correction.message_id
        if interaction.message is not None and interaction.message.id == asked_by:
            await interaction.edit_original_response(view=views.asking_message(proposed))
            return
        if in_private(interaction):
            kept_by = Corrections(interaction.client.database)
            page = await kept_by.page(interaction.guild_id, int(self.match["page"] or 0))
            await interaction.edit_original_response(view=views.list_message(page, done))
        elif done:
            await interaction.followup.send(view=views.asking_message(proposed), ephemeral=True, allowed_mentions=QUIET)
        await _show_again(interaction.client, proposed.correction)


class ListPress(Press, template=correction_ids.LIST):
    """Turns to a page of what is open."""

    async def pressed(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await interaction.response.defer()
        page = await Corrections(interaction.client.database).page(interaction.guild_id, int(self.match["page"]))
        await interaction.edit_original_response(view=views.list_message(page))


class CorrectionCommands(Feature):
    """The form, and the messages that ask managers."""

    presses = (CorrectPress, WithdrawPress, DecidePress, ListPress)
    prefix = "corrections:"
    again = "Use `/setup corrections`, or search again."
    form = correction_ids.FORM

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._kept_by = Corrections(bot.database)
        self._proposals = Proposals(bot.database)
        self._outlets = Outlets(bot)

    @every_minute
    async def tell(self, now: datetime) -> None:
        """Asks the managers of every server that chose a channel for it, once of each proposal."""
        for correction, channel_id in await self._kept_by.untold():
            # Until the bot may post there it waits, and `/setup corrections` lists it.
            channel = self._outlets.channel(correction.guild_id, channel_id, NOTICES.needs, now)
            if channel is not None and (proposed := await self._kept_by.claim(correction.id)):
                await self._send(channel, proposed, now)

    async def _send(self, channel: discord.TextChannel, proposed: Proposed, now: datetime) -> None:
        correction = proposed.correction
        try:
            message_id = await self._outlets.send(channel, views.asking_message(proposed), now)
        except RefusedError as error:
            log.warning("guild %d could not be asked about a correction: %s", correction.guild_id, error)
            await self._kept_by.not_sent(correction.id)
        except UncertainError as error:
            # It may have been sent, and `/setup corrections` lists it anyway.
            log.warning("guild %d may not have been asked about a correction: %s", correction.guild_id, error)
        else:
            await self._kept_by.sent(correction.id, channel.id, message_id)

    async def sent_in(self, interaction: Interaction, match: re.Match[str]) -> None:
        """Proposes what was typed, and asks managers."""
        reference, quoted = custom_ids.reference_in(match), custom_ids.quoted_in(match)
        typed = typed_mistake(interaction.data or {})
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            correction, received = await self._proposals.propose(
                interaction.guild_id, interaction.user.id, reference, quoted, typed
            )
        message = views.proposed_message(correction, received)
        await interaction.edit_original_response(view=message)
        interaction.extras[ANSWERED] = True
        if received is Received.NEW:
            await self.tell(self.bot.database.clock.now())
        elif received is Received.JOINED:
            await _show_again(self.bot, correction)


async def _show_again(bot: Companion, correction: Correction) -> None:
    """Lets the message that asks managers tell how things are now."""
    if correction.message_id is None:
        return
    try:
        proposed = await Corrections(bot.database).get(correction.guild_id, correction.id)
    except (UnknownCorrectionError, NoPodcastYetError) as error:
        # The server has left the podcast since, so that nothing of it is written there any more.
        log.info("what guild %d was asked about a correction stays as it is: %s", correction.guild_id, error)
        return
    await _replace(bot, correction, views.asking_message(proposed))


async def _replace(bot: Companion, correction: Correction, message: Message) -> None:
    """Replaces the message that asks managers, if there is one. If that fails, its buttons still answer rightly."""
    if correction.channel_id is None or correction.message_id is None:
        return
    channel = bot.get_partial_messageable(correction.channel_id, guild_id=correction.guild_id)
    try:
        await channel.get_partial_message(correction.message_id).edit(view=message, allowed_mentions=QUIET)
    except discord.HTTPException as error:
        log.info("what guild %d was asked about a correction is not up to date: %s", correction.guild_id, error)


async def list_corrections(interaction: Interaction) -> None:
    """`/setup corrections`."""
    require_manager(interaction)
    await interaction.response.defer(thinking=True, ephemeral=True)
    page = await Corrections(interaction.client.database).page(interaction.guild_id, 0)
    await interaction.edit_original_response(view=views.list_message(page))


async def setup(bot: Companion) -> None:
    decides = "Accept or reject what members say is wrong with names"
    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name="corrections", description=decides, callback=list_corrections
    )
    add_to_group(bot, "setup", command)
    await bot.add_cog(CorrectionCommands(bot))

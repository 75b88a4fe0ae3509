"""The Delete button under every public answer, whichever feature posted it."""

from __future__ import annotations

import logging

import discord

from companion.cogs.companion import Companion, Interaction
from companion.cogs.search_buttons import Press
from companion.cogs.views import custom_ids
from companion.cogs.views.delete import deleted_message
from companion.cogs.views.results import credit
from companion.community.deletion import Deletion, Forgotten, Posted
from companion.storage.errors import CompanionError
from companion.storage.searches import Search

log = logging.getLogger(__name__)

_UNKNOWN_MESSAGE = 10008


class CannotDeleteError(CompanionError):
    """Discord keeps the message."""

    def __init__(self) -> None:
        super().__init__(
            "Discord does not let me delete this message, so nothing is deleted. Whoever may manage messages here can"
            " delete it in its menu."
        )


class DeletePress(Press, template=custom_ids.DELETE):
    """Deletes the message it is on, and what is stored of it."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        posted = _posted(interaction.message, interaction.guild_id)
        deletion = Deletion(interaction.client.database)
        moderates = interaction.permissions.manage_messages
        await deletion.require_allowed(posted, interaction.user.id, moderates=moderates)
        was_gone = await _delete(interaction)
        forgotten = await deletion.forget(posted.guild_id, posted.message_id)
        await interaction.followup.send(view=deleted_message(forgotten, was_gone=was_gone), ephemeral=True)
        await _take_words_back(interaction.client, forgotten)


def _posted(message: discord.Message | None, guild_id: int | None) -> Posted:
    asked = message.interaction_metadata if message else None
    return Posted(guild_id or 0, message.id if message else 0, asked.user.id if asked else None)


async def _delete(interaction: Interaction) -> bool:
    """Deletes the message that was pressed, which takes no permission; True if it was gone already."""
    try:
        await interaction.delete_original_response()
    except discord.NotFound as error:
        if error.code != _UNKNOWN_MESSAGE:
            raise
        return True
    except discord.Forbidden as error:
        raise CannotDeleteError from error
    return False


async def _take_words_back(bot: Companion, forgotten: Forgotten) -> None:
    """Lets the riffs on a deleted search say so, where they quoted it."""
    if forgotten.search is None:
        return
    for riff in forgotten.riffs:
        try:
            await _take_credit_back(bot, riff, forgotten.search)
        except discord.HTTPException as error:
            log.info("a riff on a deleted search still quotes it: %s", error)


async def _take_credit_back(bot: Companion, riff: Search, origin: Search) -> None:
    if riff.message_id is None:
        return
    channel = bot.get_partial_messageable(riff.channel_id, guild_id=riff.guild_id)
    message = await channel.fetch_message(riff.message_id)
    shown = discord.ui.LayoutView.from_message(message, timeout=None)
    for item in shown.walk_children():
        if isinstance(item, discord.ui.TextDisplay):
            item.content = item.content.replace(credit(riff, origin), credit(riff, None))
    shown.stop()
    await message.edit(view=shown, allowed_mentions=discord.AllowedMentions.none())


async def setup(bot: Companion) -> None:
    bot.add_dynamic_items(DeletePress)

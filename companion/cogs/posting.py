"""Posting the answer to a search: the placeholder at once, the results in its place."""

from __future__ import annotations

from collections.abc import Awaitable

import discord

from companion.cogs.companion import Interaction
from companion.cogs.failures import ANSWERED
from companion.cogs.views.results import results_message
from companion.community.searches import Answer, Asker


def asker_of(interaction: Interaction) -> Asker:
    """Who asks, and where."""
    return Asker(
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id or 0,
        member_id=interaction.user.id,
        member_name=interaction.user.display_name,
    )


async def post(interaction: Interaction, asked: Awaitable[Answer]) -> None:
    """Answers in public with what ``asked`` comes to. The interaction must have been deferred as a new message."""
    answer = await asked
    message = await interaction.edit_original_response(
        view=results_message(answer), allowed_mentions=discord.AllowedMentions.none()
    )
    interaction.extras[ANSWERED] = True
    await interaction.client.searches.posted(answer.search_id, message.id)

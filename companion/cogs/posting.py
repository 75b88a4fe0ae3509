"""Posting the answer to a search: the placeholder at once, the results in its place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import discord

from companion.cogs.companion import Interaction
from companion.cogs.failures import ANSWERED
from companion.cogs.fair_use import turn_of
from companion.cogs.views.results import results_message
from companion.community.deletion import Deletion
from companion.community.fair_use import Work
from companion.community.searches import Answer, Asker
from companion.storage.retractions import Retraction


def asker_of(interaction: Interaction, message_id: int | None = None) -> Asker:
    """Who asks, and where; in answer to which that message is shown."""
    return Asker(
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id or 0,
        member_id=interaction.user.id,
        member_name=interaction.user.display_name,
        role_ids=roles_of(interaction.user),
        message_id=message_id,
    )


def roles_of(user: discord.abc.User) -> tuple[int, ...]:
    """The ids of a member's roles, as far as Discord told of them."""
    return tuple(role.id for role in user.roles) if isinstance(user, discord.Member) else ()


async def post(interaction: Interaction, ask: Callable[[Asker], Awaitable[Answer]]) -> None:
    """Answers in public with what ``ask`` comes to, when it is the member's turn. Nothing may be answered yet."""
    turn = turn_of(interaction, Work.SEARCH)
    placeholder = await interaction.response.defer(thinking=True)
    async with turn:
        answer = await ask(asker_of(interaction, placeholder.message_id if placeholder else None))
    try:
        message = await interaction.edit_original_response(view=results_message(answer))
    except discord.NotFound:
        # Deleted before there was a record to delete with it.
        if placeholder and placeholder.message_id:
            await Deletion(interaction.client.database).forget(interaction.guild_id or 0, placeholder.message_id)
        raise
    interaction.extras[ANSWERED] = True
    if message.id != answer.search.message_id:
        posted = Retraction(interaction.guild_id or 0, message.channel.id, message.id)
        await interaction.client.searches.posted(answer.search_id, posted)

"""Posting answers: the acknowledgement at once, then the passages as an ordinary message, then the prose growing in it.

The answer is an ordinary message because replies to one carry their text, threads hang on it, and it is edited by id
long after the interaction that asked for it has expired.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from dataclasses import replace

import discord

from companion.cogs.companion import QUIET, Companion, Interaction
from companion.cogs.failures import ANSWERED, SURPRISE
from companion.cogs.fair_use import turn_of
from companion.cogs.pacing import paced
from companion.cogs.posting import asker_of
from companion.cogs.views.answer import answer_message, with_footer
from companion.cogs.views.asking import not_here_message
from companion.community.asking_places import NotAskedHereError, Spot
from companion.community.fair_use import Work
from companion.community.permissions import ANSWERS, in_place, missing
from companion.community.questions import Answered
from companion.community.searches import Asker
from companion.storage.retractions import Retraction

log = logging.getLogger(__name__)

Turn = AbstractAsyncContextManager[None]


async def post_answer(interaction: Interaction, ask: Callable[[Asker], Awaitable[Answered]]) -> None:
    """Answers in public with what ``ask`` comes to, when it is the member's turn. Nothing may be answered yet."""
    asking, writing = turn_of(interaction, Work.ASK), turn_of(interaction, Work.WRITE)
    # The acknowledgement is for the asker alone, and goes when the answer stands in the channel. Where the bot may not
    # send messages there, the acknowledgement itself becomes the answer.
    aside = _may_post(interaction)
    await interaction.response.defer(thinking=True, ephemeral=aside)
    spot = spot_of(interaction.guild_id, interaction.channel, interaction.channel_id)
    try:
        await interaction.client.asking_places.require_allowed(spot)
    except NotAskedHereError as off:
        if not aside:
            raise
        await interaction.edit_original_response(view=not_here_message(off.elsewhere))
        return
    async with asking:
        shown = await ask(asker_of(interaction))
    message = await _posted(interaction, shown, aside=aside)
    interaction.extras[ANSWERED] = True
    await deliver(interaction.client, shown, message, writing)


async def deliver(bot: Companion, shown: Answered, message: discord.Message, writing: Turn) -> None:
    """Remembers the posted answer, and lets a model's prose grow in it."""
    question = shown.question
    await bot.questions.posted(question.id, Retraction(question.guild_id, message.channel.id, message.id))
    if not shown.writing:
        return
    try:
        async with writing, aclosing(paced(bot.questions.write(shown))) as growing:
            async for grown in growing:
                if not await _edited(message, grown):
                    return
    except Exception:  # nobody shall wait for what does not come; the fault itself goes on to the log
        broken = replace(shown, writing=False, answer=replace(shown.answer, prose="", problem=SURPRISE))
        await _edited(message, broken)
        raise


async def rerender(bot: Companion, question_id: int) -> None:
    """Lets a posted answer say what its question's record says of it by now. One that is gone, or closed to the bot, is
    left alone."""
    question = await bot.questions.find(question_id)
    if question is None or question.message_id is None:
        return
    channel = bot.get_partial_messageable(question.channel_id, guild_id=question.guild_id)
    try:
        message = await channel.fetch_message(question.message_id)
        view = with_footer(message, question)
        if view is not None:
            await message.edit(view=view, allowed_mentions=QUIET)
    except (discord.Forbidden, discord.NotFound) as error:
        log.info("an answer in guild %d could not be changed: %s", question.guild_id, error)


def spot_of(guild_id: int | None, channel: object, channel_id: int | None) -> Spot:
    """Where somebody asks, as its settings know it."""
    parent = channel.parent_id if isinstance(channel, discord.Thread) else None
    return Spot(guild_id or 0, channel_id or 0, parent)


def _may_post(interaction: Interaction) -> bool:
    channel = interaction.channel
    needs = in_place(ANSWERS.needs, thread=isinstance(channel, discord.Thread))
    return isinstance(channel, discord.abc.Messageable) and not missing(interaction.app_permissions.value, needs)


async def _posted(interaction: Interaction, shown: Answered, *, aside: bool) -> discord.Message:
    view = answer_message(shown)
    channel = interaction.channel
    if not aside or not isinstance(channel, discord.abc.Messageable):
        return await interaction.edit_original_response(view=view)
    try:
        message = await channel.send(view=view)
    except discord.Forbidden as error:
        # A locked thread, or a permission that is gone since. The first message after an acknowledgement is as private
        # as that, so it says a word, and the answer is the second one.
        log.info("an answer in guild %s goes out as a response: %s", interaction.guild_id, error)
        await interaction.edit_original_response(content="I may not write here, so the answer follows as a response.")
        return await interaction.followup.send(view=view, allowed_mentions=QUIET, wait=True)
    with suppress(discord.HTTPException):  # the answer is there; who asked may have dismissed the acknowledgement
        await interaction.delete_original_response()
    return message


async def _edited(message: discord.Message, shown: Answered) -> bool:
    """Shows the answer as it is now. False where nobody can see it any more."""
    try:
        await message.edit(view=answer_message(shown), allowed_mentions=QUIET)
    except (discord.NotFound, discord.Forbidden) as error:
        log.info("an answer in guild %d is shown no more: %s", shown.question.guild_id, error)
        return False
    except discord.DiscordServerError as error:
        log.warning("an edit of an answer in guild %d was lost: %s", shown.question.guild_id, error)
    return True

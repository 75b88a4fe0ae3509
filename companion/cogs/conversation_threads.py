"""Opening the thread in which a conversation goes on."""

from __future__ import annotations

import logging

import discord

from companion.cogs.companion import Companion
from companion.cogs.views import asking as views
from companion.cogs.views.layout import Message
from companion.cogs.views.limits import THREAD_NAME, cut
from companion.cogs.views.markdown import one_line
from companion.community.permissions import CONVERSATIONS, missing
from companion.storage.questions import Question

log = logging.getLogger(__name__)

_THREAD_EXISTS = 160004
_KEPT_OPEN = 4320
"""Minutes without a message, after which Discord hides the thread; the next message brings it back."""


async def go_on(bot: Companion, question: Question, pressed_in: object, member_id: int) -> Message:
    """Opens the thread of an answer, or finds it; returns what to tell the member."""
    bot_id = bot.user.id if bot.user else 0
    if isinstance(pressed_in, discord.Thread):
        known = await bot.questions.conversations.get(question.guild_id, pressed_in.id)
        return views.in_thread_message(bot_id) if known else views.no_thread_message(())
    channel = bot.get_channel(question.channel_id)
    if not isinstance(channel, discord.TextChannel) or question.message_id is None:
        return views.no_thread_message(())
    # A thread that hangs on a message has the message's id.
    there = await _thread(bot, channel.guild, question.message_id)
    if there is not None:
        await bot.questions.conversations.open_in(question.guild_id, there.id, question.id, member_id)
        return views.locked_message(there.id) if there.locked else views.opened_message(there.id, new=False)
    lacks = missing(channel.permissions_for(channel.guild.me).value, CONVERSATIONS.needs)
    if lacks:
        return views.no_thread_message(lacks)
    thread_id = await open_thread(bot, channel, question, member_id)
    return views.opened_message(thread_id, new=True) if thread_id else views.no_thread_message(())


async def open_thread(bot: Companion, channel: discord.TextChannel, question: Question, member_id: int) -> int | None:
    """Opens a thread on the answer to a question and says how to go on there; returns its id. None where Discord
    refuses."""
    if question.message_id is None:
        return None
    name = cut(one_line(question.text), THREAD_NAME)
    message = channel.get_partial_message(question.message_id)
    try:
        thread = await message.create_thread(name=name, auto_archive_duration=_KEPT_OPEN)
    except discord.HTTPException as error:
        if error.code == _THREAD_EXISTS:
            return question.message_id  # somebody else's press was faster
        log.info("no thread could be opened in guild %d: %s", question.guild_id, error)
        return None
    await bot.questions.conversations.open_in(question.guild_id, thread.id, question.id, member_id)
    bot_id = bot.user.id if bot.user else 0
    welcome = views.welcome_message(member_id, bot_id, reads_all=bot.intents.message_content)
    try:
        await thread.send(view=welcome)
    except discord.HTTPException as error:
        log.info("a new thread in guild %d got no first words: %s", question.guild_id, error)
    return thread.id


async def _thread(bot: Companion, guild: discord.Guild, thread_id: int) -> discord.Thread | None:
    """The thread, also one that Discord has archived. One that is deleted is forgotten."""
    cached = guild.get_thread(thread_id)
    if cached is not None:
        return cached
    if await bot.questions.conversations.get(guild.id, thread_id) is None:
        return None
    try:
        found = await guild.fetch_channel(thread_id)
    except discord.NotFound:
        await bot.questions.conversations.close(guild.id, thread_id)
        return None
    except (discord.Forbidden, discord.InvalidData) as error:
        log.info("the thread %d in guild %d is closed to me: %s", thread_id, guild.id, error)
        return None
    return found if isinstance(found, discord.Thread) else None

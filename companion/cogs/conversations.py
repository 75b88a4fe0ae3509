"""Questions in messages: a mention, a reply to an answer, and whatever is written in the thread of a conversation.

The bot looks at no other message: Discord hands it the text of those that mention it, and, where the operator has the
message-content intent, it looks into its own threads only.
"""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import discord
from discord.ext import commands

from companion.cogs.answer_messages import deliver, spot_of
from companion.cogs.companion import Companion
from companion.cogs.conversation_threads import open_thread
from companion.cogs.courtesies import answered, courtesy
from companion.cogs.failures import SURPRISE, told_of
from companion.cogs.posting import roles_of
from companion.cogs.requests import Kind, Outcome, settle
from companion.cogs.views.answer import answer_message
from companion.cogs.views.asking import what_to_ask_message
from companion.cogs.views.layout import AMBER, Message, sentence
from companion.community.conversations import LONG
from companion.community.cooldowns import Cooldowns, Rate
from companion.community.fair_use import Work
from companion.community.permissions import ANSWERS, CONVERSATIONS, in_place, missing
from companion.community.questions import Answered
from companion.community.searches import Asker
from companion.community.wishes import NothingAskedError, Wish, query_in_message
from companion.storage.errors import CompanionError

log = logging.getLogger(__name__)

_TELL = Rate(2, timedelta(seconds=30))
"""How often a member is told in the channel that something could not be answered."""
_TYPES = (discord.MessageType.default, discord.MessageType.reply)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that asks something. ``follows`` is the question whose answer it replies to; ``named``: the bot is
    mentioned in its words, so that it is meant whatever they are."""

    message: discord.Message
    guild: discord.Guild
    follows: int | None
    named: bool


class Conversations(commands.Cog):
    """Answers messages that are meant for the bot."""

    def __init__(self, bot: Companion) -> None:
        self.bot = bot
        self._told = Cooldowns(_TELL)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answers what is asked in a new message. One that is edited later is not asked again."""
        heard = await self._heard(message)
        if heard is None or await self._is_blocked(heard):
            return
        try:
            self.bot.requests.begin(Kind.MESSAGE, "question")
            self.bot.requests.require_running()
            meant = courtesy(query_in_message(heard.message.content))
            if meant is None:
                await self._answer(heard)
            elif heard.named:  # a reply that says thanks wants no answer
                await self._tell(heard, await answered(self.bot, heard.guild.id, meant, seed=heard.message.id))
        except CompanionError as error:
            reference = settle(Outcome.REFUSED)
            log.info("refused %s: a message in guild %d: %s", reference, heard.guild.id, type(error).__name__)
            # A reply without a word in it is a thank-you or a smile.
            if heard.named or not isinstance(error, NothingAskedError):
                await self._tell(heard, self._refusal(error))
        except Exception:  # whatever it is, the member gets an answer
            reference = settle(Outcome.FAILED)
            log.exception("failed %s: a message in guild %d", reference, heard.guild.id)
            await self._tell(heard, sentence(f"⚠️ {SURPRISE}\n-# Reference `{reference}`", AMBER))

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, deleted: discord.RawThreadDeleteEvent) -> None:
        """Forgets a conversation's thread, and what was pinned there."""
        await self.bot.questions.conversations.close(deleted.guild_id, deleted.thread_id)

    async def _heard(self, message: discord.Message) -> Heard | None:
        """The message, if it asks something of the bot in a place where that is answered; None for any other."""
        guild, me = message.guild, self.bot.user
        by_member = not message.author.bot and message.webhook_id is None and message.type in _TYPES
        if guild is None or me is None or not by_member:
            return None
        mentioned = any(user.id == me.id for user in message.mentions)
        named = mentioned and re.search(rf"<@!?{me.id}>", message.content) is not None
        in_thread = isinstance(message.channel, discord.Thread)
        listens = in_thread and self.bot.intents.message_content
        if not mentioned and not listens:
            return None
        conversations = self.bot.questions.conversations
        conversation = await conversations.get(guild.id, message.channel.id) if in_thread else None
        replied = message.reference.message_id if message.reference else None
        follows = await self.bot.questions.shown_by(guild.id, replied) if mentioned and replied else None
        if not named and follows is None and conversation is None:
            return None
        spot = spot_of(guild.id, message.channel, message.channel.id)
        if not await self.bot.asking_places.answers_mentions(spot, conversation=conversation is not None):
            return None
        return Heard(message, guild, follows.id if follows else None, named)

    async def _is_blocked(self, heard: Heard) -> bool:
        author = heard.message.author
        if isinstance(author, discord.Member) and author.guild_permissions.manage_guild:
            return False
        return await self.bot.blocks.is_blocked(heard.guild.id, author.id)

    async def _answer(self, heard: Heard) -> None:
        message, author = heard.message, heard.message.author
        if not _may_answer(heard):
            log.info("a question in guild %d is not answered: I may not write there", heard.guild.id)
            return
        turns = [self.bot.fair_use.turn(work, heard.guild.id, author.id) for work in (Work.ASK, Work.WRITE)]
        wish = Wish.typed(query_in_message(message.content))
        with suppress(discord.HTTPException):
            await message.channel.typing()  # seen at once; the passages follow within a second
        asker = Asker(heard.guild.id, message.channel.id, author.id, author.display_name, roles_of(author))
        async with turns[0]:
            shown = await self.bot.questions.ask(asker, wish, follows=heard.follows)
        posted = await _reply(message, answer_message(shown))
        await deliver(self.bot, shown, posted, turns[1])
        await self._move_on(shown, posted)

    async def _move_on(self, shown: Answered, posted: discord.Message) -> None:
        """Gives a conversation a thread of its own when it has grown long in a channel."""
        channel = posted.channel
        if shown.question.follows_id is None or not isinstance(channel, discord.TextChannel):
            return
        if missing(channel.permissions_for(channel.guild.me).value, CONVERSATIONS.needs):
            return
        question = await self.bot.questions.find(shown.question.id)
        if question is not None and await self.bot.questions.conversations.depth(question.id) == LONG:
            await open_thread(self.bot, channel, question, question.member_id)

    def _refusal(self, error: CompanionError) -> Message:
        if isinstance(error, NothingAskedError):
            return what_to_ask_message(self.bot.user.id if self.bot.user else 0)
        return sentence(f"⚠️ {told_of(error)}", AMBER)

    async def _tell(self, heard: Heard, told: Message) -> None:
        """Tells the member in the channel, but no member again and again."""
        author = heard.message.author
        again = self._told.use((heard.guild.id, author.id), self.bot.database.clock.now())
        if again is not None or not _may_answer(heard):
            return
        try:
            await _reply(heard.message, told)
        except discord.HTTPException as error:
            log.warning("a member in guild %d could not be told: %s", heard.guild.id, error)


def _may_answer(heard: Heard) -> bool:
    """Can the bot write where it was asked? A thread that is locked is only for those who manage threads."""
    channel = heard.message.channel
    if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return False
    granted = channel.permissions_for(heard.guild.me)
    thread = isinstance(channel, discord.Thread)
    if isinstance(channel, discord.Thread) and channel.locked and not granted.manage_threads:
        return False
    return not missing(granted.value, in_place(ANSWERS.needs, thread=thread))


async def _reply(message: discord.Message, view: Message) -> discord.Message:
    """Replies without a ping; where the message is gone, or its history closed to the bot, just writes there."""
    reference = discord.MessageReference.from_message(message, fail_if_not_exists=False)
    try:
        return await message.channel.send(view=view, reference=reference, mention_author=False)
    except discord.Forbidden:
        return await message.channel.send(view=view)


async def setup(bot: Companion) -> None:
    await bot.add_cog(Conversations(bot))

"""*Tell me* under a question that found nothing, and telling those who pressed it once it is answered."""

from __future__ import annotations

import functools
import logging
from datetime import datetime

import discord
from discord.ext import commands

from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import turn_of
from companion.cogs.feature import Feature, every_minute
from companion.cogs.outlets import Outlet, Outlets, RefusedError, UncertainError
from companion.cogs.press import Press
from companion.cogs.views import awaited as views
from companion.cogs.views import awaited_ids
from companion.community.awaited import AwaitedAnswers, NotToldError, Tidings
from companion.community.fair_use import Work
from companion.community.permissions import ANSWERS, CREDITS, in_place, missing
from companion.storage.awaited import Awaited
from companion.storage.questions import Question

log = logging.getLogger(__name__)

TOLD_A_MINUTE = 20
"""Discord takes many direct messages at a time for spam."""
_NEEDS = ANSWERS.needs | CREDITS.needs
"""The history tells, after a crash, whether a member was told already."""
_UNKNOWN_MEMBER = 10007
_QUIET = discord.AllowedMentions.none()


class TellPress(Press, template=awaited_ids.TELL):
    """The presser wants to be told, or wants it no longer."""

    async def pressed(self, interaction: Interaction) -> None:
        turn = turn_of(interaction, Work.LOOKUP)
        await interaction.response.defer(thinking=True, ephemeral=True)
        async with turn:
            awaited = _awaited(interaction.client)
            wanted = await awaited.want(interaction.guild_id, int(self.match["question"]), interaction.user.id)
        await interaction.edit_original_response(view=views.wanted_message(wanted), allowed_mentions=_QUIET)


class ToldPress(Press, template=awaited_ids.TOLD):
    """Deletes the message that told a member, for that member and for those who may manage messages."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        awaited, member_id = _awaited(interaction.client), int(self.match["member"])
        if interaction.user.id != member_id and not interaction.permissions.manage_messages:
            raise NotToldError
        message_id = interaction.message.id if interaction.message else 0
        await awaited.drop(await awaited.require_told(int(self.match["question"]), member_id, message_id))
        await interaction.delete_original_response()
        await interaction.followup.send(view=views.deleted_message(), ephemeral=True)


class TellMe(Feature):
    """Looks every minute for what is answered by now, and whom to tell."""

    presses = (TellPress, ToldPress)
    prefix = "awaited:"
    again = "Ask again with `/ask`."

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._awaited = _awaited(bot)
        self._outlets = Outlets(bot)

    @every_minute
    async def tell(self, now: datetime) -> None:
        """Asks again what found nothing, and tells whoever waits for what is answered by now."""
        await self._awaited.look(now)
        reachable = [pair for pair in await self._awaited.to_tell(now) if self.bot.get_guild(pair[1].guild_id)]
        for one, question in reachable[:TOLD_A_MINUTE]:
            member = await self._member(one, question)
            tidings = await self._awaited.claim(one, question, now) if member else None
            if member is not None and tidings is not None:
                await self._tell(member, tidings, now)

    async def _member(self, one: Awaited, question: Question) -> discord.Member | None:
        """Who is to be told, if they can be. Of one who left, or whom the server blocked, nothing is kept."""
        guild = self.bot.get_guild(question.guild_id)
        if guild is None:
            return None
        if await self.bot.blocks.is_blocked(guild.id, one.member_id):
            await self._awaited.drop(one)
            return None
        try:
            return await guild.fetch_member(one.member_id)
        except discord.NotFound as error:
            if error.code == _UNKNOWN_MEMBER:
                await self._awaited.drop(one)
            return None
        except discord.HTTPException as error:
            log.warning("a member of guild %d could not be looked up: %s", guild.id, error)
            return None

    async def _tell(self, member: discord.Member, tidings: Tidings, now: datetime) -> None:
        try:
            message_id = await self._send(member, tidings, now)
        except RefusedError as error:
            log.info("a member of guild %d cannot be told of an answer: %s", member.guild.id, error)
            await self._awaited.drop(tidings.awaited)
        except UncertainError as error:
            # The claim stays until it expires.
            log.warning("a member of guild %d may not be told of an answer: %s", member.guild.id, error)
        else:
            await self._awaited.told(tidings, message_id)
            log.info("told a member of guild %d of an answer", member.guild.id)

    async def _send(self, member: discord.Member, tidings: Tidings, now: datetime) -> int:
        """The message's id, whoever sent it: where it was asked, or else directly.

        Raises `RefusedError` and `UncertainError`.
        """
        channel = await self._channel(member, tidings.question)
        if tidings.awaited.claimed_at is not None:
            # Whoever was stopped may have sent it there or directly.
            for place in (channel, await self._direct(member)):
                sent = await self._sent_before(place, tidings.awaited) if place else None
                if sent is not None:
                    return sent
        if channel is not None:
            try:
                return await self._outlets.send(
                    channel,
                    views.told_message(tidings, direct=False),
                    now,
                    nonce=tidings.nonce,
                    mentioned=[member],
                )
            except RefusedError as error:
                log.info("channel %d of guild %d is closed: %s", channel.id, member.guild.id, error)
        message = views.told_message(tidings, direct=True)
        return await self._outlets.send(await self._direct(member), message, now, nonce=tidings.nonce)

    async def _sent_before(self, place: Outlet, one: Awaited) -> int | None:
        mark = awaited_ids.told(one.question_id, one.member_id)
        return await self._outlets.sent_before(place, one.claimed_at or one.wanted_at, lambda marks: mark in marks)

    async def _direct(self, member: discord.Member) -> discord.DMChannel:
        try:
            return member.dm_channel or await member.create_dm()
        except discord.HTTPException as error:
            raise (UncertainError(str(error)) if error.status >= 500 else RefusedError(error)) from error

    async def _channel(self, member: discord.Member, question: Question) -> discord.TextChannel | discord.Thread | None:
        """Where the question was asked, if the bot may write there and the member may read it."""
        channel = self.bot.get_channel(question.channel_id)
        if channel is None:
            try:
                # The library forgets threads that are archived.
                channel = await self.bot.fetch_channel(question.channel_id)
            except (discord.NotFound, discord.Forbidden):
                return None
            except discord.HTTPException as error:
                raise UncertainError(str(error)) from error
        if not isinstance(channel, discord.TextChannel | discord.Thread) or channel.guild != member.guild:
            return None
        thread = isinstance(channel, discord.Thread)
        lacks = missing(channel.permissions_for(member.guild.me).value, in_place(_NEEDS, thread=thread))
        return None if lacks or not channel.permissions_for(member).view_channel else channel

    @commands.Cog.listener()
    async def on_raw_message_delete(self, deleted: discord.RawMessageDeleteEvent) -> None:
        """Forgets what was told in a message that is deleted in Discord's own way, too."""
        await self._awaited.message_deleted({deleted.message_id})

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, deleted: discord.RawBulkMessageDeleteEvent) -> None:
        await self._awaited.message_deleted(deleted.message_ids)


def _awaited(bot: Companion) -> AwaitedAnswers:
    turn = functools.partial(bot.fair_use.own_turn, Work.ASK)
    return AwaitedAnswers(bot.database, bot.questions, bot.searcher, turn)


async def setup(bot: Companion) -> None:
    await bot.add_cog(TellMe(bot))

"""*Tell me* under a question that found nothing, and telling those who pressed it once it is answered."""

from __future__ import annotations

import functools
import logging
from datetime import datetime

import discord
from discord.ext import commands

from companion.cogs.companion import QUIET, Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature, every_minute
from companion.cogs.outlets import RefusedError, UncertainError
from companion.cogs.press import Press
from companion.cogs.telling import NotHereError, Tellers, Telling
from companion.cogs.views import awaited as views
from companion.cogs.views import awaited_ids
from companion.community.awaited import AwaitedAnswers, NotToldError, Tidings
from companion.community.fair_use import Work
from companion.storage.awaited import Awaited
from companion.storage.questions import Question

log = logging.getLogger(__name__)

TOLD_A_MINUTE = 20
"""Discord takes many direct messages at a time for spam."""


class TellPress(Press, template=awaited_ids.TELL):
    """The presser wants to be told, or wants it no longer."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            awaited = _awaited(interaction.client)
            wanted = await awaited.want(interaction.guild_id, int(self.match["question"]), interaction.user.id)
        await interaction.edit_original_response(view=views.wanted_message(wanted))


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
        await interaction.followup.send(view=views.deleted_message(), ephemeral=True, allowed_mentions=QUIET)


class TellMe(Feature):
    """Looks every minute for what is answered by now, and whom to tell."""

    presses = (TellPress, ToldPress)
    prefix = "awaited:"
    again = "Ask again with `/ask`."

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._awaited = _awaited(bot)
        self._tellers = Tellers(bot)

    @every_minute
    async def tell(self, now: datetime) -> None:
        """Asks again what found nothing, and tells whoever waits for what is answered by now."""
        if self.bot.leads:
            await self._awaited.look(now)
        here = {guild.id for guild in self.bot.guilds}
        for one, question in (await self._awaited.to_tell(here, now))[:TOLD_A_MINUTE]:
            member = await self._member(one, question)
            tidings = await self._awaited.claim(one, question, now) if member else None
            if member is not None and tidings is not None:
                await self._tell(member, tidings, now)

    async def _member(self, one: Awaited, question: Question) -> discord.Member | None:
        """Who is to be told, if they can be. Of one who left, or whom the server blocked, nothing is kept."""
        try:
            return await self._tellers.member(question.guild_id, one.member_id)
        except NotHereError:
            await self._awaited.drop(one)
            return None

    async def _tell(self, member: discord.Member, tidings: Tidings, now: datetime) -> None:
        one = tidings.awaited
        told = Telling(
            lambda direct: views.told_message(tidings, direct=direct),
            awaited_ids.told(one.question_id, one.member_id),
            tidings.nonce,
            one.claimed_at,
        )
        try:
            message_id = await self._tellers.tell(member, tidings.question.channel_id, told, now)
        except RefusedError as error:
            log.info("a member of guild %d cannot be told of an answer: %s", member.guild.id, error)
            await self._awaited.drop(one)
        except UncertainError as error:
            # The claim stays until it expires.
            log.warning("a member of guild %d may not be told of an answer: %s", member.guild.id, error)
        else:
            await self._awaited.told(tidings, message_id)
            log.info("told a member of guild %d of an answer", member.guild.id)

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

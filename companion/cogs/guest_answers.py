"""Guests who are heard at last: where they answered what members asked them, linked there and told once."""

from __future__ import annotations

import functools
import logging
from datetime import datetime

import discord

from companion.cogs.companion import QUIET, Companion, Interaction
from companion.cogs.feature import Feature, every_minute
from companion.cogs.outlets import RefusedError, UncertainError
from companion.cogs.press import Press
from companion.cogs.question_posts import refresh
from companion.cogs.telling import NotHereError, Tellers, Telling
from companion.cogs.views import question as views
from companion.cogs.views import question_ids
from companion.community.fair_use import Work
from companion.community.guest_answers import GuestAnswers, Tidings
from companion.community.question_refusals import NotTheirMessageError
from companion.community.votes import Votes
from companion.storage.ballots import QUESTION, Subject
from companion.storage.member_questions import MemberQuestion

log = logging.getLogger(__name__)

TOLD_A_MINUTE = 20
"""Discord takes many direct messages at a time for spam."""


class ToldPress(Press, template=question_ids.TOLD):
    """Deletes the message that told a member, for that member and for those who may manage messages."""

    async def pressed(self, interaction: Interaction) -> None:
        if interaction.user.id != int(self.match["member"]) and not interaction.permissions.manage_messages:
            raise NotTheirMessageError
        await interaction.response.defer()
        await interaction.delete_original_response()
        await interaction.followup.send(view=views.deleted_message(), ephemeral=True, allowed_mentions=QUIET)


class GuestAnswersDuty(Feature):
    """Looks every minute for guests who were heard, for answers, and whom to tell."""

    presses = (ToldPress,)
    prefix = question_ids.TOLD_PREFIX
    again = "`/question top` shows the questions that there are."

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        turn = functools.partial(bot.fair_use.own_turn, Work.ASK)
        self._answers = GuestAnswers(bot.database, bot.questions, bot.searcher, turn)
        self._votes = Votes(bot.database)
        self._tellers = Tellers(bot)

    @every_minute
    async def tell(self, now: datetime) -> None:
        """Looks for guests and answers, and tells whoever asked what is answered by now."""
        if self.bot.leads:
            await self._look()
        here = {guild.id for guild in self.bot.guilds}
        for question in (await self._answers.to_tell(here, now))[:TOLD_A_MINUTE]:
            member = await self._member(question, now)
            tidings = await self._answers.claim(question, now) if member else None
            if member is not None and tidings is not None:
                await self._tell(member, tidings, now)

    async def _look(self) -> None:
        for guest in await self._answers.recognise():
            log.info("guest %d of guild %d was heard in episode %s", guest.id, guest.guild_id, guest.episode_id)
        for question in await self._answers.look():
            await refresh(self.bot, question.guild_id, question.id)

    async def _member(self, question: MemberQuestion, now: datetime) -> discord.Member | None:
        """Who asked, if they can be told. One who left, or whom the server blocked, never is."""
        try:
            return await self._tellers.member(question.guild_id, question.asked_by)
        except NotHereError:
            await self._answers.settle(question, now)
            return None

    async def _tell(self, member: discord.Member, tidings: Tidings, now: datetime) -> None:
        question = tidings.question
        ballots = await self._votes.shown_on([Subject(QUESTION, question.id)])
        posted = (ballots[0].channel_id, ballots[0].message_id) if ballots else None
        told = Telling(
            lambda direct: views.told_message(tidings, posted, direct=direct),
            question_ids.told(question.id, question.asked_by),
            tidings.nonce,
            question.claimed_at,
        )
        try:
            await self._tellers.tell(member, posted[0] if posted else None, told, now)
        except RefusedError as error:
            log.info("a member of guild %d cannot be told of an answer: %s", member.guild.id, error)
            await self._answers.settle(question, now)
        except UncertainError as error:
            # The claim stays until it expires.
            log.warning("a member of guild %d may not be told of an answer: %s", member.guild.id, error)
        else:
            await self._answers.settle(question, now)
            log.info("told a member of guild %d of an answer", member.guild.id)


async def setup(bot: Companion) -> None:
    await bot.add_cog(GuestAnswersDuty(bot))

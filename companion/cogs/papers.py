"""``/paper``: papers that members propose to read together, and vote on."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from discord import app_commands
from discord.ext import commands

from companion.archive.latest import Latest
from companion.archive.paper_facts import UnreachableError
from companion.archive.paper_references import LONGEST, PaperReference, paper_reference, reference_to
from companion.cogs.ballot_messages import close_all, put_to_vote, replace_all
from companion.cogs.companion import Companion, Interaction
from companion.cogs.failures import ANSWERED, told_of
from companion.cogs.fair_use import deferred_turn, turn_of
from companion.cogs.feature import Feature, every_minute
from companion.cogs.in_time import in_time
from companion.cogs.press import Press, is_theirs
from companion.cogs.views import paper as views
from companion.cogs.views import paper_queue as queue_views
from companion.cogs.views.limits import CHOICE_TEXT, CHOICES, cut
from companion.cogs.views.markdown import one_line
from companion.cogs.views.paper_form import FORM, paper_form, written
from companion.community.club_papers import ClubPapers
from companion.community.fair_use import Work
from companion.community.paper_queue import PaperQueue
from companion.community.paper_refusals import UnknownPaperError
from companion.community.papers import LONGEST_WHY, Came, ShownPaper
from companion.community.pre_reading import pre_reading
from companion.community.votes import Votes
from companion.storage.ballots import PAPER, Subject
from companion.storage.errors import CompanionError
from companion.storage.papers import Paper, State

log = logging.getLogger(__name__)

_SHOWN = (State.PROPOSED, State.SCHEDULED, State.COVERED)
"""Papers that can be posted again."""
_ASKED_EVERY = timedelta(hours=1)
_REMEMBERED = 100
"""Reasons that wait for a title, of proposals whose catalogue did not answer."""


class FillPress(Press, template=views.FILL):
    """Opens the form for a paper that no catalogue describes."""

    async def pressed(self, interaction: Interaction) -> None:
        version = self.match["version"]
        reference = reference_to(self.match["canonical"], int(version) if version else None)
        cog = interaction.client.get_cog("PaperCommands")
        message_id = interaction.message.id if interaction.message else 0
        why = cog.whys.get(message_id) if isinstance(cog, PaperCommands) else None
        await interaction.response.send_modal(paper_form(reference, why or ""))


class PagePress(Press, template=queue_views.PAGE):
    """Turns to a page of the queue: in place for who asked for it, beside it for others."""

    async def pressed(self, interaction: Interaction) -> None:
        beside = not is_theirs(interaction)
        async with deferred_turn(interaction, Work.LOOKUP, thinking=beside, ephemeral=beside):
            queue = await PaperQueue(interaction.client.database).queue(interaction.guild_id)
        view = queue_views.queue_message(queue, interaction.guild_id or 0, int(self.match["page"]), private=beside)
        await interaction.edit_original_response(view=view)


@app_commands.guild_only()
class PaperCommands(
    Feature, commands.GroupCog, group_name="paper", group_description="Papers to read and discuss together"
):
    """``/paper``."""

    presses = (FillPress, PagePress)
    prefix = "paper:"
    again = "Use `/paper queue` or `/paper propose`."
    form = FORM
    voted_on = PAPER, views.ASK

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._queue = PaperQueue(bot.database)
        self._meant = ClubPapers(bot.database)
        self._learnt_at = bot.database.clock.now()
        self.whys: Latest[int, str] = Latest(_REMEMBERED)
        """Why papers were proposed that somebody has to describe first, by the message that says so."""

    @every_minute
    async def expire(self, _now: datetime) -> None:
        """Lets proposals go that nobody votes for any more, and says so where they were posted."""
        for paper in await self._queue.expire():
            log.info("paper %d of guild %d has expired", paper.id, paper.guild_id)
            await close_all(self.bot, Subject(PAPER, paper.id), views.expired_message(paper))

    @every_minute
    async def learn(self, now: datetime) -> None:
        """Asks again, now and then, what papers are whose catalogue did not answer."""
        if self.bot.leads and now - self._learnt_at >= _ASKED_EVERY:
            self._learnt_at = now
            await self.bot.papers.learn()

    @app_commands.command()
    @app_commands.describe(
        reference="An arXiv link or id, a DOI, an OpenReview link, or the address of the paper",
        why="Why this one? Shown with it",
    )
    async def propose(
        self,
        interaction: Interaction,
        reference: app_commands.Range[str, 1, LONGEST],
        why: app_commands.Range[str, 1, LONGEST_WHY] | None = None,
    ) -> None:
        """Propose a paper to read together, for everybody here to vote on"""
        meant = paper_reference(reference)
        if await in_time(self.bot.papers.wants_words(interaction.guild_id, meant)):
            # A form cannot follow a deferral. The turn that counts is that of what is sent in by it.
            async with turn_of(interaction, Work.LOOKUP):
                await interaction.response.send_modal(paper_form(meant, why or ""))
            return
        async with deferred_turn(interaction, Work.PAPER, thinking=True):
            try:
                came, shown = await self.bot.papers.propose(interaction.guild_id, interaction.user.id, meant, why or "")
            except (UnknownPaperError, UnreachableError) as error:
                await self._ask_for_words(interaction, meant, why or "", error)
                return
            await self._answer_with(interaction, shown, came)

    async def sent_in(self, interaction: Interaction, match: re.Match[str]) -> None:
        """Proposes the paper as it is described in the form."""
        told = written(interaction.data or {})
        # From a button, the message that asked for it becomes the paper's.
        async with deferred_turn(interaction, Work.PAPER, thinking=interaction.message is None):
            came, shown = await self.bot.papers.propose(
                interaction.guild_id, interaction.user.id, told.reference, told.why, told.described
            )
            await self._answer_with(interaction, shown, came)
        if interaction.message is not None:
            self.whys.forget(interaction.message.id)

    @app_commands.command()
    async def queue(self, interaction: Interaction) -> None:
        """The papers that were proposed here, by the votes they have"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
            queue = await self._queue.queue(interaction.guild_id)
        await interaction.edit_original_response(view=queue_views.queue_message(queue, interaction.guild_id or 0))

    @app_commands.command()
    @app_commands.describe(paper="Which one: choose it from what is suggested, or write words of its title")
    async def show(self, interaction: Interaction, paper: str) -> None:
        """Post a paper again: what it is, who wants it, its votes, and when it is spoken of"""
        async with deferred_turn(interaction, Work.PAPER, thinking=True):
            meant = await self._meant.named(interaction.guild_id, paper, _SHOWN)
            await self._answer_with(interaction, await self.bot.papers.shown(interaction.guild_id, meant.id))

    @app_commands.command()
    @app_commands.describe(paper="Which one: choose it from what is suggested, or write words of its title")
    async def withdraw(self, interaction: Interaction, paper: str) -> None:
        """Take back your proposal of a paper, or any if you moderate here"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            meant = await self._meant.named(interaction.guild_id, paper)
            moderates = interaction.permissions.manage_messages
            withdrawn = await self.bot.papers.withdraw(
                interaction.guild_id, interaction.user.id, meant.id, moderates=moderates
            )
        await interaction.edit_original_response(view=views.withdrawn_message(withdrawn))
        if withdrawn.gone:
            subject = Subject(PAPER, withdrawn.paper.id)
            await replace_all(self.bot, subject, views.gone_message(withdrawn.paper))

    @show.autocomplete("paper")
    async def paper_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self._choices(interaction, typed, _SHOWN, None)

    @withdraw.autocomplete("paper")
    async def own_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        moderates = interaction.permissions.manage_messages
        return await self._choices(interaction, typed, [State.PROPOSED], None if moderates else interaction.user.id)

    async def _choices(
        self, interaction: Interaction, typed: str, states: Sequence[State], member_id: int | None
    ) -> list[app_commands.Choice[str]]:
        try:
            known = await self.bot.papers.like(interaction.guild_id, typed, CHOICES, states, member_id)
        except CompanionError:
            return []
        return [choice(paper) for paper in known]

    async def _answer_with(self, interaction: Interaction, shown: ShownPaper, came: Came | None = None) -> None:
        """Answers a deferred interaction with the paper, in public, and opens the vote on it."""
        reading = await pre_reading(self.bot.database, self.bot.searcher, shown.paper)
        rules = await Votes(self.bot.database).rules(shown.paper.guild_id)
        message = await interaction.edit_original_response(view=views.paper_message(shown, came, reading, rules.emoji))
        interaction.extras[ANSWERED] = True
        if views.put_to_vote(shown) and interaction.channel_id is not None:
            await put_to_vote(self.bot, shown.paper.guild_id, interaction.channel_id, message.id, shown.subject)

    async def _ask_for_words(
        self, interaction: Interaction, reference: PaperReference, why: str, error: CompanionError
    ) -> None:
        view = views.unknown_message(reference, told_of(error))
        message = await interaction.edit_original_response(view=view)
        self.whys.put(message.id, why)


def choice(paper: Paper) -> app_commands.Choice[str]:
    """A paper as it is suggested while typing."""
    by = f" · {one_line(paper.authors[0])}" if paper.authors else ""
    name = cut(f"{cut(one_line(paper.title), CHOICE_TEXT - len(by[:30]))}{by[:30]}", CHOICE_TEXT)
    return app_commands.Choice(name=name, value=str(paper.id))


async def setup(bot: Companion) -> None:
    await bot.add_cog(PaperCommands(bot))

"""``/question``: what members would ask a guest, or whoever presents in a session, by votes; hosts put the top ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from discord import app_commands

from companion.cogs.ballot_messages import replace_all
from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import before_form, deferred_turn
from companion.cogs.feature import Feature
from companion.cogs.hosting import hosted_turn
from companion.cogs.press import Press
from companion.cogs.question_posts import ask, refresh
from companion.cogs.views import question as views
from companion.cogs.views import question_ids
from companion.cogs.views.limits import CHOICES
from companion.community.fair_use import Work
from companion.community.member_questions import LONGEST, MemberQuestions
from companion.community.question_refusals import NobodyComesError, NobodyToAskError, NoQuestionError
from companion.storage.ballots import QUESTION, Subject
from companion.storage.member_questions import AskedOf
from companion.storage.names import folded


class NewPress(Press, template=question_ids.NEW):
    """Opens the form in which the presser asks."""

    async def pressed(self, interaction: Interaction) -> None:
        kept, of = MemberQuestions(interaction.client.database), question_ids.meant(self.match)
        to = await before_form(interaction, lambda: kept.addressee(interaction.guild_id, of))
        await interaction.response.send_modal(views.form(to))


class PutPress(Press, template=question_ids.PUT):
    """A host put the question to whom it is for."""

    async def pressed(self, interaction: Interaction) -> None:
        question_id = int(self.match["question"])
        async with hosted_turn(interaction, thinking=True, ephemeral=True) as host:
            kept = MemberQuestions(interaction.client.database)
            await kept.put(host, [question_id])
            shown = await kept.shown(host.guild_id, question_id)
        await refresh(interaction.client, host.guild_id, question_id)
        await interaction.edit_original_response(view=views.put_message(shown.question))


class BackPress(Press, template=question_ids.BACK):
    """The question was not put after all."""

    async def pressed(self, interaction: Interaction) -> None:
        async with hosted_turn(interaction, thinking=True, ephemeral=True) as host:
            kept = MemberQuestions(interaction.client.database)
            question = await kept.take_back(host, int(self.match["question"]))
        await refresh(interaction.client, host.guild_id, question.id)
        await interaction.edit_original_response(view=views.put_message(question))


class WithdrawPress(Press, template=question_ids.WITHDRAW):
    """Who asked, or a moderator, takes the question back."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            moderates = interaction.permissions.manage_messages
            kept = MemberQuestions(interaction.client.database)
            gone = await kept.withdraw(
                interaction.guild_id, interaction.user.id, int(self.match["question"]), moderates=moderates
            )
        await interaction.edit_original_response(view=views.withdrawn_message(gone))
        await replace_all(interaction.client, Subject(QUESTION, gone.id), views.gone_message())


class ChoosePress(Press, template=question_ids.CHOOSE):
    """A host says which of the questions on a list were put."""

    async def pressed(self, interaction: Interaction) -> None:
        values = [str(one) for one in (interaction.data or {}).get("values", ())]
        if not all(re.fullmatch(r"[0-9]{1,15}", one) for one in values):
            raise NoQuestionError
        async with hosted_turn(interaction) as host:
            kept = MemberQuestions(interaction.client.database)
            moved = await kept.put(host, [int(one) for one in values])
            top = await kept.top(host.guild_id, question_ids.meant(self.match))
        done = "Marked as asked." if len(moved) == 1 else f"{len(moved)} marked as asked."
        await interaction.edit_original_response(view=views.top_message(top, done))
        for question in moved:
            await refresh(interaction.client, host.guild_id, question.id)


class GuestQuestions(Feature):
    """``/question``, the form, and the buttons under questions."""

    question = app_commands.Group(
        name="question", description="What to ask the guests of the podcast, by votes", guild_only=True
    )
    presses = (NewPress, PutPress, BackPress, WithdrawPress, ChoosePress)
    prefix = question_ids.PREFIX
    again = "`/question top` shows the questions that there are."
    form = question_ids.FORM
    voted_on = QUESTION, views.ASK

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._kept = MemberQuestions(bot.database)

    @question.command(name="ask")
    @app_commands.describe(
        guest="Whom: choose a guest, or a session of a club, from those that are suggested",
        text="What you would ask",
    )
    async def ask_guest(self, interaction: Interaction, guest: str, text: app_commands.Range[str, 1, LONGEST]) -> None:
        """Ask a guest of the podcast, or whoever presents in a session, for everybody here to vote on"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
            await ask(interaction, await self._meant(interaction, guest), text)

    @question.command()
    @app_commands.describe(guest="For whom; left out: whose thread this is, or who comes next")
    async def top(self, interaction: Interaction, guest: str | None = None) -> None:
        """The questions that members would ask a guest, the best first; hosts mark those that were asked"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
            top = await self._kept.top(interaction.guild_id, await self._meant(interaction, guest))
        await interaction.edit_original_response(view=views.top_message(top))

    @ask_guest.autocomplete("guest")
    @top.autocomplete("guest")
    async def suggest_guests(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Who can be asked now."""
        known = await self._kept.to_ask(interaction.guild_id, typed, CHOICES)
        return [app_commands.Choice(name=views.choice(to), value=question_ids.written(to.of)) for to in known]

    async def sent_in(self, interaction: Interaction, match: re.Match[str]) -> None:
        """Asks what was written."""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
            await ask(interaction, question_ids.meant(match), _written(interaction.data or {}))

    async def _meant(self, interaction: Interaction, guest: str | None) -> AskedOf:
        """Whom an option means: one of those that are suggested, or the one whose name was typed. Without an option,
        whoever presents in the session whose thread it is, or who comes next. Raises `NobodyToAskError` and
        `NobodyComesError`."""
        guild_id = interaction.guild_id
        if guest is None:
            here = await self._kept.in_thread(guild_id, interaction.channel_id or 0)
            known = await self._kept.to_ask(guild_id, "", 1)
        else:
            here = question_ids.typed(guest)
            named = await self._kept.to_ask(guild_id, guest, CHOICES)
            known = [one for one in named if folded(one.name) == folded(guest)]
        if here is None and not known:
            raise NobodyComesError if guest is None else NobodyToAskError
        return here or known[0].of


def _written(data: Mapping[str, Any]) -> str:
    """What the form says."""
    inner = [part.get("component", part) for part in data.get("components", ())]
    return next((str(one.get("value") or "") for one in inner if one.get("custom_id") == views.WORDS), "")


async def setup(bot: Companion) -> None:
    await bot.add_cog(GuestQuestions(bot))

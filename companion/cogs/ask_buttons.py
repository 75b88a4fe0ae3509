"""The buttons under an answer, and those of its sources."""

from __future__ import annotations

import re
from contextlib import AbstractAsyncContextManager
from datetime import date

from companion.cogs.answer_messages import post_answer
from companion.cogs.companion import Companion, Interaction
from companion.cogs.conversation_threads import go_on
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature
from companion.cogs.in_time import in_time
from companion.cogs.press import Press, in_private
from companion.cogs.views import answer_ids
from companion.cogs.views.asking import riff_form
from companion.cogs.views.custom_ids import reference_in
from companion.cogs.views.riff import typed_query
from companion.cogs.views.sources import prompt_message, sources_message
from companion.community.evidence import Evidence
from companion.community.fair_use import Work
from companion.storage.errors import CompanionError


class NotADayError(CompanionError):
    """A day that no calendar has, in a forged button."""

    def __init__(self) -> None:
        super().__init__("I don't know this button any more. Ask again with `/ask`.")


class SourcesPress(Press, template=answer_ids.SOURCES):
    """Shows the presser what the answer rests on."""

    async def pressed(self, interaction: Interaction) -> None:
        async with _own_view(interaction):
            await _show_sources(interaction, int(self.match["question"]), int(self.match["page"]))


class PromptPress(Press, template=answer_ids.PROMPT):
    """Shows the presser what the model was told."""

    async def pressed(self, interaction: Interaction) -> None:
        question_id, page = int(self.match["question"]), int(self.match["page"])
        async with _own_view(interaction):
            question = await interaction.client.questions.get(question_id, interaction.guild_id)
            prompt = await _evidence(interaction.client).prompt(question_id, interaction.guild_id)
        await interaction.edit_original_response(view=prompt_message(question, prompt, page))


class PinPress(Press, template=answer_ids.PIN):
    """Pins a source to the thread that the press is in, or takes it off."""

    async def pressed(self, interaction: Interaction) -> None:
        guild_id, thread_id = interaction.guild_id or 0, interaction.channel_id or 0
        reference = reference_in(self.match)
        conversations = interaction.client.questions.conversations
        async with _own_view(interaction):
            await interaction.client.questions.get(int(self.match["question"]), interaction.guild_id)
            if self.match["pin"] == "pin":
                await conversations.pin(guild_id, thread_id, reference, interaction.user.id)
            else:
                await conversations.unpin(guild_id, thread_id, reference)
            await _show_sources(interaction, int(self.match["question"]), int(self.match["page"]))


class AskRiffPress(Press, template=answer_ids.RIFF):
    """Opens the form with the question to change."""

    async def pressed(self, interaction: Interaction) -> None:
        question_id, questions = int(self.match["question"]), interaction.client.questions
        question = await in_time(questions.get(question_id, interaction.guild_id))
        await interaction.response.send_modal(riff_form(question))


class FollowPress(Press, template=answer_ids.FOLLOW):
    """Opens a thread in which the conversation goes on, or tells where it does."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            question = await interaction.client.questions.get(int(self.match["question"]), interaction.guild_id)
            told = await go_on(interaction.client, question, interaction.channel, interaction.user.id)
        await interaction.edit_original_response(view=told)


class DatedPress(Press, template=answer_ids.DATED):
    """Asks the same of older or newer episodes."""

    async def pressed(self, interaction: Interaction) -> None:
        try:
            day = date.fromisoformat(self.match["day"])
        except ValueError:
            raise NotADayError from None
        after, before = (day, None) if self.match["side"] == "a" else (None, day)
        question_id, questions = int(self.match["question"]), interaction.client.questions
        await post_answer(interaction, lambda asker: questions.dated(asker, question_id, after, before))


class AskButtons(Feature):
    """Everything that can be pressed or sent in under an answer."""

    presses = (SourcesPress, PromptPress, PinPress, AskRiffPress, FollowPress, DatedPress)
    prefix = answer_ids.PREFIX
    again = "Ask again with `/ask`."
    form = answer_ids.RIFFED

    async def sent_in(self, interaction: Interaction, match: re.Match[str]) -> None:
        """Asks what somebody made of the question."""
        question_id = int(match["question"])
        text = typed_query(interaction.data or {})
        await post_answer(interaction, lambda asker: self.bot.questions.riff(asker, question_id, text))


def _evidence(bot: Companion) -> Evidence:
    return Evidence(bot.database, bot.questions)


def _own_view(interaction: Interaction) -> AbstractAsyncContextManager[None]:
    """The presser's turn, to change their own view, or, from under the answer, to get one."""
    beside = not in_private(interaction)
    return deferred_turn(interaction, Work.LOOKUP, thinking=beside, ephemeral=beside)


async def _show_sources(interaction: Interaction, question_id: int, page: int) -> None:
    evidence = _evidence(interaction.client)
    shown = await evidence.page(question_id, interaction.guild_id, interaction.channel_id or 0, page)
    await interaction.edit_original_response(view=sources_message(shown))


async def setup(bot: Companion) -> None:
    await bot.add_cog(AskButtons(bot))

"""Posting questions for guests, voted on wherever they are, and showing there what became of them."""

from __future__ import annotations

from companion.cogs.ballot_messages import put_to_vote, show_anew
from companion.cogs.companion import Companion, Interaction
from companion.cogs.failures import ANSWERED
from companion.cogs.views.question import card, known_heading
from companion.community.member_questions import Asked, MemberQuestions
from companion.community.votes import Votes
from companion.storage.ballots import QUESTION, Subject
from companion.storage.member_questions import AskedOf


async def ask(interaction: Interaction, of: AskedOf, text: str) -> None:
    """Asks a guest, or whoever presents in a session, and answers a deferred interaction with the question, in public
    and put to the vote. Raises what `MemberQuestions.ask` does."""
    kept = MemberQuestions(interaction.client.database)
    await _answer_with(interaction, await kept.ask(interaction.guild_id, of, interaction.user.id, text))


async def refresh(bot: Companion, guild_id: int, question_id: int) -> None:
    """Shows what became of a question on the messages about it."""
    shown = await MemberQuestions(bot.database).shown(guild_id, question_id)
    rules = await Votes(bot.database).rules(guild_id)
    await show_anew(bot, Subject(QUESTION, question_id), card(shown, emoji=rules.emoji))


async def _answer_with(interaction: Interaction, asked: Asked) -> None:
    question = asked.shown.question
    rules = await Votes(interaction.client.database).rules(question.guild_id)
    heading = "" if asked.new else known_heading(question)
    message = await interaction.edit_original_response(view=card(asked.shown, heading=heading, emoji=rules.emoji))
    interaction.extras[ANSWERED] = True
    subject = Subject(QUESTION, question.id)
    await put_to_vote(interaction.client, question.guild_id, interaction.channel_id or 0, message.id, subject)

"""``/suggest``: the standing survey of guests, papers and topics that members wish for."""

from __future__ import annotations

from discord import app_commands

from companion.cogs.ballot_messages import put_to_vote, replace_all, show_anew
from companion.cogs.companion import Companion, Interaction
from companion.cogs.failures import ANSWERED
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature
from companion.cogs.hosting import hosted_turn
from companion.cogs.press import Press
from companion.cogs.views import suggestion as views
from companion.cogs.views import suggestion_ids
from companion.community.fair_use import Work
from companion.community.suggestions import LONGEST, Suggestions
from companion.community.votes import Votes
from companion.storage.ballots import SUGGESTION, Subject
from companion.storage.suggestions import State, SuggestionKind

_KINDS = [app_commands.Choice(name=f"{kind.value}s", value=kind.value) for kind in SuggestionKind]
Words = app_commands.Range[str, 1, LONGEST]


class DecidePress(Press, template=suggestion_ids.DECIDE):
    """A host says what became of a suggestion."""

    async def pressed(self, interaction: Interaction) -> None:
        async with hosted_turn(interaction, thinking=True, ephemeral=True) as host:
            kept = Suggestions(interaction.client.database)
            shown = await kept.decide(host, int(self.match["suggestion"]), State(self.match["state"]))
            rules = await Votes(interaction.client.database).rules(host.guild_id)
        subject = Subject(SUGGESTION, shown.suggestion.id)
        await show_anew(interaction.client, subject, views.card(shown, emoji=rules.emoji))
        await interaction.edit_original_response(view=views.decided_message(shown.suggestion))


class DeletePress(Press, template=suggestion_ids.DELETE):
    """Who suggested it, or a moderator, deletes it."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            moderates = interaction.permissions.manage_messages
            kept = Suggestions(interaction.client.database)
            gone = await kept.delete(
                interaction.guild_id, interaction.user.id, int(self.match["suggestion"]), moderates=moderates
            )
        await interaction.edit_original_response(view=views.deleted_message(gone))
        await replace_all(interaction.client, Subject(SUGGESTION, gone.id), views.gone_message())


class Suggest(Feature):
    """``/suggest``, and the buttons under suggestions."""

    suggest = app_commands.Group(
        name="suggest", description="Guests, papers and topics that you wish for", guild_only=True
    )
    presses = (DecidePress, DeletePress)
    prefix = suggestion_ids.PREFIX
    again = "`/suggest top` shows the suggestions that there are."
    voted_on = SUGGESTION, views.ASK

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._kept = Suggestions(bot.database)

    @suggest.command()
    @app_commands.describe(name="Whom you would like to hear on the podcast")
    async def guest(self, interaction: Interaction, name: Words) -> None:
        """Wish for a guest on the podcast, for everybody here to vote on"""
        await self._add(interaction, SuggestionKind.GUEST, name)

    @suggest.command()
    @app_commands.describe(title="Its title, or a link")
    async def paper(self, interaction: Interaction, title: Words) -> None:
        """Wish for a paper that the podcast should talk about, for everybody here to vote on"""
        await self._add(interaction, SuggestionKind.PAPER, title)

    @suggest.command()
    @app_commands.describe(words="What you would like to hear about")
    async def topic(self, interaction: Interaction, words: Words) -> None:
        """Wish for a topic, for everybody here to vote on"""
        await self._add(interaction, SuggestionKind.TOPIC, words)

    @suggest.command()
    @app_commands.describe(kind="Only guests, papers or topics")
    @app_commands.choices(kind=_KINDS)
    async def top(self, interaction: Interaction, kind: str | None = None) -> None:
        """What members of this server wish for most"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
            survey = await self._kept.survey(interaction.guild_id, SuggestionKind(kind) if kind else None)
        await interaction.edit_original_response(view=views.survey_message(survey))

    async def _add(self, interaction: Interaction, kind: SuggestionKind, words: str) -> None:
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
            added = await self._kept.suggest(interaction.guild_id, kind, interaction.user.id, words)
            wish = added.shown.suggestion
            rules = await Votes(self.bot.database).rules(wish.guild_id)
            heading = "" if added.new else views.known_heading(wish)
            message = await interaction.edit_original_response(
                view=views.card(added.shown, heading=heading, emoji=rules.emoji)
            )
            interaction.extras[ANSWERED] = True
            subject = Subject(SUGGESTION, wish.id)
            await put_to_vote(self.bot, wish.guild_id, interaction.channel_id or 0, message.id, subject)


async def setup(bot: Companion) -> None:
    await bot.add_cog(Suggest(bot))

"""Thumbs under answers: one tap a member, and for a thumb down one question that may be answered."""

from __future__ import annotations

from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature
from companion.cogs.press import Press, in_private
from companion.cogs.views import feedback as views
from companion.cogs.views import feedback_ids
from companion.community.fair_use import Work
from companion.community.feedback import Feedback as Kept
from companion.storage.thumbs import Reason


class ThumbPress(Press, template=feedback_ids.THUMB):
    """Gives the presser's thumb, or takes it back."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            question_id, up = int(self.match["question"]), self.match["thumb"] == "up"
            kept = Kept(interaction.client.database)
            stands = await kept.thumb(interaction.guild_id, question_id, interaction.user.id, up=up)
        await interaction.edit_original_response(view=views.thumb_message(question_id, stands))


class ReasonPress(Press, template=feedback_ids.REASON):
    """Says why the presser's thumb is down."""

    async def pressed(self, interaction: Interaction) -> None:
        reason, beside = Reason(self.match["reason"]), not in_private(interaction)
        async with deferred_turn(interaction, Work.LOOKUP, thinking=beside, ephemeral=beside):
            kept = Kept(interaction.client.database)
            await kept.explain(interaction.guild_id, int(self.match["question"]), interaction.user.id, reason)
        await interaction.edit_original_response(view=views.reason_message(reason))


class Feedback(Feature):
    """What members think of answers."""

    presses = (ThumbPress, ReasonPress)
    prefix = "feedback:"
    again = "Ask again with `/ask`."


async def setup(bot: Companion) -> None:
    await bot.add_cog(Feedback(bot))

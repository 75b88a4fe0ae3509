"""``/recap``: what a server did in a week or a month, previewed by those who manage it, posted by them or by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import discord
from discord import app_commands

from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature, every_minute
from companion.cogs.press import Press, in_private
from companion.cogs.public_channels import public_in
from companion.cogs.recap_outlet import RecapOutlet
from companion.cogs.setup import require_manager
from companion.cogs.views import recap as views
from companion.cogs.views import recap_ids
from companion.cogs.views.layout import Message
from companion.cogs.views.leaderboard import SHOWN, leaderboard_message
from companion.cogs.views.recap import Written
from companion.cogs.views.times import day
from companion.cogs.votes import are_behind
from companion.community.channels import ForbiddenChannelError, Place
from companion.community.clips import Clips
from companion.community.fair_use import Work
from companion.community.permissions import RECAPS
from companion.community.recap_posts import RecapPosts, let_come
from companion.community.recaps import Public
from companion.community.spans import Span
from companion.community.standings import Standings, with_clips
from companion.storage import highlight_rules
from companion.storage.errors import CompanionError
from companion.storage.highlight_rules import HighlightRule
from companion.storage.highlight_rules import Recap as Often

_LASTS = timedelta(hours=1)
"""How long a preview may be posted: what it tells of may have been deleted since."""
_SPANS = [
    app_commands.Choice(name="the last seven days", value=Span.WEEK.value),
    app_commands.Choice(name="the last thirty days", value=Span.MONTH.value),
]


class NothingToTellError(CompanionError):
    """A time in which nothing happened."""

    def __init__(self, span: Span) -> None:
        super().__init__(
            f"There is nothing to tell of this {span.value}: no votes, no questions that everybody could read, no new"
            " episodes, no clips."
        )


class OldPreviewError(CompanionError):
    """A preview that was made too long ago, or no preview."""

    def __init__(self) -> None:
        super().__init__("This preview is too old to be posted as it is: `/recap` makes a new one.")


class TopPress(Press, template=recap_ids.TOP):
    """Shows to the presser alone how all clips of that time stand by the votes until now."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            since, until = (recap_ids.seconds_in(self.match, name) for name in ("since", "until"))
            database, guild_id = interaction.client.database, interaction.guild_id
            ranking = await Standings(database).ranking(guild_id, since, until, votes_until=database.clock.now())
            best = await with_clips(Clips(database), guild_id, ranking.standings[:SHOWN])
        span = f"from {day(since)} to {day(until - timedelta(seconds=1))}"
        await interaction.edit_original_response(view=leaderboard_message(ranking, best, span, ""))


class PostPress(Press, template=recap_ids.POST):
    """Posts a preview as it stands, where it is looked at."""

    async def pressed(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await interaction.response.defer()
        made, channel = recap_ids.seconds_in(self.match, "made"), interaction.channel
        preview, box = _preview_in(interaction)
        if interaction.client.database.clock.now() - made > _LASTS:
            raise OldPreviewError
        if not isinstance(channel, discord.abc.Messageable):
            raise OldPreviewError
        thread = isinstance(channel, discord.Thread)
        if lacks := Place(channel.id, interaction.app_permissions.value, thread).lacks(RECAPS):
            raise ForbiddenChannelError(RECAPS, lacks)
        # Of two presses Discord takes the first.
        nonce = f"rc{preview.id}"
        sent = await channel.send(view=Message(box), nonce=nonce)
        await interaction.edit_original_response(view=views.posted_message(sent.jump_url))


class OftenPress(Press, template=recap_ids.OFTEN):
    """Lets it come by itself, or no longer, and shows the same preview with that."""

    async def pressed(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await interaction.response.defer()
        _, box = _preview_in(interaction)
        often = Often(self.match["often"])
        rule = await let_come(interaction.client.database, interaction.guild_id or 0, often)
        view = views.preview_message(box, rule, recap_ids.seconds_in(self.match, "made"), views.changed(often, rule))
        await interaction.edit_original_response(view=view)


class RecapCog(Feature, name="Recap"):
    """``/recap``, its buttons, and the recaps that come by themselves."""

    presses = (TopPress, PostPress, OftenPress)
    prefix = recap_ids.PREFIX
    again = "Use `/recap` again."

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._posts = RecapPosts(bot.database, bot.recaps, self._public)
        self._outlet = RecapOutlet(bot)

    @every_minute
    async def post_due(self, now: datetime) -> None:
        """Posts whatever is due now, once the votes that were given while the bot was away are counted."""
        if not await are_behind(self.bot, now):
            await self._posts.run_due(now, self._outlet)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.describe(span="Of which time up to now; left out: the last seven days")
    @app_commands.choices(span=_SPANS)
    async def recap(self, interaction: Interaction, span: str = Span.WEEK.value) -> None:
        """Preview what happened here in a week or a month, post it, or let it come by itself"""
        require_manager(interaction)
        wanted, guild_id = Span(span), interaction.guild_id or 0
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            public = public_in(interaction.guild, interaction.channel_id)
            found = await self.bot.recaps.until_now(guild_id, wanted, public)
            if not found.eventful:
                raise NothingToTellError(wanted)
        writer = self.bot.recap_writer
        if writer.model is not None:
            # The lists are there at once, the sentences when they are written.
            await interaction.edit_original_response(view=views.unwritten_message(found))
        box = views.recap_box(found, Written(await writer.prose(found), writer.model or ""))
        view = views.preview_message(box, await self._rule(guild_id), found.until)
        await interaction.edit_original_response(view=view)

    async def _rule(self, guild_id: int) -> HighlightRule | None:
        async with self.bot.database.read() as connection:
            return await highlight_rules.get(connection, guild_id)

    def _public(self, guild_id: int, channel_id: int) -> Public:
        return public_in(self.bot.get_guild(guild_id), channel_id)


def _preview_in(interaction: Interaction) -> tuple[discord.Message, views.Box]:
    """The preview that was pressed, which nobody else sees, and its recap. Raises `OldPreviewError` else."""
    message = interaction.message
    box = views.box_in(message) if message is not None and in_private(interaction) else None
    if message is None or box is None:
        raise OldPreviewError
    return message, box


async def setup(bot: Companion) -> None:
    await bot.add_cog(RecapCog(bot))

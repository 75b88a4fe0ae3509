"""``/clip duel``: two clips side by side, one tap a member, closed by itself."""

from __future__ import annotations

import logging
from datetime import datetime

import discord
from discord import app_commands

from companion.cogs.clips import choices, meant
from companion.cogs.companion import QUIET, Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature, add_to_group, every_minute
from companion.cogs.press import Press
from companion.cogs.tally_pace import Shown
from companion.cogs.views import duel as views
from companion.community.clips import Clips, GoneClipError
from companion.community.duels import Duels as Kept
from companion.community.duels import GoneDuelError
from companion.community.fair_use import Work
from companion.storage.duels import Duel

log = logging.getLogger(__name__)


class ChoosePress(Press, template=views.VOTE):
    """Chooses one of the two."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            duel_id, left = int(self.match["duel"]), self.match["side"] == "left"
            kept = Kept(interaction.client.database)
            shown = await kept.choose(interaction.guild_id, duel_id, interaction.user.id, left=left)
        await interaction.edit_original_response(view=views.chosen_message(shown, left=left))
        cog = interaction.client.get_cog("Duels")
        if isinstance(cog, Duels):
            cog.changed(shown.duel)


class Duels(Feature):
    """Begins duels, shows how many chose, and closes them."""

    presses = (ChoosePress,)
    prefix = "duel:"
    again = "Begin another with `/clip duel`."

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._kept = Kept(bot.database)
        self._open: dict[int, Duel] = {}
        self._shown = Shown(self._show)

    async def cog_unload(self) -> None:
        await super().cog_unload()
        await self._shown.finish()

    def changed(self, duel: Duel) -> None:
        """Somebody chose: the message is to show how many did."""
        self._open[duel.id] = duel
        self._shown.changed(duel.id)

    @every_minute
    async def close(self, _now: datetime) -> None:
        """Shows the results of the duels whose time is up. One server's trouble holds up no other."""
        for duel in await self._kept.over():
            if not self.bot.serves(duel.guild_id):
                continue
            try:
                await self._edit(duel, over=True)
            except (discord.NotFound, discord.Forbidden, GoneClipError) as error:
                log.info("the result of duel %d can be shown nowhere: %s", duel.id, error)
            except discord.HTTPException as error:
                log.warning("duel %d is closed later: %s", duel.id, error)
                continue
            await self._kept.close(duel)

    async def begin(self, interaction: Interaction, typed: tuple[str | None, str | None]) -> None:
        """Answers a command with a new duel, of the clips that were typed."""
        async with deferred_turn(interaction, Work.CLIP, thinking=True):
            clips = Clips(self.bot.database)
            left, right = [None if one is None else await meant(clips, interaction, one) for one in typed]
            shown = await self._kept.begin(
                interaction.guild_id, interaction.channel_id or 0, interaction.user.id, (left, right), interaction.id
            )
            message = await interaction.edit_original_response(view=views.duel_message(shown))
            await self._kept.shown_by(shown.duel, message.id)

    async def _show(self, duel_id: int) -> None:
        duel = self._open.pop(duel_id, None)
        if duel is None or duel.closes_at <= self.bot.database.clock.now():
            return
        try:
            await self._edit(duel)
        except (discord.HTTPException, GoneClipError) as error:
            # The next choice, or the end, shows it.
            log.info("how many chose in duel %d could not be shown: %s", duel_id, error)

    async def _edit(self, duel: Duel, *, over: bool = False) -> None:
        shown = await self._kept.shown(duel)
        channel = self.bot.get_partial_messageable(duel.channel_id, guild_id=duel.guild_id)
        message = channel.get_partial_message(duel.message_id or 0)
        await message.edit(view=views.duel_message(shown, over=over), allowed_mentions=QUIET)


@app_commands.command(name="duel")
@app_commands.describe(
    clip="One of the two: choose it as you type, or write words of it; without it, chance does",
    other="The other one",
)
async def duel_command(interaction: Interaction, clip: str | None = None, other: str | None = None) -> None:
    """Put two clips side by side and let everybody choose, for a day"""
    cog = interaction.client.get_cog("Duels")
    if not isinstance(cog, Duels):
        raise GoneDuelError
    await cog.begin(interaction, (clip, other))


@duel_command.autocomplete("clip")
@duel_command.autocomplete("other")
async def clip_choices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return await choices(Clips(interaction.client.database), interaction, typed)


async def setup(bot: Companion) -> None:
    add_to_group(bot, "clip", duel_command)
    await bot.add_cog(Duels(bot))

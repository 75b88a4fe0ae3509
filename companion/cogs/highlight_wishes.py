"""``/highlights voting``, ``hall-of-fame``, ``winners`` and ``cards``: what a server wishes otherwise than others."""

from __future__ import annotations

import discord
from discord import app_commands

from companion.cogs.command_list import FOR_MANAGERS
from companion.cogs.companion import Companion, Interaction
from companion.cogs.feature import add_to_group
from companion.cogs.setup import managed_guild
from companion.cogs.setup_channels import PostedIn, place_of
from companion.cogs.views import highlight_wishes as views
from companion.cogs.views.card_fonts import Run, runs
from companion.community.hall_of_fame import HallOfFame
from companion.community.highlight_wishes import HighlightWishes
from companion.storage.errors import CompanionError

_COLOUR = app_commands.Range[str, 1, 60]


class NotAnEmojiError(CompanionError):
    """Nothing that a message can be reacted to with."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"“{typed.strip()[:40]}” is not one emoji that I can react with: choose one of Discord's own, or one of"
            " this server's that I may use."
        )


@app_commands.command(extras=FOR_MANAGERS)
@app_commands.describe(
    up="The emoji for a clip, such as 👍",
    down="The emoji against it, such as 👎",
    account_days="How many days old an account has to be for its votes to count",
)
async def voting(
    interaction: Interaction,
    up: str | None = None,
    down: str | None = None,
    account_days: app_commands.Range[int, 0, 365] | None = None,
) -> None:
    """Choose with what members vote, and whose votes count; for those who manage this server"""
    guild = managed_guild(interaction)
    await interaction.response.defer(thinking=True, ephemeral=True)
    kept = HighlightWishes(interaction.client.database)
    for_it, against = (None if one is None else emoji_in(one, guild) for one in (up, down))
    rule = await kept.vote_with(guild.id, for_it, against, account_days)
    changed = any(one is not None for one in (up, down, account_days))
    await interaction.edit_original_response(view=views.voting(rule.wishes, changed=changed))


@app_commands.command(name="hall-of-fame", extras=FOR_MANAGERS)
@app_commands.describe(
    channel="Where clips come that enough members like",
    votes="How many more votes for it than against it a clip needs",
    close="Whether to post nothing more there",
)
async def hall_of_fame(
    interaction: Interaction,
    channel: app_commands.Transform[int, PostedIn] | None = None,
    votes: app_commands.Range[int, 1, 10_000] | None = None,
    close: bool = False,
) -> None:
    """Give the clips that are liked best a channel of their own; for those who manage this server"""
    guild = managed_guild(interaction)
    await interaction.response.defer(thinking=True, ephemeral=True)
    database = interaction.client.database
    kept = HighlightWishes(database)
    changed = close or channel is not None or votes is not None
    if close:
        rule = await kept.close_hall(guild.id)
    elif changed:
        rule = await kept.open_hall(guild.id, None if channel is None else place_of(guild, channel), votes)
    else:
        rule = await kept.now(guild.id)
    waiting = await HallOfFame(database).waiting(guild.id)
    await interaction.edit_original_response(view=views.hall(rule, waiting, changed=changed))


@app_commands.command(extras=FOR_MANAGERS)
@app_commands.describe(
    weekly="Whether the best clip of the week is posted every Monday",
    monthly="Whether the best clip of the month is posted on the first",
)
async def winners(interaction: Interaction, weekly: bool | None = None, monthly: bool | None = None) -> None:
    """Choose whether winners come by themselves; for those who manage this server"""
    guild = managed_guild(interaction)
    await interaction.response.defer(thinking=True, ephemeral=True)
    rule = await HighlightWishes(interaction.client.database).announce_winners(guild.id, weekly, monthly)
    changed = weekly is not None or monthly is not None
    await interaction.edit_original_response(view=views.winners(rule, changed=changed))


@app_commands.command(extras=FOR_MANAGERS)
@app_commands.describe(
    background="The ground, such as #1f2228; usual for the usual one",
    text="The letters, such as #f2f3f5; usual for the usual one",
    accent="The edge and the marks, such as #2bb3a3; usual for the usual one",
    logo="Whether this server's icon is on them",
)
async def cards(
    interaction: Interaction,
    background: _COLOUR | None = None,
    text: _COLOUR | None = None,
    accent: _COLOUR | None = None,
    logo: bool | None = None,
) -> None:
    """Choose the colours of quote cards; for those who manage this server"""
    guild = managed_guild(interaction)
    await interaction.response.defer(thinking=True, ephemeral=True)
    rule = await HighlightWishes(interaction.client.database).paint_cards(guild.id, background, text, accent, logo)
    changed = any(one is not None for one in (background, text, accent, logo))
    await interaction.edit_original_response(view=views.cards(rule.wishes, changed=changed))


def emoji_in(typed: str, guild: discord.Guild) -> str:
    """One emoji that the bot can react with, as Discord writes it. Raises `NotAnEmojiError`."""
    text = typed.strip()
    if runs(text) == [Run(text, emoji=True)]:
        return text
    named = discord.PartialEmoji.from_str(text)
    own = guild.get_emoji(named.id) if named.id is not None else None
    if own is None or not own.available or not own.is_usable():
        raise NotAnEmojiError(typed)
    return f"{'a:' if own.animated else ''}{own.name}:{own.id}"


async def setup(bot: Companion) -> None:
    add_to_group(bot, "highlights", voting, hall_of_fame, winners, cards)

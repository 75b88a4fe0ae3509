"""``/highlights top``: the clips that a server likes best."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from discord import app_commands

from companion.cogs import suggestions
from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import add_to_group
from companion.cogs.views.leaderboard import SHOWN, leaderboard_message
from companion.community.clips import Clips
from companion.community.episode_pages import EpisodePages
from companion.community.fair_use import Work
from companion.community.hall_of_fame import HallOfFame
from companion.community.standings import Standings, with_clips

Since = Literal["week", "month", "year", "all"]
_SPANS = {"week": 7, "month": 30, "year": 365}
_TOLD = {"week": "of the last 7 days", "month": "of the last 30 days", "year": "of the last year", "all": "of all time"}


@app_commands.command()
@app_commands.describe(
    span="Clips that were posted since, or in a duel, by the votes since; left out: the last 7 days",
    episode="Only clips of this episode",
    speaker="Only clips in which this person speaks",
)
async def top(
    interaction: Interaction, span: Since = "week", episode: str | None = None, speaker: str | None = None
) -> None:
    """The clips that this server likes best, by its votes"""
    async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
        database, guild_id = interaction.client.database, interaction.guild_id
        days = _SPANS.get(span)
        since = database.clock.now() - timedelta(days=days) if days else None
        wanted = (await EpisodePages(database).named(guild_id, episode)).episode if episode else None
        ranking = await Standings(database).ranking(
            guild_id, since, episode_id=wanted.id if wanted else None, speaker=speaker
        )
        best = await with_clips(Clips(database), guild_id, ranking.standings[:SHOWN])
    famed = await HallOfFame(database).among([one.clip.id for one, _ in best])
    of = " · ".join(filter(None, [wanted.title if wanted else None, speaker]))
    message = leaderboard_message(ranking, best, _TOLD[span], of, famed)
    await interaction.edit_original_response(view=message)


@top.autocomplete("episode")
async def suggest_episodes(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The server's episodes."""
    return await suggestions.episodes(interaction, typed)


@top.autocomplete("speaker")
async def suggest_speakers(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Who speaks in the server's podcasts."""
    return await suggestions.speakers(interaction, typed)


async def setup(bot: Companion) -> None:
    add_to_group(bot, "highlights", top)

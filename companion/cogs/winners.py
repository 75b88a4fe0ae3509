"""The winners of weeks and months, which are posted by themselves, and all clips of such a span at a press."""

from __future__ import annotations

from datetime import datetime

from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature, every_minute
from companion.cogs.press import Press
from companion.cogs.views import winner_ids
from companion.cogs.views.leaderboard import leaderboard_message
from companion.cogs.views.winners import dates_of
from companion.cogs.votes import are_behind
from companion.cogs.winner_outlet import WinnerOutlet
from companion.community.days import first_day
from companion.community.fair_use import Work
from companion.community.hall_of_fame import HallOfFame
from companion.community.highlight_rules import HighlightRules
from companion.community.spans import Span, first_date
from companion.community.winners import WinnerPosts, Winners
from companion.storage.errors import NotFoundError

_EARLIEST = 2015
"""The year since which there is a Discord."""


class NoSuchSpanError(NotFoundError):
    """A week or a month that no calendar has."""

    def __init__(self) -> None:
        super().__init__("There is no such week or month. `/highlights top` shows the best clips of any time.")


class AllPress(Press, template=winner_ids.ALL):
    """Shows to the presser alone all clips of that week or month, by the votes that its post told of."""

    async def pressed(self, interaction: Interaction) -> None:
        span, first = Span(self.match["span"]), first_day(self.match["day"])
        if first is None or first.year < _EARLIEST or first_date(first, span) != first:
            raise NoSuchSpanError
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            database = interaction.client.database
            rule = await HighlightRules(database).rule(interaction.guild_id or 0)
            results = await Winners(database).as_told(rule, span, first)
            famed = await HallOfFame(database).among([one.clip.id for one, _ in results.best])
        message = leaderboard_message(results.ranking, results.best, f"of {dates_of(span, first)}", "", famed)
        await interaction.edit_original_response(view=message)


class WinnersCog(Feature, name="Winners"):
    """Posts winners, every minute, and answers presses under them."""

    presses = (AllPress,)
    prefix = winner_ids.PREFIX
    again = "`/highlights top` shows the best clips."

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._posts = WinnerPosts(bot.database)
        self._outlet = WinnerOutlet(bot)

    @every_minute
    async def post_due(self, now: datetime) -> None:
        """Posts whatever is due now, once the votes that were given while the bot was away are counted."""
        if not await are_behind(self.bot, now):
            await self._posts.run_due(now, self._outlet)


async def setup(bot: Companion) -> None:
    await bot.add_cog(WinnersCog(bot))

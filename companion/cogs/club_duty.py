"""What clubs bring by themselves, every minute: sessions that appear, are over, and get the top of the vote."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from companion.cogs.companion import Companion
from companion.cogs.feature import Feature, every_minute
from companion.community.club_presenters import Presenters
from companion.community.clubs import Clubs
from companion.community.paper_queue import PaperQueue

log = logging.getLogger(__name__)


class ClubDuty(Feature):
    """Has no commands: what it does is shown by what tells of sessions."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._clubs = Clubs(bot.database)
        self._presenters = Presenters(bot.database)
        self._queue = PaperQueue(bot.database)

    @every_minute
    async def tick(self, now: datetime) -> None:
        """Whatever is due now."""
        if made := await self._clubs.appear(now):
            log.info("%d sessions of clubs have appeared", made)
        for session in await self._clubs.hold_due(now):
            log.info("session %d of server %d is over", session.id, session.guild_id)
        for meeting in await self._presenters.assign_due(now, self._leading):
            log.info("paper %s leads the vote, and has session %d", meeting.session.paper_id, meeting.session.id)

    async def _leading(self, guild_id: int) -> Sequence[int]:
        """The papers of the queue with votes enough to say anything."""
        return [one.paper.id for one in await self._queue.top(guild_id) if not one.too_few]


async def setup(bot: Companion) -> None:
    await bot.add_cog(ClubDuty(bot))

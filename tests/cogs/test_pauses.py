"""Channels, servers and sessions that refused, and are left alone for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from companion.bot.client import CompanionBot
from companion.cogs.club_events import ClubEvents
from companion.cogs.outlets import Outlets
from companion.cogs.votes import Votes
from companion.storage.engine import Database
from tests.clocks import StoppedClock


@pytest.mark.parametrize(
    ("kind", "leave_alone", "kept"),
    [
        (Outlets, "leave_alone", "_paused"),
        (ClubEvents, "_leave_alone", "_paused"),
        (Votes, "_leave_alone", "_refused"),
    ],
)
async def test_who_refused_long_ago_is_forgotten(
    database: Database, clock: StoppedClock, kind: Any, leave_alone: str, kept: str
) -> None:
    async with CompanionBot(database) as bot:
        pausing = kind(bot)
        for refused in range(100):
            getattr(pausing, leave_alone)(refused, clock.now())
        assert len(getattr(pausing, kept)) == 100

        getattr(pausing, leave_alone)(100, clock.now() + timedelta(days=2))

        assert len(getattr(pausing, kept)) == 1

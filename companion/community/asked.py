"""What a server asked, for those who manage it: how much, what found nothing, and how the answers were liked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from companion.storage import asked
from companion.storage.asked import Totals, Unanswered
from companion.storage.engine import Database
from companion.storage.errors import CompanionError

FEWEST_THUMBS = 5
"""Of fewer thumbs no share is told: the next one could turn it over."""
PER_PAGE = 8


class Period(StrEnum):
    """The time up to now that is looked at."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return _LENGTHS[self]


_LENGTHS = {
    Period.DAY: timedelta(days=1),
    Period.WEEK: timedelta(days=7),
    Period.MONTH: timedelta(days=30),
    Period.QUARTER: timedelta(days=90),
}


class NoSuchPeriodError(CompanionError):
    """A period of another version, or a made-up one."""

    def __init__(self) -> None:
        super().__init__("I don't know that period: choose one from those that are suggested.")


@dataclass(frozen=True, slots=True)
class AskedPage:
    """What was asked ``since``, and some of what found nothing, the newest first; ``page`` counts from 0."""

    period: Period
    since: datetime
    totals: Totals
    unanswered: tuple[Unanswered, ...]
    page: int
    pages: int

    @property
    def acceptance(self) -> float | None:
        """The share of thumbs that are up, from 0 to 1; None where they are too few."""
        thumbs = self.totals.up + self.totals.down
        return self.totals.up / thumbs if thumbs >= FEWEST_THUMBS else None


class AskedQuestions:
    """What all servers asked, in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, guild_id: int, period: Period, page: int) -> AskedPage:
        """A page of what the server asked; the last page for one that is behind it."""
        since = self._database.clock.now() - period.length
        async with self._database.read() as connection:
            totals = await asked.totals(connection, guild_id, since)
            pages = max((totals.refused + PER_PAGE - 1) // PER_PAGE, 1)
            page = min(page, pages - 1)
            found_nothing = await asked.unanswered(connection, guild_id, since, page * PER_PAGE, PER_PAGE)
        return AskedPage(period, since, totals, tuple(found_nothing), page, pages)


def period_of(typed: str) -> Period:
    """The period by its name. Raises `NoSuchPeriodError`."""
    try:
        return Period(typed)
    except ValueError:
        raise NoSuchPeriodError from None

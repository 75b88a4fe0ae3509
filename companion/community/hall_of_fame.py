"""The hall of fame: a channel of a server's own in which a clip is posted once, as soon as enough members like it.

What counts is how many more votes there are for it than against it, over all its posts; what becomes of the votes
afterwards does not take it away again. A clip is claimed, posted, and its message kept; a claim whose sender was
stopped expires, and its message is looked for before it is sent again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from companion.community.clips import Clips, GoneClipError, ShownClip
from companion.community.daily import CLAIM_LASTS
from companion.storage import ballots, hall_of_fame, highlight_rules, votes
from companion.storage.ballots import CLIP, Ballot, Subject
from companion.storage.engine import Database
from companion.storage.votes import Tally

AT_ONCE = 3
"""Clips of a server that are posted in one minute."""


@dataclass(frozen=True, slots=True)
class Famed:
    """A clip that comes into a server's hall of fame, with its votes, and where it was posted first.

    ``claimed_before`` and ``channel_before`` are those of a sender of whom nothing was heard again.
    """

    guild_id: int
    channel_id: int
    shown: ShownClip
    tally: Tally
    first: Ballot | None
    claimed_before: datetime | None = None
    channel_before: int | None = None

    @property
    def clip_id(self) -> int:
        return self.shown.clip.id


class HallOfFame:
    """The halls of fame of all servers, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._clips = Clips(database)

    async def pending(self, now: datetime) -> list[Famed]:
        """What is to be posted now, a few of each server. `claim` one before it is sent."""
        async with self._database.read() as connection:
            rules = [rule for rule in await highlight_rules.running(connection) if rule.wishes.hall_of_fame]
            found = {
                rule.guild_id: await hall_of_fame.worthy(
                    connection, rule.guild_id, rule.wishes.hall_of_fame_votes, now - CLAIM_LASTS
                )
                for rule in rules
            }
        pending: list[Famed] = []
        for rule in rules:
            some: list[Famed] = []
            for one in found[rule.guild_id]:
                try:
                    shown = await self._clips.shown(rule.guild_id, one.clip_id)
                except GoneClipError:
                    continue  # of a podcast that the server does not see any more
                tally, first = await self._known(Subject(CLIP, one.clip_id))
                channel_id = rule.wishes.hall_of_fame or 0
                some.append(Famed(rule.guild_id, channel_id, shown, tally, first, one.claimed_at, one.channel_id))
                if len(some) == AT_ONCE:
                    break
            pending += some
        return pending

    async def waiting(self, guild_id: int) -> int:
        """How many clips have votes enough and are not there yet."""
        now = self._database.clock.now()
        async with self._database.read() as connection:
            wishes = await highlight_rules.wishes_of(connection, guild_id)
            return len(await hall_of_fame.worthy(connection, guild_id, wishes.hall_of_fame_votes, now))

    async def claim(self, famed: Famed, now: datetime) -> bool:
        """Takes it over from everybody else; False where somebody was quicker."""
        async with self._database.write() as connection:
            return await hall_of_fame.claim(
                connection, famed.guild_id, famed.clip_id, famed.channel_id, now, now - CLAIM_LASTS
            )

    async def sent(self, famed: Famed, channel_id: int, message_id: int) -> None:
        """It stands there."""
        async with self._database.write() as connection:
            await hall_of_fame.finalise(connection, famed.clip_id, channel_id, message_id)

    async def not_sent(self, famed: Famed, held_since: datetime) -> None:
        """It was refused, so that it is certain that nobody has it of who claimed it then."""
        async with self._database.write() as connection:
            await hall_of_fame.release(connection, famed.clip_id, held_since)

    async def among(self, clip_ids: Collection[int]) -> frozenset[int]:
        """Those of the clips that are in a hall of fame."""
        async with self._database.read() as connection:
            return await hall_of_fame.among(connection, clip_ids)

    async def _known(self, subject: Subject) -> tuple[Tally, Ballot | None]:
        async with self._database.read() as connection:
            tallies = await votes.tallies(connection, [subject])
            return tallies.get(subject, Tally()), await ballots.first_of(connection, subject)

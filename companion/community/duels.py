"""Duels: two clips side by side, one choice a member, until their time is up.

A choice can be changed until then. Nobody chooses between clips of which one is theirs, and accounts that are too young
to vote are too young here. What stood is shown at the end: early leads are noise. From then on it counts in the
standings of both clips (`community/scores.py`); the picker learns from it at once.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import timedelta

from companion.community.clips import Clips, ShownClip
from companion.community.visibility import OutsideServersError, visible_podcasts
from companion.community.votes import Votes, created
from companion.storage import clips as stored_clips
from companion.storage import duels
from companion.storage.duels import Duel
from companion.storage.engine import Database
from companion.storage.errors import CompanionError, NotFoundError

LASTS = timedelta(hours=24)
"""How long members can choose."""


class GoneDuelError(NotFoundError):
    """A duel that was deleted with one of its clips, or never was, or is not this server's."""

    def __init__(self) -> None:
        super().__init__("This duel is gone: one of its clips was deleted. `/clip duel` begins another.")


class DuelOverError(CompanionError):
    """A choice that comes too late."""

    def __init__(self) -> None:
        super().__init__("This duel is over, and its result stands. `/clip duel` begins another.")


class NoTwoClipsError(CompanionError):
    """A duel needs two clips that are not the same."""

    def __init__(self) -> None:
        super().__init__(
            "A duel needs two different clips of this server: choose them from what is suggested, or make more with"
            " `/clip create`."
        )


class OwnDuelError(CompanionError):
    """Somebody chooses where one of the clips is theirs."""

    def __init__(self) -> None:
        super().__init__("You made one of these clips, so the others decide this duel.")


class TooYoungError(CompanionError):
    """An account that is younger than the server wants."""

    def __init__(self) -> None:
        super().__init__("Your Discord account is too new to vote in this server: it counts once it is older.")


@dataclass(frozen=True, slots=True)
class ShownDuel:
    """A duel with its clips, and how many members chose each."""

    duel: Duel
    left: ShownClip
    right: ShownClip
    for_left: int
    for_right: int

    @property
    def votes(self) -> int:
        return self.for_left + self.for_right

    @property
    def winner(self) -> ShownClip | None:
        """The one that more members chose; None for a draw."""
        if self.for_left == self.for_right:
            return None
        return self.left if self.for_left > self.for_right else self.right


class Duels:
    """The duels of all servers, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._clips = Clips(database)
        self._votes = Votes(database)

    async def begin(
        self, guild_id: int | None, channel_id: int, member_id: int, wanted: tuple[int | None, int | None], seed: int
    ) -> ShownDuel:
        """Two clips side by side: those of the ``wanted`` ids, or others that chance brings, the same for a seed.

        Raises `NoTwoClipsError`, and `GoneClipError` for ids that are no clips of the server.
        """
        if guild_id is None:
            raise OutsideServersError
        left_id, right_id = await self._two(guild_id, wanted, seed)
        for clip_id in (left_id, right_id):
            await self._clips.shown(guild_id, clip_id)
        now = self._database.clock.now()
        duel = Duel(0, guild_id, channel_id, left_id, right_id, member_id, now, now + LASTS)
        async with self._database.write() as connection:
            duel = replace(duel, id=await duels.add(connection, duel))
        return await self.shown(duel)

    async def shown_by(self, duel: Duel, message_id: int) -> None:
        """The message is the duel's."""
        async with self._database.write() as connection:
            await duels.shown_by(connection, duel.id, message_id)

    async def choose(self, guild_id: int | None, duel_id: int, member_id: int, *, left: bool) -> ShownDuel:
        """The member's choice. Raises `GoneDuelError`, `DuelOverError`, `OwnDuelError` and `TooYoungError`."""
        now = self._database.clock.now()
        shown = await self.get(guild_id, duel_id)
        if shown.duel.closes_at <= now:
            raise DuelOverError
        if member_id in (shown.left.clip.made_by, shown.right.clip.made_by):
            raise OwnDuelError
        rules = await self._votes.rules(shown.duel.guild_id)
        if now - created(member_id) < rules.account_age:
            raise TooYoungError
        async with self._database.write() as connection:
            if await duels.get(connection, shown.duel.guild_id, duel_id) is None:
                raise GoneDuelError
            chosen = shown.duel.left_id if left else shown.duel.right_id
            await duels.choose(connection, duel_id, member_id, chosen, now)
        return await self.shown(shown.duel)

    async def get(self, guild_id: int | None, duel_id: int) -> ShownDuel:
        """The server's duel. Raises `GoneDuelError`."""
        async with self._database.read() as connection:
            duel = await duels.get(connection, guild_id or 0, duel_id)
        if duel is None:
            raise GoneDuelError
        return await self.shown(duel)

    async def over(self) -> list[Duel]:
        """Those whose time is up and whose result was not shown."""
        async with self._database.read() as connection:
            return await duels.over(connection, self._database.clock.now())

    async def close(self, duel: Duel) -> None:
        """Its result is shown, or can be shown nowhere."""
        async with self._database.write() as connection:
            await duels.close(connection, duel.id, self._database.clock.now())

    async def shown(self, duel: Duel) -> ShownDuel:
        """The duel with its clips. Raises `GoneClipError` where the server does not see one any more."""
        left, right = [await self._clips.shown(duel.guild_id, one) for one in (duel.left_id, duel.right_id)]
        async with self._database.read() as connection:
            chosen = await duels.chosen(connection, duel.id)
        return ShownDuel(duel, left, right, chosen.get(duel.left_id, 0), chosen.get(duel.right_id, 0))

    async def _two(self, guild_id: int, wanted: tuple[int | None, int | None], seed: int) -> tuple[int, int]:
        given = [one for one in wanted if one is not None]
        seen = await visible_podcasts(self._database, guild_id)
        async with self._database.read() as connection:
            known = [one.id for one in await stored_clips.of_guild(connection, guild_id, seen) if one.id not in given]
        missing = 2 - len(given)
        if len(set(given)) < len(given) or len(known) < missing:
            raise NoTwoClipsError
        left, right = [*given, *random.Random(seed).sample(known, missing)]
        return left, right

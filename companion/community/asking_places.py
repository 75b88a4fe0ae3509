"""Where a server lets questions be asked: by command and by mention everywhere, unless its managers say otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from companion.storage import asking_channels
from companion.storage.asking_channels import Mode
from companion.storage.engine import Database
from companion.storage.errors import CompanionError


class NotAskedHereError(CompanionError):
    """A channel in which questions are off. ``elsewhere`` are channels that its server has for them."""

    def __init__(self, elsewhere: tuple[int, ...]) -> None:
        super().__init__("Questions are switched off in this channel.")
        self.elsewhere = elsewhere


class DefaultHoldsError(CompanionError):
    """There is nothing to take back."""

    def __init__(self) -> None:
        super().__init__("Nothing was chosen for that channel, so there is nothing to take back.")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody asks: a channel, or a thread with the channel that it belongs to."""

    guild_id: int
    channel_id: int
    parent_id: int | None = None


class AskingPlaces:
    """What managers decided about asking, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def require_allowed(self, spot: Spot) -> None:
        """Raises `NotAskedHereError` where nothing may be asked, with channels where it may."""
        modes = await self.chosen(spot.guild_id)
        if _mode(modes, spot) is Mode.OFF:
            raise NotAskedHereError(tuple(one for one, mode in modes.items() if mode is Mode.MENTIONS))

    async def answers_mentions(self, spot: Spot, *, conversation: bool) -> bool:
        """Is a mention or a reply answered there? In the thread of a ``conversation`` it is, wherever that is."""
        modes = await self.chosen(spot.guild_id)
        mode = _mode(modes, spot)
        if conversation:
            return mode is not Mode.OFF
        return mode is Mode.MENTIONS or (mode is None and Mode.MENTIONS not in modes.values())

    async def choose(self, guild_id: int, channel_id: int, mode: Mode, member_id: int) -> Mode | None:
        """Gives the channel this mode; returns the one it had."""
        async with self._database.write() as connection:
            before = (await asking_channels.chosen(connection, guild_id)).get(channel_id)
            now = self._database.clock.now()
            await asking_channels.choose(connection, guild_id, channel_id, mode, member_id, now)
        return before

    async def forget(self, guild_id: int, channel_id: int) -> None:
        """Lets the default hold in the channel again. Raises `DefaultHoldsError` where it does."""
        async with self._database.write() as connection:
            if not await asking_channels.forget(connection, guild_id, channel_id):
                raise DefaultHoldsError

    async def chosen(self, guild_id: int) -> dict[int, Mode]:
        """The mode of each channel for which one was chosen."""
        async with self._database.read() as connection:
            return await asking_channels.chosen(connection, guild_id)


def _mode(modes: dict[int, Mode], spot: Spot) -> Mode | None:
    """A thread goes by its channel."""
    return modes.get(spot.channel_id) or modes.get(spot.parent_id or 0)

"""Who may mark answers right or wrong: those who manage the server, and the members of a role that they choose."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from companion.storage import hosts
from companion.storage.engine import Database
from companion.storage.errors import CompanionError


class NotAHostError(CompanionError):
    """Somebody who may not mark answers here."""

    def __init__(self) -> None:
        super().__init__(
            "Only hosts mark answers right or wrong here: those who manage the server, and the role that they choose"
            " with `/setup hosts role`. What you think of it counts, too: press 👍 or 👎 under it."
        )


class EverybodyAHostError(CompanionError):
    """The role that everybody has."""

    def __init__(self) -> None:
        super().__init__("Everybody has this role, and everybody can press 👍 and 👎 already: choose another role.")


class NoHostsError(CompanionError):
    """A server without a role for hosts."""

    def __init__(self) -> None:
        super().__init__("No role of hosts is chosen here: those who manage the server are the hosts.")


@dataclass(frozen=True, slots=True)
class Host:
    """A member who may mark the answers of a server. Only `Hosts.host` makes one."""

    guild_id: int
    member_id: int


class Hosts:
    """The hosts of all servers, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def host(self, guild_id: int | None, member_id: int, roles: Collection[int], *, manages: bool) -> Host:
        """The member as a host, who has these ``roles`` and perhaps ``manages`` the server. Raises `NotAHostError`."""
        if guild_id is None or not (manages or await self.role(guild_id) in roles):
            raise NotAHostError
        return Host(guild_id, member_id)

    async def role(self, guild_id: int) -> int | None:
        """The id of the role that was chosen, which may be deleted by now."""
        async with self._database.read() as connection:
            return await hosts.role(connection, guild_id)

    async def choose(self, guild_id: int, role_id: int, by: int) -> int | None:
        """Makes the members of the role hosts; returns the role that was chosen before.

        Raises `EverybodyAHostError`: in Discord the role whose id is the server's own is everybody's.
        """
        if role_id == guild_id:
            raise EverybodyAHostError
        async with self._database.write() as connection:
            before = await hosts.role(connection, guild_id)
            await hosts.choose(connection, guild_id, role_id, by, self._database.clock.now())
        return before

    async def forget(self, guild_id: int) -> int:
        """Leaves it to those who manage the server; returns the role. Raises `NoHostsError` where none was chosen."""
        async with self._database.write() as connection:
            before = await hosts.role(connection, guild_id)
            if before is None:
                raise NoHostsError
            await hosts.forget(connection, guild_id)
        return before

"""Who decides about a club's sessions: its host, the server's hosts, and those who manage the server."""

from __future__ import annotations

from collections.abc import Collection

from companion.community.hosts import Hosts, NotAHostError
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.series import Series


class NotAClubHostError(CompanionError):
    """Somebody who decides nothing about this club."""

    def __init__(self) -> None:
        super().__init__(
            "Only a club's host, the hosts of this server and those who manage it decide about its sessions: ask one of"
            " them. You can take a free date with `/club volunteer`, and give yours to another with `/club swap`."
        )


async def require_club_host(
    database: Database, of: Series, member_id: int, roles: Collection[int], *, manages: bool
) -> None:
    """Raises `NotAClubHostError` for a member, who has these ``roles`` and perhaps ``manages`` the server."""
    if member_id == of.hosted_by:
        return
    try:
        await Hosts(database).host(of.guild_id, member_id, roles, manages=manages)
    except NotAHostError as error:
        raise NotAClubHostError from error

"""The servers that the bot is in: what it may do there, and whether they have anything to search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from companion.bot.doctor.discord_api import DiscordApi, DiscordError
from companion.bot.doctor.findings import Finding, error, hint, ok, warning
from companion.community.permissions import INVITED, Permission, labels, missing
from companion.storage import podcasts, subscriptions
from companion.storage.engine import Database

_PAGE = 200
_MOST_PAGES = 5
"""A bot that is in more servers than these pages hold is checked in those."""
_NAMED = 10


async def check_permissions(discord: DiscordApi) -> tuple[frozenset[int] | None, Sequence[Finding]]:
    """The ids of the bot's servers
    (None where Discord did not tell), and what it lacks in each by its roles; `/setup check` knows the channels too."""
    try:
        servers = await _servers(discord)
    except DiscordError as failed:
        return None, [error(f"The bot's servers are not known. {failed}", "Run this again.")]
    found: list[Finding] = []
    for server in servers:
        granted, name = int(server.get("permissions") or 0), f"{server.get('name', '?')} ({server['id']})"
        if granted & Permission.ADMINISTRATOR.value:
            found.append(
                hint(
                    f"In {name} the bot is an administrator, which is far more than it needs.",
                    f"Take Administrator from its role; it needs {labels(missing(0, INVITED))}.",
                )
            )
        elif lacks := missing(granted, INVITED):
            found.append(
                warning(
                    f"In {name} the bot lacks {labels(lacks)}.",
                    "There: Server Settings → Roles → Companion → Permissions, or invite it again with the link above."
                    " `/setup check` names what single channels lack.",
                )
            )
    if not servers:
        found.append(hint("The bot is in no server yet.", "Open the link above and choose a server."))
    elif not found:
        found.append(ok(f"The bot may do what it needs in all {len(servers)} of its servers."))
    return frozenset(int(server["id"]) for server in servers), found


async def _servers(discord: DiscordApi) -> list[dict[str, Any]]:
    servers: list[dict[str, Any]] = []
    for _ in range(_MOST_PAGES):
        after = servers[-1]["id"] if servers else "0"
        page: list[dict[str, Any]] = await discord.get("/users/@me/guilds", limit=_PAGE, after=after)
        servers += page
        if len(page) < _PAGE:
            break
    return servers


async def check_subscriptions(database: Database, servers: frozenset[int] | None) -> Sequence[Finding]:
    """Podcasts that no server sees, and servers that see none. ``servers``: None where Discord was not asked."""
    async with database.read() as connection:
        known = await podcasts.list_podcasts(connection)
        seen_by = {one.id: await subscriptions.guild_ids(connection, one.id) for one in known}
    if not known:
        return [hint("There is no podcast yet.", "`companion ingest ADDRESS`, or `/setup podcasts add` in the server.")]
    found = [
        hint(f"No server sees {one.title!r}.", f"`companion subscribe SERVER {one.id}` lets one.")
        for one in known
        if not seen_by[one.id]
    ]
    subscribed = frozenset[int]().union(*seen_by.values())
    if servers is not None:
        without = sorted(servers - subscribed)
        if without:
            more = f" and {len(without) - _NAMED} more" if len(without) > _NAMED else ""
            named = ", ".join(map(str, without[:_NAMED]))
            found.append(hint(f"Servers without a podcast: {named}{more}.", "Their managers: `/setup podcasts add`."))
        left = len(subscribed - servers)
        if left:
            found.append(hint(f"{left} subscriptions are of servers that the bot is not in.", "Invite it again there."))
    return found or [ok(f"Every one of {len(known)} podcasts is seen by a server.")]

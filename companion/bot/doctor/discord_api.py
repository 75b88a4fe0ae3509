"""Asking Discord by REST, once each and in small numbers: a check must never be what gets an address banned."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from companion import __version__
from companion.storage.errors import CompanionError

API = "https://discord.com/api/v10"
_PATIENCE = aiohttp.ClientTimeout(total=15)
_UNAUTHORISED, _RATE_LIMITED = 401, 429


class DiscordError(CompanionError):
    """Discord gave no answer that could be used."""


class RefusedTokenError(DiscordError):
    """Discord knows no bot with this token."""


class DiscordApi:
    """Reads from Discord's API with the bot's own token. ``base`` is the API's address without a slash at its end."""

    def __init__(self, session: aiohttp.ClientSession, token: str, base: str = API) -> None:
        self.answered_at: datetime | None = None
        """By Discord's own clock, when it last answered, to the second."""
        self._session = session
        self._base = base
        self._headers = {
            "Authorization": f"Bot {token}",
            "User-Agent": f"DiscordBot (companion, {__version__})",
        }

    async def get(self, path: str, **query: str | int) -> Any:
        """The JSON at a path such as ``/users/@me``. Raises `DiscordError` with what to do, never with the token."""
        try:
            async with self._session.get(
                f"{self._base}{path}", params=query, headers=self._headers, timeout=_PATIENCE
            ) as response:
                self.answered_at = _date(response.headers.get("Date"))
                if response.status == _UNAUTHORISED:
                    raise RefusedTokenError("Discord refused the DISCORD_TOKEN.")
                if response.status == _RATE_LIMITED:
                    pause = response.headers.get("Retry-After", "some")
                    raise DiscordError(f"Discord asks for a pause: check again in {pause} seconds.")
                if not response.ok:
                    raise DiscordError(f"Discord answered {path} with status {response.status}: check again later.")
                return await response.json()
        except (aiohttp.ClientError, ValueError, OSError):
            # What the library says may hold the request's headers.
            raise DiscordError(
                "Discord cannot be reached: check this machine's network, and https://discordstatus.com."
            ) from None


def _date(header: str | None) -> datetime | None:
    try:
        return None if header is None else parsedate_to_datetime(header)
    except ValueError:
        return None

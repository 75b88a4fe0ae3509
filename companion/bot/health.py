"""Whether the running bot is ready for members, for whatever sends it work or watches over it."""

from __future__ import annotations

from companion.bot.client import CompanionBot


def hindrances(bot: CompanionBot) -> list[str]:
    """Why members could not be answered now, as sentences; none where they can."""
    found: list[str] = []
    if bot.requests.stopping:
        found.append("It is being stopped.")
    if not bot.is_connected():
        found.append("It is not connected to Discord.")
    if bot.searcher.passages is None:
        found.append("The archive is not opened yet.")
    return found

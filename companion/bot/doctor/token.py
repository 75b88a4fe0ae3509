"""The token, as far as it can be judged without Discord. It is never repeated."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence

from companion.bot.doctor.findings import Finding, error, ok

CURE = (
    "Copy the bot's token again: https://discord.com/developers/applications → your application → Bot → Reset Token,"
    " and put it after DISCORD_TOKEN= in .env."
)
_PARTS = re.compile(r"([\w-]{18,})\.[\w-]{5,}\.[\w-]{25,}")
_SECRET_LENGTH = 32


def check(token: str) -> Sequence[Finding]:
    """Has this the form of a bot's token: the application's id, a time and a signature, with dots between?"""
    if token.strip() != token or token.strip("\"'") != token:
        return [error("DISCORD_TOKEN has blanks or quotation marks around it.", "Take them away.")]
    if token.lower().startswith("bot "):
        return [error("DISCORD_TOKEN begins with “Bot ”.", "Leave only the token itself.")]
    if token.isdecimal():
        return [error("DISCORD_TOKEN is a number: that is an application's or a server's id.", CURE)]
    parts = _PARTS.fullmatch(token)
    if parts is None:
        looks = " It may be the client secret." if len(token) == _SECRET_LENGTH and "." not in token else ""
        return [error(f"DISCORD_TOKEN has not the form of a bot's token.{looks}", CURE)]
    if not _application_id(parts[1]):
        return [error("DISCORD_TOKEN does not begin with an application's id: a part of it is lost.", CURE)]
    return [ok("The token has the right form.")]


def _application_id(encoded: str) -> str | None:
    try:
        decoded = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return decoded if decoded.isdecimal() else None

"""The application at Discord: does the token log in, which intents are on, can the bot be invited, may it connect?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from companion.bot.doctor import token
from companion.bot.doctor.discord_api import DiscordApi, DiscordError, RefusedTokenError
from companion.bot.doctor.findings import Finding, error, hint, ok, warning
from companion.community.permissions import invite_link

PORTAL = "https://discord.com/developers/applications"
_MESSAGE_CONTENT = "Message Content"
_PRIVILEGED = {"Presence": 0b11 << 12, "Server Members": 0b11 << 14, _MESSAGE_CONTENT: 0b11 << 18}
"""The two bits of each among an application's flags: granted, or granted to a small bot.

https://discord.com/developers/docs/resources/application#application-object-application-flags
"""
_FEW_LOGINS = 50


async def check(discord: DiscordApi, *, message_content: bool = False) -> Sequence[Finding]:
    """Logs in as the bot. The first finding says whether it could; where it could not, it is the only one.

    ``message_content``: do the settings ask for the text of messages?
    """
    try:
        bot = await discord.get("/users/@me")
        application = await discord.get("/oauth2/applications/@me")
        gateway = await discord.get("/gateway/bot")
    except RefusedTokenError as refused:
        return [error(str(refused), token.CURE)]
    except DiscordError as unreachable:
        return [error(str(unreachable), "Without Discord the bot cannot start; all else was checked.")]
    return [
        ok(f"Discord takes the token: it is the bot {bot.get('username', '?')} ({bot.get('id', '?')})."),
        *_intents(int(application.get("flags") or 0), message_content=message_content),
        *_invitation(application),
        *_logins(gateway.get("session_start_limit") or {}),
    ]


def _intents(flags: int, *, message_content: bool) -> list[Finding]:
    on = [name for name, bits in _PRIVILEGED.items() if flags & bits]
    place = f"{PORTAL} → your application → Bot → Privileged Gateway Intents"
    if message_content and _MESSAGE_CONTENT not in on:
        cure = f"Switch it on: {place}. Or set MESSAGE_CONTENT=False."
        return [error("MESSAGE_CONTENT asks for the message content intent, which Discord does not grant.", cure)]
    unused = [name for name in on if not (message_content and name == _MESSAGE_CONTENT)]
    if unused:
        told = f"Privileged intents are on that Companion does not use: {', '.join(unused)}."
        return [hint(told, f"Switch them off: {place}.")]
    if message_content:
        return [ok("The message content intent is on, for the threads of conversations.")]
    return [ok("No privileged intent is on, and none is needed.")]


def _invitation(application: dict[str, Any]) -> list[Finding]:
    found: list[Finding] = []
    if application.get("bot_require_code_grant"):
        found.append(
            error(
                "The application requires the OAuth2 code grant, so an invitation never ends.",
                f"Switch it off: {PORTAL} → your application → Bot → Requires OAuth2 Code Grant.",
            )
        )
    who = "anybody" if application.get("bot_public", True) else "you alone"
    link = invite_link(application.get("id", "APPLICATION_ID"))
    return [*found, ok(f"This link invites the bot with exactly what it needs ({who} may use it): {link}")]


def _logins(limit: dict[str, Any]) -> list[Finding]:
    remaining, total = int(limit.get("remaining", 0)), int(limit.get("total", 0))
    hours = int(limit.get("reset_after", 0)) / 3_600_000
    left = f"{remaining} of {total} logins are left for the next {hours:.0f} hours."
    if remaining == 0:
        return [error(left, "Wait until then, and find out from the log why the bot logged in so often.")]
    if remaining < _FEW_LOGINS:
        return [warning(left, "Something restarts the bot again and again: look at its log before it is locked out.")]
    return [ok(left)]

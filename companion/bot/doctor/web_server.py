"""The web server: do its settings fit together, does it answer here and from outside, and is it closed to strangers?"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp

from companion.bot.addresses import address_in
from companion.bot.config import Settings
from companion.bot.doctor.findings import Finding, error, hint, ok, warning
from companion.bot.operator_pages import ALIVE, METRICS, is_own

PATIENCE = aiohttp.ClientTimeout(total=5)
_NONE = "/calendar/none.ics"
_NONE_SAYS = "There is no such calendar.\n"
_PAGE = "docs/operations.md, “Calendars that members subscribe to”"


async def check(settings: Settings, *, runs: bool) -> Sequence[Finding]:
    """``runs``: does the bot run, as its sign of life says?"""
    port, url = settings.companion_web_port, settings.companion_web_url
    if port is None:
        if url is None:
            return []
        return [warning("COMPANION_WEB_URL is set, and no COMPANION_WEB_PORT to serve it.", f"Set both ({_PAGE}).")]
    found = [*_address(url), *_open_to_all(settings)]
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        found += await _here(session, settings.companion_web_host, port, runs=runs)
        if url is not None and runs:
            found += await _outside(session, url)
    return found


def _address(url: str | None) -> list[Finding]:
    if url is None:
        cure = "Set COMPANION_WEB_URL to the address under which members reach that port."
        return [hint("There is no COMPANION_WEB_URL, so `/club calendar` gives no links to subscribe to.", cure)]
    parts = urlsplit(url)
    if parts.scheme == "http" and not _is_local(parts.hostname):
        said = "COMPANION_WEB_URL begins with http, so the secrets in calendars' links are sent in the clear."
        return [warning(said, f"Put a proxy that speaks HTTPS before the port ({_PAGE}).")]
    return []


def _open_to_all(settings: Settings) -> list[Finding]:
    try:
        everywhere = not ip_address(settings.companion_web_host).is_loopback
    except ValueError:
        everywhere = settings.companion_web_host != "localhost"
    if not everywhere or settings.companion_metrics_token is not None:
        return []
    return [
        hint(
            f"The web server listens on {settings.companion_web_host}, and whoever asks from a private network may read"
            f" {METRICS}.",
            "Where others are on that network, or something before it hides who asks, set COMPANION_METRICS_TOKEN.",
        )
    ]


async def _here(session: aiohttp.ClientSession, host: str, port: int, *, runs: bool) -> list[Finding]:
    """Who listens on the port?"""
    place = f"port {port} of {host}"
    asked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  what is set, not what is bound
    if not runs:
        if _is_taken(asked, port):
            return [
                warning(f"Another program uses {place}, so the bot cannot start.", "Choose another port, or stop it.")
            ]
        return []
    base = f"http://[{asked}]:{port}" if ":" in asked else f"http://{asked}:{port}"
    status, said = await _asked(session, f"{base}{_NONE}")
    if said == _NONE_SAYS:
        return [ok(f"The web server answers on {place}.")]
    answered = "nobody answers" if status is None else "somebody else answers"
    return [warning(f"The bot runs, and {answered} on {place}.", "Start the bot again with these settings.")]


async def _outside(session: aiohttp.ClientSession, url: str) -> list[Finding]:
    """Does the address lead here, and to members' pages alone?"""
    shown = [(await _asked(session, f"{url}{page}"))[0] == 200 for page in (METRICS, ALIVE)]
    # An address of this machine's own is not asked from outside.
    if any(shown) and not _is_local(urlsplit(url).hostname):
        return [
            error(
                f"Everybody can read {METRICS} at {url}: what is before the port does not say who asks.",
                "Set COMPANION_METRICS_TOKEN, or let the proxy pass /calendar/ alone.",
            )
        ]
    status, said = await _asked(session, f"{url}{_NONE}")
    if said == _NONE_SAYS:
        return [ok(f"Members reach it at {url}.")]
    answered = "nobody answers" if status is None else f"the answer is another's, of status {status}"
    said = f"COMPANION_WEB_URL does not lead to the bot from here: {answered}."
    return [hint(said, "Open a link of `/club calendar` from outside; look at the proxy's settings.")]


async def _asked(session: aiohttp.ClientSession, address: str) -> tuple[int | None, str]:
    """The status and the text of the answer; None where there is none."""
    try:
        async with session.get(address, allow_redirects=False) as response:
            return response.status, (await response.content.read(200)).decode(errors="replace")
    except (aiohttp.ClientError, OSError, ValueError):
        return None, ""


def _is_local(host: str | None) -> bool:
    return host == "localhost" or is_own(address_in(host))


def _is_taken(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False

"""A calendar of clubs as a member gets it, for their own eyes: as a file, and as a link to subscribe to."""

from __future__ import annotations

import discord

from companion.cogs.views import calendar_ids
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import TEAL, Message, button, container, row, sentence, text
from companion.community.calendars import MOST, Link

FILE = "paper-clubs.ics"
NOTHING = "There is neither a link nor a file: the permission *Attach Files* is missing in this channel."
_NAME = 200


def calendar_message(
    name: str, link: Link | None, web_address: str | None, *, attached: bool, manages: bool = False
) -> Message:
    """The calendar called ``name``. ``link`` is None where there is no web server, whose address members have it by.
    ``attached``: is the file with it? ``manages``: do they manage the server?"""
    box = container(TEAL)
    box.add_item(text(f"### 📅 {escaped_within(name, _NAME)}\n{_told(link, web_address, attached=attached)}"))
    if attached:
        box.add_item(discord.ui.File[Message](f"attachment://{FILE}"))
    buttons: list[discord.ui.Button[Message]] = []
    if link is not None and link.digest is not None:
        buttons.append(button("Revoke this link", calendar_ids.revoke(link.digest), emoji="🚫"))
    if link is not None and link.links > 1:
        buttons.append(button(f"Revoke all of mine ({link.links})", calendar_ids.MINE))
    if link is not None and manages:
        buttons.append(button("Revoke everybody's", calendar_ids.EVERYBODY, discord.ButtonStyle.danger))
    if buttons:
        box.add_item(row(buttons))
    return Message(box)


def revoked(count: int, *, everybody: bool = False) -> Message:
    """How many links open nothing any more."""
    if not count:
        return sentence("There was no link that opened anything. `/club calendar` gives you a new one.")
    whose = " of this server" if everybody else ""
    links = "The link" if count == 1 else f"All {count} links"
    opens = "opens" if count == 1 else "open"
    return sentence(
        f"🚫 {links}{whose} {opens} nothing any more, from now on. Calendars that subscribed may show what they had"
        " until they are taken out there. `/club calendar` gives you a new link."
    )


def _told(link: Link | None, web_address: str | None, *, attached: bool) -> str:
    file = "This file has the sessions as they are now; get it anew when something has changed." if attached else ""
    if link is None or web_address is None:
        return file or NOTHING
    if link.token is None:
        return f"You have {MOST} links already, as many as one can have: revoke them for a new one.\n{file}"
    return (
        "Subscribe to this address in your calendar program (“from URL”), and it follows what is moved, changed and"
        f" cancelled, as often as that program looks:\n```\n{address(web_address, link.token)}\n```\n"
        "-# Whoever has it reads this calendar without a login: keep it to yourself. It is shown this once."
        + (f"\n{file}" if file else "")
    )


def address(web_address: str, token: str) -> str:
    """Where the web server serves that calendar."""
    return f"{web_address}/calendar/{token}.ics"

"""Interactions on the loopback: commands, presses and forms that members send, and how the bot answers each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from aiohttp import web
from discord.utils import time_snowflake, utcnow

from tests.bot.loopback import APPLICATION_ID, json_answer
from tests.wire.messages import EPHEMERAL, LOADING, Messages, WireMessage, body, unknown_message
from tests.wire.payloads import COMMAND, DIRECT, WireGuild, member, user

FIRST_ANSWER_WITHIN, TOKEN_LASTS = 3.0, 900.0
"""Seconds."""
_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _UPDATE, _CHOICES, _FORM = 4, 5, 6, 7, 8, 9


@dataclass(slots=True, eq=False)
class Invoked:
    """An interaction, and what came of it. Times are seconds of `time.monotonic`.

    ``callback`` is the first answer, ``original`` the message that it became, ``followups`` what came after it.
    ``acknowledged`` is set with the first answer, ``answered`` once a member has something to read or to choose from.
    """

    id: int
    kind: int
    token: str
    guild_id: int | None
    channel_id: int
    member_id: int
    began: float = field(default_factory=monotonic)
    acknowledged_at: float | None = None
    answered_at: float | None = None
    callback: dict[str, Any] | None = None
    original: WireMessage | None = None
    followups: list[WireMessage] = field(default_factory=list[WireMessage])
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def read(self) -> None:
        """There is something to read."""
        if self.answered_at is None:
            self.answered_at = monotonic()
            self.answered.set()


@dataclass(slots=True)
class Interactions:
    """``all`` by token. ``too_late`` are first answers that came after three seconds, ``repeated`` those to
    interactions that were answered already."""

    guilds: dict[int, WireGuild]
    messages: Messages
    tell: Callable[[str, Any, int | None], Awaitable[None]]
    all: dict[str, Invoked] = field(default_factory=dict[str, Invoked])
    too_late: list[Invoked] = field(default_factory=list[Invoked])
    repeated: list[Invoked] = field(default_factory=list[Invoked])
    _last: int = 0

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/interactions/{interaction}/{token}/callback", self._callback)
        router.add_post("/webhooks/{webhook}/{token}", self._follow)
        there = "/webhooks/{webhook}/{token}/messages/{message}"
        router.add_get(there, self._get)
        router.add_patch(there, self._edit)
        router.add_delete(there, self._delete)

    async def invoke(
        self,
        guild_id: int | None,
        member_id: int,
        kind: int,
        data: dict[str, Any],
        *,
        channel_id: int | None = None,
        on: WireMessage | None = None,
    ) -> Invoked:
        """A member sends an interaction of that kind, ``on`` a message where it is a press; outside of servers, in
        that channel, which is their own with the bot."""
        channel_id = channel_id or self.guilds[guild_id or 0].channel_id
        self._last = number = max(self._last + 1, time_snowflake(utcnow()))
        invoked = Invoked(number, kind, f"token{number}", guild_id, channel_id, member_id, original=on)
        self.all[invoked.token] = invoked
        told: dict[str, Any] = {
            "id": str(number), "application_id": APPLICATION_ID, "type": kind, "token": invoked.token, "version": 1,
            "channel_id": str(channel_id), "locale": "en-US", "entitlements": [],
            "authorizing_integration_owners": _installed(guild_id), "attachment_size_limit": 10 << 20, "data": data,
            **(_directly(channel_id, member_id) if guild_id is None else self._within(guild_id, channel_id, member_id)),
        }  # fmt: skip
        if on is not None:
            told["message"] = self.messages.shown(on)
        await self.tell("INTERACTION_CREATE", told, guild_id)
        return invoked

    def _within(self, guild_id: int, channel_id: int, member_id: int) -> dict[str, Any]:
        guild = self.guilds[guild_id]
        here = guild.channel(channel_id) if channel_id in guild.channels else self.messages.threads[channel_id]
        return {
            "guild_id": str(guild_id), "guild": {"id": str(guild_id), "locale": "en-US", "features": []},
            "channel": here, "member": member(user(member_id)) | {"permissions": str(guild.permissions)},
            "app_permissions": str(guild.permissions), "guild_locale": "en-US", "context": 0,
        }  # fmt: skip

    async def _callback(self, request: web.Request) -> web.Response:
        invoked = self.all[request.match_info["token"]]
        sent = await body(request)
        if invoked.callback is not None:
            self.repeated.append(invoked)
            told = {"message": "Interaction has already been acknowledged.", "code": 40060}
            return json_answer(told, status=400)
        if monotonic() - invoked.began > FIRST_ANSWER_WITHIN:
            self.too_late.append(invoked)
            return json_answer({"message": "Unknown interaction", "code": 10062}, status=404)
        invoked.callback = sent
        invoked.acknowledged_at = monotonic()
        invoked.acknowledged.set()
        kind: int = sent["type"]
        data: dict[str, Any] = sent.get("data") or {}
        if kind in (_MESSAGE, _DEFERRED):
            loading = {"flags": data.get("flags", 0) | LOADING} if kind == _DEFERRED else data
            invoked.original = await self.messages.put(invoked.channel_id, dict(loading), invoked=_metadata(invoked))
        elif kind == _UPDATE and invoked.original is not None:
            await self.messages.change(invoked.original, data)
        if kind in (_MESSAGE, _UPDATE, _CHOICES, _FORM):
            invoked.read()
        if request.query.get("with_response") not in ("1", "true"):
            return web.Response(status=204)
        about: dict[str, Any] = {"id": str(invoked.id), "type": invoked.kind}
        resource: dict[str, Any] | None = None
        if kind in (_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _UPDATE) and invoked.original is not None:
            about |= {
                "response_message_id": str(invoked.original.id), "response_message_loading": kind == _DEFERRED,
                "response_message_ephemeral": invoked.original.ephemeral,
            }  # fmt: skip
            resource = {"type": kind, "message": self.messages.shown(invoked.original)}
        return json_answer({"interaction": about, "resource": resource or {"type": kind}})

    async def _follow(self, request: web.Request) -> web.Response:
        invoked = self._known(request)
        if invoked is None:
            return _unknown_webhook()
        sent = await body(request)
        original = invoked.original
        if (
            original is not None
            and invoked.kind == COMMAND
            and not original.sent.get("components")
            and (not original.sent.get("content") and invoked.callback and invoked.callback["type"] == _DEFERRED)
        ):
            # The first message after a deferral takes the placeholder's place, and is as public as that.
            await self.messages.change(
                original, sent | {"flags": sent.get("flags", 0) & ~EPHEMERAL | original.sent.get("flags", 0)}
            )
            message = original
        else:
            message = await self.messages.put(invoked.channel_id, sent, invoked=_metadata(invoked))
            invoked.followups.append(message)
        invoked.read()
        return json_answer(self.messages.shown(message))

    async def _get(self, request: web.Request) -> web.Response:
        message = self._message(request)
        return unknown_message() if message is None else json_answer(self.messages.shown(message))

    async def _edit(self, request: web.Request) -> web.Response:
        message, invoked = self._message(request), self._known(request)
        if message is None or invoked is None:
            return unknown_message()
        await self.messages.change(message, await body(request))
        invoked.read()
        return json_answer(self.messages.shown(message))

    async def _delete(self, request: web.Request) -> web.Response:
        message = self._message(request)
        if message is None:
            return unknown_message()
        await self.messages.remove(message)
        return web.Response(status=204)

    def _known(self, request: web.Request) -> Invoked | None:
        invoked = self.all.get(request.match_info["token"])
        return invoked if invoked is not None and monotonic() - invoked.began < TOKEN_LASTS else None

    def _message(self, request: web.Request) -> WireMessage | None:
        invoked, named = self._known(request), request.match_info["message"]
        if invoked is None or invoked.callback is None:
            return None
        found = invoked.original if named == "@original" else self.messages.all.get(int(named))
        return found if found is not None and found.id in self.messages.all else None


def _metadata(invoked: Invoked) -> dict[str, Any]:
    return {
        "id": str(invoked.id), "type": invoked.kind, "user": user(invoked.member_id),
        "authorizing_integration_owners": _installed(invoked.guild_id),
    }  # fmt: skip


def _installed(guild_id: int | None) -> dict[str, str]:
    """For whom the application is there; in a channel of its own with a member, for that."""
    return {"0": str(guild_id or 0)}


def _directly(channel_id: int, member_id: int) -> dict[str, Any]:
    channel = {"id": str(channel_id), "type": DIRECT, "last_message_id": None, "recipients": [user(member_id)]}
    return {"channel": channel, "user": user(member_id), "app_permissions": "0", "context": 1}


def _unknown_webhook() -> web.Response:
    return json_answer({"message": "Unknown Webhook", "code": 10015}, status=404)

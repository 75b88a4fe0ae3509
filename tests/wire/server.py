"""A Discord on the loopback with one server and one channel: messages, reactions of both types in pages, and a gateway
that tells of them. What it knows is in plain fields, so that tests compare against it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.bot.loopback import APPLICATION_ID, USER, LoopbackDiscord, json_answer

GUILD_ID, CHANNEL_ID = 1_300_000_000_000_000_201, 1_300_000_000_000_000_202
_FIRST_MESSAGE = 1_482_500_000_000_000_000
"""Of the evening of the day on which the tests' clock stands."""
_PAGE = 100
_ALL = (1 << 53) - 1
_JOINED = "2026-01-01T00:00:00+00:00"


@dataclass(slots=True)
class WireDiscord(LoopbackDiscord):
    """``messages`` by id, and ``reactions`` by message, emoji and type (1 is burst). ``pages`` are the queries that
    asked who reacted. While ``cuts`` is above 0, a message that is sent is stored and its sender hears nothing."""

    messages: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    reactions: dict[tuple[int, str, int], set[int]] = field(default_factory=dict[tuple[int, str, int], set[int]])
    pages: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    cuts: int = 0
    _nonces: dict[str, int] = field(default_factory=dict[str, int])
    _sockets: list[web.WebSocketResponse] = field(default_factory=list[web.WebSocketResponse])
    _told: int = 1

    def add_routes(self, router: web.UrlDispatcher) -> None:
        messages = "/channels/{channel}/messages"
        reactions = f"{messages}/{{message}}/reactions/{{emoji}}"
        router.add_post(messages, self._send)
        router.add_get(messages, self._history)
        router.add_get(f"{messages}/{{message}}", self._get)
        router.add_patch(f"{messages}/{{message}}", self._edit)
        router.add_put(f"{reactions}/@me", self._react)
        router.add_get(reactions, self._reactors)

    def away(self) -> list[dict[str, Any]]:
        return [{"id": str(GUILD_ID), "unavailable": True}]

    async def identified(self, socket: web.WebSocketResponse) -> None:
        self._sockets = [socket]
        await self._tell("GUILD_CREATE", _guild())

    async def react(self, message_id: int, emoji: str, member_id: int, *, burst: bool = False, on: bool = True) -> None:
        """A member reacts, or takes it back. The gateway tells whoever listens."""
        there = self.reactions.setdefault((message_id, emoji, int(burst)), set())
        if on:
            there.add(member_id)
        else:
            there.discard(member_id)
        told: dict[str, Any] = {
            "user_id": str(member_id), "channel_id": str(CHANNEL_ID), "message_id": str(message_id),
            "guild_id": str(GUILD_ID), "emoji": {"id": None, "name": emoji}, "burst": burst, "type": int(burst),
        }  # fmt: skip
        if on:
            told["member"] = _member(_user(member_id))
        await self._tell("MESSAGE_REACTION_ADD" if on else "MESSAGE_REACTION_REMOVE", told)

    def forget_nonces(self) -> None:
        """As Discord does some minutes after a message was sent."""
        self._nonces.clear()

    async def _tell(self, event: str, data: dict[str, Any]) -> None:
        for socket in self._sockets:
            if not socket.closed:
                self._told += 1
                await socket.send_json({"op": 0, "s": self._told, "t": event, "d": data})

    async def _send(self, request: web.Request) -> web.Response:
        sent: dict[str, Any] = await _body(request)
        nonce = sent.get("nonce")
        if sent.get("enforce_nonce") and nonce in self._nonces:
            return json_answer(self._message(self._nonces[nonce]))
        message_id = _FIRST_MESSAGE + len(self.messages)
        self.messages[message_id] = sent
        if nonce is not None:
            self._nonces[nonce] = message_id
        if self.cuts:
            self.cuts -= 1
            assert request.transport is not None
            request.transport.close()
        return json_answer(self._message(message_id))

    async def _history(self, request: web.Request) -> web.Response:
        after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 50))
        found = [one for one in sorted(self.messages) if one > after][:limit]
        return json_answer([self._message(one) for one in reversed(found)])

    async def _get(self, request: web.Request) -> web.Response:
        message_id = int(request.match_info["message"])
        if message_id not in self.messages:
            return json_answer({"message": "Unknown Message", "code": 10008}, status=404)
        return json_answer(self._message(message_id))

    async def _edit(self, request: web.Request) -> web.Response:
        message_id = int(request.match_info["message"])
        self.messages[message_id] |= await _body(request)
        return json_answer(self._message(message_id))

    async def _react(self, request: web.Request) -> web.Response:
        message_id, emoji = int(request.match_info["message"]), unquote(request.match_info["emoji"])
        self.reactions.setdefault((message_id, emoji, 0), set()).add(int(APPLICATION_ID))
        return web.Response(status=204)

    async def _reactors(self, request: web.Request) -> web.Response:
        query = {name: int(request.query.get(name, 0)) for name in ("type", "after", "limit")}
        self.pages.append((query["type"], query["after"], query["limit"]))
        key = int(request.match_info["message"]), unquote(request.match_info["emoji"]), query["type"]
        later = sorted(one for one in self.reactions.get(key, ()) if one > query["after"])
        return json_answer([_user(one) for one in later[: min(query["limit"], _PAGE)]])

    def _message(self, message_id: int) -> dict[str, Any]:
        sent = self.messages[message_id]
        emoji = {name for at, name, _ in self.reactions if at == message_id}
        return {
            "id": str(message_id), "channel_id": str(CHANNEL_ID), "author": USER, "timestamp": _JOINED,
            "content": sent.get("content") or "", "components": sent.get("components") or [],
            "flags": sent.get("flags") or 0, "nonce": sent.get("nonce"), "edited_timestamp": None, "tts": False,
            "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
            "pinned": False, "type": 0,
            "reactions": [self._counted(message_id, one) for one in sorted(emoji)],
        }  # fmt: skip

    def _counted(self, message_id: int, emoji: str) -> dict[str, Any]:
        normal, burst = (self.reactions.get((message_id, emoji, kind), set[int]()) for kind in (0, 1))
        return {
            "emoji": {"id": None, "name": emoji}, "count": len(normal) + len(burst),
            "me": int(APPLICATION_ID) in normal, "me_burst": False,
            "burst_colors": [], "count_details": {"normal": len(normal), "burst": len(burst)},
        }  # fmt: skip


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return await request.json()
    return json.loads(str((await request.post())["payload_json"]))


def _user(member_id: int) -> dict[str, Any]:
    if member_id == int(APPLICATION_ID):
        return USER
    return {"id": str(member_id), "username": f"bee{member_id}", "discriminator": "0", "avatar": None, "bot": False}


def _member(user: dict[str, Any]) -> dict[str, Any]:
    return {"user": user, "roles": [], "joined_at": _JOINED, "deaf": False, "mute": False, "flags": 0}


def _guild() -> dict[str, Any]:
    everyone = {
        "id": str(GUILD_ID), "name": "@everyone", "color": 0, "hoist": False, "position": 0, "permissions": str(_ALL),
        "managed": False, "mentionable": False, "flags": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
    }  # fmt: skip
    channel: dict[str, Any] = {
        "id": str(CHANNEL_ID), "type": 0, "name": "podcast", "position": 0, "permission_overwrites": [],
        "guild_id": str(GUILD_ID), "parent_id": None, "nsfw": False, "topic": None, "rate_limit_per_user": 0,
    }  # fmt: skip
    return {
        "id": str(GUILD_ID), "name": "Bees", "owner_id": "1", "unavailable": False, "roles": [everyone],
        "channels": [channel], "members": [_member(USER)], "member_count": 300, "emojis": [], "stickers": [],
        "features": [], "threads": [], "voice_states": [], "presences": [], "stage_instances": [],
        "guild_scheduled_events": [], "soundboard_sounds": [], "verification_level": 0, "premium_tier": 0,
        "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0,
        "system_channel_flags": 0, "preferred_locale": "en-US", "afk_timeout": 60, "icon": None, "banner": None,
        "splash": None, "discovery_splash": None, "description": None, "vanity_url_code": None, "large": False,
        "premium_progress_bar_enabled": False, "joined_at": _JOINED, "application_id": None,
    }  # fmt: skip

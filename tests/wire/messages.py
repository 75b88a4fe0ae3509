"""Messages, reactions, threads and direct messages on the loopback: what there is, and the routes that change it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.bot.loopback import APPLICATION_ID, USER, json_answer
from tests.wire.payloads import DIRECT, JOINED, PRIVATE_THREAD, PUBLIC_THREAD, WireGuild, member, user

FIRST_MESSAGE = 1_482_500_000_000_000_000
"""Of the evening of the day on which the tests' clock stands."""
EPHEMERAL, LOADING = 1 << 6, 1 << 7
_PAGE = 100

Told = Callable[[str, Any, int | None], Awaitable[None]]
"""Tells the gateway's listeners of an event with its data, in a server."""


@dataclass(slots=True)
class WireMessage:
    """A message as it stands: ``sent`` is what its sender said of it, edits put in."""

    id: int
    channel_id: int
    guild_id: int | None
    sent: dict[str, Any]
    author: dict[str, Any] = field(default_factory=lambda: USER)
    invoked: dict[str, Any] | None = None
    """What the message tells of the interaction that it answers."""

    @property
    def ephemeral(self) -> bool:
        return bool((self.sent.get("flags") or 0) & EPHEMERAL)


@dataclass(slots=True)
class Messages:
    """``all`` by id, and ``reactions`` by message, emoji and type (1 is burst). ``pages`` are the queries that asked
    who reacted. ``threads`` and ``direct`` are channels that were opened, by id. Ids come from
    ``next_id``, and are above ``last_id``."""

    guilds: dict[int, WireGuild]
    tell: Told
    all: dict[int, WireMessage] = field(default_factory=dict[int, WireMessage])
    reactions: dict[tuple[int, str, int], set[int]] = field(default_factory=dict[tuple[int, str, int], set[int]])
    pages: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    threads: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    direct: dict[int, int] = field(default_factory=dict[int, int])
    next_id: Callable[[], int] | None = None
    _nonces: dict[tuple[int, str], int] = field(default_factory=dict[tuple[int, str], int])
    last_id: int = FIRST_MESSAGE - 1

    def add_routes(self, router: web.UrlDispatcher) -> None:
        messages = "/channels/{channel}/messages"
        reactions = f"{messages}/{{message}}/reactions/{{emoji}}"
        router.add_post(messages, self._send)
        router.add_get(messages, self._history)
        router.add_get(f"{messages}/{{message}}", self._get)
        router.add_patch(f"{messages}/{{message}}", self._edit)
        router.add_delete(f"{messages}/{{message}}", self._delete)
        router.add_put(f"{reactions}/@me", self._react)
        router.add_get(reactions, self._reactors)
        router.add_post(f"{messages}/{{message}}/threads", self._thread)
        router.add_post("/channels/{channel}/threads", self._thread)
        router.add_post("/channels/{channel}/typing", _nothing)
        router.add_put("/channels/{channel}/thread-members/{member}", _nothing)
        router.add_get("/channels/{channel}", self._channel)
        router.add_patch("/channels/{channel}", self._edit_thread)
        router.add_post("/users/@me/channels", self._open_direct)

    def forget_nonces(self) -> None:
        """As Discord does some minutes after a message was sent."""
        self._nonces.clear()

    def guild_of(self, channel_id: int) -> int | None:
        thread = self.threads.get(channel_id)
        if thread is not None:
            return int(thread["guild_id"])
        return next((guild.id for guild in self.guilds.values() if channel_id in guild.channels), None)

    def new_id(self) -> int:
        self.last_id = max(self.last_id + 1, self.next_id() if self.next_id is not None else 0)
        return self.last_id

    async def put(
        self,
        channel_id: int,
        sent: dict[str, Any],
        author: dict[str, Any] = USER,
        invoked: dict[str, Any] | None = None,
    ) -> WireMessage:
        """A message that stands from now on; it is told of, unless one member alone sees it."""
        message = WireMessage(self.new_id(), channel_id, self.guild_of(channel_id), sent, author, invoked)
        self.all[message.id] = message
        if not message.ephemeral:
            told = self.shown(message)
            if message.guild_id is not None:
                told |= {"guild_id": str(message.guild_id), "member": member(author)}
                del told["member"]["user"]
            await self.tell("MESSAGE_CREATE", told, message.guild_id)
        return message

    async def change(self, message: WireMessage, sent: dict[str, Any]) -> None:
        message.sent |= sent
        message.sent["flags"] = (message.sent.get("flags") or 0) & ~LOADING
        if not message.ephemeral:
            told = self.shown(message) | ({"guild_id": str(message.guild_id)} if message.guild_id else {})
            await self.tell("MESSAGE_UPDATE", told, message.guild_id)

    async def remove(self, message: WireMessage) -> None:
        del self.all[message.id]
        told: dict[str, Any] = {"id": str(message.id), "channel_id": str(message.channel_id)}
        if message.guild_id is not None:
            told["guild_id"] = str(message.guild_id)
        await self.tell("MESSAGE_DELETE", told, message.guild_id)

    async def react(self, message_id: int, emoji: str, member_id: int, *, burst: bool = False, on: bool = True) -> None:
        """A member reacts, or takes it back. The gateway tells whoever listens."""
        there = self.reactions.setdefault((message_id, emoji, int(burst)), set())
        if on:
            there.add(member_id)
        else:
            there.discard(member_id)
        message = self.all[message_id]
        told: dict[str, Any] = {
            "user_id": str(member_id), "channel_id": str(message.channel_id), "message_id": str(message_id),
            "guild_id": str(message.guild_id), "emoji": {"id": None, "name": emoji}, "burst": burst, "type": int(burst),
        }  # fmt: skip
        if on:
            told["member"] = member(user(member_id))
        await self.tell("MESSAGE_REACTION_ADD" if on else "MESSAGE_REACTION_REMOVE", told, message.guild_id)

    def shown(self, message: WireMessage) -> dict[str, Any]:
        """The message as Discord tells of it."""
        emoji = {name for at, name, _ in self.reactions if at == message.id}
        sent = message.sent
        attachments: list[dict[str, Any]] = sent.get("attachments") or []
        told: dict[str, Any] = {
            "id": str(message.id), "channel_id": str(message.channel_id), "author": message.author, "timestamp": JOINED,
            "content": sent.get("content") or "", "components": sent.get("components") or [],
            "flags": sent.get("flags") or 0, "nonce": sent.get("nonce"), "edited_timestamp": None, "tts": False,
            "mention_everyone": False, "mentions": sent.get("mentions") or [], "mention_roles": [],
            "attachments": [_attached(one) for one in attachments], "embeds": [],
            "pinned": False, "type": 0,
            "reactions": [self._counted(message.id, one) for one in sorted(emoji)],
        }  # fmt: skip
        if message.invoked is not None:
            told |= {"interaction_metadata": message.invoked, "application_id": APPLICATION_ID}
        return told

    async def _send(self, request: web.Request) -> web.Response:
        channel_id = int(request.match_info["channel"])
        sent = await body(request)
        nonce = sent.get("nonce")
        if nonce is not None and sent.get("enforce_nonce") and (channel_id, nonce) in self._nonces:
            return json_answer(self.shown(self.all[self._nonces[channel_id, nonce]]))
        message = await self.put(channel_id, sent)
        if nonce is not None:
            self._nonces[channel_id, nonce] = message.id
        return json_answer(self.shown(message))

    async def _history(self, request: web.Request) -> web.Response:
        channel_id = int(request.match_info["channel"])
        limit = int(request.query.get("limit", 50))
        there = [one for _, one in sorted(self.all.items()) if one.channel_id == channel_id and not one.ephemeral]
        if "after" in request.query:
            found = [one for one in there if one.id > int(request.query["after"])][:limit]
        else:
            found = [one for one in there if one.id < int(request.query.get("before", 1 << 63))][-limit:]
        return json_answer([self.shown(one) for one in reversed(found)])

    async def _get(self, request: web.Request) -> web.Response:
        message = self._named(request)
        return unknown_message() if message is None else json_answer(self.shown(message))

    async def _edit(self, request: web.Request) -> web.Response:
        message = self._named(request)
        if message is None:
            return unknown_message()
        await self.change(message, await body(request))
        return json_answer(self.shown(message))

    async def _delete(self, request: web.Request) -> web.Response:
        message = self._named(request)
        if message is None:
            return unknown_message()
        await self.remove(message)
        return web.Response(status=204)

    async def _react(self, request: web.Request) -> web.Response:
        message = self._named(request)
        if message is None:
            return unknown_message()
        await self.react(message.id, unquote(request.match_info["emoji"]), int(APPLICATION_ID))
        return web.Response(status=204)

    async def _reactors(self, request: web.Request) -> web.Response:
        query = {name: int(request.query.get(name, 0)) for name in ("type", "after", "limit")}
        self.pages.append((query["type"], query["after"], query["limit"]))
        key = int(request.match_info["message"]), unquote(request.match_info["emoji"]), query["type"]
        later = sorted(one for one in self.reactions.get(key, ()) if one > query["after"])
        return json_answer([user(one) for one in later[: min(query["limit"], _PAGE)]])

    async def _thread(self, request: web.Request) -> web.Response:
        parent, on = int(request.match_info["channel"]), request.match_info.get("message")
        # A thread on a message has its id, so a message has but one.
        thread_id = int(on) if on else self.new_id()
        if thread_id in self.threads:
            told = {"message": "A thread has already been created for this message", "code": 160004}
            return json_answer(told, status=400)
        wanted = await body(request)
        kind = PUBLIC_THREAD if on else wanted.get("type", PRIVATE_THREAD)
        thread: dict[str, Any] = {
            "id": str(thread_id), "type": kind, "name": wanted["name"], "parent_id": str(parent),
            "guild_id": str(self.guild_of(parent)), "owner_id": APPLICATION_ID, "message_count": 0, "member_count": 1,
            "rate_limit_per_user": 0, "last_message_id": None, "total_message_sent": 0, "flags": 0,
            "thread_metadata": {
                "archived": False, "auto_archive_duration": wanted.get("auto_archive_duration", 1440),
                "archive_timestamp": JOINED, "locked": False, "invitable": False, "create_timestamp": JOINED,
            },
        }  # fmt: skip
        self.threads[thread_id] = thread
        await self.tell("THREAD_CREATE", thread | {"newly_created": True}, self.guild_of(parent))
        return json_answer(thread, status=201)

    async def _channel(self, request: web.Request) -> web.Response:
        channel_id = int(request.match_info["channel"])
        if channel_id in self.threads:
            return json_answer(self.threads[channel_id])
        for guild in self.guilds.values():
            if channel_id in guild.channels:
                return json_answer(guild.channel(channel_id))
        return json_answer({"message": "Unknown Channel", "code": 10003}, status=404)

    async def _edit_thread(self, request: web.Request) -> web.Response:
        thread = self.threads.get(int(request.match_info["channel"]))
        if thread is None:
            return json_answer({"message": "Missing Permissions", "code": 50013}, status=403)
        wanted = await body(request)
        thread |= {"name": wanted.get("name", thread["name"])}
        metadata = thread["thread_metadata"]
        metadata |= {name: value for name, value in wanted.items() if name in metadata}
        await self.tell("THREAD_UPDATE", thread, int(thread["guild_id"]))
        return json_answer(thread)

    async def _open_direct(self, request: web.Request) -> web.Response:
        member_id = int((await body(request))["recipient_id"])
        channel_id = self.direct.setdefault(member_id, self.new_id())
        told = {"id": str(channel_id), "type": DIRECT, "last_message_id": None, "recipients": [user(member_id)]}
        return json_answer(told)

    def _named(self, request: web.Request) -> WireMessage | None:
        found = self.all.get(int(request.match_info["message"]))
        return found if found is not None and found.channel_id == int(request.match_info["channel"]) else None

    def _counted(self, message_id: int, emoji: str) -> dict[str, Any]:
        normal, burst = (self.reactions.get((message_id, emoji, kind), set[int]()) for kind in (0, 1))
        return {
            "emoji": {"id": None, "name": emoji}, "count": len(normal) + len(burst),
            "me": int(APPLICATION_ID) in normal, "me_burst": False,
            "burst_colors": [], "count_details": {"normal": len(normal), "burst": len(burst)},
        }  # fmt: skip


async def body(request: web.Request) -> Any:
    """What the request says, beside files or alone."""
    if request.content_type == "application/json":
        return await request.json()
    if request.content_type == "multipart/form-data":
        return json.loads(str((await request.post())["payload_json"]))
    return {}


def unknown_message() -> web.Response:
    return json_answer({"message": "Unknown Message", "code": 10008}, status=404)


async def _nothing(_request: web.Request) -> web.Response:
    return web.Response(status=204)


def _attached(sent: dict[str, Any]) -> dict[str, Any]:
    name = sent.get("filename", "file")
    return {
        "id": str(sent.get("id", 0)), "filename": name, "size": 1, "url": f"https://cdn.invalid/{name}",
        "proxy_url": f"https://cdn.invalid/{name}",
    }  # fmt: skip

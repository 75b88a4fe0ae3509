"""A server on this machine that speaks OpenAI's streaming chat completions, and says what a test scripts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from companion.archive.chat_endpoint import ChatEndpoint, Patience

KEY = "sk-very-secret"
MODEL = "parrot-1"
HASTY = Patience(connect=1.0, first=0.5, between=0.3, whole=3.0)
"""For tests that wait for a time-out."""


class End(Enum):
    """How a reply ends."""

    WELL = "well"
    STALLED = "stalled"
    """Nothing more comes, and the connection stays open."""
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers a call with.

    ``text`` is streamed in ``pieces``, with ``pause`` seconds before each. A ``status`` other than 200 is answered with
    ``body`` as it is; a ``raw`` reply is sent in place of the whole stream.
    """

    text: str = ""
    pieces: int = 8
    pause: float = 0.0
    usage: tuple[int, int] | None = (900, 60)
    finish: str | None = "stop"
    end: End = End.WELL
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: str = '{"error": {"message": "no", "type": "x", "code": null}}'
    raw: bytes | None = None

    @classmethod
    def refusal(cls, status: int, **headers: str) -> Reply:
        """A status in place of a reply. Its body repeats the key, as some endpoints do."""
        body = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}", "code": "no"}})
        return cls(status=status, headers={key.replace("_", "-"): value for key, value in headers.items()}, body=body)


class ModelServer:
    """What the model says next, and what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, Any]] = []
        """The body of every call."""
        self.keys: list[str] = []
        self.unknown: set[str] = set()
        """Arguments that are refused by name."""
        self._script: list[Reply] = []
        self._otherwise = Reply("There is nothing to say.")
        self._closing = asyncio.Event()

    def will(self, *replies: Reply) -> None:
        """Scripts the next replies, one a call; the last of them is said again after that."""
        self._script, self._otherwise = list(replies[:-1]), replies[-1]

    def endpoint(self, patience: Patience = HASTY) -> ChatEndpoint:
        """Where it is asked, and by which key."""
        return ChatEndpoint(MODEL, KEY, f"{self.url}/v1", patience)

    @property
    def prompts(self) -> Sequence[str]:
        """What the user's part of every prompt was."""
        return [call["messages"][-1]["content"] for call in self.asked]

    async def models(self, request: web.Request) -> web.Response:
        """The list of models, which costs nothing to ask for."""
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": {"message": "no"}}, status=401)
        return web.json_response({"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.keys.append(request.headers.get("Authorization", ""))
        for argument in self.unknown & body.keys():
            return web.json_response({"error": {"message": f"Unknown argument: {argument}"}}, status=400)
        self.asked.append(body)
        reply = self._script.pop(0) if self._script else self._otherwise
        if reply.status != 200:
            return web.Response(
                status=reply.status, text=reply.body, headers=reply.headers, content_type="application/json"
            )
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **reply.headers})
        await response.prepare(request)
        try:
            await self._stream(request, response, reply)
        except ConnectionResetError:
            return response  # the client had enough
        return response

    async def _stream(self, request: web.Request, response: web.StreamResponse, reply: Reply) -> None:
        if reply.raw is not None:
            await response.write(reply.raw)
        else:
            for piece in _cut(reply.text, reply.pieces):
                await asyncio.sleep(reply.pause)
                await response.write(_event(_choice({"content": piece}, None)))
        if reply.end is End.STALLED:
            await self._closing.wait()
        elif reply.end is End.DISCONNECTED:
            assert request.transport is not None
            request.transport.abort()
        elif reply.raw is None:
            await response.write(_event(_choice({}, reply.finish)))
            if reply.usage is not None and "stream_options" in self.asked[-1]:
                prompt, completion = reply.usage
                counts = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": sum(reply.usage)}
                await response.write(_event({**_CHUNK, "choices": [], "usage": counts}))
            await response.write(b"data: [DONE]\n\n")

    def close(self) -> None:
        """Lets go of the calls that stall."""
        self._closing.set()


_CHUNK = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": MODEL}


def _choice(delta: Mapping[str, str], finish: str | None) -> dict[str, Any]:
    return {**_CHUNK, "choices": [{"index": 0, "delta": dict(delta), "finish_reason": finish}]}


def _event(data: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


def _cut(text: str, pieces: int) -> list[str]:
    size = max(1, -(-len(text) // pieces))
    return [text[at : at + size] for at in range(0, len(text), size)]


@asynccontextmanager
async def serving_model() -> AsyncGenerator[ModelServer]:
    """A running server."""
    model = ModelServer()
    app = web.Application(client_max_size=1 << 24)
    app.router.add_post("/v1/chat/completions", model.answer)
    app.router.add_get("/v1/models", model.models)
    async with TestServer(app) as server:
        model.url = str(server.make_url("")).rstrip("/")
        try:
            yield model
        finally:
            model.close()

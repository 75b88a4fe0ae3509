"""An endpoint that speaks OpenAI's protocol: where it is, how long it may take, and a client with bounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import httpx2
import openai

from companion.archive.fetch import MEBIBYTE
from companion.archive.language_model import LanguageModelError
from companion.storage.errors import CompanionError

_LARGEST_RESPONSE = 4 * MEBIBYTE
"""Bytes on the wire, where every token comes in an envelope of some 250."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that the endpoint has: to be connected to, to say the first word, to say the next, to have said all."""

    connect: float = 5.0
    first: float = 20.0
    between: float = 10.0
    whole: float = 45.0


@dataclass(frozen=True, slots=True)
class ChatEndpoint:
    """Where a model is asked. ``key`` is a secret."""

    model: str
    key: str = field(repr=False)
    base_url: str | None = None
    patience: Patience = Patience()
    most_tokens: int = 3000

    @property
    def host(self) -> str:
        """For the log. The rest of an address may be a secret."""
        try:
            return urlsplit(self.base_url or "https://api.openai.com").hostname or "the endpoint"
        except ValueError:
            return "the endpoint"


class EndpointError(CompanionError):
    """An endpoint that does not tell its models: with which status, None where it cannot be reached."""

    def __init__(self, status: int | None) -> None:
        super().__init__("The endpoint does not tell its models.")
        self.status = status


async def known_models(endpoint: ChatEndpoint) -> frozenset[str] | None:
    """The names of the endpoint's models; None where it keeps no list. Costs nothing. Raises `EndpointError`."""
    try:
        async with client_of(endpoint) as client, asyncio.timeout(endpoint.patience.first):
            listed = await client.models.list()
            found = cast("object", listed.data)
    except openai.APIStatusError as error:
        if error.status_code in (404, 405, 501):
            return None
        raise EndpointError(error.status_code) from None
    except (openai.OpenAIError, httpx2.InvalidURL, TimeoutError):
        raise EndpointError(None) from None
    except (ValueError, AttributeError):
        return None  # an answer, but no list
    if not isinstance(found, list):
        return None
    names = (getattr(model, "id", None) for model in cast("list[object]", found))
    return frozenset(name for name in names if isinstance(name, str))


class _Bounded(httpx2.AsyncByteStream):
    """The bytes of a response, up to a bound: the client itself keeps a line of any length in memory."""

    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for chunk in self._inner:
            read += len(chunk)
            if read > _LARGEST_RESPONSE:
                raise endless()
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _bound(response: httpx2.Response) -> None:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise unreadable()  # it was asked not to compress, and what is compressed has no bound
    response.stream = _Bounded(cast("httpx2.AsyncByteStream", response.stream))


def client_of(endpoint: ChatEndpoint) -> openai.AsyncOpenAI:
    """A client that repeats nothing, and raises `LanguageModelError` for a response that is too large."""
    patience = endpoint.patience
    timeout = httpx2.Timeout(patience.whole, connect=patience.connect)
    return openai.AsyncOpenAI(
        api_key=endpoint.key,
        base_url=endpoint.base_url,
        max_retries=0,
        timeout=timeout,
        default_headers={"Accept-Encoding": "identity"},
        http_client=openai.DefaultAsyncHttpxClient(timeout=timeout, event_hooks={"response": [_bound]}),
    )


def endless() -> LanguageModelError:
    """A reply of which there is too much."""
    return LanguageModelError("The language model did not come to an end with its answer.", "too long")


def unreadable() -> LanguageModelError:
    """A reply that is none."""
    return LanguageModelError("The language model answered with something that cannot be read.", "malformed")

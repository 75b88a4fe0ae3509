"""A language model at an endpoint that speaks OpenAI's chat completions, by the `openai` client.

An answer is one call, which nothing repeats: a call costs money, and its answer is late already. What the endpoint's
errors say is not passed on, because it may repeat the key.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from email.utils import parsedate_to_datetime
from typing import Any, cast

import openai

from companion.archive.chat_endpoint import ChatEndpoint, Patience, client_of, endless, unreadable
from companion.archive.language_model import NOTHING_USED, LanguageModelError, Usage
from companion.archive.prompt import Prompt, estimated_tokens
from companion.storage.clock import Clock

log = logging.getLogger(__name__)

LONGEST_REPLY = 16_384
"""Characters. An answer has some two thousand."""
_LONGEST_REST = 3600.0


class ChatModel:
    """A `LanguageModel`. It holds connections: `close` it."""

    def __init__(self, endpoint: ChatEndpoint, clock: Clock) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._client: openai.AsyncOpenAI | None = None
        self._unknown: set[str] = set()
        """Which of the optional arguments the endpoint refused."""
        self._resting_until: float | None = None

    @property
    def name(self) -> str:
        return self._endpoint.model

    @property
    def most_tokens(self) -> int:
        return self._endpoint.most_tokens

    async def close(self) -> None:
        """Lets go of the connections; the next call makes new ones."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    async def stream(self, prompt: Prompt) -> AsyncGenerator[str | Usage]:
        """See `LanguageModel.stream`."""
        reply = _Reply(prompt, asyncio.get_running_loop().time(), self._endpoint.patience)
        try:
            self._require_rested()
            async with reply.limit("first"):
                chunks = await self._asked(prompt)
            reply.asked = True
            async with aclosing(reply.pieces(chunks)) as pieces:
                async for piece in pieces:
                    yield piece
        except Exception as error:  # whatever fails, its kind is told and never its words
            told = self._failure(error, reply)
            log.warning(
                "the language model %s at %s failed: %s (%s, %d characters, %d tokens)",
                self.name, self._endpoint.host, told.kind, type(error).__name__, reply.length, told.usage.tokens,
            )  # fmt: skip
            raise told from None
        yield reply.usage

    async def _asked(self, prompt: Prompt) -> openai.AsyncStream[Any]:
        while True:
            wanted = self._arguments()
            try:
                return await self._completions(prompt, wanted)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                # Nothing was written for such an answer, so nothing is paid twice.
                refused = next((one for one in wanted if one in f"{error} {error.body}"), None)
                if refused is None:
                    raise
                self._unknown.add(refused)
                log.info("%s does not take %s for %s", self._endpoint.host, refused, self.name)

    def _arguments(self) -> dict[str, Any]:
        """Those that some endpoints and models do not know, as far as this one did not say so."""
        arguments: dict[str, Any] = {
            "stream_options": {"include_usage": True},
            "max_completion_tokens": self.most_tokens,
            "temperature": 0,
        }
        if "max_completion_tokens" in self._unknown:
            arguments["max_tokens"] = self.most_tokens  # as it was called before
        return {key: value for key, value in arguments.items() if key not in self._unknown}

    async def _completions(self, prompt: Prompt, wanted: dict[str, Any]) -> openai.AsyncStream[Any]:
        if self._client is None:
            self._client = client_of(self._endpoint)
        create = cast("Any", self._client.chat.completions.create)
        messages = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]
        return await create(model=self.name, messages=messages, stream=True, **wanted)

    def _require_rested(self) -> None:
        if self._resting_until is not None:
            left = self._resting_until - self._clock.now().timestamp()
            if left > 0:
                raise _busy("resting", left)
            self._resting_until = None

    def _failure(self, error: Exception, reply: _Reply) -> LanguageModelError:
        """What a member is told of whatever went wrong."""
        inner = error.__cause__
        if isinstance(inner, LanguageModelError):
            error = inner
        if isinstance(error, openai.RateLimitError):
            rest = _retry_after(error, self._clock)
            if rest:
                self._resting_until = self._clock.now().timestamp() + rest
            return _busy("quota" if error.code == "insufficient_quota" else "rate", rest)
        told = error if isinstance(error, LanguageModelError) else _told(error, reply)
        if reply.asked and told.usage == NOTHING_USED:
            told.usage = reply.usage
        return told


class _Reply:
    """A reply as far as it came, and the time that it has."""

    def __init__(self, prompt: Prompt, begun: float, patience: Patience) -> None:
        self._patience = patience
        self._end = begun + patience.whole
        self._prompt_tokens = estimated_tokens(str(prompt))
        self._told: Usage | None = None
        self._parts: list[str] = []
        self._finished: str | None = None
        self.length = 0
        self.asked = False

    @property
    def usage(self) -> Usage:
        return self._told or Usage(self._prompt_tokens, estimated_tokens("".join(self._parts)))

    def limit(self, which: str) -> asyncio.Timeout:
        """Ends what is waited for in it when its time is over, or that of the whole reply."""
        seconds = self._patience.first if which == "first" else self._patience.between
        return asyncio.timeout_at(min(asyncio.get_running_loop().time() + seconds, self._end))

    async def pieces(self, chunks: openai.AsyncStream[Any]) -> AsyncGenerator[str]:
        async with chunks:
            coming = aiter(cast("AsyncIterator[object]", chunks))
            while True:
                async with self.limit("between" if self._parts else "first"):
                    try:
                        chunk = await anext(coming)
                    except StopAsyncIteration:
                        break
                if piece := self._piece_of(chunk):
                    yield piece
        if self._finished == "content_filter":
            raise LanguageModelError("The language model's provider held its answer back.", "filtered")
        if self._finished is None and self._parts:
            raise LanguageModelError("The language model broke off in the middle of its answer.", "disconnected")
        if not "".join(self._parts).strip():
            raise LanguageModelError("The language model answered with nothing.", "empty")

    def _piece_of(self, chunk: object) -> str:
        """The chunk's text. Everything in it may be missing, or be something else than it should."""
        used = getattr(chunk, "usage", None)
        counts = (getattr(used, "prompt_tokens", None), getattr(used, "completion_tokens", None))
        if all(isinstance(count, int) and 0 <= count < 1 << 31 for count in counts):
            self._told = Usage(*cast("tuple[int, int]", counts))
        choices = getattr(chunk, "choices", None)
        if not isinstance(choices, list) or not choices:
            return ""
        choice = cast("list[object]", choices)[0]
        finished = getattr(choice, "finish_reason", None)
        if isinstance(finished, str):
            self._finished = finished
        piece = getattr(getattr(choice, "delta", None), "content", None)
        if not isinstance(piece, str) or not piece:
            return ""
        self._parts.append(piece)
        self.length += len(piece)
        if self.length > LONGEST_REPLY:
            raise endless()
        return piece


def _told(error: Exception, reply: _Reply) -> LanguageModelError:
    match error:
        case openai.APIStatusError():
            return _refused(error.status_code)
        case openai.APITimeoutError() | TimeoutError():
            kind = "stalled" if reply.length else "slow"
            return LanguageModelError("The language model took too long.", kind)
        case openai.APIConnectionError() if reply.asked:
            return LanguageModelError("The language model broke off in the middle of its answer.", "disconnected")
        case _ if not reply.asked:  # also an address that is none
            return LanguageModelError("The language model cannot be reached right now.", "unreachable")
        case openai.APIResponseValidationError():
            return unreadable()
        case openai.APIError():  # told in the middle of the stream
            return LanguageModelError("The language model failed in the middle of its answer.", "failed")
        case _:  # whatever reading something malformed raises
            return unreadable()


def _refused(status: int) -> LanguageModelError:
    match status:
        case 401 | 403:
            sentence = "The language model's provider refuses my key; whoever runs me has to look at that."
        case 404:
            sentence = "The language model that I am to use does not exist; whoever runs me has to look at that."
        case 413:
            sentence = "The language model finds the question with its passages too long."
        case _ if status >= 500:
            sentence = "The language model is out of order right now."
        case _:
            sentence = "The language model does not take what I ask; whoever runs me has to look at that."
    return LanguageModelError(sentence, f"status {status}")


def _busy(kind: str, rest: float | None) -> LanguageModelError:
    return LanguageModelError("The language model takes no more questions for now.", kind, retry_after=rest)


def _retry_after(error: openai.APIStatusError, clock: Clock) -> float | None:
    """The seconds that the header gives, or those until the date that it gives."""
    value = error.response.headers.get("retry-after", "")
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - clock.now().timestamp()
        except (ValueError, TypeError, OverflowError):
            return None
    return min(seconds, _LONGEST_REST) if seconds > 0 else None

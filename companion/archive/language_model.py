"""A language model that writes the prose around the evidence: what answers ask of one, and what it may raise.

`archive/chat_completions.py` is one, at an endpoint that speaks OpenAI's protocol.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import NamedTuple, Protocol

from companion.archive.prompt import Prompt
from companion.storage.errors import CompanionError


class Usage(NamedTuple):
    """Tokens: as the endpoint counts them, or estimated where it doesn't say."""

    prompt_tokens: int
    completion_tokens: int

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


NOTHING_USED = Usage(0, 0)


class LanguageModelError(CompanionError):
    """A reply that did not come, or not whole. ``str()`` is one sentence for the member, ``kind`` is for the log.

    ``usage`` is what the call used up all the same; ``retry_after`` are the seconds that the endpoint wants to be left
    alone.
    """

    def __init__(
        self, sentence: str, kind: str, *, usage: Usage = NOTHING_USED, retry_after: float | None = None
    ) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.usage = usage
        self.retry_after = retry_after


class LanguageModel(Protocol):
    """Whatever continues a prompt."""

    @property
    def name(self) -> str:
        """As the endpoint calls it."""
        ...

    @property
    def most_tokens(self) -> int:
        """The longest reply, in tokens."""
        ...

    def stream(self, prompt: Prompt) -> AsyncGenerator[str | Usage]:
        """The reply's pieces as they come, never an empty one, and last of all its usage.

        Asks the endpoint once. Raises `LanguageModelError`, also after some pieces.
        """
        ...

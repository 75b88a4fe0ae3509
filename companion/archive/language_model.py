"""A language model that writes the prose around the evidence: what answers ask of one, and what it may raise."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import NamedTuple, Protocol

from companion.archive.prompt import Prompt
from companion.storage.errors import CompanionError


class Usage(NamedTuple):
    """Tokens, as the endpoint counts them."""

    prompt_tokens: int
    completion_tokens: int


class LanguageModelError(CompanionError):
    """A reply that did not come, or not whole. ``str()`` is one sentence for the member, ``kind`` is for the log."""

    def __init__(self, sentence: str, kind: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class LanguageModel(Protocol):
    """Whatever continues a prompt."""

    @property
    def name(self) -> str:
        """As the endpoint calls it."""
        ...

    def stream(self, prompt: Prompt) -> AsyncGenerator[str | Usage]:
        """The reply's pieces as they come, never an empty one, and at the end its usage where the endpoint tells it.

        Asks the endpoint once. Raises `LanguageModelError`, also after some pieces.
        """
        ...

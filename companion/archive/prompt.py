"""What a language model is told: the rules, the numbered passages, and the question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt's two parts."""

    system: str
    user: str

    def __str__(self) -> str:
        return f"{self.system}\n\n{self.user}"

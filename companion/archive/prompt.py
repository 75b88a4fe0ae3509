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


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has: one for four ASCII characters, one for each other character.

    English has some 4.5 characters a token; other scripts come down to one or two, so that this rather counts too many.
    """
    plain = len(text.encode("ascii", errors="ignore"))
    return -(-plain // 4) + len(text) - plain

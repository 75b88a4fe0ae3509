"""What catalogues say of a paper, and what goes wrong when they are asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from companion.archive.markup import plain_text
from companion.storage.errors import CompanionError

MOST_AUTHORS = 500
"""Authors that are kept: some papers have thousands."""
LARGEST = 2 << 20
"""Bytes of an answer that are read."""
_LONGEST_TITLE = 500
_LONGEST_NAME = 100
_LONGEST_ABSTRACT = 8000
_HEADING = re.compile(r"\A(?:abstract|summary)\b[:.]?\s+(?=[A-Z“\"])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What a catalogue says. ``version`` is the newest one, where it counts them."""

    title: str
    authors: tuple[str, ...]
    abstract: str | None
    published: date | None
    version: int | None = None


class NotInCatalogueError(CompanionError):
    """The catalogue of all papers of a kind has none of that id."""


class UnreachableError(CompanionError):
    """A catalogue cannot be asked now, or answers with what nobody can read."""


def facts(
    title: str, authors: list[str], abstract: str | None, published: date | None, version: int | None = None
) -> PaperFacts | None:
    """These facts tidied: words without markup, on one line, no longer than anybody needs. None without a title."""
    told = _line(title)[:_LONGEST_TITLE]
    if not told:
        return None
    names = [name for one in authors[:MOST_AUTHORS] if (name := _line(one)[:_LONGEST_NAME])]
    summary = _HEADING.sub("", _line(abstract or ""))[:_LONGEST_ABSTRACT]
    return PaperFacts(told, tuple(dict.fromkeys(names)), summary or None, published, version)


def mapping(value: object) -> Mapping[str, Any]:
    """An object of JSON; an empty one in place of anything else."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def listed(value: object) -> Sequence[Any]:
    """A list of JSON; an empty one in place of anything else."""
    return cast("Sequence[Any]", value) if isinstance(value, list) else ()


def texts(value: object) -> list[str]:
    """The strings in a list of JSON."""
    return [one for one in listed(value) if isinstance(one, str)]


def _line(text: str) -> str:
    return " ".join(plain_text(text).split())

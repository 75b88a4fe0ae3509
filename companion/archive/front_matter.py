"""What a site's generator is told of a page above its text: facts between two lines of `---` (or `+++`)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from companion.archive.dates import instant

_FENCED = re.compile(
    r"\s*(?P<fence>---|\+\+\+)[^\S\n]*\n(?P<facts>(?:[^\n]*\n){1,200}?)(?P=fence)[^\S\n]*(?:\n|\Z)", re.ASCII
)
_FACT = re.compile(r"(?P<name>\w[\w -]{0,40}?)[^\S\n]?[:=](?:[^\S\n]+(?P<value>[^\n]*))?\Z")
_DATES = ("date", "published", "pubdate", "publishdate", "releasedate", "airdate")
_KNOWN = frozenset(("title", "layout", "description", "permalink", "slug", "tags", "guest", "guests", *_DATES))
"""Names of facts, one of which there is: else two rules stand around what was said."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The lines between the rules as they stand, the facts by their names in small letters, and the text below."""

    lines: str
    text: str
    facts: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def title(self) -> str:
        return self.facts.get("title", "")

    @property
    def published(self) -> datetime | None:
        dates = (instant(self.facts[name]) for name in _DATES if self.facts.get(name))
        return next((date for date in dates if date), None)


def front_matter(text: str) -> FrontMatter:
    """A text taken apart; without lines and facts where it begins with none."""
    match = _FENCED.match(text)
    facts = _facts(match["facts"]) if match else {}
    if match is None or not _KNOWN & set(facts):
        return FrontMatter("", text)
    return FrontMatter(match["facts"].strip(), text[match.end() :], facts)


def _facts(lines: str) -> dict[str, str]:
    """Each fact that has a line of its own, with what further lines that are indented say; none where one repeats."""
    facts: dict[str, str] = {}
    name = ""
    for line in lines.split("\n"):
        match = _FACT.match(line)
        if match:
            name = re.sub(r"[\s_-]", "", match["name"].lower())
            if name in facts:
                return {}
            facts[name] = match["value"] or ""
        elif name and line.strip():
            facts[name] = f"{facts[name]} {line.strip()}"
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: str) -> str:
    """A value without the quotation marks around it, or the sign that says that it goes on below."""
    value = " ".join(re.sub(r"\A[>|][-+]?(?=\s)", "", value).split())
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    if not quoted:
        return value
    return value[1:-1].strip().replace("''", "'") if value[0] == "'" else value[1:-1].strip().replace('\\"', '"')

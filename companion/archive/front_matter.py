"""What a site's generator is told of a page above its text: facts between two lines of `---` (or `+++`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from companion.archive.dates import instant

_FENCED = re.compile(
    r"\s*(?P<fence>---|\+\+\+)[^\S\n]*\n(?P<facts>(?:[^\n]*\n){1,200}?)(?P=fence)[^\S\n]*(?:\n|\Z)", re.ASCII
)
_FACT = re.compile(r"(?P<name>\w[\w -]{0,40}?)[^\S\n]?[:=](?:[^\S\n]+(?P<value>\S[^\n]*)?)?\Z")
_DATES = ("date", "published", "pubdate", "publishdate", "releasedate", "airdate")
_ESCAPE = re.compile(
    r"\\(?:[xuU](?P<code>(?<=x)[\da-fA-F]{2}|(?<=u)[\da-fA-F]{4}|(?<=U)000[\da-fA-F]{5})|(?P<sign>.))", re.ASCII
)
_BLANKS = dict.fromkeys("nrt", " ")
_TOLD = frozenset(("title", *_DATES))
"""What an episode keeps as its own title and day."""
_KNOWN = frozenset(("title", "layout", "description", "permalink", "slug", "tags", "guest", "guests", *_DATES))
"""Names of facts, one of which there is: else two rules stand around what was said."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The lines between the rules as they stand, but title and day; the facts by their names in small letters, and the
    text below."""

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
    lines = [line for name, told in facts.items() if name not in _TOLD for line in told]
    values = {name: _value(told) for name, told in facts.items()}
    return FrontMatter("\n".join(lines).strip(), text[match.end() :], values)


def _facts(lines: str) -> dict[str, list[str]]:
    """The lines of each fact: the one that names it, and those below that are indented or empty; none where a name
    repeats."""
    facts: dict[str, list[str]] = {}
    name = ""
    for line in lines.split("\n"):
        match = _FACT.match(line)
        if match:
            name = re.sub(r"[\s_-]", "", match["name"].lower())
            if name in facts:
                return {}
            facts[name] = [line]
        elif name:
            facts[name].append(line)
    return facts


def _value(lines: Sequence[str]) -> str:
    """What a fact says, without the quotation marks around it, or the sign that says that it goes on below."""
    named = _FACT.match(lines[0])
    said = " ".join([(named and named["value"]) or "", *lines[1:]])
    value = " ".join(re.sub(r"\A[>|][-+]?(?=\s)", "", said).split())
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    if not quoted:
        return value
    inner = value[1:-1].replace("''", "'") if value[0] == "'" else _unescaped(value[1:-1])
    return " ".join(inner.split())


def _unescaped(quoted: str) -> str:
    """What stands between double quotation marks, where programs write ``\\U0001F5DC`` for 🗜."""
    plain = _ESCAPE.sub(
        lambda match: chr(int(match["code"], 16)) if match["code"] else _BLANKS.get(match["sign"], match["sign"]),
        quoted,
    )
    # Some write such a sign as the two halves that it has in UTF-16.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

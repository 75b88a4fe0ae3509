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
_BLANKS = {"n": "\n", "r": "", "t": " "}
_GOES_ON_BELOW = re.compile(r"(?P<sign>[>|])[-+]?\d?")
_FOLDED = re.compile(r"(?<!\n)\n(?!\n)")
_JOINED = re.compile(r"(?P<before>(?<!\\)(?:\\\\)*)\\\n")
_PROSE = ("description", "summary", "notes", "shownotes", "excerpt")
"""Facts that are written for readers; all others are for programs."""
_KNOWN = frozenset(("title", "layout", "description", "permalink", "slug", "tags", "guest", "guests", *_DATES))
"""Names of facts, one of which there is: else two rules stand around what was said."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the facts tell readers of the episode, with its paragraphs; the text below; and all facts, each on one line,
    by their names in small letters."""

    prose: str
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
    """A text taken apart; without prose and facts where it begins with none."""
    match = _FENCED.match(text)
    facts = _facts(match["facts"]) if match else {}
    if match is None or not _KNOWN & set(facts):
        return FrontMatter("", text)
    values = {name: _value(told) for name, told in facts.items()}
    prose = "\n\n".join(values[name] for name in _PROSE if values.get(name))
    return FrontMatter(prose, text[match.end() :], {name: " ".join(value.split()) for name, value in values.items()})


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
    """What a fact says, without the quotation marks around it, or the sign that says that it goes on below.

    Lines stay where that sign is ``|``, or where there is none; else an empty line ends a paragraph, as in YAML.
    """
    named = _FACT.match(lines[0])
    begun = ((named and named["value"]) or "").strip()
    below = "\n".join(line.strip() for line in lines[1:])
    if sign := _GOES_ON_BELOW.fullmatch(begun):
        begun = ""
    said = f"{begun}\n{below}".strip()
    if begun.startswith('"'):
        said = _JOINED.sub(r"\g<before>", said)
    if begun or (sign and sign["sign"] == ">"):
        said = _FOLDED.sub(" ", said)
    if len(said) > 1 and said[0] == said[-1] and said[0] in "\"'":
        said = said[1:-1].replace("''", "'") if said[0] == "'" else _unescaped(said[1:-1])
    return said.strip()


def _unescaped(quoted: str) -> str:
    """What stands between double quotation marks, where programs write ``\\U0001F5DC`` for 🗜."""
    plain = _ESCAPE.sub(
        lambda match: chr(int(match["code"], 16)) if match["code"] else _BLANKS.get(match["sign"], match["sign"]),
        quoted,
    )
    # Some write such a sign as the two halves that it has in UTF-16.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

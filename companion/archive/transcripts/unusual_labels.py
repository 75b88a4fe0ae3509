"""Labels that are written as fields are (`Speaker: Ann` on a line above the words, maybe with `Time: 0:12`), or as
messages (`0:12 From Ann to Everyone: So`): rewritten as most transcripts have them, `Ann:` and `Ann [0:12]:`.

They count where several such lines name the same few speakers again and again.
"""

from __future__ import annotations

import json
import re
from collections import Counter

_FIELD = re.compile(
    r"^(?P<opens>[^\S\n]*[*_>#-]{0,3}[^\S\n]?)(?i:speaker|speaker[ _]name|name|who|voice|participant|sprecher(?:in)?|"
    r"intervenante?|locuteur|hablante|orador|falante|locutor|spreker|talare|спикер|话者|話者|発言者|발화자)[*_]{0,2}"
    r"[^\S\n]?[:=：][*_]{0,2}[^\S\n]*(?P<name>[^\W_][^\n:：]{0,39})$",
    re.MULTILINE,
)
_TIME = re.compile(
    r"^[^\S\n]*[*_>#-]{0,3}[^\S\n]?(?i:time(?:stamp|code)?|start(?: time)?|at|zeit|heure|hora|tiempo|tempo)[*_]{0,2}"
    r"[^\S\n]?[:=：][*_]{0,2}[^\S\n]*[\[(]?(?P<clock>(?:\d{1,2}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?)[\])]?"
    r"(?:[^\S\n]?(?:-{1,2}>|[-–—])[^\S\n]?[\d:.,]{4,12})?$",
    re.MULTILINE,
)
_TEXT = re.compile(
    r"^[^\S\n]*[*_>#-]{0,3}[^\S\n]?(?i:text|transcript|content|said)[*_]{0,2}[^\S\n]?[:=：][*_]{0,2}[^\S\n]*",
    re.MULTILINE,
)
_MESSAGE = re.compile(
    r"^(?P<time>[^\S\n]*[\[(]?(?:\d{1,2}:)?\d{1,2}:\d{2}[\])]?)[^\S\n]{1,4}From[^\S\n]{1,4}"
    r"(?P<name>[^\s:][^\n:]{0,59}?)(?:[^\S\n]{1,4}to[^\S\n]{1,4}[^\s:][^\n:]{0,59}?)?"
    r"(?:[^\S\n]{0,4}\(Direct Message\))?[^\S\n]{0,4}:",
    re.MULTILINE,
)
_PRONOUNS = re.compile(
    r"\[((?:she|he|they|ze|xe|any)(?:/[a-z]{2,6}){1,2})\](?=[^\S\n]*(?:[:：(\[\n]|\d))", re.IGNORECASE
)
_QUOTED = re.compile(r"^(?P<label>[^\S\n]*- [^\W_][^\n:\"]{0,39}: )(?P<words>\"(?:[^\"\\\n]|\\.)*\")$", re.MULTILINE)
"""A name and what it said, as a program writes them down."""
_SIGNS = re.compile("[:=：]")
_LONGEST_FIELD = 90
_FEWEST = 4
_MOSTLY = 0.9
_MOST_NAMES = 0.6
"""Different names for each label, at most: else they are facts of something else."""


def with_usual_labels(text: str) -> str:
    """The text with such labels as `Ann:`."""
    if "/" in text and "]" in text:
        text = _PRONOUNS.sub(r"(\1)", text)
    if (
        "- " in text
        and ': "' in text
        and len(_QUOTED.findall(text)) >= _MOSTLY * sum(bool(line.strip()) for line in text.split("\n"))
    ):
        text = _QUOTED.sub(_unquoted, text)
    messages = _MESSAGE.findall(text) if "From" in text else []
    if len(messages) >= _FEWEST:
        return _MESSAGE.sub(r"\g<time> \g<name>:", text)
    # Fields stand on short lines of their own; most texts have none, and each place in them would be looked at.
    short = [line for line in text.split("\n") if len(line) <= _LONGEST_FIELD and _SIGNS.search(line)]
    names = [match["name"].strip(" *_") for line in short if (match := _FIELD.fullmatch(line))]
    if not _repeat(names):
        return text
    times = _TIME.findall(text)
    fields = _FIELD.sub(lambda match: f"{match['opens']}{match['name'].strip(' *_')}:", text)
    if 2 * len(times) < len(names):
        return fields
    return _TEXT.sub("", _with_times(fields, {f"{name}:" for name in names}))


def _unquoted(match: re.Match[str]) -> str:
    try:
        return f"{match['label']}{json.loads(match['words'])}"
    except ValueError:
        return match[0]  # an escape that is YAML's alone


def _repeat(names: list[str]) -> bool:
    """Do they name two speakers at least, one of them often?"""
    counted = Counter(names)
    return (
        len(names) >= _FEWEST
        and len(counted) > 1
        and len(counted) <= _MOST_NAMES * len(names)
        and max(counted.values()) > 1
    )


def _with_times(text: str, labels: set[str]) -> str:
    """The text with the time above or below a label on its line."""
    lines: list[str] = []
    above: str | None = None
    for line in text.split("\n"):
        time = _TIME.fullmatch(line)
        if time is None:
            label = line.strip(" *_>#-") in labels
            lines.append(f"{line.rstrip()[:-1]} [{above}]:" if label and above else line)
            above = above if not label and not line.strip() else None
        elif lines and lines[-1].strip(" *_>#-") in labels:
            lines[-1] = f"{lines[-1].rstrip()[:-1]} [{time['clock']}]:"
        else:
            above = time["clock"]
    return "\n".join(lines)

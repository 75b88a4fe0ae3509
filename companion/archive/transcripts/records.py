"""Turns as records of named values, a line each, as YAML has them (`speaker: Ann`, `start: 0:12`, `text: So`)."""

from __future__ import annotations

import json
import re

from companion.archive.transcripts.caption import Caption
from companion.archive.transcripts.fields import Role, meanings_of
from companion.archive.transcripts.segments import captions_of_json

_LINE = re.compile(
    r"^[^\S\n]{0,8}(?:[-*] )?[\"']?(?P<key>[A-Za-z][\w -]{0,20}?)[\"']?:[^\S\n]+(?P<value>\S.*)$", re.MULTILINE
)
_BLOCK = re.compile(r":[^\S\n]+[|>][+-]?[^\S\n]*\n[^\S\n]*(?=\S)")
"""A value that stands on the next line."""
_HEAD = re.compile(r"\A(?:---\n)?[A-Za-z][\w -]{0,30}:[^\S\n]*\n")
_FEWEST = 3
_LEAST_SHARE = 0.9


def _plain(value: str) -> str:
    """A value without its quotation marks, and what is escaped between them."""
    try:
        said: object = json.loads(value) if value.startswith('"') else value
    except ValueError:
        said = value  # an escape that is YAML's alone
    return said if isinstance(said, str) and said is not value else value.strip("\"' ")


def captions_of_records(text: str) -> list[Caption]:
    """The captions of a text that consists of such records; none where any of its lines is something else."""
    text = _HEAD.sub("", _BLOCK.sub(": ", text.strip()))
    lines = sum(bool(line.strip()) for line in text.split("\n"))
    matches = [match for match in _LINE.finditer(text) if meanings_of(match["key"])]
    if len(matches) < max(2 * _FEWEST, lines):
        return []
    records: list[dict[str, str]] = []
    for match in matches:
        if not records or match["key"] in records[-1]:
            records.append({})
        records[-1][match["key"]] = _plain(match["value"].strip())
    roles = [{meaning.role for key in record for meaning in meanings_of(key)} for record in records]
    told = sum(Role.TEXT in found and not found.isdisjoint((Role.SPEAKER, Role.START)) for found in roles)
    if told < max(_FEWEST, _LEAST_SHARE * len(records)):
        return []
    try:
        return captions_of_json(json.dumps(records))
    except ValueError:
        # What the names promise, the values do not hold.
        return []

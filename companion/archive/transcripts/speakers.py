"""Speakers in JSON: how a field names one, and the tables that say what a label stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from companion.archive.markup import clean

_LONGEST_NAME = 80
_MOST_NAMES = 6


def name_of(value: object) -> str | None:
    """A speaker's name: a text, a number's label, the name in an object, the names of a list joined."""
    if isinstance(value, str):
        name = (value if value.isprintable() else clean(value)).strip()
        return (f"Speaker {name}" if name.isdecimal() else name[:_LONGEST_NAME]) or None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return f"Speaker {int(value)}"[:_LONGEST_NAME]
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)
        for key in ("name", "display_name", "displayName", "label", "id"):
            inner = fields.get(key)
            if isinstance(inner, str | int) and (name := name_of(inner)):
                return name
    if isinstance(value, list):
        parts = cast("list[str | int | Mapping[str, object] | None]", value)[:_MOST_NAMES]
        names = [name_of(part) for part in parts if not isinstance(part, list)]
        return " / ".join(name for name in names if name) or None
    return None


def note_names(value: object, names: dict[str, str]) -> None:
    """The names of a table of speakers, by what the transcript calls them: a list, or an object by label."""
    if isinstance(value, list):
        entries = [(str(nth), entry) for nth, entry in enumerate(cast("list[object]", value))]
    elif isinstance(value, Mapping):
        entries = list(cast("Mapping[str, object]", value).items())
    else:
        return
    for key, entry in entries:
        label = key
        if isinstance(entry, Mapping):
            fields = cast("Mapping[str, object]", entry)
            given = (fields.get(name) for name in ("id", "speaker_id", "speakerId", "label", "speaker", "key", "value"))
            label = next((str(part) for part in given if isinstance(part, str | int)), key)
            entry = next(
                (fields[n] for n in ("name", "speaker_name", "speakerName", "display_name") if fields.get(n)), None
            )
        if isinstance(entry, str) and (called := name_of(label)) and (name := name_of(entry)):
            names.setdefault(called, name)

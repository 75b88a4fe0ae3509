"""Writes docs/configuration.md from the settings themselves: ``python -m companion.bot.configuration_page > FILE``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from companion.bot.config import Settings

_HEAD = """\
# Configuration

Every setting is an environment variable, or a line of the file `.env` in the folder that Companion is started from; the
environment wins. All are optional, an empty one counts as not set, and capitals do not matter in their names. A value
that cannot be is refused at the start, by the setting's name. `companion doctor` finds names that are misspelt.

This page is made from `companion/bot/config.py`: `python -m companion.bot.configuration_page > docs/configuration.md`.
"""
_KINDS: dict[type, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "`true` or `false`",
    Path: "a folder",
}


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([_HEAD, *(_section(name, field) for name, field in Settings.model_fields.items())])


def _section(name: str, field: FieldInfo) -> str:
    default = "not set" if field.default is None else f"`{field.default}`"
    facts = f"- **Value:** {_kind(field)}\n- **Default:** {default}\n"
    return f"## `{name.upper()}`\n\n{field.description}\n\n{facts}"


def _kind(field: FieldInfo) -> str:
    """What the value may be, in words."""
    (kind,) = [one for one in _alternatives(field.annotation) if one is not NoneType]
    if get_origin(kind) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(kind))
    if kind is SecretStr:
        return "a secret: it is never logged or shown"
    return f"{_KINDS[kind]}{_bounds(field.metadata)}"


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) not in (None, Literal) else (annotation,)


def _bounds(metadata: Iterable[object]) -> str:
    words: list[str] = []
    for one in metadata:
        match one:
            case Ge(ge=bound):
                words.append(f"{bound} or more")
            case Gt(gt=bound):
                words.append(f"more than {bound}")
            case Le(le=bound):
                words.append(f"{bound} or less")
            case Lt(lt=bound):
                words.append(f"less than {bound}")
            case _:
                pass
    return "".join(f", {word}" for word in words)


if __name__ == "__main__":
    sys.stdout.write(page())

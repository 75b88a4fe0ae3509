"""What every database can hold: PostgreSQL has no place for one character, and none for long keys in an index.

What cannot be held is replaced before it is stored, and before it is looked for, so that it is found by what it was
stored as.
"""

from __future__ import annotations

import hashlib
from typing import Any, cast

LONGEST_KEY = 2000
"""Bytes of UTF-8. An index of PostgreSQL's ends at 2704 for all columns of a row, of which ids take few."""

_NUL, _STAND_IN = "\0", "\N{REPLACEMENT CHARACTER}"
_DIGITS = 64


def key_of(text: str) -> str:
    """The text where an index has room for it, else its beginning and a digest of all of it."""
    if is_key(text):
        return text
    # A lone surrogate is no less a character here; the database refuses it wherever it stands.
    whole = text.encode(errors="surrogatepass")
    begins = whole[: LONGEST_KEY - _DIGITS - 1].decode(errors="ignore")
    return f"{begins}#{hashlib.sha256(whole).hexdigest()}"


def is_key(text: str) -> bool:
    """Is the text short enough to be in an index as it is?"""
    # Four bytes a character at most.
    return len(text) * 4 <= LONGEST_KEY or len(text.encode(errors="surrogatepass")) <= LONGEST_KEY


def without_nul(value: Any) -> Any:
    """A text, or a list of some, with another character in place of each U+0000, so that places in it, counted in
    characters, stay right. Whatever else it is stays as it is."""
    if isinstance(value, str):
        return value.replace(_NUL, _STAND_IN) if _NUL in value else value
    if isinstance(value, list):
        return [without_nul(one) for one in cast("list[Any]", value)]
    return value

"""What Markdown and wikis write around words, where it says nothing of who speaks: a quotation's signs, emphasis."""

from __future__ import annotations

import re

_EMPHASIS = re.compile(r"(?<!')'{3}(?!')")
_QUOTED = re.compile(r"^>[^\S\n](?:\[![\w-]{1,20}\][+-]?[^\S\n]?)?|^>$", re.MULTILINE)
"""What begins a line of a quotation, also of one that is called something (`> [!quote] Ann`)."""
_MOSTLY = 0.9


def without_quotation_signs(text: str) -> str:
    """The text without the signs of a quotation that it is as a whole, and with a wiki's emphasis as Markdown's."""
    text = _EMPHASIS.sub("**", text)
    lines = sum(bool(line.strip()) for line in text.split("\n"))
    return _QUOTED.sub("", text) if text.count(">") and len(_QUOTED.findall(text)) >= _MOSTLY * lines else text

"""What Markdown and wikis write around words, where it says nothing of who speaks: a quotation's signs, emphasis."""

from __future__ import annotations

import re

_EMPHASIS = re.compile(r"(?<!')'{3}(?!')")
_QUOTED = re.compile(r"^>[^\S\n](?:\[![\w-]{1,20}\][+-]?[^\S\n]?)?|^>$", re.MULTILINE)
"""What begins a line of a quotation, also of one that is called something (`> [!quote] Ann`)."""
_QUOTED_BELOW = re.compile(r"^[^>\s][^\n]{0,120}\n>[^\S\n](?=\S)", re.MULTILINE)
"""A quotation right below a line that may be its speaker's."""
_DEFINED = re.compile(r"^;[^\S\n]?(?P<term>[^\n;]{1,120})\n:[^\S\n]?(?=\S)", re.MULTILINE)
"""A wiki's term with its definition on the next line."""
_INDENTED = re.compile(r"^:{1,6}[^\S\n]?(?=\*\*[^\s*])", re.MULTILINE)
_MOSTLY = 0.9
_OFTEN = 0.25
_FEWEST = 3


def without_quotation_signs(text: str) -> str:
    """The text without the signs of a quotation that it is as a whole, or that what is said is below its labels, and
    with a wiki's emphasis as Markdown's, its terms and what it indents as lines."""
    if "'''" in text:  # few texts have any, and every sign would be looked at
        text = _EMPHASIS.sub("**", text)
    if "\n:" in text and len(_DEFINED.findall(text)) >= _FEWEST:
        text = _DEFINED.sub(r"\g<term>\n", text)
    if "\n:" in text and len(_INDENTED.findall(text)) >= _FEWEST:
        text = _INDENTED.sub("", text)
    if ">" not in text:
        return text
    lines = sum(bool(line.strip()) for line in text.split("\n"))
    quoted = len(_QUOTED.findall(text))
    below = len(_QUOTED_BELOW.findall(text))
    return _QUOTED.sub("", text) if quoted >= _MOSTLY * lines or below >= max(_FEWEST, _OFTEN * lines) else text

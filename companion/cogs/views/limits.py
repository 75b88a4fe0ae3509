"""Discord's lengths, which the library does not check, and cutting text to them.

https://discord.com/developers/docs/components/reference and .../resources/message
"""

from __future__ import annotations

CONTENT = 2000
"""Characters of an ordinary message."""
LAYOUT_TEXT = 4000
"""Characters of all text displays of one message together."""
LAYOUT_COMPONENTS = 40
"""Components of one message, nested ones counted."""
CUSTOM_ID = 100
BUTTON_LABEL = 80
OPTION_TEXT = 100
"""A select's option: its label, its description and its value, each."""
CHOICES = 25
"""Choices of an autocomplete, and options of a select."""
CHOICE_TEXT = 100
MODAL_TITLE = 45
THREAD_NAME = 100


def cut(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters, cut after a word where there is one, with an ellipsis."""
    if len(text) <= limit:
        return text
    if limit <= 1:
        return "…"[:limit]
    head = text[: limit - 1]
    if not text[limit - 1].isspace():
        head = head[: head.rfind(" ")] if " " in head[limit // 2 :] else head
    return head.rstrip(" ,;:–—-") + "…"


def cut_start(text: str, limit: int) -> str:
    """The last words of ``text`` in at most ``limit`` characters, with an ellipsis before them."""
    if len(text) <= limit:
        return text
    if limit <= 1:
        return "…"[:limit]
    tail = text[len(text) - limit + 1 :]
    if not text[len(text) - limit].isspace() and " " in tail[: limit // 2]:
        tail = tail[tail.find(" ") + 1 :]
    return "…" + tail.lstrip()

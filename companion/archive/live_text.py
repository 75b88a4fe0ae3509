"""What Discord, or a reader's client, would make live in a text: links, invitations, mentions, emoji, timestamps."""

from __future__ import annotations

import re

_LINK = re.compile(
    r"[a-z][a-z0-9+.\-]{1,12}:/|\bwww\.|\b(?:mailto|javascript|data|tel|discord):|\bdiscord(?:app)?\.(?:gg|com)\b"
    r"|\w\.[a-z]{2,}(?:/|:\d)|\w@\w",
    re.IGNORECASE,
)
_MENTION = re.compile(r"[@＠]\s*(?:everyone|here)\b|<\s*[@#:/]|<a?:\w|<(?:t|id|sound):|</", re.IGNORECASE)
_SIGNS = re.compile(r"[@＠<>]+")


def has_link(text: str) -> bool:
    """Does it hold an address of the web or of mail, with or without a scheme, or an invitation?"""
    return _LINK.search(text) is not None


def has_mention(text: str) -> bool:
    """Does it hold what pings or names somebody or something on Discord?"""
    return _MENTION.search(text) is not None


def without_signs(text: str) -> str:
    """The text without the signs that mentions are made with, and the blanks around them."""
    return " ".join(_SIGNS.sub("", text).split())

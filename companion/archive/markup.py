"""HTML as plain text: words in order, blocks on lines of their own."""

from __future__ import annotations

import html
import re
from typing import Any, cast

from lxml import etree

from companion.archive.rendering import Renderer

_TAG = re.compile(
    r"</?(?:a|abbr|article|aside|audio|b|blockquote|body|br|button|cite|code|dd|div|dl|dt|em|figure|font|footer|form|h[1-6]|head"
    r"|header|hr|html|i|iframe|img|input|label|li|link|main|mark|meta|nav|ol|option|p|picture|pre|q|s|script|section|select"
    r"|small|source|span|strong|style|sub|sup|svg|table|tbody|td|template|th|thead|time|title|tr|tt|u|ul|video)"
    r"(?:[\s/][^<>]{0,2000})?>|<!--|<!doctype",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r"<(?:address|article|aside|blockquote|body|br|dd|details|div|dl|dt|figure|footer|form|h[1-6]|head|header|hr|html|li|"
    r"main|nav|ol|p|pre|section|table|td|th|tr|ul)(?=[\s/>])",
    re.IGNORECASE,
)
"""An element that begins a line of its own: in a text that has none the lines are those of its source (Markdown)."""
_TAG_OR_END = re.compile(r"</?[a-zA-Z][^<>]*>|(?P<end>\n)")
"""A tag, with whatever ends of lines are in it, or the end of a line of the text."""
_FLAT_ITEM = re.compile(r"(?<!\S)\*(?=[^\s*])[^*\n]{0,80}\*|(?<=[^\s*])[^\S\n]?(?P<bullet>[*•]) (?=\S)")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_ESCAPED = re.compile(r"\\([\[\]()#_*.!<>~`|+-])")
_TWICE = re.compile(r"&amp;(?:#\d{2,5}|#[xX][0-9a-fA-F]{2,4}|quot|apos|amp|nbsp);")
"""An entity that was escaped once more than is shown."""
_PLAY = re.compile(r"((?:\A|\n)[^\S\n]*+(?:\[[\d:.]+\])?[^\S\n]*+)[▶►▷⏵]\ufe0f?\s*")
"""A page's button where a line begins, or the time that plays from there."""
_FEWEST_ROWS = 3
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
_UNSEEN = re.compile(r"[\xad\u2060]|(?<!\S)\u200b+|(?<!\u200b)\u200b++(?!\S)")
"""What says where a word may be broken, or not, and blanks of no width where they part no words."""


def looks_like_markup(text: str) -> bool:
    """Does the text hold HTML tags?"""
    return _TAG.search(text) is not None


def plain_text(text: str) -> str:
    """The words of HTML (or of text that is plain already), entities resolved.

    Paragraphs are separated by an empty line, list items and line breaks by a newline; a list item begins with `* `.
    """
    text = clean(text)
    if looks_like_markup(text):
        text = html.unescape(text) if _TWICE.search(text) else text
        text = _rendered(text if _BLOCK.search(text) else _TAG_OR_END.sub(_broken, text))
    elif _ENTITY.search(text):
        text = html.unescape(text)
    return tidy(text)


def clean(text: str) -> str:
    """The text without control characters, and with newlines as line ends."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def tidy(text: str) -> str:
    """The text with runs of blanks as one space, at most one empty line in a row, no blanks at line ends, and nothing
    that is not seen.

    Tabs stay where several lines have them: they may part columns.
    """
    if any(sign in text for sign in "\xad\u2060\u200b"):  # few texts have any, and every character would be looked at
        text = _UNSEEN.sub("", text)
    if sum("\t" in line.strip() for line in text.split("\n")) >= _FEWEST_ROWS:
        text = re.sub(r"(?<![^\S\n\t])[^\S\n\t]*+\t[^\S\n]*+", "\t", text)
        text = re.sub(r"[^\S\n\t]+", " ", text)
    else:
        text = re.sub(r"[^\S\n]+", " ", text)
    lines = [line.strip() for line in text.split("\n")]
    kept = [line for i, line in enumerate(lines) if line or (i and lines[i - 1])]
    return "\n".join(kept).strip()


def without_escapes(text: str) -> str:
    """Markdown's signs as a page shows them: `\\[12:10\\]` is `[12:10]`."""
    return _ESCAPED.sub(r"\1", text)


def itemised(text: str) -> str:
    """The text with the items of flattened lists (`one* two* three`) on lines of their own; emphasis (`*so*`) stays.

    No word is touched, only newlines are put before bullets.
    """
    return _FLAT_ITEM.sub(lambda match: match[0] if match["bullet"] is None else f"\n{match['bullet']} ", text)


def _broken(found: re.Match[str]) -> str:
    return "<br>" if found["end"] else found[0]


def _rendered(text: str) -> str:
    renderer = Renderer()
    # The stubs ask for a target's optional methods, and let no parser return what its target does.
    parser = etree.HTMLParser(target=cast("Any", renderer), huge_tree=True, no_network=True, encoding="utf-8")
    parser.feed(f"<body>{text}</body>".encode())
    parser.close()
    return _PLAY.sub(r"\1", renderer.text())

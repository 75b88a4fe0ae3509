"""Foreign text made safe to show on Discord.

Everything that a transcript, a feed or a member wrote passes through here before it is shown: it looks the same,
but formats nothing, links nowhere, mentions nobody and hides nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from urllib.parse import quote, urlsplit

Spans = Sequence[tuple[int, int]]

_URL_LIMIT = 512
"""A longer URL is not linked: it would eat the message's 4,000 characters."""

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Zero-width and filler characters, and every control of writing direction."""

_STRAY_JOINER = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
"""Joiners belong between letters of some scripts and inside emoji; next to ASCII they only hide."""

_MOST_MARKS = 4
"""Marks on one letter, of which Hebrew and Tibetan have as many."""

_EVERYWHERE = re.compile(r"[\\*_~|`<\[\]@]|&(?=#|\w+;)|(?<=http):(?=//)|(?<=https):(?=//)|(?<=\w)\.(?=[A-Za-z]{2,}/)")
_ADDRESS = re.compile(
    r"(?:https?:/{1,9}|(?=www\.))(?P<shown>[\w.-]{1,253})|(?<![\w.-])(?P<bare>[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[a-z]{2,24})(?=/)",
    re.IGNORECASE,
)
_HOST = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}\.[a-z]{2,24}", re.IGNORECASE)
_LINE_START = re.compile(r"^([ \t]*)(#{1,3}(?=\s)|-#(?=\s)|[-+](?=\s)|>)", re.MULTILINE)
_LIST_NUMBER = re.compile(r"^([ \t]*\d+)([.)])(?=\s)", re.MULTILINE)
_ITEM = re.compile(r"^\\\* (?=\S)")
"""How the escaped item of a list begins."""


def visible(text: str) -> str:
    """The text without invisible, direction and control characters and piles of marks; line ends are ``\\n``."""
    if text.isascii() and text.isprintable():  # which nearly every text is, and each result has many
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = _STRAY_JOINER.sub("", _INVISIBLE.sub("", text))
    if not text.replace("\n", "").isprintable():
        text = "".join(c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn") else " " for c in text)
    return text if text.isascii() else "".join(_without_piles(text))


def _without_piles(text: str) -> Iterator[str]:
    """The characters, without marks that pile up on a letter until they cover other lines."""
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= _MOST_MARKS:
            yield character


def one_line(text: str) -> str:
    """The visible text on one line, runs of white space as one space."""
    return " ".join(visible(text).split())


def escaped(text: str) -> str:
    """The visible text with every character that means something to Discord's Markdown taken literally."""
    return _escaped_visible(visible(text))


def escaped_line(text: str) -> str:
    """`escaped`, on one line."""
    return _escaped_visible(one_line(text))


def escaped_sentence(text: str) -> str:
    """`escaped`, but what stands between two backticks is shown as code: for sentences that name a command."""
    parts = visible(text).split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    return "".join(escaped(part) if index % 2 == 0 else f"`{part}`" for index, part in enumerate(parts) if part)


def emphasised(text: str, spans: Spans) -> str:
    """`escaped`, with the (start, end) spans of ``text`` in bold; spans parted by white space only become one."""
    parts: list[str] = []
    at = 0
    for start, end in _joined(text, spans):
        parts += [text[at:start], text[start:end]]
        at = end
    parts.append(text[at:])
    shown = [escaped(part) if index % 2 == 0 else f"**{escaped_line(part)}**" for index, part in enumerate(parts)]
    return "".join(shown)


def quotation(markdown: str) -> str:
    """A block quote of text that is already escaped. Items of a list, as show notes have them, get bullets: an escaped
    asterisk would be shown as one."""
    return "\n".join(f"> {_ITEM.sub('• ', line)}" for line in markdown.splitlines() if line.strip())


def linked(label: str, url: str | None) -> str:
    """A masked link of an escaped label; the label alone where the URL is not a plain web address, or where the label
    names another one."""
    target = web_address(url)
    return f"[{label}]({target})" if target and label and is_honest(label, target) else label


def is_honest(label: str, url: str) -> bool:
    """Does a label, escaped or not, name no host but the one that the URL leads to? One that leads nowhere is honest
    where the label names none.

    What looks like an address is one with its scheme, with `www.` or with a path, or is the whole label.
    """
    plain = re.sub(r"\\(.)", r"\1", label)
    named = {(one["shown"] or one["bare"]).casefold() for one in _ADDRESS.finditer(plain)}
    if _HOST.fullmatch(plain.strip()):
        named.add(plain.strip().casefold())
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    return all(host == one or host.endswith(f".{one}") for name in named if (one := name.removeprefix("www.")))


def web_address(url: str | None) -> str | None:
    """The URL with everything quoted that could end a link; None unless it is http(s), has a host and is short."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or parts.username is not None:
        return None
    target = quote(url.strip(), safe="%:/?#[]@!$&'*+,;=-._~")
    return target if len(target) <= _URL_LIMIT else None


def _escaped_visible(text: str) -> str:
    text = _EVERYWHERE.sub(r"\\\g<0>", text)
    text = _LINE_START.sub(r"\1\\\2", text)
    return _LIST_NUMBER.sub(r"\1\\\2", text)


def _joined(text: str, spans: Spans) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start), min(len(text), end)) for start, end in spans):
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if not visible(text[start:end]).strip():
            continue
        if joined and (start <= joined[-1][1] or text[joined[-1][1] : start].isspace()):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined

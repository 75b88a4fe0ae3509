"""What to say of an address that leads to a page instead of a feed."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

from companion.archive.references import split

_PLATFORMS = {
    "podcasts.apple.com": "Apple Podcasts",
    "itunes.apple.com": "Apple Podcasts",
    "open.spotify.com": "Spotify",
    "spotify.com": "Spotify",
    "overcast.fm": "Overcast",
    "pca.st": "Pocket Casts",
    "music.amazon.com": "Amazon Music",
    "youtube.com": "YouTube",
    "youtu.be": "YouTube",
}
_LINK = re.compile(r"<link\b[^<>]{0,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?<![a-z])([a-z]++)\s*+=\s*+(?:"([^"]{0,1000})"|'([^']{0,1000})'|([^\s"'<>]{1,1000}))""", re.IGNORECASE
)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml")
_PASSWORD = re.compile(r"""<input\b[^<>]{0,500}\btype\s*=\s*["']?password""", re.IGNORECASE)
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_HEAD = 1 << 18


def platform_advice(url: str) -> str | None:
    """What to give in place of a page of a podcast platform; None where the address is no such page."""
    parts = split(url)
    if parts is None or parts.path.startswith("/feeds/"):
        return None
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    name = _PLATFORMS.get(host)
    if name is None:
        return None
    return (
        f"That is a page of {name}, not a feed. Give the podcast's own RSS address: its website names it, and so do"
        " directories such as podcastindex.org."
    )


def page_advice(data: bytes, url: str) -> str | None:
    """What to give in place of a web page: the feeds that it names itself; None where it is no page."""
    page = data[:_HEAD].decode("utf-8", "replace")
    if not _PAGE.search(page[:4096]):
        return None
    named = [address for tag in _LINK.findall(page) if (address := _feed_address(tag, url))]
    if named:
        choices = " or ".join(dict.fromkeys(named[:3]))
        return f"That is a web page, not an RSS or Atom feed. Give the feed that it names: {choices}"
    if _PASSWORD.search(page):
        return (
            "That is a page that asks for a login, not an RSS or Atom feed. A private feed's address holds its own key:"
            " give the one that podcast apps get."
        )
    return "That is a web page, not an RSS or Atom feed; give the feed's own address, as podcast apps use it."


def _feed_address(tag: str, url: str) -> str | None:
    attributes = {
        name.lower(): unescape(first or second or third) for name, first, second, third in _ATTRIBUTE.findall(tag)
    }
    if "alternate" not in attributes.get("rel", "").lower() or attributes.get("type", "").lower() not in _FEED_TYPES:
        return None
    try:
        address = urljoin(url, attributes.get("href", ""))
    except ValueError:
        return None
    return address if split(address) is not None else None

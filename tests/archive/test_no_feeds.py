from __future__ import annotations

import pytest

from companion.archive.no_feeds import page_advice, platform_advice


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://podcasts.apple.com/us/podcast/bees/id1", "Apple Podcasts"),
        ("https://open.spotify.com/show/1", "Spotify"),
        ("https://www.youtube.com/@bees", "YouTube"),
        ("https://youtu.be/dQw4w9WgXcQ", "YouTube"),
    ],
)
def test_a_page_of_a_platform_is_named_and_the_feed_is_asked_for(url: str, name: str) -> None:
    assert f"That is a page of {name}, not a feed. Give the podcast's own RSS address" in (platform_advice(url) or "")


@pytest.mark.parametrize(
    "url", ["https://bees.example/feed", "https://www.youtube.com/feeds/videos.xml?channel_id=1", "nonsense"]
)
def test_other_addresses_need_no_advice(url: str) -> None:
    assert platform_advice(url) is None


def test_a_page_that_names_its_feed_says_which() -> None:
    page = b"""<!DOCTYPE html><html><head><link rel=stylesheet href=x.css>
    <link rel="alternate" type="application/rss+xml" title="Bees" href="/feed?a=1&amp;b=2"></head></html>"""
    advice = page_advice(page, "https://bees.example/show/")
    assert advice == (
        "That is a web page, not an RSS or Atom feed. Give the feed that it names: https://bees.example/feed?a=1&b=2"
    )


def test_a_login_page_is_told_from_others() -> None:
    page = b"<html><body><form><input name='p' type='password'></form></body></html>"
    assert "asks for a login" in (page_advice(page, "https://bees.example/") or "")
    assert "That is a web page" in (page_advice(b"<html><body>Bees</body></html>", "") or "")


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff" * 9, b"{}", b"<rss version='2.0'></rss>", b"<html" + b"<link " * 5000]
)
def test_what_is_no_page_gets_no_advice_of_pages(data: bytes) -> None:
    advice = page_advice(data, "https://bees.example/")
    assert advice is None or data.startswith(b"<html")

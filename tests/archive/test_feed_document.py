"""Feeds as they come: in any encoding, broken, endless, deep, and with traps."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive import feed_document
from companion.archive.feed_document import NoFeedError, is_feed, taken_apart
from companion.archive.feeds import FeedError, read_feed
from tests.timing import least_seconds


def rss(items: str, opening: str = '<rss version="2.0"><channel><title>Talks</title>') -> bytes:
    return f"{opening}{items}</channel></rss>".encode()


def item(title: str) -> str:
    return f"<item><guid>{title}</guid><title>{title}</title></item>"


def titles(data: bytes, charset: str | None = None) -> list[str]:
    return [read.facts.title for read in read_feed(data, charset=charset).items]


def test_the_channel_is_what_stands_around_the_items() -> None:
    document = taken_apart(rss(item("A") + "<language>en</language>" + item("B")))
    assert document.channel == rss("<language>en</language>")
    assert [bytes(markup.item) for markup in document.items] == [item("A").encode(), item("B").encode()]


def test_what_looks_like_an_item_inside_a_text_is_none() -> None:
    text = "<item><title>A</title><description><![CDATA[<item>x</item>]]></description></item><!-- <item> -->"
    assert titles(rss(text)) == ["A"]


def test_tags_may_be_prefixed_and_of_any_case() -> None:
    atom = b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>A</a:title></a:entry></a:feed>'
    assert titles(atom) == ["A"]
    assert titles(b"<RSS><CHANNEL><ITEM><TITLE>A</TITLE></ITEM></CHANNEL></RSS>") == ["A"]


def test_items_of_rdf_stand_beside_the_channel() -> None:
    rdf = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        b"<channel><title>T</title></channel><item><title>A</title></item><item><title>B</title></item></rdf:RDF>"
    )
    assert titles(rdf) == ["A", "B"]
    assert read_feed(rdf).title == "T"


def test_a_warning_of_the_server_before_the_feed_does_no_harm() -> None:
    assert titles(b"<br />\n<b>Warning</b>: x in feed.php\n" + rss(item("A"))) == ["A"]


def test_an_item_that_is_never_closed_ends_where_the_next_begins() -> None:
    assert titles(rss("<item><title>A</title>" + item("B"))) == ["A", "B"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_feeds_are_read_whatever_they_declare(encoding: str) -> None:
    declared = '<?xml version="1.0" encoding="iso-8859-1"?>' + rss(item("Ærø — 灯台")).decode()
    assert titles(declared.encode(encoding)) == ["Ærø — 灯台"]


def test_other_encodings_are_declared_by_the_feed_or_by_its_server() -> None:
    declared = '<?xml version="1.0" encoding="koi8-r"?>' + rss(item("Маяк")).decode()
    assert titles(declared.encode("koi8-r")) == ["Маяк"]
    assert titles(rss(item("Маяк")).decode().encode("koi8-r"), "koi8-r") == ["Маяк"]


def test_one_line_in_another_encoding_spoils_no_other() -> None:
    mixed = rss(item("Ærø")).replace(b"</channel>", b"\n" + item("Café").encode("cp1252") + b"\n</channel>")
    assert titles(mixed) == ["Ærø", "Café"]


def test_control_characters_and_nul_bytes_are_left_out() -> None:
    assert titles(rss(item("O\x00n\x08e"))) == ["One"]


@pytest.mark.parametrize(
    "where", ["<!DOCTYPE r [<!ENTITY a 'ha'>]>", "<!doctype r [ <!entity % x SYSTEM 'file:///etc/passwd'>]>"]
)
def test_entity_declarations_are_refused_in_any_encoding(where: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(NoFeedError, match="declares XML entities"):
            taken_apart((where + rss(item("&a;")).decode()).encode(encoding))


def test_a_text_about_entities_is_no_declaration() -> None:
    assert titles(rss("<item><title>A</title><description><![CDATA[<!ENTITY a 'b'>]]></description></item>")) == ["A"]


def test_an_item_nested_beyond_reason_costs_no_other() -> None:
    deep = "<item><title>Deep</title>" + "<a>" * 10_000 + "x" + "</a>" * 10_000 + "</item>"
    assert {"A", "B"} <= set(titles(rss(item("A") + deep + item("B"))))


def test_an_enormous_item_is_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_document, "LARGEST_ITEM", 1000)
    feed = read_feed(rss(item("A") + f"<item><title>{'x' * 2000}</title></item>" + item("B")))
    assert [read.facts.title for read in feed.items] == ["A", "B"]
    assert feed.problems == ("Left out of the feed: 1 item of more than 8 MiB, which no text has.",)


def test_too_many_items_are_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_document, "MOST_ITEMS", 3)
    feed = read_feed(rss("".join(item(str(number)) for number in range(10))))
    assert len(feed.items) == 3
    assert feed.problems == ("The feed has more than 3 items: 7 at its end were not read.",)


def test_a_hundred_thousand_items_are_taken_apart_in_seconds() -> None:
    feed = rss("".join(item(str(number)) for number in range(100_000)))

    def take_apart() -> None:
        document = taken_apart(feed)
        assert (len(document.items), document.too_many) == (20_000, 80_000)

    assert least_seconds(take_apart, 10) < 10


@pytest.mark.parametrize(
    "piece", [b"<!--", b"<?", b"<![CDATA[", b'<channel "', b"<item ", b'<rss a="', b"<link <", b"&"]
)
def test_no_repetition_takes_long(piece: bytes) -> None:
    def read_both() -> None:
        for opening in (b"", b"<rss><channel>"):
            with contextlib.suppress(FeedError):
                read_feed(opening + piece * (400_000 // len(piece)))

    assert least_seconds(read_both, 5) < 5


def test_a_large_item_that_is_broken_keeps_what_stands_before_the_flaw() -> None:
    large = f"<item><title>A</title><description>{'So it goes. ' * 9000}<b</description></item>"
    feed = read_feed(rss(large + item("B")))
    assert [read.facts.title for read in feed.items] == ["A", "B"]
    assert feed.items[0].body.count("So it goes.") == 9000
    assert "not well-formed" in feed.problems[0]


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_around_an_item_are_taken_apart_or_refused(before: bytes, after: bytes) -> None:
    with contextlib.suppress(NoFeedError):
        taken_apart(before + b"<rss><channel>" + after + item("A").encode())


def test_only_an_outermost_tag_makes_a_feed() -> None:
    assert is_feed(b"<?xml version='1.0'?><!-- <html> --><rss>")
    assert not is_feed(b"<html><body><rss></rss></body></html>")
    assert not is_feed(b"<opml><body/></opml>")

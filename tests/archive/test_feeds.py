from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.feeds import Feed, FeedError, looks_like_a_feed, read_feed

NAMESPACES = (
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:atom="http://www.w3.org/2005/Atom"'
)


def rss(items: str, channel: str = "<title>Talks</title><link>https://talks.example</link>") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0" {NAMESPACES}><channel>{channel}{items}</channel></rss>'.encode()


def item(guid: str, title: str = "One", more: str = "") -> str:
    return f"<item><guid>{guid}</guid><title>{title}</title>{more}</item>"


FULL = item(
    "g1",
    "Ann &amp; Bob",
    """<pubDate>Fri, 22 Mar 2024 19:08:00 +0000</pubDate><link>https://talks.example/1</link>
    <enclosure url="https://talks.example/1.mp3" type="audio/mpeg" length="1"/>
    <itunes:duration>1:02:03</itunes:duration>
    <description>Short.</description>
    <content:encoded><![CDATA[<p>Long &amp; full.</p><ul><li>One</li></ul>]]></content:encoded>
    <podcast:transcript url="https://talks.example/1.txt" type="text/plain"/>
    <podcast:transcript url="https://talks.example/1.vtt" type="text/vtt" language="en"/>
    <podcast:chapters url="https://talks.example/1.json" type="application/json+chapters"/>
    <podcast:person>Ann Lee</podcast:person><podcast:person role="guest">Bob</podcast:person>""",
)


def test_an_item_is_read_with_all_its_podcasting_2_0_tags() -> None:
    (read,) = read_feed(rss(FULL)).items
    assert read.facts.title == "Ann & Bob"
    assert read.facts.guid == "g1"
    assert read.facts.published == datetime(2024, 3, 22, 19, 8, tzinfo=UTC)
    assert read.facts.audio_url == "https://talks.example/1.mp3"
    assert read.facts.duration == 3723.0
    assert [person.name for person in read.facts.people] == ["Ann Lee", "Bob"]
    assert read.body == "Long & full.\n\n* One"
    assert [(link.url[-3:], link.media_type) for link in read.transcripts] == [
        ("txt", "text/plain"),
        ("vtt", "text/vtt"),
    ]
    assert read.chapters_url == "https://talks.example/1.json"


def test_a_live_item_does_not_pass_for_the_channel() -> None:
    live = "<podcast:liveItem><title>Live</title><link>https://live.example</link></podcast:liveItem>"
    feed = read_feed(rss(live + FULL))
    assert (feed.title, feed.link, len(feed.items)) == ("Talks", "https://talks.example", 1)


def test_atom_is_read() -> None:
    feed = read_feed(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>a</id><title>One</title>'
        b"<updated>2024-01-02T03:04:05Z</updated><content>Words.</content></entry></feed>"
    )
    assert (feed.items[0].facts.guid, feed.items[0].body) == ("a", "Words.")
    assert feed.items[0].facts.published == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_missing_guid_is_made_of_what_the_item_has() -> None:
    enclosed = '<item><title>A</title><enclosure url="https://talks.example/a.mp3" type="audio/mpeg"/></item>'
    first, second = read_feed(rss(f"{enclosed}<item><title>B</title></item>")).items
    assert first.facts.guid == "https://talks.example/a.mp3"
    assert second.facts.guid == read_feed(rss("<item><title>B</title></item>")).items[0].facts.guid


def test_items_that_share_a_guid_are_told_apart_and_true_doubles_are_named() -> None:
    feed = read_feed(rss(item("same", "One") + item("same", "Two") + item("same", "Two")))
    assert [read.facts.title for read in feed.items] == ["One", "Two"]
    assert len({read.facts.guid for read in feed.items}) == 2
    assert feed.problems == ("The item “Two” stands in the feed twice; it was read once.",)


def test_what_stands_below_every_item_is_its_footer() -> None:
    items = [
        item(str(n), more=f"<description>Talk {n}. Subscribe at talks.example/now</description>") for n in range(4)
    ]
    for n, read in enumerate(read_feed(rss("".join(items))).items):
        assert (read.body, read.footer) == (f"Talk {n}.", "Subscribe at talks.example/now")


def test_of_a_feed_that_breaks_off_the_whole_items_are_read() -> None:
    whole = rss(item("1") + item("2", "Two", "<description>Words that break off</description>"))
    feed = read_feed(whole[: whole.index(b"break off")])
    assert [read.facts.guid for read in feed.items] == ["1"]
    assert feed.problems == ("The feed breaks off; what was whole before that was read: 1 item.",)


def test_a_feed_that_is_not_well_formed_gives_its_items_and_says_so() -> None:
    feed = read_feed(rss(item("1", "Ann & Bob") + item("2")))
    assert len(feed.items) == 2
    assert "not well-formed" in feed.problems[0]


def test_the_next_page_of_a_paged_feed_is_known() -> None:
    channel = '<title>T</title><atom:link rel="next" href="https://talks.example/feed?page=2"/>'
    assert read_feed(rss(FULL, channel)).next_page == "https://talks.example/feed?page=2"


def test_a_feed_that_asks_not_to_be_listed_is_known() -> None:
    assert read_feed(rss(FULL, "<title>T</title><itunes:block>yes</itunes:block>")).blocked
    assert not read_feed(rss(FULL)).blocked


def test_nul_bytes_do_no_harm() -> None:
    assert read_feed(rss(item("1", "On\x00e"))).items[0].facts.title == "One"


def test_an_entity_bomb_is_refused() -> None:
    bomb = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + rss(item("1", "&b;"))
    with pytest.raises(FeedError, match="declares XML entities"):
        read_feed(bomb)


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"<html><body>A page</body></html>", b"\x00\x01\x02" * 50, b"{}", b"<a/>"]
)
def test_what_is_no_feed_is_refused(data: bytes) -> None:
    with pytest.raises(FeedError, match="not an RSS or Atom feed"):
        read_feed(data)


def test_a_feed_shows_in_its_first_bytes() -> None:
    assert looks_like_a_feed(rss(FULL))
    assert not looks_like_a_feed(b"WEBVTT\n\n00:01.000 --> 00:02.000\nfeed")


def test_the_people_of_the_channel_are_hosts_of_items_that_name_nobody() -> None:
    channel = "<title>T</title><podcast:person>Ann</podcast:person>"
    items = item("1") + item("2", more="<podcast:person role='guest'>Bob</podcast:person>")
    alone, named = read_feed(rss(items, channel)).items
    assert [(person.name, person.role) for person in alone.facts.people] == [("Ann", "host")]
    assert [(person.name, person.role) for person in named.facts.people] == [("Bob", "guest")]


def test_season_number_image_and_video_are_facts_of_an_episode() -> None:
    more = """<itunes:season>2</itunes:season><podcast:episode>14.5</podcast:episode>
    <itunes:image href="https://talks.example/1.png"/><itunes:episodeType>bonus</itunes:episodeType>
    <enclosure url="https://talks.example/1.mp4" type="video/mp4"/>
    <enclosure url="https://talks.example/1.mp3" type="audio/mpeg"/>"""
    facts = read_feed(rss(item("1", more=more))).items[0].facts
    assert (facts.season, facts.number, facts.image_url) == (2, 14.5, "https://talks.example/1.png")
    assert (facts.audio_url, facts.video_url) == ("https://talks.example/1.mp3", "https://talks.example/1.mp4")


def test_addresses_that_nobody_should_open_are_no_facts() -> None:
    more = '<link>javascript:alert(1)</link><enclosure url="data:audio/mpeg,x" type="audio/mpeg"/>'
    facts = read_feed(rss(item("1", more=more))).items[0].facts
    assert (facts.link, facts.audio_url) == (None, None)


def test_a_date_may_be_missing_or_spelled_in_ones_own_way() -> None:
    dates = ["", "<pubDate>yesterday</pubDate>", "<pubDate>Fr, 22 Mär 2024 20:08:00 +0100</pubDate>"]
    items = read_feed(rss("".join(item(str(n), more=date) for n, date in enumerate(dates)))).items
    assert [read.facts.published for read in items] == [None, None, datetime(2024, 3, 22, 19, 8, tzinfo=UTC)]


def test_an_item_has_another_digest_when_it_or_what_stands_below_it_changes() -> None:
    def digests(footer: str, title: str = "One") -> list[str]:
        texts = [f"<description>Talk {n}. {footer}</description>" for n in range(4)]
        return [
            read.digest for read in read_feed(rss("".join(item(str(n), title, t) for n, t in enumerate(texts)))).items
        ]

    before = digests("Subscribe at talks.example/now")
    assert before == digests("Subscribe at talks.example/now")
    assert not set(before) & set(digests("Subscribe at talks.example/then"))
    assert not set(before) & set(digests("Subscribe at talks.example/now", "Two"))


def test_an_archived_feed_leads_to_the_page_before() -> None:
    channel = '<title>T</title><atom:link rel="prev-archive" href="https://talks.example/2"/>'
    assert read_feed(rss(FULL, channel)).next_page == "https://talks.example/2"


def test_feedparser_is_never_given_the_name_of_a_file() -> None:
    with pytest.raises(FeedError):
        read_feed(__file__.encode())


fragments = st.sampled_from(
    [
        rss(FULL),
        b"<item>",
        b"</item>",
        b"<guid>",
        b"&amp",
        b"&#0;",
        b"<![CDATA[",
        b"]]>",
        b"\xff\xfe",
        b"<rss>",
        b"<!",
        b"'",
    ]
)


@given(st.one_of(st.binary(), st.lists(fragments, max_size=6).map(b"".join)))
def test_any_bytes_are_a_feed_or_refused(data: bytes) -> None:
    with contextlib.suppress(FeedError):
        assert isinstance(read_feed(data), Feed)

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.links import PLACES, UnfitTemplateError, checked_template, filled, moment_url, video_url_at
from companion.storage.episodes import EpisodeFacts
from companion.storage.podcasts import Podcast

PLAIN = Podcast(1, "https://a.example/feed", "A", None, private=False)
YOUTUBE = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def facts(link: str | None, audio: str | None) -> EpisodeFacts:
    return EpisodeFacts("guid", "Title", None, link, audio, None, ())


def filmed(url: str, audio: str | None = None) -> EpisodeFacts:
    return EpisodeFacts("guid", "Title", None, "https://a.example/1", audio, None, (), video_url=url)


def linked(template: str, one: EpisodeFacts, start: float = 3725.9, **offsets: float) -> str | None:
    return moment_url(one, start, replace(PLAIN, link_template=template, **offsets))


EPISODE = replace(facts("https://a.example/1?x=y#notes", "https://a.example/1.mp3"), guid="a b/ü&c", number=12.0)


def test_a_moment_is_a_second_of_the_audio() -> None:
    moment = moment_url(facts("https://a.example/1", "https://a.example/1.mp3"), 62.9, PLAIN)

    assert moment == "https://a.example/1.mp3#t=62"


def test_a_fragment_of_the_feed_gives_way() -> None:
    assert moment_url(facts(None, "https://a.example/1.mp3#x"), 0.0, PLAIN) == "https://a.example/1.mp3#t=0"


def test_without_a_time_the_page_is_linked() -> None:
    assert moment_url(facts("https://a.example/1", "https://a.example/1.mp3"), None, PLAIN) == "https://a.example/1"


def test_without_audio_the_page_is_linked() -> None:
    assert moment_url(facts("https://a.example/1", None), 5.0, PLAIN) == "https://a.example/1"


def test_an_episode_without_addresses_has_no_link() -> None:
    assert moment_url(facts(None, None), 5.0, PLAIN) is None


def test_each_medium_has_an_offset_of_its_own() -> None:
    podcast = replace(PLAIN, audio_offset=-2.5, video_offset=10.5)
    both = filmed(YOUTUBE, "https://a.example/1.mp3")

    assert moment_url(both, 62.9, podcast) == "https://a.example/1.mp3#t=60"
    assert video_url_at(both, 62.9, podcast) == f"{YOUTUBE}&t=73s"
    assert moment_url(filmed(YOUTUBE), 62.9, podcast) == f"{YOUTUBE}&t=73s"


def test_a_moment_never_lies_before_the_start() -> None:
    podcast = replace(PLAIN, audio_offset=-30.0, video_offset=-30.0)

    assert video_url_at(filmed("https://youtu.be/dQw4w9WgXcQ?si=x"), 12.0, podcast) == f"{YOUTUBE}&t=0s"
    assert moment_url(facts(None, "https://a.example/1.mp3"), 12.0, podcast) == "https://a.example/1.mp3#t=0"


def test_a_video_file_has_a_media_fragment() -> None:
    assert video_url_at(filmed("https://a.example/1.mp4#x"), 5.9, PLAIN) == "https://a.example/1.mp4#t=5"


def test_without_a_time_or_a_video_there_is_no_moment_of_it() -> None:
    assert video_url_at(filmed(YOUTUBE), None, PLAIN) == YOUTUBE
    assert video_url_at(facts("https://a.example/1", None), 5.0, PLAIN) is None


class TestATemplate:
    @pytest.mark.parametrize(
        ("template", "address"),
        [
            ("{link}#t={seconds}", "https://a.example/1?x=y#t=3725"),
            ("{link}&t={hms}", "https://a.example/1?x=y#notes&t=01:02:05"),
            ("https://b.example/{number}?at={hms}", "https://b.example/12?at=01:02:05"),
            ("https://b.example/{guid}", "https://b.example/a%20b%2F%C3%BC%26c"),
            ("https://b.example/?u={link}", "https://b.example/?u=https:%2F%2Fa.example%2F1%3Fx%3Dy%23notes"),
        ],
    )
    def test_is_filled_in(self, template: str, address: str) -> None:
        assert linked(checked_template(template), EPISODE) == address

    def test_counts_from_the_audio(self) -> None:
        assert linked("{link}#t={seconds}", EPISODE, 10.0, audio_offset=32.0) == "https://a.example/1?x=y#t=42"

    def test_gives_way_where_the_episode_lacks_what_it_asks_for(self) -> None:
        assert linked("https://b.example/{number}", replace(EPISODE, number=None)) == "https://a.example/1.mp3#t=3725"

    def test_is_not_needed_without_a_time(self) -> None:
        assert moment_url(EPISODE, None, replace(PLAIN, link_template="{link}#t={seconds}")) == EPISODE.link

    @pytest.mark.parametrize(
        ("typed", "reason"),
        [
            ("{link}#t={minutes}", "a place {minutes}, which nothing is known for"),
            ("https://b.example/{}", "a place {}"),
            ("https://b.example/{seconds", "a brace without its other one"),
            ("https://b.example/}{", "a brace without its other one"),
            ("https://b.example/ {seconds}", "a blank in it"),
            ("javascript:alert({seconds})", "no web address"),
            ("b.example/{seconds}", "no web address"),
            ("https://{guid}/x", "no web address"),
            ("https://b.example{guid}/x", "no web address"),
            ("https://user@b.example/{guid}", "no web address"),
            ("https://b.example/" + "x" * 300, "longer than 300 characters"),
        ],
    )
    def test_that_cannot_be_is_refused_with_an_example(self, typed: str, reason: str) -> None:
        with pytest.raises(UnfitTemplateError) as refused:
            checked_template(typed)

        assert reason in str(refused.value)
        assert "{link}#t={seconds}" in str(refused.value)
        assert all(place in str(refused.value) for place in PLACES)

    @given(st.text(), st.text(), st.lists(st.sampled_from([*PLACES, "/", "?a=", "&", "#"])))
    def test_leads_to_its_own_host_whatever_is_filled_in(self, guid: str, link: str, parts: list[str]) -> None:
        template = checked_template("https://b.example/" + "".join(parts))
        one = replace(EPISODE, guid=guid, link=link, number=None)

        address = filled(template, one, 5.0)

        assert address is None or (urlsplit(address).scheme, urlsplit(address).netloc) == ("https", "b.example")

from __future__ import annotations

from companion.archive.links import moment_url
from companion.storage.episodes import EpisodeFacts


def facts(link: str | None, audio: str | None) -> EpisodeFacts:
    return EpisodeFacts("guid", "Title", None, link, audio, None, ())


def test_a_moment_is_a_second_of_the_audio() -> None:
    assert moment_url(facts("https://a.example/1", "https://a.example/1.mp3"), 62.9) == "https://a.example/1.mp3#t=62"


def test_a_fragment_of_the_feed_gives_way() -> None:
    assert moment_url(facts(None, "https://a.example/1.mp3#x"), 0.0) == "https://a.example/1.mp3#t=0"


def test_without_a_time_the_page_is_linked() -> None:
    assert moment_url(facts("https://a.example/1", "https://a.example/1.mp3"), None) == "https://a.example/1"


def test_without_audio_the_page_is_linked() -> None:
    assert moment_url(facts("https://a.example/1", None), 5.0) == "https://a.example/1"


def test_an_episode_without_addresses_has_no_link() -> None:
    assert moment_url(facts(None, None), 5.0) is None

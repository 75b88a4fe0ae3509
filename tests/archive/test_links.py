from __future__ import annotations

from companion.archive.links import moment_url, video_url_at
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


def filmed(url: str, audio: str | None = None) -> EpisodeFacts:
    return EpisodeFacts("guid", "Title", None, "https://a.example/1", audio, None, (), video_url=url)


YOUTUBE = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def test_without_audio_a_moment_is_one_of_the_video_by_its_offset() -> None:
    assert moment_url(filmed(YOUTUBE), 62.9, 10.5) == f"{YOUTUBE}&t=73s"
    assert moment_url(filmed(YOUTUBE, "https://a.example/1.mp3"), 62.9, 10.5) == "https://a.example/1.mp3#t=62"


def test_a_moment_of_a_video_never_lies_before_its_start() -> None:
    assert video_url_at(filmed("https://youtu.be/dQw4w9WgXcQ?si=x"), -30.0, 12.0) == f"{YOUTUBE}&t=0s"


def test_a_video_file_has_a_media_fragment() -> None:
    assert video_url_at(filmed("https://a.example/1.mp4#x"), 0.0, 5.9) == "https://a.example/1.mp4#t=5"


def test_without_a_time_or_a_video_there_is_no_moment_of_it() -> None:
    assert video_url_at(filmed(YOUTUBE), 3.0, None) == YOUTUBE
    assert video_url_at(facts("https://a.example/1", None), 3.0, 5.0) is None

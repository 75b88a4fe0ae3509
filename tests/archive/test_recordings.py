"""Which addresses give the words of a recording, and what a recorded session is as an episode."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from companion.archive.fetch import Fetched, FetchError
from companion.archive.recordings import (
    NoTranscriptError,
    RecordedEpisode,
    Recording,
    is_recordings,
    source_of,
    words_at,
    words_of_recording,
)
from companion.archive.transcripts.transcript import Transcript
from companion.storage.episodes import Kind, Person
from companion.storage.errors import CompanionError
from companion.storage.podcasts import Podcast

SRT = (
    "1\n00:00:01,000 --> 00:00:04,000\nThe ring is made of wax.\n\n2\n00:00:05,000 --> 00:00:09,000\nNobody cuts it.\n"
)
JSON = '{"segments": [{"start": 1.5, "end": 4.0, "speaker": "Priya", "text": "The ring is made of wax."}]}'
PROSE = "The ring is made of wax, and nobody cuts it on a Sunday. " * 4
STARTS = datetime(2026, 3, 20, 11, 0, tzinfo=UTC)


class Site:
    """Answers with what is there, by address: media type, and body."""

    def __init__(self, pages: Mapping[str, tuple[str, bytes]], *, truncated: bool = False) -> None:
        self._pages = pages
        self._truncated = truncated
        self.asked: list[str] = []

    async def get(
        self, url: str, *, max_bytes: int, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        del max_bytes, etag, last_modified
        self.asked.append(url)
        kind, body = self._pages[url]
        return Fetched(url, body, kind, "utf-8", None, None, truncated=self._truncated)


@pytest.mark.parametrize(
    ("url", "kind", "text", "speaker", "start"),
    [
        ("https://x.example/a.srt", "application/x-subrip", SRT, None, 1.0),
        ("https://x.example/a.json", "application/json", JSON, "Priya", 1.5),
        ("https://x.example/download?id=7", "text/plain", SRT, None, 1.0),
        ("https://x.example/a.txt", "text/plain", PROSE, None, None),
    ],
)
async def test_a_transcript_s_own_address_gives_its_words(
    url: str, kind: str, text: str, speaker: str | None, start: float | None
) -> None:
    found = await words_of_recording(url, Site({url: (kind, text.encode())}))
    assert found is not None
    assert "made of wax" in found.turns[0].text
    assert (found.turns[0].speaker, found.turns[0].start) == (speaker, start)


@pytest.mark.parametrize(
    "url", ["https://x.example/a.MP3?x=1", "https://x.example/a.mp4", "https://youtu.be/abcdefghijk"]
)
async def test_sound_and_pictures_are_not_fetched(url: str) -> None:
    site = Site({})
    assert await words_of_recording(url, site) is None
    assert site.asked == []


async def test_a_page_of_prose_may_be_about_anything_unless_it_was_given_as_a_transcript() -> None:
    url = "https://x.example/meeting"
    site = Site({url: ("text/html", f"<html><body><p>{PROSE}</p></body></html>".encode())})
    with pytest.raises(NoTranscriptError, match="neither who speaks nor when"):
        await words_of_recording(url, site)
    assert "made of wax" in (await words_at(url, site)).turns[0].text


async def test_what_is_no_text_or_broke_off_is_refused() -> None:
    url = "https://x.example/a"
    with pytest.raises(NoTranscriptError, match="no text, but audio/mpeg"):
        await words_at(url, Site({url: ("audio/mpeg", b"ID3")}))
    with pytest.raises(CompanionError):
        await words_at(url, Site({url: ("application/octet-stream", bytes(range(256)) * 40)}))
    with pytest.raises(FetchError, match="broke off"):
        await words_at(url, Site({url: ("text/plain", SRT.encode())}, truncated=True))


def _episode(url: str, notes: str = "") -> RecordedEpisode:
    people = (Person("Ines Okafor", "author"),)
    return RecordedEpisode(Recording(7, "What Buoys Remember", STARTS, url, people, notes), Transcript(()))


def test_it_is_an_episode_with_its_medium_and_its_notes_as_show_notes() -> None:
    sound = _episode("https://x.example/a.mp3").facts
    assert (sound.audio_url, sound.video_url, sound.link) == (
        "https://x.example/a.mp3",
        None,
        "https://x.example/a.mp3",
    )
    video = _episode("https://youtu.be/abcdefghijk").facts
    assert (video.audio_url, video.video_url) == (None, "https://youtu.be/abcdefghijk")
    page = _episode("https://x.example/a", "Read https://arxiv.org/abs/2603.00001 first.")
    assert (page.facts.audio_url, page.facts.video_url, page.facts.guid) == (None, None, "session:7")
    reading = page.read({}).reading
    assert reading is not None
    assert [passage.kind for passage in reading.passages] == [Kind.NOTES]
    assert [link.reference for link in reading.links] == ["2603.00001"]


def test_what_a_server_recorded_is_a_podcast_of_its_own_that_is_private() -> None:
    one, other = source_of(10, []).podcast, source_of(11, []).podcast
    assert one.private
    assert one.key != other.key
    assert is_recordings(Podcast(1, one.key, one.title, None, private=True))
    assert not is_recordings(Podcast(1, "https://club.example/feed", "Club", None, private=True))

"""The example feed of the Podcasting 2.0 namespace, with its chapters and transcripts; skipped where it is not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from companion.archive.feed_tags import root_of, tags_of
from companion.archive.feeds import FeedError, FeedItem, read_feed
from companion.archive.fetch import Fetched, FetchError
from companion.archive.transcripts.chapters import chapters_of_json
from companion.storage.episodes import Person
from companion.storage.readings import Reading
from tests.sources import ReadSource, read_source

FEED = "https://example.com/feed"
LINKED = {
    "https://example.com/ep3_chapters.json": "namespace_chapters_complex.json",
    "https://example.com/ep2_chapters.json": "namespace_chapters.json",
    "https://example.com/ep3/transcript.txt": "namespace_transcript.html",
    "https://example.com/episode1/transcript.vtt": "namespace_transcript.vtt",
    "https://example.com/ep2/transcript.txt": "namespace_transcript.srt",
    "https://example.com/ep1/transcript.txt": "namespace_transcript.json",
}


@pytest.fixture
def folder(real_feed: Path) -> Path:
    return real_feed.parent.parent / "feeds"


@pytest.fixture
def items(folder: Path) -> list[FeedItem]:
    return list(read_feed((folder / "namespace_example.xml").read_bytes()).items)


class Web:
    """Answers with the example's files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def get(
        self, url: str, *, max_bytes: int, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        name = "namespace_example.xml" if url == FEED else LINKED.get(url)
        if name is None:
            raise FetchError("example.com answered with status 404 instead of the file.")
        return Fetched(url, (self._folder / name).read_bytes()[:max_bytes], "text/plain", None, etag, last_modified)


@pytest.fixture
async def source(folder: Path) -> ReadSource:
    return await read_source(FEED, Web(folder))


def test_its_channel_is_read_and_its_live_item_is_not(folder: Path) -> None:
    feed = read_feed((folder / "namespace_example.xml").read_bytes())
    assert (feed.title, feed.link, feed.problems) == (
        "Podcasting 2.0 Namespace Example",
        "https://example.com/podcast",
        (),
    )
    assert feed.blocked
    assert [item.facts.title for item in feed.items] == [
        "Episode 3 - The Future",
        "Episode 2 - The Present",
        "Episode 1 - The Past",
    ]


def test_the_facts_of_an_episode_are_all_read(items: list[FeedItem]) -> None:
    facts = items[0].facts
    assert (facts.guid, facts.link) == ("https://example.com/ep0003", "https://example.com/podcast/ep0003")
    assert facts.published == datetime(2020, 10, 9, 4, 30, 38, tzinfo=UTC)
    assert (facts.season, facts.number) == (1, 3.0)
    assert facts.audio_url == "https://example.com/file-03.mp3"
    assert facts.video_url == "https://example.com/file-720.mp4"
    assert facts.image_url == "https://example.com/ep0003/artMd.jpg"
    assert facts.people == (
        Person("Adam Curry", "host"),
        Person("Dave Jones", "guest"),
        Person("Becky Smith", "cover art designer"),
    )


def test_soundbites_and_transcripts_are_all_read(items: list[FeedItem]) -> None:
    assert [[(bite.start, bite.end) for bite in item.soundbites] for item in items] == [
        [(33.833, 93.833)],
        [(45.4, 101.4)],
        [(29.32, 63.32)],
    ]
    assert [(link.url, link.media_type, link.language) for link in items[0].transcripts] == [
        ("https://example.com/ep3/transcript.txt", "text/plain", None),
        ("https://example.com/episode1/transcript.vtt", "text/vtt", "es"),
    ]


async def test_its_episodes_are_read_with_what_they_link_to(source: ReadSource) -> None:
    third, second, first = source.readings
    assert source.problems == [
        "The chapters of “Episode 1 - The Past” are missing: example.com answered with status 404 instead of the file."
    ]
    assert [len(reading.chapters) for reading in (third, second, first)] == [10, 9, 0]
    assert {turn.speaker for turn in second.turns} == {"Travis", "Gilon", "Sarah"}
    assert {turn.speaker for turn in first.turns} == {"Darth Vader", "Luke"}
    assert [pick.start for pick in third.picks if pick.origin == "soundbite"] == [33.833]


async def test_the_transcript_that_was_not_chosen_is_kept(source: ReadSource) -> None:
    third: Reading = source.readings[0]
    assert {one.origin.rpartition(".")[2]: one.language for one in third.transcripts} == {"txt": None, "vtt": "es"}
    assert [one.turns == third.turns for one in third.transcripts if one.chosen] == [True]


def test_chapters_that_are_no_part_of_the_contents_are_left_out(folder: Path) -> None:
    read = {name: chapters_of_json((folder / name).read_text()) for name in LINKED.values() if "chapters" in name}
    complex_ones = read["namespace_chapters_complex.json"]
    assert [chapter.title for chapter in complex_ones][4:7] == ["Just Break Up", "Played song by artist", "Donations"]
    assert 4826.0 not in [chapter.start for chapter in complex_ones]
    assert [chapter.start for chapter in read["namespace_chapters.json"]][-2:] == [5854.0, 6089.0]


def test_the_example_of_the_schema_is_no_feed_but_its_tags_are_read(folder: Path) -> None:
    data = (folder / "namespace_schema_example.xml").read_bytes()
    with pytest.raises(FeedError, match="not an RSS or Atom feed"):
        read_feed(data)
    tags = tags_of(root_of(data))
    assert (tags.season, tags.number, len(tags.transcripts), len(tags.soundbites)) == (1, 1.0, 3, 3)
    assert tags.people == [
        Person("Becky Smith", "cover art designer"),
        Person("Adam Curry", "host"),
        Person("Dave Jones", "guest"),
    ]

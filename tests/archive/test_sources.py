from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from companion.archive.feeds import FeedError
from companion.archive.fetch import Fetched, FetchError
from companion.archive.sources import is_private
from companion.storage.errors import CompanionError
from tests.sources import read_source

SPOKEN = "".join(
    f"{name} [00:{minute:02}:00]: We talk about number {minute}, and it is good to know what it does.\n"
    for minute in range(10)
    for name in (("Ann", "Bob")[minute % 2],)
)
VTT = "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ann>Hello there.\n\n00:03.000 --> 00:04.000\n<v Bob>Hi.\n"
CHAPTERS = json.dumps({"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Start"}]})


def feed(*items: str, more: str = "") -> bytes:
    return (
        '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0" '
        'xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>Talks</title>{more}{''.join(items)}</channel></rss>"
    ).encode()


def item(guid: str, more: str = "") -> str:
    return f"<item><guid>{guid}</guid><title>Talk {guid}</title><description>About it.</description>{more}</item>"


LINKED = item(
    "1",
    '<podcast:transcript url="https://t.example/a.txt" type="text/plain"/>'
    '<podcast:transcript url="https://t.example/a.vtt" type="text/vtt"/>'
    '<podcast:chapters url="https://t.example/a.json" type="application/json"/>',
)


class Web:
    """Answers from a dictionary, and remembers what was asked for."""

    def __init__(self, pages: dict[str, bytes] | None = None) -> None:
        self._pages = pages or {}
        self.asked: list[str] = []

    async def get(
        self, url: str, *, max_bytes: int, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        self.asked.append(url)
        if url not in self._pages:
            raise FetchError("t.example answered with status 404 instead of the file.")
        return Fetched(url, self._pages[url][:max_bytes], "text/plain", "utf-8", etag, last_modified)


async def test_a_feed_by_its_address_is_read_with_what_it_links_to() -> None:
    web = Web(
        {
            "https://t.example/feed": feed(LINKED),
            "https://t.example/a.txt": b"Hello there, all. Hi, and on we go.",
            "https://t.example/a.vtt": VTT.encode(),
            "https://t.example/a.json": CHAPTERS.encode(),
        }
    )
    source = await read_source("https://t.example/feed", web)
    (reading,) = source.readings
    assert (source.podcast.key, source.podcast.title, source.podcast.private) == (
        "https://t.example/feed",
        "Talks",
        False,
    )
    assert [(turn.speaker, turn.text) for turn in reading.turns] == [("Ann", "Hello there."), ("Bob", "Hi.")]
    assert [chapter.title for chapter in reading.chapters] == ["Start"]
    assert reading.notes == "About it."
    assert source.problems == []


async def test_of_several_transcripts_the_others_are_kept_beside_the_best() -> None:
    web = Web(
        {
            "https://t.example/feed": feed(LINKED.replace(".json", ".none")),
            "https://t.example/a.txt": b"[00:00:01] Hello there, all of you.\n[00:00:03] Hi.\n[00:00:09] So.",
            "https://t.example/a.vtt": VTT.encode(),
        }
    )
    (reading,) = (await read_source("https://t.example/feed", web)).readings
    assert [(one.origin, one.chosen) for one in reading.transcripts] == [
        ("https://t.example/a.vtt", True),
        ("https://t.example/a.txt", False),
    ]
    assert reading.transcripts[0].turns == reading.turns
    assert "all of you" in reading.transcripts[1].turns[0].text


async def test_a_transcript_in_two_formats_that_read_the_same_is_kept_once() -> None:
    two = LINKED.replace("a.txt", "b.vtt")
    pages = {"feed": feed(two), "a.vtt": VTT.encode(), "b.vtt": VTT.encode(), "a.json": CHAPTERS.encode()}
    web = Web({f"https://t.example/{name}": page for name, page in pages.items()})
    (reading,) = (await read_source("https://t.example/feed", web)).readings
    assert reading.transcripts == ()


async def test_when_the_best_transcript_is_missing_the_next_is_read_and_it_is_said() -> None:
    web = Web({"https://t.example/feed": feed(LINKED), "https://t.example/a.txt": SPOKEN.encode()})
    source = await read_source("https://t.example/feed", web)
    (reading,) = source.readings
    assert len(reading.turns) == 10
    assert source.problems == [
        "The transcript of “Talk 1” is missing: t.example answered with status 404 instead of the file.",
        "The chapters of “Talk 1” are missing: t.example answered with status 404 instead of the file.",
    ]


async def test_the_pages_of_a_feed_are_followed() -> None:
    more = '<atom:link rel="next" href="https://t.example/feed?2"/>'
    web = Web(
        {"https://t.example/feed": feed(item("1"), more=more), "https://t.example/feed?2": feed(item("1"), item("2"))}
    )
    source = await read_source("https://t.example/feed", web)
    assert [reading.facts.guid for reading in source.readings] == ["1", "2"]


async def test_a_feed_file_is_read_zipped_or_not(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(feed(item("1"), item("2")))
    (tmp_path / "feed.gz").write_bytes(gzip.compress(feed(item("1"), item("2"))))
    for name in ("feed.xml", "feed.gz"):
        source = await read_source(str(tmp_path / name), Web())
        assert source.podcast.key == "file:Talks"
        assert len(source.readings) == 2


async def test_of_a_feed_file_whose_zip_is_cut_the_whole_items_are_read(tmp_path: Path) -> None:
    data = gzip.compress(
        feed(*(item(str(number), f"<link>https://t.example/{number * 7919}</link>") for number in range(400)))
    )
    (tmp_path / "feed.gz").write_bytes(data[: len(data) // 2])
    source = await read_source(str(tmp_path / "feed.gz"), Web())
    assert 100 < len(source.readings) < 400
    assert "breaks off" in source.problems[0]


async def test_a_folder_is_one_podcast_and_files_of_one_name_are_one_episode(tmp_path: Path) -> None:
    folder = tmp_path / "my-talks"
    folder.mkdir()
    (folder / "2024-03-14-first.txt").write_text("Only plain words are in here, and nothing tells who said them.")
    (folder / "2024-03-14-first.vtt").write_text(VTT)
    (folder / "2024-03-14-first.chapters.json").write_text(CHAPTERS)
    (folder / "second.md").write_text(f"# The Second Talk\n\n{SPOKEN}")
    (folder / "cover.png").write_bytes(bytes(range(256)))
    source = await read_source(str(folder), Web())
    first, second = source.readings
    assert source.podcast.title == "My talks"
    assert (first.facts.title, first.convention, [c.title for c in first.chapters]) == (
        "First",
        "WebVTT captions",
        ["Start"],
    )
    assert str(first.facts.published) == "2024-03-14 00:00:00+00:00"
    assert (second.facts.title, len(second.turns)) == ("The Second Talk", 10)
    assert source.problems == []


async def test_what_is_good_in_a_folder_is_kept_and_the_rest_is_named(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(SPOKEN)
    (tmp_path / "song.txt").write_bytes(bytes(range(256)) * 9)
    (tmp_path / "alone.json").write_text(CHAPTERS)
    (tmp_path / "broken.xml").write_text("<a/>")
    source = await read_source(str(tmp_path), Web())
    assert [reading.facts.title for reading in source.readings] == ["Good"]
    assert sorted(problem.split()[0] for problem in source.problems) == ["alone.json", "broken.xml", "song.txt"]


TIMED = {
    "captions.xml": (
        '<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="1s" end="3s">Gates close.</p>'
        '<p begin="3s" end="5s">Twice a day.</p></div></body></tt>'
    ),
    "video.xml": (
        '<transcript><text start="1" dur="2">Gates close.</text><text start="3" dur="2">Again.</text></transcript>'
    ),
}


@pytest.mark.parametrize("name", TIMED)
async def test_captions_in_a_file_named_as_feeds_are_are_a_transcript(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(TIMED[name])
    for source in (tmp_path / name, tmp_path):
        read = await read_source(str(source), Web())
        assert [reading.turns[0].start for reading in read.readings] == [1.0]
        assert read.problems == []


async def test_a_feed_in_a_folder_takes_its_transcripts_from_there(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(feed(LINKED))
    (tmp_path / "a.vtt").write_text(VTT)
    (tmp_path / "a.json").write_text(CHAPTERS)
    web = Web()
    (reading,) = (await read_source(str(tmp_path), web)).readings
    assert (reading.facts.guid, len(reading.turns), len(reading.chapters)) == ("1", 2, 1)
    assert web.asked == []


async def test_a_transcript_file_belongs_to_the_podcast_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "talks").mkdir()
    (tmp_path / "talks" / "one.txt").write_text(SPOKEN)
    alone = await read_source(str(tmp_path / "talks" / "one.txt"), Web())
    together = await read_source(str(tmp_path / "talks"), Web())
    assert alone.podcast == together.podcast
    assert alone.readings == together.readings
    named = await read_source(str(tmp_path / "talks" / "one.txt"), Web(), title="Our Talks")
    assert named.podcast.title == "Our Talks"


async def test_reading_twice_gives_the_same_hashes_and_another_word_another_hash(tmp_path: Path) -> None:
    file = tmp_path / "one.txt"
    hashes: list[str] = []
    for text in (SPOKEN, SPOKEN, SPOKEN.replace("number 3", "number three")):
        file.write_text(text)
        (reading,) = (await read_source(str(file), Web())).readings
        hashes.append(reading.content_hash)
    assert hashes[0] == hashes[1] != hashes[2]


async def test_what_is_not_there_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CompanionError, match="There is no file or folder"):
        await read_source(str(tmp_path / "none"), Web())
    with pytest.raises(CompanionError, match="holds no transcripts"):
        await read_source(str(tmp_path), Web())


async def test_a_page_that_is_no_feed_is_refused() -> None:
    with pytest.raises(FeedError, match="not an RSS or Atom feed"):
        await read_source("https://t.example/", Web({"https://t.example/": b"<html><body>Hi</body></html>"}))


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://t.example/feed", False),
        ("https://t.example/feed?page=2", False),
        ("https://ann:secret@t.example/feed", True),
        ("https://t.example/feed?token=1", True),
        ("https://t.example/feed/private/1", True),
    ],
)
def test_an_address_that_carries_a_secret_is_private(url: str, private: bool) -> None:
    assert is_private(url) is private


def relative(transcript: str, chapters: str = "") -> bytes:
    tags = f'<podcast:transcript url="{transcript}" type="text/vtt"/>'
    return feed(item("1", tags + (f'<podcast:chapters url="{chapters}"/>' if chapters else "")))


@pytest.mark.parametrize("address", ["talk 1.vtt", "talk%201.vtt", "./talk%201.vtt", "texts/../talk%201.vtt"])
async def test_a_feed_file_takes_what_it_names_by_relative_address_from_beside_it(tmp_path: Path, address: str) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "feed.xml").write_bytes(relative(address, "texts/chapters.json"))
    (tmp_path / "talk 1.vtt").write_text(VTT)
    (tmp_path / "texts" / "chapters.json").write_text(CHAPTERS)
    web = Web()
    source = await read_source(str(tmp_path / "feed.xml"), web)
    (reading,) = source.readings
    assert (len(reading.turns), [chapter.title for chapter in reading.chapters]) == (2, ["Start"])
    assert (source.problems, web.asked) == ([], [])


@pytest.mark.parametrize(
    "address", ["../secret.vtt", "%2e%2e/secret.vtt", "/etc/hostname", "link.vtt", "links/secret.vtt"]
)
async def test_what_lies_outside_of_a_feed_files_folder_is_not_read(tmp_path: Path, address: str) -> None:
    folder = tmp_path / "feed"
    folder.mkdir()
    (tmp_path / "secret.vtt").write_text(VTT)
    (folder / "link.vtt").symlink_to(tmp_path / "secret.vtt")
    (folder / "links").symlink_to(tmp_path)
    (folder / "feed.xml").write_bytes(relative(address))
    source = await read_source(str(folder / "feed.xml"), Web())
    (reading,) = source.readings
    assert reading.turns == ()
    assert "lies outside of the feed's folder" in source.problems[0]


@pytest.mark.parametrize("address", ["none.vtt", "circle.vtt", "a%00b.vtt", f"{'n' * 300}.vtt", "texts"])
async def test_a_relative_address_that_leads_nowhere_is_named(tmp_path: Path, address: str) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "circle.vtt").symlink_to(tmp_path / "circle.vtt")
    (tmp_path / "feed.xml").write_bytes(relative(address))
    web = Web()
    source = await read_source(str(tmp_path / "feed.xml"), web)
    assert len(source.readings) == 1
    assert source.problems[0].startswith("The transcript of “Talk 1” is missing: there is no file")
    assert web.asked == []


async def test_a_local_transcript_does_not_keep_the_chapters_from_being_fetched(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(relative("a.vtt", "https://t.example/a.json"))
    (tmp_path / "a.vtt").write_text(VTT)
    for source in (tmp_path, tmp_path / "feed.xml"):
        web = Web({"https://t.example/a.json": CHAPTERS.encode()})
        (reading,) = (await read_source(str(source), web)).readings
        assert (len(reading.turns), len(reading.chapters)) == (2, 1)
        assert web.asked == ["https://t.example/a.json"]


async def test_of_transcripts_in_several_languages_the_one_in_the_feeds_is_read() -> None:
    spanish = '<podcast:transcript url="https://t.example/es.vtt" type="text/vtt" language="es"/>'
    english = '<podcast:transcript url="https://t.example/en.txt" type="text/plain" language="en"/>'
    pages = {
        "feed": feed(item("1", spanish + english), more="<language>en-US</language>"),
        "es.vtt": VTT.replace("Hello there.", "Hola a todos, y bienvenidos.").encode(),
        "en.txt": b"[00:00:01] Ann: Hello there, all of you.\n[00:00:03] Bob: Hi.\n[00:00:09] Ann: So.",
    }
    web = Web({f"https://t.example/{name}": page for name, page in pages.items()})
    (reading,) = (await read_source("https://t.example/feed", web)).readings
    assert [one.language for one in reading.transcripts if one.chosen] == ["en"]

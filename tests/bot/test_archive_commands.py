"""Commands that read sources, list what there is, search it, and say who sees it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from companion.archive import encoders
from companion.archive.encoders import EncoderError, ToyEncoder
from tests.bot.commands import companion, refusal
from tests.feeds import item, talk, write_feed

pytestmark = pytest.mark.usefixtures("toy_model")


@pytest.fixture(autouse=True)
def elsewhere(on_engine: Path) -> Path:
    """A working directory with a feed."""
    write_feed(on_engine / "feed.xml", [item(number) for number in range(3)])
    return on_engine


def test_an_ingest_tells_what_it_did_and_the_next_one_that_there_was_nothing() -> None:
    first, second = companion("ingest", "feed.xml"), companion("ingest", "feed.xml")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "Lamps and Logbooks: 3 episodes new, 0 changed, 0 unchanged" in first.stdout
    assert "Embedded 1" in first.stdout
    assert second.stdout.splitlines() == [
        "Lamps and Logbooks: nothing new, 3 episodes unchanged.",
        "Nothing to embed: embedded 0 passages.",
    ]


def test_an_ingest_names_each_problem_at_the_end_and_keeps_what_is_good(elsewhere: Path) -> None:
    folder = elsewhere / "talks"
    folder.mkdir()
    (folder / "noise.txt").write_bytes(bytes(range(256)) * 50)
    (folder / "lamps.txt").write_text(talk(7), encoding="utf-8")
    result = companion("ingest", "gone.xml", "talks", "feed.xml")

    assert result.exit_code == 1
    assert "1 episode new" in result.stdout
    assert "3 episodes new" in result.stdout
    problems = result.stderr.strip().splitlines()
    assert len(problems) == 2
    assert problems[0].startswith("Problem: gone.xml: ")
    assert "noise.txt" in problems[1]


def test_texts_are_kept_when_there_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_name: str | None) -> ToyEncoder:
        raise EncoderError("There is no such model.")

    with monkeypatch.context() as patch:
        patch.setattr(encoders, "load_encoder", fail)
        broken = companion("ingest", "feed.xml")
    assert broken.exit_code == 1
    assert "The texts are stored, but not embedded yet. There is no such model." in broken.stderr

    assert "Embedded 1" in companion("ingest", "feed.xml").stdout


def test_episodes_are_listed_newest_first() -> None:
    assert "archive is empty" in companion("episodes").stdout
    companion("ingest", "feed.xml")
    listed = json.loads(companion("episodes", "--json").stdout)

    assert [episode["title"] for episode in listed] == [f"Lighthouse number {number}" for number in (2, 1, 0)]
    assert listed[0]["published"] == "2024-03-03T06:00:00+00:00"
    assert listed[0]["podcast"] == "Lamps and Logbooks"
    assert listed[0]["turns"] == 6
    assert "2024-03-03  Lighthouse number 2" in companion("episodes").stdout


def test_a_transcript_is_found_by_a_part_of_the_title_and_shows_who_said_what_when() -> None:
    companion("ingest", "feed.xml")
    found = json.loads(companion("transcript", "number 1", "--json").stdout)
    text = companion("transcript", "number 1").stdout

    assert found["episode"] == "Lighthouse number 1"
    assert [turn["speaker"] for turn in found["turns"]] == ["Noor", "Emil"] * 3
    assert set(found["turns"][0]) == {"start", "end", "approximate", "speaker", "label", "uncertain", "text"}
    assert [turn["start"] for turn in found["turns"]] == [60 * turn + 1 for turn in range(6)]
    assert "5:01 Emil" in text
    assert "egg that the hens" in text


def test_a_transcript_is_explained_by_its_convention_and_counts() -> None:
    companion("ingest", "feed.xml")
    found = json.loads(companion("transcript", "number 1", "--explain", "--json").stdout)
    text = " ".join(companion("transcript", "number 1", "--explain").stdout.split())

    name, _, lead = found["convention"].partition(", ")
    assert name == "Name [time]: text"
    assert " ahead of " in lead
    assert (found["turns"], found["labelled"], found["timed"], found["approximate"]) == (6, 6, 6, 0)
    assert (found["first"], found["last"]) == (1, 301)
    assert found["words"] == sum(found["speakers"].values()) > 100
    assert set(found["speakers"]) == {"Noor", "Emil"}
    assert "turns 6, 6 of them with a speaker times 6 turns, 0 of them approximate" in text
    assert "egg that the hens" not in text


def test_an_episode_in_json_has_its_facts_links_and_picks(elsewhere: Path) -> None:
    more = """<itunes:season>2</itunes:season><podcast:episode>14.5</podcast:episode>
    <itunes:episodeType>bonus</itunes:episodeType>
    <podcast:person role="guest">Noor</podcast:person><itunes:image href="https://lamps.example/1.png"/>
    <podcast:soundbite startTime="60" duration="30">The butter</podcast:soundbite></item>"""
    notes = "Watch on YouTube: https://youtu.be/dQw4w9WgXcQ\n\nThe paper: https://arxiv.org/abs/2401.00001v2"
    feed = write_feed(elsewhere / "rich.xml", [item(1, notes).replace("</item>", more)], "Rich")
    spaces = (
        'xmlns:podcast="https://podcastindex.org/namespace/1.0"'
        ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    )
    feed.write_text(feed.read_text(encoding="utf-8").replace("<rss", f"<rss {spaces}"), encoding="utf-8")
    assert companion("ingest", str(feed)).exit_code == 0
    offsets = companion("podcasts", "--video-offset", "Rich", "12.5", "--audio-offset", "Rich", "-2").stdout
    assert "Links into audio of 'Rich' are -2 seconds from the transcript's times" in offsets
    assert "Links into videos of 'Rich' are +12.5 seconds from the transcript's times" in offsets

    (listed,) = json.loads(companion("episodes", "--json").stdout)
    video = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    assert "Lighthouse number 1 (bonus)" in companion("episodes").stdout
    facts = {
        "type": "bonus",
        "season": 2,
        "number": 14.5,
        "image_url": "https://lamps.example/1.png",
        "video_url": video,
    }
    assert facts.items() <= listed.items()
    assert (listed["people"], listed["roles"]) == (["Noor"], {"Noor": "guest"})
    shown = json.loads(companion("transcript", "Lighthouse", "--json").stdout)
    assert facts.items() <= shown.items()
    assert [(link["text"], link["kind"], link["reference"]) for link in shown["links"]] == [
        ("Watch on YouTube", "video", "dQw4w9WgXcQ"),
        ("The paper", "paper", "2401.00001"),
    ]
    (pick,) = shown["picks"]
    assert (pick["origin"], pick["text"], pick["start"], pick["end"]) == ("soundbite", "The butter", 60.0, 90.0)
    assert (pick["url"], pick["video_url"]) == ("https://lamps.example/1.mp3#t=58", f"{video}&t=72s")
    (listed,) = json.loads(companion("podcasts", "--json").stdout)
    assert (listed["link_template"], listed["audio_offset"], listed["video_offset"]) == (None, -2.0, 12.5)


def test_moments_are_linked_by_the_podcasts_template_until_it_has_none(elsewhere: Path) -> None:
    assert companion("ingest", str(write_feed(elsewhere / "one.xml", [item(1)], "One"))).exit_code == 0

    def url() -> str:
        return json.loads(companion("search", "lighthouse seals rock", "--json").stdout)["results"][0]["url"]

    assert url().startswith("https://lamps.example/1.mp3#t=")
    refused = companion("podcasts", "--link-template", "One", "{page}#t={seconds}")
    assert (refused.exit_code, "a place {page}, which nothing is known for" in refused.stderr) == (1, True)
    said = companion("podcasts", "--link-template", "One", "{link}?t={hms}").stdout
    assert said == "Moments of 'One' are linked as {link}?t={hms}, from now on.\n"
    assert url().startswith("https://lamps.example/1?t=00:")
    assert "are linked in its audio or video" in companion("podcasts", "--link-template", "One", "none").stdout
    assert url().startswith("https://lamps.example/1.mp3#t=")


def test_what_left_a_feed_and_what_a_podcast_is_called_now_are_told(elsewhere: Path) -> None:
    companion("ingest", "feed.xml")
    write_feed(elsewhere / "feed.xml", [item(0)])
    left = companion("ingest", "feed.xml")
    assert (left.exit_code, left.stderr) == (0, "")
    assert "nothing new, 1 episode unchanged. 2 are no longer in the feed, and stay in the archive." in left.stdout
    write_feed(elsewhere / "feed.xml", [item(number) for number in range(3)])
    renamed = companion("ingest", "feed.xml", "--title", "Our Lamps")
    assert "Lamps and Logbooks holds the same texts: it is called Our Lamps from now on." in renamed.stdout


def test_a_transcript_of_no_or_several_episodes_is_refused_in_one_sentence() -> None:
    companion("ingest", "feed.xml")

    assert "no episode “submarine”" in refusal("transcript", "submarine")
    assert "fits 3 episodes" in refusal("transcript", "lighthouse", "--json")


def test_a_search_shows_quotations_with_speaker_time_and_link() -> None:
    companion("ingest", "feed.xml")
    text = companion("search", "burned butter in the winter of 1817").stdout

    assert "1. " in text
    assert "Lighthouse number 1" in text
    assert "butter" in text
    assert "https://lamps.example/1.mp3#t=" in text


def test_a_search_in_json_has_every_field_and_nothing_else_on_standard_output() -> None:
    companion("ingest", "feed.xml")
    found = json.loads(companion("search", "burned butter", "--json", "--limit", "3").stdout)

    assert found["query"] == "burned butter"
    assert found["semantic"] is True
    assert 0 < len(found["results"]) <= 3
    assert {"episode", "published", "speaker", "start", "approximate", "url", "text", "score"} <= set(
        found["results"][0]
    )


def results(*arguments: str) -> list[dict[str, object]]:
    return json.loads(companion("search", *arguments, "--json").stdout)["results"]


def test_filters_keep_to_the_episode_the_speaker_and_the_days() -> None:
    companion("ingest", "feed.xml")
    query = "keeper butter logbook"

    assert {found["episode"] for found in results(query, "--episode", "number 2")} == {"Lighthouse number 2"}
    assert {found["episode"] for found in results(query, "--after", "2024-03-02", "--before", "2024-03-02")} == {
        "Lighthouse number 1"
    }
    assert results(query, "--before", "2023") == []
    assert results(query, "--podcast", "lamps") == results(query)
    assert "There is no podcast 'harbours'" in refusal("search", query, "--podcast", "harbours", "--json")
    days = [str(found["published"]) for found in results(query, "--newest-first")]
    assert days == sorted(days, reverse=True)
    assert results(query, "--speaker", "Emil")
    assert "Nobody called “Nobody” speaks here" in refusal("search", query, "--speaker", "Nobody", "--json")


def test_a_batch_prints_an_object_a_line_in_the_order_of_the_questions(elsewhere: Path) -> None:
    companion("ingest", "feed.xml")
    questions: list[dict[str, object]] = [
        {"id": "q1", "question": "burned butter"},
        {"id": "q2", "question": "glue — “pages”", "gold": []},
    ]
    (elsewhere / "q.jsonl").write_text(
        "\n\n".join(json.dumps(question) for question in questions) + "\n", encoding="utf-8"
    )
    result = companion("search", "--batch", "q.jsonl", "--json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]

    assert [line["id"] for line in lines] == ["q1", "q2"]
    assert all(isinstance(line["answerable"], bool) for line in lines)
    assert all(line["results"] for line in lines)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("search", "  "), "no words to search for"),
        (("search", "???"), "no words to search for"),
        (("search", "bees", "--after", "2030", "--before", "2020"), "from 2030-01-01 on and until 2020-12-31"),
        (("search", "words", "--after", "someday"), "is not a date"),
        (("search", "words", "--episode", "submarine"), "no episode “submarine”"),
        (("subscribe", "123456789012345671", "submarine"), "no podcast 'submarine'"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(arguments: Sequence[str], sentence: str) -> None:
    assert sentence in refusal(*arguments)


def test_servers_subscribe_and_unsubscribe_and_are_told_what_changed() -> None:
    first, second, third = (f"12345678901234567{digit}" for digit in (1, 2, 3))
    companion("ingest", "feed.xml", "--server", first, "--server", second)

    assert json.loads(companion("podcasts", "--json").stdout)[0]["servers"] == [int(first), int(second)]
    assert "already" in companion("subscribe", first, "lamps").stdout
    assert "from now on" in companion("subscribe", third, "1").stdout
    assert "no more" in companion("unsubscribe", second, "lamps").stdout
    assert "anyway" in companion("unsubscribe", second, "lamps").stdout
    assert f"1  Lamps and Logbooks  ({first}, {third})" in companion("podcasts").stdout

from __future__ import annotations

import pytest

from companion.archive.feed_tags import Tags, root_of, tags_of
from companion.storage.episodes import Chapter, EpisodeType, Person
from companion.storage.mentions import EditorsPick, PickOrigin

SPACES = (
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:psc="http://podlove.org/simple-chapters"'
)


def tags(children: str, spaces: str = SPACES) -> Tags:
    return tags_of(root_of(f"<item {spaces}>{children}</item>".encode()))


def test_soundbites_are_moments_with_the_titles_they_have() -> None:
    read = tags(
        '<podcast:soundbite startTime="33.5" duration="60.0">Why bees hum</podcast:soundbite>'
        '<podcast:soundbite startTime="1" duration="2"/><podcast:soundbite startTime="x" duration="2"/>'
        '<podcast:soundbite startTime="5" duration="0"/><podcast:soundbite startTime="-5" duration="9"/>'
    )
    assert read.soundbites == [
        EditorsPick(PickOrigin.SOUNDBITE, "Why bees hum", 33.5, 93.5, approximate=False),
        EditorsPick(PickOrigin.SOUNDBITE, "", 1.0, 3.0, approximate=False),
    ]


@pytest.mark.parametrize(
    ("children", "season", "number"),
    [
        ('<podcast:season name="Two">2</podcast:season><podcast:episode>14.5</podcast:episode>', 2, 14.5),
        ("<itunes:season>3</itunes:season><itunes:episode>7</itunes:episode>", 3, 7.0),
        ("<itunes:episode>7</itunes:episode><podcast:episode>7.5</podcast:episode>", None, 7.5),
        ("<itunes:season>two</itunes:season><itunes:episode>-1</itunes:episode>", None, None),
        ("<podcast:episode>inf</podcast:episode><podcast:season>1e300</podcast:season>", None, None),
    ],
)
def test_season_and_number_are_numbers(children: str, season: int | None, number: float | None) -> None:
    read = tags(children)
    assert (read.season, read.number) == (season, number)


def test_people_have_their_role_or_that_of_their_group_or_are_hosts() -> None:
    read = tags(
        "<podcast:person>Ann  Lee</podcast:person><podcast:person role='Guest'>Bob</podcast:person>"
        "<podcast:person group='visuals' role='Cover Art Designer'>Cy</podcast:person>"
        "<podcast:person group='writing'>Di</podcast:person><podcast:person> </podcast:person>"
        "<podcast:person>Ann Lee</podcast:person>"
    )
    assert read.people == [
        Person("Ann Lee", "host"),
        Person("Bob", "guest"),
        Person("Cy", "cover art designer"),
        Person("Di", "writing"),
    ]


def test_all_transcripts_are_read_with_type_and_language() -> None:
    read = tags(
        '<podcast:transcript url="a.vtt" type="text/vtt; charset=utf-8" language="es"/>'
        '<podcast:transcript url="a.txt" type="TEXT/PLAIN"/><podcast:transcript type="text/plain"/>'
    )
    assert [(link.url, link.media_type, link.language) for link in read.transcripts] == [
        ("a.vtt", "text/vtt", "es"),
        ("a.txt", "text/plain", None),
    ]


def test_a_video_is_an_alternate_enclosure_that_can_be_opened() -> None:
    enclosure = '<podcast:alternateEnclosure type="{}"><podcast:source uri="{}"/></podcast:alternateEnclosure>'
    read = tags(
        enclosure.format("audio/opus", "https://e.example/a.opus")
        + enclosure.format("video/mp4", "ipfs://a")
        + enclosure.format("video/mp4", "https://e.example/a.mp4")
        + '<podcast:contentLink href="https://youtu.be/dQw4w9WgXcQ">Video</podcast:contentLink>'
    )
    assert (read.videos, read.pages) == (["https://e.example/a.mp4"], ["https://youtu.be/dQw4w9WgXcQ"])


def test_the_image_is_that_of_itunes_or_else_of_the_podcast_namespace() -> None:
    podcast = '<podcast:image href="https://e.example/p.png"/>'
    itunes = '<itunes:image href="https://e.example/i.png"/>'
    assert tags(podcast).image_url == "https://e.example/p.png"
    assert tags(podcast + itunes).image_url == tags(itunes + podcast).image_url == "https://e.example/i.png"
    assert tags('<itunes:image href="javascript:x"/>').image_url is None


def test_only_a_block_for_everybody_counts() -> None:
    assert tags("<podcast:block>yes</podcast:block>").blocked
    assert tags("<itunes:block>Yes</itunes:block>").blocked
    assert not tags('<podcast:block id="amazon">yes</podcast:block><podcast:block>no</podcast:block>').blocked


@pytest.mark.parametrize(
    ("spelled", "kind"),
    [
        ("trailer", EpisodeType.TRAILER),
        (" Bonus ", EpisodeType.BONUS),
        ("full", EpisodeType.FULL),
        ("x", EpisodeType.FULL),
    ],
)
def test_the_type_of_an_episode_is_one_of_three(spelled: str, kind: EpisodeType) -> None:
    assert tags(f"<itunes:episodeType>{spelled}</itunes:episodeType>").type is kind
    assert tags("").type is EpisodeType.FULL


def test_what_a_feed_is_known_by_and_where_it_moved() -> None:
    read = tags(
        "<podcast:guid> 917393E3-1B1E </podcast:guid>"
        "<itunes:new-feed-url> https://new.example/feed </itunes:new-feed-url>"
    )
    assert (read.guid, read.new_address) == ("917393e3-1b1e", "https://new.example/feed")
    assert tags(f"<podcast:guid>{'9' * 101}</podcast:guid><podcast:guid/>").guid is None
    assert tags("<itunes:new-feed-url>somewhere else</itunes:new-feed-url>").new_address is None


def test_simple_chapters_of_the_item_are_read() -> None:
    chapters = '<psc:chapter start="00:01:02.500" title="Bees"/><psc:chapter start="x" title="B"/>'
    read = tags(f"<psc:chapters>{chapters}</psc:chapters>")
    assert read.chapters == [Chapter(62.5, "Bees")]


def test_tags_are_known_by_their_prefix_where_it_is_not_declared() -> None:
    assert tags("<podcast:season>2</podcast:season>", "").season == 2


def test_tags_of_other_namespaces_and_of_children_are_not_taken() -> None:
    other = "xmlns:podcast='https://other.example/'"
    assert (
        tags("<x:season xmlns:x='https://other.example/'>2</x:season><a><podcast:season>3</podcast:season></a>").season
        is None
    )
    assert tags("<season>2</season>", other).season is None

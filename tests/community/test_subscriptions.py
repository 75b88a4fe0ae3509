"""Adding feeds from a server: what is read, what is left alone, and what is on offer to others."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from companion.archive.intake import Event, ingest
from companion.archive.links import LinkChange
from companion.archive.recordings import source_of
from companion.community import subscriptions as community
from companion.community.keeping import NotKeeperError, keeps, meant
from companion.community.reading_progress import ReadingProgress
from companion.community.subscriptions import (
    NotAFeedAddressError,
    NotOnOfferError,
    Subscriptions,
    TooManyPodcastsError,
    feed_address,
)
from companion.storage import episodes, podcasts, subscriptions
from companion.storage.engine import Database
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.podcasts import Podcast
from tests.publisher import Publisher, item, loopback_fetcher, publishing

HERE, THERE = 1, 2


@pytest.fixture
async def publisher() -> AsyncGenerator[Publisher]:
    async with publishing() as running:
        yield running


@pytest.fixture
def known(database: Database) -> Subscriptions:
    return Subscriptions(database, loopback_fetcher())


async def titles(database: Database) -> list[str]:
    async with database.read() as connection:
        return [podcast.title for podcast in await podcasts.list_podcasts(connection)]


async def offered(known: Subscriptions, guild_id: int) -> list[str]:
    return [podcast.title for podcast in await known.on_offer(guild_id, "", 25)]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" https://a.example/feed ", "https://a.example/feed"),
        ("HTTP://a.example/feed", "HTTP://a.example/feed"),
        ("feed://a.example/feed", "https://a.example/feed"),
        ("feed:https://a.example/feed", "https://a.example/feed"),
        ("itpc://a.example/feed", "https://a.example/feed"),
    ],
)
def test_an_address_is_taken_as_apps_pass_it_on(typed: str, address: str) -> None:
    assert feed_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a.example/feed",
        "/data/private.xml",
        "../feed.xml",
        "file:///etc/passwd",
        "feed:",
        "feed:///etc/passwd",
        "https:///feed",
        "https://a.example/a b",
        f"https://a.example/{'x' * 1000}",
    ],
)
def test_nothing_else_is_an_address(typed: str) -> None:
    with pytest.raises(NotAFeedAddressError):
        feed_address(typed)


async def test_progress_follows_the_events_of_a_reading(database: Database, publisher: Publisher) -> None:
    gone = '<podcast:transcript url="http://127.0.0.1:9/gone.vtt" type="text/vtt"/>'
    url = publisher.publish("/feed", [item(1), item(2), item(3, more=gone)])
    seen = [ReadingProgress()]

    def heard(event: Event) -> None:
        seen.append(seen[-1].after(event))

    read = await ingest(database, url, loopback_fetcher(), listener=heard)

    assert seen[1] == ReadingProgress("Lamps", 3)
    assert (seen[-1].read, seen[-1].passages, seen[-1].problems) == (3, read.passages, len(read.problems))
    assert seen[-1].problems == 1


async def test_what_the_operator_read_from_files_is_neither_taken_nor_offered(
    database: Database, known: Subscriptions, publisher: Publisher, tmp_path: Path
) -> None:
    """Another transcript of the same talk would else be joined to the files' episode, and take it to this server."""
    folder = tmp_path / "Lamps in private"
    folder.mkdir()
    (folder / "lamp.txt").write_text(item(1).split("<description>")[1].split("</description>")[0], encoding="utf-8")
    of_files = (await ingest(database, str(folder), loopback_fetcher())).podcast
    async with database.write() as connection:
        await subscriptions.subscribe(connection, THERE, of_files.id, database.clock.now())
        before = await episodes.list_episodes(connection, frozenset({of_files.id}))

    added = await known.add(HERE, publisher.publish("/feed", [item(1)]))

    async with database.read() as connection:
        assert await episodes.list_episodes(connection, frozenset({of_files.id})) == before != []
    assert (added.podcast.title, added.episodes) == ("Lamps", 1)
    assert await offered(known, 3) == ["Lamps"]
    with pytest.raises(NotOnOfferError):
        await known.subscribe(HERE, "Lamps in private")


async def test_a_feed_that_was_added_as_private_is_offered_to_nobody_and_had_by_its_address(
    database: Database, known: Subscriptions, publisher: Publisher
) -> None:
    url = publisher.publish("/feed", [item(1)])
    added = await known.add(HERE, url, private=True)
    assert await offered(known, THERE) == []
    with pytest.raises(NotOnOfferError):
        await known.subscribe(THERE, str(added.podcast.id))

    theirs = await known.add(THERE, url)
    assert theirs.podcast == added.podcast
    assert (theirs.new, theirs.episodes, theirs.passages) == (True, added.episodes, added.passages)


async def test_the_server_that_keeps_a_podcast_can_make_it_private_and_no_other(
    database: Database, known: Subscriptions, publisher: Publisher
) -> None:
    url = publisher.publish("/feed", [item(1)])
    await known.add(HERE, url)
    await known.add(THERE, url, private=True)
    assert await offered(known, 3) == ["Lamps"]

    again = await known.add(HERE, url, private=True)
    assert not again.new
    assert await offered(known, 3) == []


async def test_a_feed_whose_guid_was_copied_changes_nothing_of_the_podcast_that_has_it(
    database: Database, known: Subscriptions, publisher: Publisher
) -> None:
    guid = "<podcast:guid>917393E3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>"
    first = await known.add(THERE, publisher.publish("/a", [item(1)], head=guid))
    second = await known.add(HERE, publisher.publish("/b", [item(1), item(2)], "Taken over", guid))
    assert second.podcast == first.podcast
    assert await titles(database) == ["Lamps"]

    other = await known.add(HERE, publisher.publish("/c", [item(9)], "Same template, other show", guid))
    assert other.podcast.id != first.podcast.id


async def test_a_reading_that_was_interrupted_goes_on_when_the_address_is_given_again(
    database: Database, known: Subscriptions, publisher: Publisher
) -> None:
    url = publisher.publish("/feed", [item(1), item(2)])
    await _half_read(database, url)
    assert await offered(known, HERE) == []

    assert (await known.add(HERE, url)).episodes == 2
    assert await offered(known, THERE) == ["Lamps"]


async def _half_read(database: Database, url: str) -> Podcast:
    """A podcast of which one episode was read, and its feed not to the end."""
    publisher_error = "stopped"

    def stop(event: Event) -> None:
        if type(event).__name__ == "EpisodeStored":
            raise RuntimeError(publisher_error)

    with pytest.raises(RuntimeError, match=publisher_error):
        await ingest(database, url, loopback_fetcher(), listener=stop)
    async with database.read() as connection:
        podcast = await podcasts.by_key(connection, url)
    assert podcast is not None
    return podcast


async def test_a_reading_that_breaks_before_its_first_episode_leaves_no_podcast(
    database: Database, known: Subscriptions, publisher: Publisher
) -> None:
    def stop(_event: Event) -> None:
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        await known.add(HERE, publisher.publish("/feed", [item(1)]), listener=stop)

    assert await titles(database) == []


async def test_a_server_has_as_many_podcasts_as_can_be_listed(
    database: Database, known: Subscriptions, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(community, "MOST_PODCASTS", 1)
    await known.add(THERE, publisher.publish("/b", [item(2)], "Two"))
    await known.add(HERE, publisher.publish("/a", [item(1)]))

    with pytest.raises(TooManyPodcastsError):
        await known.add(HERE, publisher.publish("/b", [item(2)], "Two"))
    with pytest.raises(TooManyPodcastsError):
        await known.subscribe(HERE, "Two")


async def test_only_the_first_server_keeps_a_podcast_and_the_next_one_when_it_left(
    database: Database, known: Subscriptions, publisher: Publisher
) -> None:
    url = publisher.publish("/feed", [item(1)])
    podcast = (await known.add(HERE, url)).podcast
    await known.add(THERE, url)
    assert (await keeps(database, HERE, podcast.id), await keeps(database, THERE, podcast.id)) == (True, False)
    with pytest.raises(NotKeeperError, match="companion podcasts"):
        await known.links(THERE, None, LinkChange("{link}"))

    left = await known.unsubscribe(HERE, "Lamps")
    assert (left.podcast, left.left) == (podcast, 0)
    assert (await known.links(THERE, None, LinkChange("{link}"))).url == "https://lamps.example/1"
    with pytest.raises(CompanionError, match="no podcast yet"):
        await known.unsubscribe(HERE, "Lamps")


async def test_a_podcast_is_meant_by_its_title_or_id_or_as_the_only_one(
    database: Database, known: Subscriptions, publisher: Publisher
) -> None:
    one = (await known.add(HERE, publisher.publish("/a", [item(1)]))).podcast
    assert await meant(database, HERE, None) == one
    two = (await known.add(HERE, publisher.publish("/b", [item(2)], "Buoys"))).podcast

    assert await meant(database, HERE, str(two.id)) == await meant(database, HERE, "buo") == two
    with pytest.raises(NotFoundError, match="several podcasts: choose one of “Buoys”, “Lamps”"):
        await meant(database, HERE, None)


async def test_what_clubs_recorded_is_meant_by_name_alone(
    database: Database, known: Subscriptions, publisher: Publisher
) -> None:
    recorded = source_of(HERE, []).podcast
    async with database.write() as connection:
        clubs = await podcasts.upsert(connection, recorded, database.clock.now())
        await subscriptions.subscribe(connection, HERE, clubs.id, database.clock.now())
    assert await meant(database, HERE, None) == clubs
    lamps = (await known.add(HERE, publisher.publish("/a", [item(1)]))).podcast

    assert await meant(database, HERE, None) == lamps
    assert await meant(database, HERE, clubs.title) == clubs

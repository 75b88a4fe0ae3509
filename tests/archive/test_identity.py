from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from companion.archive.identity import renamed
from companion.storage.episodes import EpisodeFacts

OLD = EpisodeFacts(
    "old",
    "The Bees",
    datetime(2024, 3, 14, tzinfo=UTC),
    "https://bees.example/1",
    "https://bees.example/1.mp3",
    None,
    (),
)
OTHER = replace(OLD, guid="other", title="Wasps", link=None, audio_url="https://bees.example/2.mp3", published=None)


def test_an_episode_with_a_new_guid_is_known_by_two_of_title_date_and_address() -> None:
    tomorrow = datetime(2024, 3, 15, tzinfo=UTC)
    for new in (
        replace(OLD, guid="new", audio_url=None, link=None),
        replace(OLD, guid="new", published=None, audio_url="https://bees.example/1.mp3?tracker=1"),
        replace(OLD, guid="new", title="The Bees (remastered)", link=None),
        replace(OLD, guid="new", title="THE  BEES", published=tomorrow, audio_url=None),
    ):
        assert renamed([OLD, OTHER], [new, OTHER]) == {"new": "old"}


def test_one_sign_alone_is_not_enough() -> None:
    for new in (
        replace(OLD, guid="new", published=None, audio_url=None, link=None),
        replace(OLD, guid="new", title="Ants", audio_url=None, link=None),
        replace(OLD, guid="new", title="Ants", published=None),
    ):
        assert renamed([OLD], [new]) == {}


def test_what_is_still_in_the_feed_is_not_renamed() -> None:
    assert renamed([OLD], [OLD, replace(OLD, guid="again")]) == {}


def test_what_was_known_keeps_its_guid() -> None:
    assert renamed([OLD, replace(OLD, guid="second")], [replace(OLD, guid="second")]) == {}


def test_where_two_would_fit_neither_is_taken() -> None:
    assert renamed([OLD, replace(OLD, guid="twin")], [replace(OLD, guid="new")]) == {}


def test_an_old_guid_is_given_away_once() -> None:
    assert renamed([OLD], [replace(OLD, guid="a"), replace(OLD, guid="b")]) == {"a": "old"}

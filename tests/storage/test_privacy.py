"""Every column of the schema either cannot name a member, or says what becomes of that."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import JSON, Column, String, Table

from companion.storage.privacy import PLACES, WORDS, Fate, Place, in_server, parent_of
from companion.storage.schema import metadata
from companion.storage.types import Key, RowId, Snowflake

COLUMNS = [column for table in metadata.tables.values() for column in table.columns]
OF_DISCORD = {
    "guild_id",
    "channel_id",
    "approval_channel_id",
    "venue_channel_id",
    "message_id",
    "told_message_id",
    "thread_id",
    "role_id",
    "event_id",
}
"""What has an id in Discord and is no member."""
NUMBERS = {
    "alias",  # a number drawn by chance
    "subject_id",
    "version",
    "revision",
    "questions",
    "tokens",
    "micros",
    "cost_micros",
    "left_id",
    "right_id",
}
PODCASTS = {
    "podcasts",
    "feeds",
    "episodes",
    "chapters",
    "turns",
    "passages",
    "transcripts",
    "links",
    "editors_picks",
    "vectors",
    "token_vectors",
    "sketches",
    "highlight_candidates",
    "paper_metadata",
}
"""What podcasts and catalogues publish, or is computed from it: no member of a server wrote it."""
FIXED = {
    "state",
    "kind",
    "mode",
    "about",
    "origin",
    "outcome",
    "place",
    "purpose",
    "verdict",
    "approval",
    "frequency",
    "venue",
    "subject_kind",
    "signal",
    "zone",
    "model",
    "emoji",
    "digest",
    "salt",
    "mark",
    "cache_key",
    "canonical",
}
"""One of a few values of the code's own; names of zones, models and emoji; digests."""
MUTE = {
    ("settings", "key"),
    ("named_labels", "label"),
    ("settings", "value"),
    ("thumbs", "reason"),
    ("rsvps", "answer"),
    ("member_questions", "answer"),
    ("searches", "like"),
    ("questions", "sources"),
    ("clips", "turns"),
    ("clips", "title"),
    ("series", "reminders"),
}
"""What the program remembers of itself, what transcripts call a speaker, which of a few answers was pressed, references
to episodes and their words."""


def test_every_column_with_an_id_names_something_that_is_known() -> None:
    ids = [column for column in COLUMNS if isinstance(column.type, type(Snowflake())) or column.type is RowId]
    own = {(column.table.name, column.name) for column in ids if column.primary_key and column.name == "id"}
    places = {(place.table.name, place.column.name) for place in PLACES}

    undeclared = {
        (column.table.name, column.name)
        for column in ids
        if not column.foreign_keys and column.name not in OF_DISCORD | NUMBERS
    }

    assert undeclared - own == places


def test_every_column_with_words_is_declared() -> None:
    worded = [
        column
        for column in COLUMNS
        if isinstance(column.type, (String, Key, JSON))
        and not column.foreign_keys
        and column.table.name not in PODCASTS
    ]

    declared = {(table.name, name) for table, names in WORDS.items() for name in names}
    undeclared = {
        (column.table.name, column.name)
        for column in worded
        if (column.table.name, column.name) not in declared | MUTE and column.name not in FIXED
    }

    assert undeclared == set()
    assert declared <= {(column.table.name, column.name) for column in worded}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.table.name}.{place.column.name}")
def test_every_place_can_be_asked_for_in_one_server(place: Place) -> None:
    assert "guild_id" in place.table.c or parent_of(place.table) is not None
    assert in_server(place.table, 10)


def test_what_does_not_just_go_says_why() -> None:
    assert [place.what for place in PLACES if not place.why and place.fate not in (Fate.DELETED, Fate.EMPTIED)] == []


def test_no_kind_is_called_like_another() -> None:
    assert len({place.what for place in PLACES}) == len(PLACES)


def test_a_member_gets_all_of_what_is_theirs_and_nobody_else_s_id() -> None:
    for place in PLACES:
        told: set[Column[Any]] = set(place.told)
        others = {one.column for one in PLACES if one.table is place.table} - {place.column}
        assert not told & others
        assert place.column in told or place.fate is Fate.NOBODY


def test_what_is_emptied_is_what_others_hang_on() -> None:
    emptied: set[Table] = {place.table for place in PLACES if place.fate is Fate.EMPTIED}

    assert {table.name for table in emptied} == {"searches", "questions"}

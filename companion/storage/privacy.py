"""Which columns name a member, and what becomes of each when that member wants to know, to have, or to be forgotten.

`PLACES` has every column with a member's id, `WORDS` every column in which members' words stand, and so may mention
anybody. What is in neither has no place for a member: a test walks the schema, and fails for a column that nobody
declared here or as nameless there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, false, select

from companion.storage import schema
from companion.storage.types import Instant

NOBODY = 0
"""Whom a column names that names nobody: no account has this id."""


class Fate(Enum):
    """What becomes of a column that names a member who is to be forgotten."""

    DELETED = auto()
    """The row goes."""
    EMPTIED = auto()
    """The row goes, or stays without a word where others hang on it."""
    NOBODY = auto()
    """The row is the server's, or somebody else's, and names nobody from then on."""
    STAND_IN = auto()
    """The row counts, and names a number below zero in the member's place (`storage/stand_ins.py`)."""
    STAYS = auto()
    """The row stays as it is, for a reason that the member is told."""


@dataclass(frozen=True, slots=True)
class Place:
    """A column with members' ids. ``what`` says to the member what such a row is about them, in the plural; ``why``,
    for what does not just go, what becomes of it and for which reason.

    ``secret`` are columns of the row that are not the member's to read; ``nobody`` is what stands where nobody is
    named. ``within`` is the ``what`` of rows that such a row is but a part of: where these are counted, it is not.
    """

    column: Column[Any]
    fate: Fate
    what: str
    why: str = ""
    secret: frozenset[str] = frozenset()
    nobody: int | None = NOBODY
    within: str = ""

    @property
    def table(self) -> Table:
        return schema.metadata.tables[self.column.table.name]

    @property
    def told(self) -> tuple[Column[Any], ...]:
        """The columns of a row that the member gets: all of what is theirs; of what is the server's, when and where."""
        others = {place.column.name for place in PLACES if place.table is self.table} - {self.column.name}
        hidden = others | self.secret
        whole = self.fate is not Fate.NOBODY
        return tuple(
            column
            for column in self.table.columns
            if column.name not in hidden
            and (whole or column.primary_key or column.name == "guild_id" or isinstance(column.type, Instant))
        )


_SERVERS = "Your name is taken off; what you decided is the server's and stays."
_VOTES = "votes you gave"
_COUNTED = "It goes on counting, under a number in place of your name."

PLACES: tuple[Place, ...] = (
    Place(schema.searches.c.member_id, Fate.EMPTIED, "searches you made"),
    Place(schema.questions.c.member_id, Fate.EMPTIED, "questions you asked, with their answers"),
    Place(schema.thumbs.c.member_id, Fate.STAND_IN, "thumbs you gave to answers", _COUNTED),
    Place(schema.awaited_answers.c.member_id, Fate.DELETED, "answers you wait for"),
    Place(schema.saved.c.member_id, Fate.DELETED, "passages you saved"),
    Place(schema.follows.c.member_id, Fate.DELETED, "things you follow"),
    Place(schema.follow_notices.c.member_id, Fate.DELETED, "notes on what of it you were told"),
    Place(schema.correction_proposers.c.member_id, Fate.DELETED, "corrections of names you proposed"),
    Place(schema.votes.c.member_id, Fate.STAND_IN, _VOTES, _COUNTED),
    Place(schema.reactions.c.member_id, Fate.STAND_IN, "reactions you voted with", _COUNTED, within=_VOTES),
    Place(schema.vote_events.c.member_id, Fate.STAND_IN, "times you voted or took it back", _COUNTED, within=_VOTES),
    Place(schema.duel_votes.c.member_id, Fate.STAND_IN, "choices you made in duels", _COUNTED),
    Place(
        schema.clips.c.made_by,
        Fate.STAND_IN,
        "clips you made",
        "Clips are the podcast's words, and others voted on them: they stay without your name. `/clip delete` deletes"
        " them.",
    ),
    Place(
        schema.papers.c.proposed_by,
        Fate.STAND_IN,
        "papers you proposed",
        "Papers stay in the queue that others vote on, without your name. `/paper withdraw` takes them back.",
    ),
    Place(schema.paper_voices.c.member_id, Fate.DELETED, "reasons you gave for papers"),
    Place(schema.member_questions.c.asked_by, Fate.DELETED, "questions you had for guests and presenters"),
    Place(schema.suggestions.c.suggested_by, Fate.DELETED, "suggestions you made"),
    Place(schema.rsvps.c.member_id, Fate.DELETED, "answers to invitations of clubs"),
    Place(schema.volunteers.c.member_id, Fate.DELETED, "offers to present"),
    Place(
        schema.sessions.c.presented_by,
        Fate.NOBODY,
        "sessions you present or presented",
        "Sessions stay in their club's history, without your name; those to come want a presenter again.",
        nobody=None,
    ),
    Place(schema.outbox.c.member_id, Fate.DELETED, "reminders for you"),
    Place(
        schema.calendar_tokens.c.made_by,
        Fate.DELETED,
        "calendar links you made",
        secret=frozenset({"digest"}),
    ),
    Place(
        schema.spent.c.member_id,
        Fate.STAYS,
        "days with how much you asked",
        "Today's count stays until midnight UTC, or the day's bound would begin anew; then it is deleted.",
    ),
    Place(
        schema.blocked_members.c.member_id,
        Fate.STAYS,
        "servers that blocked you",
        "A block stays, or deleting would undo it. It is the server's managers' to lift.",
        secret=frozenset({"reason"}),
    ),
    Place(schema.namings.c.member_id, Fate.DELETED, "messages of mine that name you"),
    Place(
        schema.erasures.c.member_id,
        Fate.STAYS,
        "deletions you asked for that go on",
        "Your id stays beside them until all else is deleted.",
    ),
    Place(
        schema.retractions.c.member_id,
        Fate.STAYS,
        "messages your name is being taken off",
        "Your id stays beside them until Discord has taken the change.",
    ),
    Place(schema.conversations.c.opened_by, Fate.NOBODY, "conversations you opened", "Your name is taken off."),
    Place(schema.pinned_passages.c.pinned_by, Fate.NOBODY, "passages you pinned", "Your name is taken off."),
    Place(schema.duels.c.opened_by, Fate.NOBODY, "duels you opened", "Your name is taken off."),
    Place(schema.questions.c.judged_by, Fate.NOBODY, "answers you marked as a host", _SERVERS),
    Place(schema.corrections.c.decided_by, Fate.NOBODY, "corrections you decided on", _SERVERS),
    Place(schema.guests.c.added_by, Fate.NOBODY, "guests you announced", _SERVERS),
    Place(schema.series.c.hosted_by, Fate.NOBODY, "clubs you host", _SERVERS, nobody=None),
    Place(schema.series.c.created_by, Fate.NOBODY, "clubs you set up", _SERVERS),
    Place(schema.highlight_rules.c.set_by, Fate.NOBODY, "daily highlights you set up", _SERVERS),
    Place(schema.server_channels.c.chosen_by, Fate.NOBODY, "channels you chose", _SERVERS),
    Place(schema.asking_channels.c.chosen_by, Fate.NOBODY, "places to ask you chose", _SERVERS),
    Place(schema.host_roles.c.chosen_by, Fate.NOBODY, "roles of hosts you chose", _SERVERS),
    Place(schema.budgets.c.set_by, Fate.NOBODY, "budgets you set", _SERVERS),
    Place(
        schema.blocked_members.c.blocked_by,
        Fate.NOBODY,
        "members you blocked",
        _SERVERS,
        secret=frozenset({"reason"}),
    ),
)
"""In the order in which a member reads of them."""

WORDS: Mapping[Table, tuple[str, ...]] = MappingProxyType(
    {
        schema.searches: ("member_name", "text", "filters"),
        schema.questions: (
            "member_name",
            "text",
            "filters",
            "searched",
            "answer",
            "prompt",
            "interventions",
            "problem",
        ),
        schema.corrections: ("spelling", "name"),
        schema.aliases: ("spelling", "name", "reason"),
        schema.named_labels: ("name",),
        schema.follows: ("subject", "subject_key"),
        schema.papers: ("title", "authors", "abstract"),
        schema.paper_voices: ("why",),
        schema.member_questions: ("text", "text_key"),
        schema.suggestions: ("text", "text_key"),
        schema.series: ("name", "name_key", "venue_text"),
        schema.sessions: ("author", "recording_url", "notes"),
        schema.guests: ("name", "name_key"),
        # Ids of those whom something is told of stand in the key.
        schema.outbox: ("key",),
        schema.blocked_members: ("reason",),
        schema.highlight_rules: ("wishes", "pause_reason"),
        schema.highlight_slots: ("reason",),
    }
)
"""Columns with words of members, or of a model that read them: text, or JSON with text in it."""


def in_server(table: Table, guild_id: int | None) -> list[ColumnElement[bool]]:
    """The condition that a row of the table is a server's, by itself or by the row that it hangs on; none for any
    server's."""
    if guild_id is None:
        return []
    if "guild_id" in table.c:
        return [table.c.guild_id == guild_id]
    parent = parent_of(table)
    if parent is None:
        return [false()]
    column, of = parent
    return [column.in_(select(of).where(of.table.c.guild_id == guild_id))]


def parent_of(table: Table) -> tuple[Column[Any], Column[Any]] | None:
    """The column by which a table's rows hang on another's that are a server's, and that other's; None for what is no
    server's."""
    keys = ((column, key.column) for column in table.c for key in column.foreign_keys)
    return next(((column, of) for column, of in keys if "guild_id" in of.table.c), None)


def of_fate(*fates: Fate) -> Iterable[Place]:
    """The places with one of these fates."""
    return (place for place in PLACES if place.fate in fates)

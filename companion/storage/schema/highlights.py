"""Clips, the votes on them, and the posts of every day."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from companion.storage.schema.metadata import metadata
from companion.storage.types import Instant, Key, RowId, Snowflake

# Clips of a server: a stretch of an episode, by its times and its words, that somebody or the picker chose.
clips = Table(
    "clips",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("first_word", Integer, nullable=False),
    Column("last_word", Integer, nullable=False),
    Column("start_s", Float),
    Column("end_s", Float),
    Column("approximate", Boolean, nullable=False),
    # Verbatim, one [speaker, uncertain, text] a turn that it holds something of.
    Column("turns", JSON, nullable=False),
    Column("title", Text, nullable=False),
    # None: the picker.
    Column("made_by", Snowflake, index=True),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("guild_id", "episode_id", "first_word", "last_word"),
    sqlite_autoincrement=True,
)

# What clips mean, by which those that say the same are known.
clip_vectors = Table(
    "clip_vectors",
    metadata,
    Column("clip_id", RowId, ForeignKey("clips.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    # Vectors of another model are made anew.
    Column("model", Text, nullable=False),
    # Little-endian float32.
    Column("data", LargeBinary, nullable=False),
)

# Messages that members vote on with reactions, and what each is about: a clip, a paper.
ballots = Table(
    "ballots",
    metadata,
    Column("message_id", Snowflake, primary_key=True, autoincrement=False),
    Column("guild_id", Snowflake, nullable=False, index=True),
    Column("channel_id", Snowflake, nullable=False),
    Column("subject_kind", String(16), nullable=False),
    Column("subject_id", RowId, nullable=False),
    Column("posted_at", Instant, nullable=False),
    # Votes are counted while it is open.
    Column("open", Boolean, nullable=False),
    # When the reactions were last compared with Discord's; none where they never were.
    Column("reconciled_at", Instant),
    Index(None, "subject_kind", "subject_id"),
)

# The reactions that are on ballots now, as far as is known.
reactions = Table(
    "reactions",
    metadata,
    Column(
        "message_id",
        Snowflake,
        ForeignKey("ballots.message_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    # As Discord writes it: the character, or name:id.
    Column("emoji", Key, primary_key=True),
    Column("burst", Boolean, primary_key=True),
    Column("since", Instant, nullable=False),
)

# The ledger: every reaction that came or went, in the order in which it was learnt of. Nothing in it is ever changed.
vote_events = Table(
    "vote_events",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("subject_kind", String(16), nullable=False),
    Column("subject_id", RowId, nullable=False),
    Column("message_id", Snowflake, nullable=False),
    Column("member_id", Snowflake, nullable=False, index=True),
    Column("emoji", Text, nullable=False),
    Column("burst", Boolean, nullable=False),
    Column("added", Boolean, nullable=False),
    # `seen` as it happened, or `reconciled` after an absence.
    Column("origin", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "subject_kind", "subject_id"),
    sqlite_autoincrement=True,
)

# One vote a member and subject, over all its ballots and emoji: 1 or -1.
votes = Table(
    "votes",
    metadata,
    Column("subject_kind", String(16), primary_key=True),
    Column("subject_id", RowId, primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column("guild_id", Snowflake, nullable=False),
    Column("value", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)

duels = Table(
    "duels",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("channel_id", Snowflake, nullable=False),
    Column("message_id", Snowflake),
    Column("left_id", RowId, ForeignKey("clips.id", ondelete="CASCADE"), nullable=False),
    Column("right_id", RowId, ForeignKey("clips.id", ondelete="CASCADE"), nullable=False),
    Column("opened_by", Snowflake, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closes_at", Instant, nullable=False),
    Column("closed_at", Instant),
    sqlite_autoincrement=True,
)

duel_votes = Table(
    "duel_votes",
    metadata,
    Column("duel_id", RowId, ForeignKey("duels.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column("clip_id", RowId, ForeignKey("clips.id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
)

# A server's rule for its daily post, and its taste in votes and cards.
highlight_rules = Table(
    "highlight_rules",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("channel_id", Snowflake, nullable=False),
    # An IANA name, and minutes after midnight there.
    Column("zone", Text, nullable=False),
    Column("minute", Integer, nullable=False),
    # One bit a weekday, Monday's the lowest.
    Column("days", Integer, nullable=False),
    # `none`, or what silence of the moderators means: `post` or `skip`.
    Column("approval", String(8), nullable=False),
    Column("approval_channel_id", Snowflake),
    # What only some servers want: emoji, the age of accounts whose votes count, the hall of fame, cards' colours.
    Column("wishes", JSON, nullable=False),
    Column("set_by", Snowflake, nullable=False),
    # Nothing is due that was due before.
    Column("since", Instant, nullable=False),
    Column("paused_at", Instant),
    Column("pause_reason", Text),
)

# What a rule brought: one row a server, kind (`daily`, `weekly`, …) and date in the rule's zone.
highlight_slots = Table(
    "highlight_slots",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),
    Column("day", Date, primary_key=True),
    # `claimed`, `posted` or `skipped`; offers to managers are `proposed`, `approved` and `settled` too.
    Column("state", String(16), nullable=False),
    Column("clip_id", RowId, ForeignKey("clips.id", ondelete="SET NULL")),
    Column("claimed_at", Instant),
    Column("channel_id", Snowflake),
    Column("message_id", Snowflake),
    Column("late", Boolean, nullable=False),
    # Why this clip, or why none.
    Column("reason", Text),
)

# Clips that were liked so much that they have a place of their own; there but once, whatever becomes of the votes.
hall_of_fame = Table(
    "hall_of_fame",
    metadata,
    Column("clip_id", RowId, ForeignKey("clips.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("guild_id", Snowflake, nullable=False, index=True),
    Column("claimed_at", Instant, nullable=False),
    Column("channel_id", Snowflake, nullable=False),
    # None until it was sent.
    Column("message_id", Snowflake),
)

# Stretches that the picker may choose, with what speaks for them (`community/highlights.py`), by episode.
highlight_candidates = Table(
    "highlight_candidates",
    metadata,
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("first_word", Integer, primary_key=True, autoincrement=False),
    Column("last_word", Integer, primary_key=True, autoincrement=False),
    Column("start_s", Float),
    Column("end_s", Float),
    Column("approximate", Boolean, nullable=False),
    Column("speaker", Text),
    # The signals' values by name.
    Column("signals", JSON, nullable=False),
    # Of the episode's text, the model and the code that made them: others are made anew.
    Column("made_of", String(64), nullable=False),
)

# A server's taste: the mean and the precision of each signal's weight, as its votes have moved them.
highlight_weights = Table(
    "highlight_weights",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("signal", String(32), primary_key=True),
    Column("mean", Float, nullable=False),
    Column("precision", Float, nullable=False),
    Column("learnt_at", Instant, nullable=False),
)

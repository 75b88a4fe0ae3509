"""What members search for, save, correct and follow."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from companion.storage.schema.metadata import metadata
from companion.storage.types import Instant, Key, RowId, Snowflake

searches = Table(
    "searches",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("channel_id", Snowflake, nullable=False),
    Column("message_id", Snowflake, index=True),
    Column("member_id", Snowflake, nullable=False, index=True),
    Column("member_name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("filters", JSON, nullable=False),
    Column("riff_on", RowId, ForeignKey("searches.id", ondelete="SET NULL"), index=True),
    # A reference to the passage that "more like this" was pressed on; none for a search by words.
    Column("like", JSON(none_as_null=True)),
    Column("created_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

# What a member keeps for themselves in a server: a stretch of an episode, by its times and its words.
saved = Table(
    "saved",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("member_id", Snowflake, nullable=False),
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("start_s", Float),
    Column("end_s", Float),
    Column("first_word", Integer, nullable=False),
    Column("last_word", Integer, nullable=False),
    Column("saved_at", Instant, nullable=False),
    UniqueConstraint("guild_id", "member_id", "episode_id", "kind", "first_word"),
    sqlite_autoincrement=True,
)

# What members say is wrong: whom a speaker's label means, or how a name is spelt. A server's own, until its managers
# decided; what was turned down stays, so that it is not proposed again.
corrections = Table(
    "corrections",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), nullable=False, index=True),
    # Where it was noticed.
    Column("kind", String(16), nullable=False),
    Column("start_s", Float),
    Column("end_s", Float),
    Column("first_word", Integer, nullable=False),
    Column("last_word", Integer, nullable=False),
    # `label` of that episode, `person` or `term` of its podcast; what is read there, and what it should be.
    Column("about", String(16), nullable=False),
    Column("spelling", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("decided_by", Snowflake),
    Column("decided_at", Instant),
    # The message that asks managers: claimed by who sends it, and its place once it is sent.
    Column("claimed_at", Instant),
    Column("channel_id", Snowflake),
    Column("message_id", Snowflake),
    Index(None, "guild_id", "state"),
    sqlite_autoincrement=True,
)

correction_proposers = Table(
    "correction_proposers",
    metadata,
    Column(
        "correction_id", RowId, ForeignKey("corrections.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column("proposed_at", Instant, nullable=False),
)

# What a member wants to be told of in a server: a topic, someone who speaks, a podcast.
follows = Table(
    "follows",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("member_id", Snowflake, nullable=False),
    Column("kind", String(16), nullable=False),
    # The words of a topic, or a name; empty for a podcast.
    Column("subject", Text, nullable=False),
    # By which the same thing is followed but once: the words folded, or the podcast's id.
    Column("subject_key", Key, nullable=False),
    Column("podcast_id", RowId, ForeignKey("podcasts.id", ondelete="CASCADE"), index=True),
    # `direct` or `thread`; the channel in which it was asked for, and the member's own thread there, once there is one.
    Column("place", String(16), nullable=False),
    Column("channel_id", Snowflake, nullable=False),
    Column("thread_id", Snowflake),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("guild_id", "member_id", "kind", "subject_key"),
    sqlite_autoincrement=True,
)

# What became of a new episode for a member who follows something: claimed by who tells of it, finalised with the
# message.
follow_notices = Table(
    "follow_notices",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column(
        "episode_id",
        RowId,
        ForeignKey("episodes.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    ),
    # `claimed`, `nothing` (it holds nothing that is followed), `sent` or `refused`.
    Column("outcome", String(16), nullable=False),
    # The episode's, when it was looked at last.
    Column("revision", RowId, nullable=False),
    Column("claimed_at", Instant, nullable=False),
    # By which the message is known again, whoever sent it.
    Column("mark", String(32), nullable=False),
    Column("channel_id", Snowflake),
    Column("message_id", Snowflake),
)

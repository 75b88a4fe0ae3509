"""What a server decided, and what was said to it by itself."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, Text

from companion.storage.schema.metadata import metadata
from companion.storage.types import Instant, RowId, Snowflake

# Where a server wants what: one channel a purpose.
server_channels = Table(
    "server_channels",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("purpose", String(16), primary_key=True),
    Column("channel_id", Snowflake, nullable=False),
    Column("chosen_by", Snowflake, nullable=False),
    Column("chosen_at", Instant, nullable=False),
)

# Servers that were said hello to, which is done once.
greetings = Table(
    "greetings",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("greeted_at", Instant, nullable=False),
)

blocked_members = Table(
    "blocked_members",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
    Column("blocked_by", Snowflake, nullable=False),
    Column("blocked_at", Instant, nullable=False),
)

# New episodes that a server is told of: claimed by who sends, finalised with the message.
announcements = Table(
    "announcements",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("claimed_at", Instant, nullable=False),
    Column("channel_id", Snowflake),
    Column("message_id", Snowflake),
)

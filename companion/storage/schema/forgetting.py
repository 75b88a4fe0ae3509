"""What is known of what is to be forgotten: servers that the bot left, and members who asked to be."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, String, Table

from companion.storage.schema.metadata import metadata
from companion.storage.types import Instant, Snowflake

# Servers that the bot is in no more, whose data is deleted some days after that.
departures = Table(
    "departures",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("left_at", Instant, nullable=False),
)

# In whose place a number below zero stands, in a server that was asked to forget them. The digest, of the member's id
# with the salt, knows their reactions again that still stand in Discord, so that none counts twice; it goes with the
# last of these.
stand_ins = Table(
    "stand_ins",
    metadata,
    Column("alias", Snowflake, primary_key=True, autoincrement=False),
    Column("guild_id", Snowflake, nullable=False, index=True),
    Column("salt", String(32), nullable=False),
    Column("digest", String(64), nullable=False),
)

# Members who asked to be forgotten, until they are, in each server, and under 0 in whatever words were written of them
# anywhere. Whoever forgets them says so; who did not for minutes was stopped, and another goes on.
erasures = Table(
    "erasures",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column("asked_at", Instant, nullable=False),
    Column("claimed_at", Instant),
)

# Messages of the bot that name a member, so that the name can be taken off them. A direct one is about that server.
namings = Table(
    "namings",
    metadata,
    Column("message_id", Snowflake, primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False, index=True),
    Column("guild_id", Snowflake, nullable=False, index=True),
    Column("channel_id", Snowflake, nullable=False),
    Column("direct", Boolean, nullable=False),
)

# Messages of the bot that still name somebody who is forgotten, or show their words, until Discord took the change.
retractions = Table(
    "retractions",
    metadata,
    Column("message_id", Snowflake, primary_key=True, autoincrement=False),
    # 0 for a direct message.
    Column("guild_id", Snowflake, nullable=False, index=True),
    Column("channel_id", Snowflake, nullable=False),
    # Whose name is taken off it; 0 where the whole message is deleted.
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column("asked_at", Instant, nullable=False),
    # How often Discord did not take the change, and before when it is not tried again.
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("not_before", Instant),
)

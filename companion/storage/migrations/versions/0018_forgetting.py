"""Servers that the bot left, and members who asked to be forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, Snowflake

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "departures",
        sa.Column("guild_id", Snowflake, autoincrement=False, nullable=False),
        sa.Column("left_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_departures"),
    )
    op.create_table(
        "stand_ins",
        sa.Column("alias", Snowflake, autoincrement=False, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("alias", name="pk_stand_ins"),
    )
    op.create_index("ix_stand_ins_guild_id", "stand_ins", ["guild_id"])
    op.create_table(
        "retractions",
        sa.Column("message_id", Snowflake, autoincrement=False, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("channel_id", Snowflake, nullable=False),
        sa.Column("member_id", Snowflake, autoincrement=False, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "member_id", name="pk_retractions"),
    )
    op.create_index("ix_retractions_guild_id", "retractions", ["guild_id"])
    op.create_index("ix_searches_member_id", "searches", ["member_id"])
    op.create_index("ix_questions_member_id", "questions", ["member_id"])

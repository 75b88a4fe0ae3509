"""What a server decides: its channels, whom it blocks, how links are made; and what was said to it once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, RowId, Snowflake

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("podcasts", sa.Column("link_template", sa.Text))
    op.add_column("podcasts", sa.Column("audio_offset", sa.Float, nullable=False, server_default="0"))
    op.create_table(
        "server_channels",
        sa.Column("guild_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("channel_id", Snowflake, nullable=False),
        sa.Column("chosen_by", Snowflake, nullable=False),
        sa.Column("chosen_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "purpose", name="pk_server_channels"),
    )
    op.create_table(
        "greetings",
        sa.Column("guild_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("greeted_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_greetings"),
    )
    op.create_table(
        "blocked_members",
        sa.Column("guild_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("member_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("blocked_by", Snowflake, nullable=False),
        sa.Column("blocked_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "member_id", name="pk_blocked_members"),
    )
    op.create_table(
        "announcements",
        sa.Column("guild_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("episode_id", RowId, nullable=False, autoincrement=False),
        sa.Column("claimed_at", Instant, nullable=False),
        sa.Column("channel_id", Snowflake),
        sa.Column("message_id", Snowflake),
        sa.PrimaryKeyConstraint("guild_id", "episode_id", name="pk_announcements"),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name="fk_announcements_episode_id", ondelete="CASCADE"
        ),
    )

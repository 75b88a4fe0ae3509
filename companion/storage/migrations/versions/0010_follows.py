"""What members follow, and which new episodes they were told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, RowId, Snowflake

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "follows",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("member_id", Snowflake, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("subject_key", sa.Text, nullable=False),
        sa.Column("podcast_id", RowId),
        sa.Column("place", sa.String(16), nullable=False),
        sa.Column("channel_id", Snowflake, nullable=False),
        sa.Column("thread_id", Snowflake),
        sa.Column("created_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_follows"),
        sa.ForeignKeyConstraint(["podcast_id"], ["podcasts.id"], name="fk_follows_podcast_id", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "guild_id", "member_id", "kind", "subject_key", name="uq_follows_guild_id_member_id_kind_subject_key"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_follows_podcast_id", "follows", ["podcast_id"])
    op.create_table(
        "follow_notices",
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("member_id", Snowflake, nullable=False),
        sa.Column("episode_id", RowId, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("revision", RowId, nullable=False),
        sa.Column("claimed_at", Instant, nullable=False),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("channel_id", Snowflake),
        sa.Column("message_id", Snowflake),
        sa.PrimaryKeyConstraint("guild_id", "member_id", "episode_id", name="pk_follow_notices"),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name="fk_follow_notices_episode_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_follow_notices_episode_id", "follow_notices", ["episode_id"])

"""The hall of fame, and what clips mean, by which near-duplicates are known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, RowId, Snowflake

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "hall_of_fame",
        sa.Column("clip_id", RowId, nullable=False, autoincrement=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("claimed_at", Instant, nullable=False),
        sa.Column("channel_id", Snowflake, nullable=False),
        sa.Column("message_id", Snowflake),
        sa.PrimaryKeyConstraint("clip_id", name="pk_hall_of_fame"),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name="fk_hall_of_fame_clip_id", ondelete="CASCADE"),
    )
    op.create_index("ix_hall_of_fame_guild_id", "hall_of_fame", ["guild_id"])
    op.create_table(
        "clip_vectors",
        sa.Column("clip_id", RowId, nullable=False, autoincrement=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("clip_id", name="pk_clip_vectors"),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name="fk_clip_vectors_clip_id", ondelete="CASCADE"),
    )

"""Corrections of names that members propose from a result, with who proposes them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, RowId, Snowflake

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("episode_id", RowId, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("start_s", sa.Float),
        sa.Column("end_s", sa.Float),
        sa.Column("first_word", sa.Integer, nullable=False),
        sa.Column("last_word", sa.Integer, nullable=False),
        sa.Column("about", sa.String(16), nullable=False),
        sa.Column("spelling", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("proposed_at", Instant, nullable=False),
        sa.Column("decided_by", Snowflake),
        sa.Column("decided_at", Instant),
        sa.Column("claimed_at", Instant),
        sa.Column("channel_id", Snowflake),
        sa.Column("message_id", Snowflake),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name="fk_corrections_episode_id", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_corrections_episode_id", "corrections", ["episode_id"])
    op.create_index("ix_corrections_guild_id_state", "corrections", ["guild_id", "state"])
    op.create_table(
        "correction_proposers",
        sa.Column("correction_id", RowId, nullable=False),
        sa.Column("member_id", Snowflake, nullable=False),
        sa.Column("proposed_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("correction_id", "member_id", name="pk_correction_proposers"),
        sa.ForeignKeyConstraint(
            ["correction_id"],
            ["corrections.id"],
            name="fk_correction_proposers_correction_id",
            ondelete="CASCADE",
        ),
    )

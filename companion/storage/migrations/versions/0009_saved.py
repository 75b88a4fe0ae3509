"""What members save for themselves; and a search is found by the message that shows it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, RowId, Snowflake

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "saved",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("member_id", Snowflake, nullable=False),
        sa.Column("episode_id", RowId, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("start_s", sa.Float),
        sa.Column("end_s", sa.Float),
        sa.Column("first_word", sa.Integer, nullable=False),
        sa.Column("last_word", sa.Integer, nullable=False),
        sa.Column("saved_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved"),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name="fk_saved_episode_id", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "guild_id",
            "member_id",
            "episode_id",
            "kind",
            "first_word",
            name="uq_saved_guild_id_member_id_episode_id_kind_first_word",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_saved_episode_id", "saved", ["episode_id"])
    op.create_index("ix_searches_message_id", "searches", ["message_id"])

"""What members may ask and spend a day, and what they did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, RowId, Snowflake

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "budgets",
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("role_id", Snowflake, nullable=False),
        sa.Column("questions", RowId),
        sa.Column("tokens", RowId),
        sa.Column("micros", RowId),
        sa.Column("set_by", Snowflake, nullable=False),
        sa.Column("set_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "role_id", name="pk_budgets"),
    )
    op.create_table(
        "spent",
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("member_id", Snowflake, nullable=False),
        sa.Column("questions", RowId, nullable=False),
        sa.Column("tokens", RowId, nullable=False),
        sa.Column("micros", RowId, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "day", "member_id", name="pk_spent"),
    )

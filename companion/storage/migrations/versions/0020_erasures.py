"""Members who asked to be forgotten, until they are: what was stopped is ended without their asking again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, Snowflake

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("guild_id", Snowflake, autoincrement=False, nullable=False),
        sa.Column("member_id", Snowflake, autoincrement=False, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("claimed_at", Instant),
        sa.PrimaryKeyConstraint("guild_id", "member_id", name="pk_erasures"),
    )

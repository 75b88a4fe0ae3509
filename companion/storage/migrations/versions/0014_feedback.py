"""Who may mark answers, and what becomes of questions that found nothing when they are asked again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, RowId, Snowflake

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "host_roles",
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("role_id", Snowflake, nullable=False),
        sa.Column("chosen_by", Snowflake, nullable=False),
        sa.Column("chosen_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_host_roles"),
    )
    op.create_table(
        "second_looks",
        sa.Column("question_id", RowId, nullable=False),
        sa.Column("version", RowId, nullable=False),
        sa.Column("found", sa.Boolean, nullable=False),
        sa.Column("looked_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("question_id", name="pk_second_looks"),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name="fk_second_looks_question_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_questions_guild_id_verdict", "questions", ["guild_id", "verdict"])
    op.create_index("ix_questions_answerable_asked_at", "questions", ["answerable", "asked_at"])

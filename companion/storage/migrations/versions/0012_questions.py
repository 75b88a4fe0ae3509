"""Questions that members asked: the answers, what members thought of them, and the conversations that go on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, RowId, Snowflake

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("channel_id", Snowflake, nullable=False),
        sa.Column("message_id", Snowflake),
        sa.Column("member_id", Snowflake, nullable=False),
        sa.Column("member_name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("filters", sa.JSON, nullable=False),
        sa.Column("follows_id", RowId),
        sa.Column("riff_on", RowId),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("searched", sa.Text),
        sa.Column("answerable", sa.Boolean),
        sa.Column("answer", sa.Text),
        sa.Column("sources", sa.JSON),
        sa.Column("prompt", sa.Text),
        sa.Column("model", sa.Text),
        sa.Column("interventions", sa.JSON),
        sa.Column("problem", sa.Text),
        sa.Column("seconds", sa.Float),
        sa.Column("prompt_tokens", sa.Integer),
        sa.Column("completion_tokens", sa.Integer),
        sa.Column("cost_micros", sa.BigInteger),
        sa.Column("cache_key", sa.String(64)),
        sa.Column("verdict", sa.String(8)),
        sa.Column("judged_by", Snowflake),
        sa.Column("judged_at", Instant),
        sa.PrimaryKeyConstraint("id", name="pk_questions"),
        sa.ForeignKeyConstraint(["follows_id"], ["questions.id"], name="fk_questions_follows_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["riff_on"], ["questions.id"], name="fk_questions_riff_on", ondelete="SET NULL"),
        sqlite_autoincrement=True,
    )
    for column in ("message_id", "follows_id", "riff_on", "cache_key"):
        op.create_index(f"ix_questions_{column}", "questions", [column])
    op.create_index("ix_questions_guild_id_asked_at", "questions", ["guild_id", "asked_at"])
    op.create_table(
        "thumbs",
        sa.Column("question_id", RowId, nullable=False, autoincrement=False),
        sa.Column("member_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("up", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(16)),
        sa.Column("given_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("question_id", "member_id", name="pk_thumbs"),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name="fk_thumbs_question_id", ondelete="CASCADE"),
    )
    op.create_table(
        "awaited_answers",
        sa.Column("question_id", RowId, nullable=False, autoincrement=False),
        sa.Column("member_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("wanted_at", Instant, nullable=False),
        sa.Column("claimed_at", Instant),
        sa.Column("told_message_id", Snowflake),
        sa.PrimaryKeyConstraint("question_id", "member_id", name="pk_awaited_answers"),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name="fk_awaited_answers_question_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "conversations",
        sa.Column("thread_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("question_id", RowId),
        sa.Column("opened_by", Snowflake, nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("thread_id", name="pk_conversations"),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name="fk_conversations_question_id", ondelete="SET NULL"
        ),
    )
    op.create_table(
        "pinned_passages",
        sa.Column("thread_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("episode_id", RowId, nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("first_word", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("last_word", sa.Integer, nullable=False),
        sa.Column("start_s", sa.Float),
        sa.Column("end_s", sa.Float),
        sa.Column("pinned_by", Snowflake, nullable=False),
        sa.Column("pinned_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("thread_id", "episode_id", "kind", "first_word", name="pk_pinned_passages"),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["conversations.thread_id"],
            name="fk_pinned_passages_thread_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name="fk_pinned_passages_episode_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "asking_channels",
        sa.Column("guild_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("channel_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("chosen_by", Snowflake, nullable=False),
        sa.Column("chosen_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "channel_id", name="pk_asking_channels"),
    )

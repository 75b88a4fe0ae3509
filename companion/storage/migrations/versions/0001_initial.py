"""Podcasts, subscriptions, episodes and their texts, vectors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, RowId

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "podcasts",
        sa.Column("id", RowId, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("link", sa.Text),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_podcasts"),
        sa.UniqueConstraint("key", name="uq_podcasts_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "subscriptions",
        sa.Column("guild_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("podcast_id", RowId, nullable=False, autoincrement=False),
        sa.Column("subscribed_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "podcast_id", name="pk_subscriptions"),
        sa.ForeignKeyConstraint(
            ["podcast_id"], ["podcasts.id"], name="fk_subscriptions_podcast_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "episodes",
        sa.Column("id", RowId, nullable=False),
        sa.Column("podcast_id", RowId, nullable=False),
        sa.Column("guid", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("published_at", Instant),
        sa.Column("link", sa.Text),
        sa.Column("audio_url", sa.Text),
        sa.Column("duration", sa.Float),
        sa.Column("people", sa.JSON, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("convention", sa.Text),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_episodes"),
        sa.ForeignKeyConstraint(["podcast_id"], ["podcasts.id"], name="fk_episodes_podcast_id", ondelete="CASCADE"),
        sa.UniqueConstraint("podcast_id", "guid", name="uq_episodes_podcast_id_guid"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "chapters",
        sa.Column("episode_id", RowId, nullable=False, autoincrement=False),
        sa.Column("ordinal", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("start_s", sa.Float),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("soft", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("episode_id", "ordinal", name="pk_chapters"),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name="fk_chapters_episode_id", ondelete="CASCADE"),
    )
    op.create_table(
        "turns",
        sa.Column("episode_id", RowId, nullable=False, autoincrement=False),
        sa.Column("ordinal", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("speaker", sa.Text),
        sa.Column("start_s", sa.Float),
        sa.Column("end_s", sa.Float),
        sa.Column("approximate", sa.Boolean, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("episode_id", "ordinal", name="pk_turns"),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name="fk_turns_episode_id", ondelete="CASCADE"),
    )
    op.create_table(
        "passages",
        sa.Column("id", RowId, nullable=False),
        sa.Column("episode_id", RowId, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("speaker", sa.Text),
        sa.Column("start_s", sa.Float),
        sa.Column("end_s", sa.Float),
        sa.Column("approximate", sa.Boolean, nullable=False),
        sa.Column("first_word", sa.Integer, nullable=False),
        sa.Column("last_word", sa.Integer, nullable=False),
        sa.Column("chapter", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("pieces", sa.JSON, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_passages"),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name="fk_passages_episode_id", ondelete="CASCADE"),
        sa.UniqueConstraint("episode_id", "ordinal", name="uq_passages_episode_id_ordinal"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_passages_digest", "passages", ["digest"])
    op.create_table(
        "vectors",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("dimension", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", "model", name="pk_vectors"),
    )
    index_version = op.create_table(
        "index_version",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("version", RowId, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_index_version"),
        sa.CheckConstraint("id = 1", name="ck_index_version_single_row"),
    )
    op.bulk_insert(index_version, [{"id": 1, "version": 0}])

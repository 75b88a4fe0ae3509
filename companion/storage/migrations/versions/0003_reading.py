"""What reading any podcast brings: feeds asked politely, who is who, links, editors' picks, second transcripts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, RowId

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("podcasts", sa.Column("video_offset", sa.Float, nullable=False, server_default="0"))
    for column in (
        sa.Column("source_hash", sa.Text),
        sa.Column("season", sa.Integer),
        sa.Column("number", sa.Float),
        sa.Column("image_url", sa.Text),
        sa.Column("video_url", sa.Text),
    ):
        op.add_column("episodes", column)
    # Of the schema before there are databases of SQLite only.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "UPDATE episodes SET people = (SELECT json_group_array(json_array(value, NULL)) FROM json_each(people))"
        )
    op.add_column("turns", sa.Column("uncertain", sa.Boolean, nullable=False, server_default="0"))
    op.create_table(
        "feeds",
        sa.Column("podcast_id", RowId, nullable=False, autoincrement=False),
        sa.Column("address", sa.Text),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("read_at", Instant, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("not_before", Instant),
        sa.PrimaryKeyConstraint("podcast_id", name="pk_feeds"),
        sa.ForeignKeyConstraint(["podcast_id"], ["podcasts.id"], name="fk_feeds_podcast_id", ondelete="CASCADE"),
    )
    op.create_table(
        "links",
        sa.Column("episode_id", RowId, nullable=False, autoincrement=False),
        sa.Column("ordinal", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reference", sa.Text),
        sa.PrimaryKeyConstraint("episode_id", "ordinal", name="pk_links"),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name="fk_links_episode_id", ondelete="CASCADE"),
    )
    op.create_index("ix_links_reference", "links", ["reference"])
    op.create_table(
        "editors_picks",
        sa.Column("episode_id", RowId, nullable=False, autoincrement=False),
        sa.Column("ordinal", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("start_s", sa.Float),
        sa.Column("end_s", sa.Float),
        sa.Column("approximate", sa.Boolean, nullable=False),
        sa.Column("first_word", sa.Integer),
        sa.Column("last_word", sa.Integer),
        sa.Column("similarity", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("episode_id", "ordinal", name="pk_editors_picks"),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name="fk_editors_picks_episode_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "transcripts",
        sa.Column("id", RowId, nullable=False),
        sa.Column("episode_id", RowId, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("added", sa.Boolean, nullable=False),
        sa.Column("chosen", sa.Boolean, nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("convention", sa.Text),
        sa.Column("turns", sa.JSON, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_transcripts"),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name="fk_transcripts_episode_id", ondelete="CASCADE"),
        sa.UniqueConstraint("episode_id", "origin", name="uq_transcripts_episode_id_origin"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "aliases",
        sa.Column("podcast_id", RowId, nullable=False, autoincrement=False),
        sa.Column("spelling", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("podcast_id", "kind", "spelling", name="pk_aliases"),
        sa.ForeignKeyConstraint(["podcast_id"], ["podcasts.id"], name="fk_aliases_podcast_id", ondelete="CASCADE"),
    )
    op.create_table(
        "named_labels",
        sa.Column("episode_id", RowId, nullable=False, autoincrement=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("episode_id", "label", name="pk_named_labels"),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name="fk_named_labels_episode_id", ondelete="CASCADE"),
    )

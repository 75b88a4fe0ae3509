"""Clips, the votes on them, duels, and the posts of every day that pick from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, RowId, Snowflake

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "clips",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("episode_id", RowId, nullable=False),
        sa.Column("first_word", sa.Integer, nullable=False),
        sa.Column("last_word", sa.Integer, nullable=False),
        sa.Column("start_s", sa.Float),
        sa.Column("end_s", sa.Float),
        sa.Column("approximate", sa.Boolean, nullable=False),
        sa.Column("turns", sa.JSON, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("made_by", Snowflake),
        sa.Column("made_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clips"),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name="fk_clips_episode_id", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "guild_id",
            "episode_id",
            "first_word",
            "last_word",
            name="uq_clips_guild_id_episode_id_first_word_last_word",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_clips_episode_id", "clips", ["episode_id"])
    op.create_index("ix_clips_made_by", "clips", ["made_by"])
    op.create_table(
        "ballots",
        sa.Column("message_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("channel_id", Snowflake, nullable=False),
        sa.Column("subject_kind", sa.String(16), nullable=False),
        sa.Column("subject_id", RowId, nullable=False),
        sa.Column("posted_at", Instant, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("reconciled_at", Instant),
        sa.PrimaryKeyConstraint("message_id", name="pk_ballots"),
    )
    op.create_index("ix_ballots_guild_id", "ballots", ["guild_id"])
    op.create_index("ix_ballots_subject_kind_subject_id", "ballots", ["subject_kind", "subject_id"])
    op.create_table(
        "reactions",
        sa.Column("message_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("member_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("emoji", sa.Text, nullable=False),
        sa.Column("burst", sa.Boolean, nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "member_id", "emoji", "burst", name="pk_reactions"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["ballots.message_id"], name="fk_reactions_message_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "vote_events",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("subject_kind", sa.String(16), nullable=False),
        sa.Column("subject_id", RowId, nullable=False),
        sa.Column("message_id", Snowflake, nullable=False),
        sa.Column("member_id", Snowflake, nullable=False),
        sa.Column("emoji", sa.Text, nullable=False),
        sa.Column("burst", sa.Boolean, nullable=False),
        sa.Column("added", sa.Boolean, nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vote_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_vote_events_member_id", "vote_events", ["member_id"])
    op.create_index("ix_vote_events_subject_kind_subject_id", "vote_events", ["subject_kind", "subject_id"])
    op.create_table(
        "votes",
        sa.Column("subject_kind", sa.String(16), nullable=False),
        sa.Column("subject_id", RowId, nullable=False, autoincrement=False),
        sa.Column("member_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", "member_id", name="pk_votes"),
    )
    op.create_table(
        "duels",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("channel_id", Snowflake, nullable=False),
        sa.Column("message_id", Snowflake),
        sa.Column("left_id", RowId, nullable=False),
        sa.Column("right_id", RowId, nullable=False),
        sa.Column("opened_by", Snowflake, nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("closes_at", Instant, nullable=False),
        sa.Column("closed_at", Instant),
        sa.PrimaryKeyConstraint("id", name="pk_duels"),
        sa.ForeignKeyConstraint(["left_id"], ["clips.id"], name="fk_duels_left_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["right_id"], ["clips.id"], name="fk_duels_right_id", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "duel_votes",
        sa.Column("duel_id", RowId, nullable=False, autoincrement=False),
        sa.Column("member_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("clip_id", RowId, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("duel_id", "member_id", name="pk_duel_votes"),
        sa.ForeignKeyConstraint(["duel_id"], ["duels.id"], name="fk_duel_votes_duel_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name="fk_duel_votes_clip_id", ondelete="CASCADE"),
    )
    op.create_table(
        "highlight_rules",
        sa.Column("guild_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("channel_id", Snowflake, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("minute", sa.Integer, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("approval", sa.String(8), nullable=False),
        sa.Column("approval_channel_id", Snowflake),
        sa.Column("wishes", sa.JSON, nullable=False),
        sa.Column("set_by", Snowflake, nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("paused_at", Instant),
        sa.Column("pause_reason", sa.Text),
        sa.PrimaryKeyConstraint("guild_id", name="pk_highlight_rules"),
    )
    op.create_table(
        "highlight_slots",
        sa.Column("guild_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("clip_id", RowId),
        sa.Column("claimed_at", Instant),
        sa.Column("channel_id", Snowflake),
        sa.Column("message_id", Snowflake),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("guild_id", "kind", "day", name="pk_highlight_slots"),
        sa.ForeignKeyConstraint(["clip_id"], ["clips.id"], name="fk_highlight_slots_clip_id", ondelete="SET NULL"),
    )
    op.create_table(
        "highlight_candidates",
        sa.Column("episode_id", RowId, nullable=False, autoincrement=False),
        sa.Column("first_word", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("last_word", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("start_s", sa.Float),
        sa.Column("end_s", sa.Float),
        sa.Column("approximate", sa.Boolean, nullable=False),
        sa.Column("speaker", sa.Text),
        sa.Column("signals", sa.JSON, nullable=False),
        sa.Column("made_of", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("episode_id", "first_word", "last_word", name="pk_highlight_candidates"),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name="fk_highlight_candidates_episode_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "highlight_weights",
        sa.Column("guild_id", Snowflake, nullable=False, autoincrement=False),
        sa.Column("signal", sa.String(32), nullable=False),
        sa.Column("mean", sa.Float, nullable=False),
        sa.Column("precision", sa.Float, nullable=False),
        sa.Column("learnt_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "signal", name="pk_highlight_weights"),
    )

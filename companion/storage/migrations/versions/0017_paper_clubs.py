"""Papers, the clubs that read them, and what members ask of guests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, RowId, Snowflake

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "paper_metadata",
        sa.Column("canonical", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("authors", sa.JSON, nullable=False),
        sa.Column("abstract", sa.Text),
        sa.Column("published", sa.Date),
        sa.Column("version", sa.Integer),
        sa.Column("fetched_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("canonical", name="pk_paper_metadata"),
    )
    op.create_table(
        "papers",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("canonical", sa.Text, nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("authors", sa.JSON, nullable=False),
        sa.Column("abstract", sa.Text),
        sa.Column("published", sa.Date),
        sa.Column("proposed_by", Snowflake, nullable=False),
        sa.Column("proposed_at", Instant, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("renewed_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_papers"),
        sa.UniqueConstraint("guild_id", "canonical", name="uq_papers_guild_id_canonical"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_papers_proposed_by", "papers", ["proposed_by"])
    op.create_table(
        "series",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("frequency", sa.String(16), nullable=False),
        sa.Column("weekday", sa.Integer, nullable=False),
        sa.Column("nth", sa.Integer),
        sa.Column("anchor", sa.Date, nullable=False),
        sa.Column("minute", sa.Integer, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("duration", sa.Integer, nullable=False),
        sa.Column("channel_id", Snowflake, nullable=False),
        sa.Column("hosted_by", Snowflake),
        sa.Column("venue", sa.String(16), nullable=False),
        sa.Column("venue_channel_id", Snowflake),
        sa.Column("venue_text", sa.Text),
        sa.Column("capacity", sa.Integer),
        sa.Column("assign_days", sa.Integer),
        sa.Column("reminders", sa.JSON, nullable=False),
        sa.Column("created_by", Snowflake, nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("paused_at", Instant),
        sa.Column("ended_at", Instant),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.UniqueConstraint("guild_id", "name_key", name="uq_series_guild_id_name_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "suggestions",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("text_key", sa.Text, nullable=False),
        sa.Column("suggested_by", Snowflake, nullable=False),
        sa.Column("suggested_at", Instant, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_suggestions"),
        sa.UniqueConstraint("guild_id", "kind", "text_key", name="uq_suggestions_guild_id_kind_text_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_suggestions_suggested_by", "suggestions", ["suggested_by"])
    op.create_table(
        "calendar_tokens",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("series_id", RowId),
        sa.Column("made_by", Snowflake, nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("revoked_at", Instant),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_calendar_tokens_series_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name="pk_calendar_tokens"),
    )
    op.create_index("ix_calendar_tokens_guild_id", "calendar_tokens", ["guild_id"])
    op.create_index("ix_calendar_tokens_series_id", "calendar_tokens", ["series_id"])
    op.create_table(
        "paper_voices",
        sa.Column("paper_id", RowId, autoincrement=False, nullable=False),
        sa.Column("member_id", Snowflake, autoincrement=False, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_paper_voices_paper_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("paper_id", "member_id", name="pk_paper_voices"),
    )
    op.create_table(
        "volunteers",
        sa.Column("series_id", RowId, autoincrement=False, nullable=False),
        sa.Column("member_id", Snowflake, autoincrement=False, nullable=False),
        sa.Column("paper_id", RowId),
        sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_volunteers_paper_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_volunteers_series_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("series_id", "member_id", name="pk_volunteers"),
    )
    op.create_index("ix_volunteers_paper_id", "volunteers", ["paper_id"])
    op.create_table(
        "guests",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("day", sa.Date),
        sa.Column("added_by", Snowflake, nullable=False),
        sa.Column("added_at", Instant, nullable=False),
        sa.Column("episode_id", RowId),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name="fk_guests_episode_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_guests"),
        sa.UniqueConstraint("guild_id", "name_key", name="uq_guests_guild_id_name_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_guests_episode_id", "guests", ["episode_id"])
    op.create_table(
        "sessions",
        sa.Column("id", RowId, nullable=False),
        sa.Column("series_id", RowId, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("slot", sa.Date, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("minute", sa.Integer, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("starts_at", Instant, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("paper_id", RowId),
        sa.Column("presented_by", Snowflake),
        sa.Column("author", sa.Text),
        sa.Column("event_id", Snowflake),
        sa.Column("event_claimed_at", Instant),
        sa.Column("channel_id", Snowflake),
        sa.Column("message_id", Snowflake),
        sa.Column("thread_id", Snowflake),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("recording_url", sa.Text),
        sa.Column("notes", sa.Text),
        sa.Column("episode_id", RowId),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name="fk_sessions_episode_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_sessions_paper_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_sessions_series_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("series_id", "slot", name="uq_sessions_series_id_slot"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sessions_episode_id", "sessions", ["episode_id"])
    op.create_index("ix_sessions_event_id", "sessions", ["event_id"])
    op.create_index("ix_sessions_guild_id_starts_at", "sessions", ["guild_id", "starts_at"])
    op.create_index("ix_sessions_paper_id", "sessions", ["paper_id"])
    op.create_table(
        "member_questions",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("guest_id", RowId),
        sa.Column("session_id", RowId),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("text_key", sa.Text, nullable=False),
        sa.Column("asked_by", Snowflake, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True)),
        sa.Column("claimed_at", Instant),
        sa.Column("told_at", Instant),
        sa.CheckConstraint("(guest_id IS NULL) <> (session_id IS NULL)", name="ck_member_questions_about_one"),
        sa.ForeignKeyConstraint(["guest_id"], ["guests.id"], name="fk_member_questions_guest_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_member_questions_session_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_member_questions"),
        sa.UniqueConstraint("guest_id", "text_key", name="uq_member_questions_guest_id_text_key"),
        sa.UniqueConstraint("session_id", "text_key", name="uq_member_questions_session_id_text_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_member_questions_asked_by", "member_questions", ["asked_by"])
    op.create_table(
        "outbox",
        sa.Column("id", RowId, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("session_id", RowId),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("member_id", Snowflake),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("stale_at", Instant, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("claimed_at", Instant),
        sa.Column("channel_id", Snowflake),
        sa.Column("message_id", Snowflake),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_outbox_session_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_member_id", "outbox", ["member_id"])
    op.create_index("ix_outbox_session_id", "outbox", ["session_id"])
    op.create_index("ix_outbox_state_due_at", "outbox", ["state", "due_at"])
    op.create_table(
        "rsvps",
        sa.Column("session_id", RowId, autoincrement=False, nullable=False),
        sa.Column("member_id", Snowflake, autoincrement=False, nullable=False),
        sa.Column("answer", sa.String(8), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("by_message", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_rsvps_session_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id", "member_id", name="pk_rsvps"),
    )

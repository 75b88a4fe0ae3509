"""Paper clubs: the papers that members propose, the series of a server and their sessions, and what comes of them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from companion.storage.schema.metadata import metadata
from companion.storage.types import Instant, Key, RowId, Snowflake

# What arXiv, Crossref and the like say of a paper, kept for ever: it is asked for once, whoever proposes it.
paper_metadata = Table(
    "paper_metadata",
    metadata,
    # `arxiv:2005.11401`, `doi:10.…`, `openreview:…` or `url:https://…`; no version.
    Column("canonical", Key, primary_key=True),
    Column("title", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("abstract", Text),
    Column("published", Date),
    # The newest that is known of.
    Column("version", Integer),
    Column("fetched_at", Instant, nullable=False),
)

# A server's papers, from the proposal on.
papers = Table(
    "papers",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("canonical", Key, nullable=False),
    # The version that was proposed; the newest, where none was.
    Column("version", Integer),
    # As its metadata says, or, where there was none, as the first who proposed it wrote.
    Column("title", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("abstract", Text),
    Column("published", Date),
    Column("proposed_by", Snowflake, nullable=False, index=True),
    Column("proposed_at", Instant, nullable=False),
    # `proposed`, `scheduled`, `covered`, `withdrawn` or `expired`.
    Column("state", String(16), nullable=False),
    # When it was proposed, or carried over, last: what nobody votes for long enough after that expires.
    Column("renewed_at", Instant, nullable=False),
    UniqueConstraint("guild_id", "canonical"),
    sqlite_autoincrement=True,
)

# Everybody who proposed a paper, the first one too, and why.
paper_voices = Table(
    "paper_voices",
    metadata,
    Column("paper_id", RowId, ForeignKey("papers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column("why", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

# A club that meets by a rule, on the clocks of its zone.
series = Table(
    "series",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("name", Text, nullable=False),
    # Folded, by which a name is taken but once.
    Column("name_key", Key, nullable=False),
    # `weekly`, `fortnightly` or `monthly`; Monday is 0; of a month the first is 1 and the last -1.
    Column("frequency", String(16), nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("nth", Integer),
    # A date of the first week that counts.
    Column("anchor", Date, nullable=False),
    Column("minute", Integer, nullable=False),
    Column("zone", Text, nullable=False),
    Column("duration", Integer, nullable=False),
    Column("channel_id", Snowflake, nullable=False),
    Column("hosted_by", Snowflake),
    # `voice`, `stage` (both with a channel) or `external` (with a place in words, or a link).
    Column("venue", String(16), nullable=False),
    Column("venue_channel_id", Snowflake),
    Column("venue_text", Text),
    Column("capacity", Integer),
    # So many days before, the top of the vote is assigned; None where nobody wants that.
    Column("assign_days", Integer),
    # Minutes before the start at which reminders go out.
    Column("reminders", JSON, nullable=False),
    Column("created_by", Snowflake, nullable=False),
    # Nothing is due that was due before.
    Column("since", Instant, nullable=False),
    Column("paused_at", Instant),
    Column("ended_at", Instant),
    UniqueConstraint("guild_id", "name_key"),
    sqlite_autoincrement=True,
)

# One row a date of the rule, wherever the session was moved to; skipped ones stay, so that they don't come again.
sessions = Table(
    "sessions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("series_id", RowId, ForeignKey("series.id", ondelete="CASCADE"), nullable=False),
    Column("guild_id", Snowflake, nullable=False),
    # The rule's date.
    Column("slot", Date, nullable=False),
    # When it is, on the clocks of the zone, and as an instant; moved ones differ from the rule.
    Column("day", Date, nullable=False),
    Column("minute", Integer, nullable=False),
    Column("zone", Text, nullable=False),
    Column("starts_at", Instant, nullable=False),
    # `planned`, `skipped`, `cancelled` (in Discord) or `held`.
    Column("state", String(16), nullable=False),
    Column("paper_id", RowId, ForeignKey("papers.id", ondelete="SET NULL"), index=True),
    Column("presented_by", Snowflake),
    # The author who attends, in words.
    Column("author", Text),
    # Discord's scheduled event: claimed by who creates it.
    Column("event_id", Snowflake, index=True),
    Column("event_claimed_at", Instant),
    # The session's own post, and the thread in which it is discussed.
    Column("channel_id", Snowflake),
    Column("message_id", Snowflake),
    Column("thread_id", Snowflake),
    # Of its entry in calendars (RFC 5545): raised with every change that these show.
    Column("sequence", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("recording_url", Text),
    Column("notes", Text),
    # The recording in the archive.
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="SET NULL"), index=True),
    UniqueConstraint("series_id", "slot"),
    Index(None, "guild_id", "starts_at"),
    sqlite_autoincrement=True,
)

# Who would present in a series; whoever has not presented yet comes first.
volunteers = Table(
    "volunteers",
    metadata,
    Column("series_id", RowId, ForeignKey("series.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    # What they would present, if they said so.
    Column("paper_id", RowId, ForeignKey("papers.id", ondelete="SET NULL"), index=True),
    Column("at", Instant, nullable=False),
)

# Who comes. Who of those that go has a place and who waits follows from the order and the capacity.
rsvps = Table(
    "rsvps",
    metadata,
    Column("session_id", RowId, ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    # `going`, `maybe` or `no`.
    Column("answer", String(8), nullable=False),
    # When they said so last: whoever leaves and comes back is behind those who waited.
    Column("at", Instant, nullable=False),
    Column("by_message", Boolean, nullable=False),
)

# What is to be told once, by itself: reminders, a place that came free, the thread, the link. Claimed by who sends it.
outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True),
    # By which the same thing is told but once.
    Column("key", Key, nullable=False, unique=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("session_id", RowId, ForeignKey("sessions.id", ondelete="CASCADE"), index=True),
    Column("kind", String(16), nullable=False),
    # Whom it is for; None for the series' channel.
    Column("member_id", Snowflake, index=True),
    Column("due_at", Instant, nullable=False),
    # After which it is dropped.
    Column("stale_at", Instant, nullable=False),
    # `waiting`, `claimed`, `sent` or `dropped`.
    Column("state", String(16), nullable=False),
    Column("claimed_at", Instant),
    Column("channel_id", Snowflake),
    Column("message_id", Snowflake),
    Index(None, "state", "due_at"),
    sqlite_autoincrement=True,
)

# Calendars that are subscribed to, each by a secret of which only the digest is kept.
calendar_tokens = Table(
    "calendar_tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("guild_id", Snowflake, nullable=False, index=True),
    # None: all series of the server.
    Column("series_id", RowId, ForeignKey("series.id", ondelete="CASCADE"), index=True),
    Column("made_by", Snowflake, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

# Who is going to be on the podcast, as the hosts of a server say.
guests = Table(
    "guests",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Key, nullable=False),
    Column("day", Date),
    Column("added_by", Snowflake, nullable=False),
    Column("added_at", Instant, nullable=False),
    # Where they were heard, once it is in the archive.
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="SET NULL"), index=True),
    UniqueConstraint("guild_id", "name_key"),
    sqlite_autoincrement=True,
)

# What members would ask: a guest, or whoever presents in a session.
member_questions = Table(
    "member_questions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("guest_id", RowId, ForeignKey("guests.id", ondelete="CASCADE")),
    Column("session_id", RowId, ForeignKey("sessions.id", ondelete="CASCADE")),
    Column("text", Text, nullable=False),
    Column("text_key", Key, nullable=False),
    Column("asked_by", Snowflake, nullable=False, index=True),
    Column("asked_at", Instant, nullable=False),
    # `open`, `asked` (a host put it) or `answered`.
    Column("state", String(16), nullable=False),
    # A reference to the passage that answers it (`storage/passages.py`).
    Column("answer", JSON(none_as_null=True)),
    # The message that tells the asker: claimed by who sends it.
    Column("claimed_at", Instant),
    Column("told_at", Instant),
    CheckConstraint("(guest_id IS NULL) <> (session_id IS NULL)", name="about_one"),
    UniqueConstraint("guest_id", "text_key"),
    UniqueConstraint("session_id", "text_key"),
    sqlite_autoincrement=True,
)

# The standing survey: guests, papers and topics that members wish for.
suggestions = Table(
    "suggestions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    # `guest`, `paper` or `topic`.
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("text_key", Key, nullable=False),
    Column("suggested_by", Snowflake, nullable=False, index=True),
    Column("suggested_at", Instant, nullable=False),
    # `open`, `done` or `declined`.
    Column("state", String(16), nullable=False),
    UniqueConstraint("guild_id", "kind", "text_key"),
    sqlite_autoincrement=True,
)

"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from companion.storage.holdable import key_of

RowId = BigInteger().with_variant(Integer(), "sqlite")
"""Ids that the database counts up itself: SQLite does so only for a column that is exactly INTEGER."""

Snowflake = BigInteger
"""A Discord id: 64 bits."""


class Instant(TypeDecorator[datetime]):
    """A timezone-aware instant, kept in UTC. SQLite knows no zones: there it is stored without and read with UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Key(TypeDecorator[str]):
    """A text of any length that is in an index: stored, and looked for, as `key_of` makes it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else key_of(value)

"""Copying all that is stored from one database to another, of whichever kind: from a file to a server, and back.

The source is read as it was at one instant. All of the target is written in one transaction, which is committed only
when what it holds was read back and found equal, row by row, and nobody wrote to the source meanwhile: there is either
everything, or nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Row, Table, bindparam, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from companion.storage import schema
from companion.storage.address import Address
from companion.storage.engine import plain_connection, plain_transaction, told_plainly
from companion.storage.errors import StorageError
from companion.storage.health import examine
from companion.storage.holdable import key_of, without_nul
from companion.storage.migrations import migrate
from companion.storage.types import Key

BATCH = 500
"""Rows that are read, and written, at once."""


@dataclass(frozen=True, slots=True)
class Step:
    """So many rows of a table are copied, of so many; ``verified`` when all are, and equal."""

    table: str
    done: int
    total: int
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Transferred:
    """How many rows were copied, and how many texts of them are others now, since not every database can hold them."""

    tables: int
    rows: int
    replaced: int


def transfer(source: Address, target: Address, told: Callable[[Step], None]) -> Transferred:
    """Copies every row of the source to the target, which is made or migrated first and has to be empty.

    A source of an older schema is migrated, as by any other command. Raises `StorageError` where there is no source,
    the target holds anything already, one of the two fails, or the source is written to: then the target is as empty as
    it was.
    """
    if source == target:
        raise StorageError(f"{source} would be copied to itself: name another database to copy it to.")
    _require_sound(source)
    with told_plainly(source):
        migrate(source)
    with told_plainly(target):
        if target.sqlite:
            target.files.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        migrate(target)
    with (
        told_plainly(source),
        plain_connection(source) as watching,
        plain_connection(source) as reading,
        told_plainly(target),
        plain_transaction(target) as writing,
    ):
        before = _state(watching)
        _require_empty(writing, target)
        copying = _Copying(_Side(source, reading), _Side(target, writing), told)
        tables = schema.metadata.sorted_tables
        rows = sum(copying.copy(table) for table in tables)
        for table in tables:
            _go_on_counting(table, reading, writing)
        if _state(watching) != before:
            raise StorageError(
                f"Something was stored in {source} while it was copied, and would have been lost. So nothing was"
                " copied: stop the bot, and whatever else writes there, and copy again."
            )
    return Transferred(len(tables), rows, copying.replaced)


def _state(connection: Connection) -> Sequence[Row[Any]]:
    """Another one as soon as anybody else wrote to the database; of a server it takes a look at each row."""
    if connection.dialect.name == "sqlite":
        asked = text("PRAGMA data_version")
    else:
        # A row has the number of the transaction that wrote it last.
        written = "SELECT '{0}', count(*), max(xmin::text::bigint) FROM {0}"
        asked = text(" UNION ALL ".join(map(written.format, schema.metadata.tables)))
    found = connection.execute(asked).all()
    # What it sees is as of one instant, which is to be another the next time.
    connection.rollback()
    return found


def _require_sound(source: Address) -> None:
    if source.sqlite and not source.files.is_file():
        raise StorageError(f"There is no database {source}: name the one that is to be copied.")
    health = examine(source)
    if health.damage is not None:
        raise StorageError(f"{source} is damaged ({health.damage}): restore a backup of it, and copy that.")
    if health.schema is None:
        raise StorageError(f"{source} is no database of Companion's: name the one that is to be copied.")


def _require_empty(connection: Connection, target: Address) -> None:
    for table in schema.metadata.sorted_tables:
        # A new database has its one row.
        if table is not schema.index_version and connection.execute(select(table).limit(1)).first() is not None:
            raise StorageError(
                f"{target} is not empty (there are {table.name}), and nothing is mixed into what is there: name an"
                " empty database, or empty that one first."
            )
    connection.execute(delete(schema.index_version))


class _Side(NamedTuple):
    """A database, and the one connection to it; what fails is told as this one's."""

    address: Address
    connection: Connection

    def batches(self, table: Table) -> Iterator[Sequence[Row[Any]]]:
        with (
            told_plainly(self.address),
            self.connection.execute(select(table), execution_options={"yield_per": BATCH}) as result,
        ):
            yield from result.partitions()


class _Copying:
    """Table after table, from the one side to the other."""

    def __init__(self, source: _Side, target: _Side, told: Callable[[Step], None]) -> None:
        self._source = source
        self._target = target
        self._told = told
        self.replaced = 0

    def copy(self, table: Table) -> int:
        """Copies a table, and reads it back. Returns how many rows it has. Raises `StorageError` where one differs."""
        total: int = self._source.connection.execute(select(func.count()).select_from(table)).scalar_one()
        inward = [column for column in table.c if any(key.column.table is table for key in column.foreign_keys)]
        digests: set[bytes] = set()
        later: list[dict[str, Any]] = []
        done = 0
        for batch in self._source.batches(table):
            rows = [self._holdable(table, row) for row in batch]
            digests.update(map(_digest, rows))
            named = [dict(zip(table.c.keys(), row, strict=True)) for row in rows]
            # A row may refer to one of its own table that comes behind it.
            later += [_key(table, row) | _taken_out(inward, row) for row in named if any(row[c.key] for c in inward)]
            self._insert(table, named)
            done += len(rows)
            self._told(Step(table.name, done, total))
        if later:
            same = [column == bindparam(f"key {column.key}") for column in table.primary_key]
            self._target.connection.execute(
                update(table).where(*same).values({column.key: bindparam(f"to {column.key}") for column in inward}),
                later,
            )
        self._verify(table, digests, done)
        self._told(Step(table.name, done, total, verified=True))
        return done

    def _insert(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        try:
            with told_plainly(self._target.address):
                self._target.connection.execute(insert(table), rows)
        except DBAPIError as error:
            keys = "; ".join(str(tuple(_key(table, row).values())) for row in (rows[0], rows[-1]))
            raise StorageError(
                f"A row of {table.name} does not go into the other database ({error.orig}), among those from key"
                f" {keys}: nothing was copied. Please report this."
            ) from error

    def _verify(self, table: Table, digests: set[bytes], count: int) -> None:
        found = 0
        for batch in self._target.batches(table):
            for row in batch:
                if (digest := _digest(row)) not in digests:
                    key = tuple(row[table.c.keys().index(column.key)] for column in table.primary_key)
                    raise StorageError(
                        f"The row {key} of {table.name} came out as another than it went in, so nothing was copied."
                        " Please report this."
                    )
                digests.discard(digest)
                found += 1
        if digests or found != count:
            raise StorageError(
                f"{table.name} has {count:,} rows, and {found:,} of them arrived, so nothing was copied. Please report"
                " this."
            )

    def _holdable(self, table: Table, row: Sequence[Any]) -> Sequence[Any]:
        """The row as it is stored in any database of today's."""
        if not self._target.address.sqlite:
            row = self._counted(row, [without_nul(value) for value in row])
        keys = [isinstance(column.type, Key) for column in table.c]
        return self._counted(
            row, [key_of(value) if key and value else value for key, value in zip(keys, row, strict=True)]
        )

    def _counted(self, row: Sequence[Any], stored: Sequence[Any]) -> Sequence[Any]:
        self.replaced += sum(now is not before for before, now in zip(row, stored, strict=True) if isinstance(now, str))
        return stored


def _key(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {f"key {column.key}": row[column.key] for column in table.primary_key}


def _taken_out(columns: Sequence[Column[Any]], row: dict[str, Any]) -> dict[str, Any]:
    taken = {f"to {column.key}": row[column.key] for column in columns}
    row.update(dict.fromkeys((column.key for column in columns), None))
    return taken


def _digest(row: Sequence[Any]) -> bytes:
    """The same for the same values, whichever database they were read from, and of which length and kind each is."""
    hashed = hashlib.blake2b(digest_size=16)
    for value in row:
        kind, data = _told_apart(value)
        hashed.update(b"%s%d:" % (kind, len(data)))
        hashed.update(data)
    return hashed.digest()


def _told_apart(value: Any) -> tuple[bytes, bytes]:
    match value:
        case None:
            return b"n", b""
        case bytes():
            return b"b", value
        case str():
            return b"s", value.encode()
        case bool() | int() | float():
            return b"d", repr(value).encode()
        case date():
            return b"t", value.isoformat().encode()
        case _:
            return b"j", json.dumps(value, sort_keys=True).encode()


def _go_on_counting(table: Table, reading: Connection, writing: Connection) -> None:
    """Has the target give new rows ids beyond all that the source ever gave, also to rows that are gone."""
    counted = table.autoincrement_column
    if counted is None:
        return
    highest: int = writing.execute(select(func.max(counted))).scalar_one() or 0
    given = max(highest, _given(table, counted, reading))
    if writing.dialect.name != "sqlite":
        if given:
            sequence = func.pg_get_serial_sequence(table.name, counted.name)
            writing.execute(select(func.setval(sequence, given)))
    elif table.dialect_options["sqlite"]["autoincrement"]:
        writing.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        said = {"name": table.name, "given": given}
        writing.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :given)"), said)


def _given(table: Table, counted: Column[Any], connection: Connection) -> int:
    """The highest id that the database gave a row of the table so far."""
    if connection.dialect.name == "sqlite":
        if not table.dialect_options["sqlite"]["autoincrement"]:
            return 0
        kept = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return connection.execute(kept, {"name": table.name}).scalar() or 0
    sequence = func.pg_get_serial_sequence(table.name, counted.name)
    name: str = connection.execute(select(sequence)).scalar_one()
    return connection.execute(text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {name}")).scalar_one()  # noqa: S608  PostgreSQL's own name for it

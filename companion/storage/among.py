"""Lists in statements, of any length.

`IN` sends a parameter for each value, of which a statement has 32,767 at most on PostgreSQL and 32,766 on SQLite. Lists
that grow with the archive, or with the servers that a process has, are sent as one.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Dialect, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine

from companion.storage.types import Key


def among(column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Is the column one of these values: whole numbers, or texts without U+0000? It is none of none."""
    return _Among(column, bindparam(None, list(values), _List(column.type)))


class _List(TypeDecorator[list[Any]]):
    """Many values of a type: an array of PostgreSQL's, or JSON for SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(self.of))

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> Any:
        if dialect.name != "sqlite" or value is None:
            return value
        if isinstance(self.of, Key):
            value = [self.of.process_bind_param(one, dialect) for one in value]
        return json.dumps(value)


class _Among(FunctionElement[bool]):
    name = "among"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> ColumnElement[Any]:
        # By itself SQLAlchemy writes "(…) = 1" for SQLite, which then looks at every row, and at no index.
        return self


@compiles(_Among)
def _any(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} = ANY({values}))"


@compiles(_Among, "sqlite")
def _each(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({values})))"  # noqa: S608  the names of a column and of a parameter

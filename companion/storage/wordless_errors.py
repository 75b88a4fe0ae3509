"""Errors of a PostgreSQL server without the values that it repeats: members' words, which end up in logs."""

from __future__ import annotations

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

_REPEATS = "\nDETAIL:"
"""What follows says which value was there already, or in which row something was missing."""


def leave_out_values(engine: Engine) -> None:
    """What fails on this engine is told without values; which constraint it was stays."""
    event.listen(engine, "handle_error", _leave_out)


def _leave_out(context: ExceptionContext) -> None:
    error: BaseException | None = context.original_exception
    for one in (context.sqlalchemy_exception, error, error.__cause__ if error else None):
        if one is None:
            continue
        one.args = tuple(part.partition(_REPEATS)[0] if isinstance(part, str) else part for part in one.args)
        if isinstance(getattr(one, "detail", None), str):
            # The event loop's driver adds it to what it says. SQLAlchemy's own is a list, of other things.
            setattr(one, "detail", None)  # noqa: B010  no class that is known here has it

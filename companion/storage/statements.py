"""A log of the statements that the database is asked, for who looks into what something does: without their values."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Engine, event

log = logging.getLogger(__name__)

_BEGUN = "companion_begun"


def log_statements(engine: Engine) -> None:
    """Logs every statement of the engine with how long it took, where this module's log has the level DEBUG by now.

    Otherwise nothing is listened for, so that it costs nothing.
    """
    if log.isEnabledFor(logging.DEBUG):
        event.listen(engine, "before_cursor_execute", _begin)
        event.listen(engine, "after_cursor_execute", _end)


def _begin(connection: Connection, *_: Any) -> None:
    connection.info[_BEGUN] = perf_counter()


def _end(connection: Connection, _cursor: object, statement: str, *_: Any) -> None:
    milliseconds = 1000 * (perf_counter() - connection.info[_BEGUN])
    # Values are bound apart from it: a statement holds nobody's words.
    log.debug("%.1f ms: %s", milliseconds, " ".join(statement.split()))

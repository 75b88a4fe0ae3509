"""Logging: lines on standard error, of text or of JSON. Logged are ids, never members' or transcripts' texts."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Literal

from pydantic import SecretStr

from companion.cogs import requests

Format = Literal["text", "json"]
_HIDDEN = "[secret]"
_ROW = "[row]"


class RedactingFormatter(logging.Formatter):
    """Lines of text. A line that belongs to a request has its id in brackets.

    Writes ``[secret]`` wherever a secret would appear, in tracebacks too, whoever logged it; and ``[row]`` in these for
    what PostgreSQL tells of a row that it refuses, with all its values.
    """

    def __init__(self, secrets: Iterable[SecretStr] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s%(bracketed)s: %(message)s")
        self._secrets = [value for secret in secrets if (value := secret.get_secret_value())]

    def format(self, record: logging.LogRecord) -> str:
        request = request_of(record)
        record.bracketed = f" [{request}]" if request else ""
        return self.redacted(_without_rows(super().format(record), record))

    def redacted(self, line: str) -> str:
        """The line without the secrets."""
        for secret in self._secrets:
            line = line.replace(secret, _HIDDEN)
        return line


class JsonFormatter(RedactingFormatter):
    """One JSON object a line: time (ISO 8601, UTC), level, logger, message, and where they are, request and error."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            # Redacted before they are written as JSON, which spells some characters differently.
            "message": self.redacted(record.getMessage()),
        }
        if request := request_of(record):
            fields["request"] = request
        if record.exc_info:
            fields["error"] = self.redacted(_without_rows(self.formatException(record.exc_info), record))
        return json.dumps(fields, ensure_ascii=False)


def _without_rows(told: str, record: logging.LogRecord) -> str:
    for error in _chain(record.exc_info[1] if record.exc_info else None):
        detail = getattr(error, "detail", None) or getattr(getattr(error, "diag", None), "message_detail", None)
        if detail and isinstance(detail, str):
            told = told.replace(detail, _ROW)
    return told


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those that it came of, as a traceback tells them."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def request_of(record: logging.LogRecord) -> str | None:
    """The id of the request that the record belongs to: one that it names, or the one of this task."""
    named: str | None = getattr(record, "request", None)
    current = requests.current()
    return named or (current.id if current else None)


def log_to_stderr(level: str, secrets: Iterable[SecretStr] = (), form: Format = "text") -> None:
    """Sends this process's log, from a level on, to standard error."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(JsonFormatter(secrets) if form == "json" else RedactingFormatter(secrets))
    root = logging.getLogger()
    root.handlers[:] = [stream]
    root.setLevel(level)
    # At DEBUG these tell all that is sent and stored, members' words and secrets among it.
    for telling in ("aiosqlite", "asyncpg", "discord"):
        logging.getLogger(telling).setLevel(max(logging.INFO, root.level))
    # These tell their every step, some with all that is sent.
    for chatty in "alembic httpx httpx2 httpcore2 openai psycopg sentence_transformers sqlalchemy".split():
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    # These warn of intents and voice libraries that the bot does without on purpose.
    for worried in ("discord.client", "discord.state"):
        logging.getLogger(worried).setLevel(logging.ERROR)

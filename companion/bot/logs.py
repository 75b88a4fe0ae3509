"""Logging: lines of text on standard error. What is logged are ids, never members' or transcripts' texts."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable

from pydantic import SecretStr


class RedactingFormatter(logging.Formatter):
    """Writes ``[secret]`` wherever a secret would appear, in tracebacks too, whoever logged it."""

    def __init__(self, secrets: Iterable[SecretStr] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._secrets = [value for secret in secrets if (value := secret.get_secret_value())]

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "[secret]")
        return line


def log_to_stderr(level: str, secrets: Iterable[SecretStr] = ()) -> None:
    """Sends this process's log, from a level on, to standard error."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(RedactingFormatter(secrets))
    root = logging.getLogger()
    root.handlers[:] = [stream]
    root.setLevel(level)
    # These tell their every step, some with all that is sent.
    for chatty in ("alembic", "httpx", "httpx2", "httpcore2", "openai", "sentence_transformers"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    # These warn of intents and voice libraries that the bot does without on purpose.
    for worried in ("discord.client", "discord.state"):
        logging.getLogger(worried).setLevel(logging.ERROR)

"""Configuration: environment variables and ``.env``, read once into one frozen object.

Options that the lower floors take are made from it; nothing but the command line reads the environment.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from companion.storage.address import FOLDER, Address, address_of
from companion.storage.errors import CompanionError
from companion.storage.shards import Shards

_PRICE = r"\s*[^\s,=][^,=]*=\s*\d{1,6}(?:\.\d{1,6})?\s*/\s*\d{1,6}(?:\.\d{1,6})?\s*"
_PRICES = re.compile(rf"{_PRICE}(?:,{_PRICE})*,?\s*")

_WEB_URL = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[A-Za-z0-9._~/-]*)?|https?://\[[0-9A-Fa-f:]+\](?::\d{1,5})?/?"
)


class ConfigurationError(CompanionError):
    """A setting that cannot be used."""


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _prices(value: str | None) -> str | None:
    if value is not None and not _PRICES.fullmatch(value):
        raise ValueError("write it like some-model=0.25/2, another=1.10/4.40")
    return value


def _web_url(value: str | None) -> str | None:
    if value is not None and not _WEB_URL.fullmatch(value):
        raise ValueError("write it like https://companion.example.org")
    return value and value.rstrip("/")


def _shards(value: str | None) -> str | None:
    return value and str(Shards.parse(value))


class Settings(BaseSettings):
    """Everything an operator can set. An empty variable counts as not set; the environment wins over ``.env``."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    discord_token: SecretStr | None = Field(
        default=None, description="The bot's token. Without one, `companion run` starts the sandbox."
    )
    database_url: str = Field(
        default="sqlite+aiosqlite:///data/companion.db",
        description="Where everything is kept: a file of SQLite's, which is made with its folder on first use, or a"
        " PostgreSQL database, `postgresql+asyncpg://user:password@host/companion` (docs/scaling.md).",
    )
    companion_folder: Path = Field(
        default=FOLDER,
        description="The folder for the local files that belong to a PostgreSQL database, such as those that open the"
        " search index fast. A file of SQLite's has them beside it.",
    )
    companion_vectors: Literal["memory", "pgvector"] = Field(
        default="memory",
        description="Where search looks for what is near in meaning: in codes of all vectors in `memory`, or in an"
        " index of the database's, `pgvector`, for archives that outgrow it (docs/scaling.md).",
    )
    embedding_model: str | None = Field(
        default=None,
        description="A sentence-transformers model, by folder or Hugging Face name; empty: all-MiniLM-L6-v2, packaged,"
        " which reads English. After a change the archive is embedded anew when the bot starts, as `companion ingest`"
        " does; what is not embedded yet is found by words only.",
    )
    openai_api_key: SecretStr | None = Field(
        default=None,
        description="The key of the endpoint that writes answers and transcribes audio, where it wants one.",
    )
    openai_base_url: str | None = Field(
        default=None, description="The address of another endpoint that speaks OpenAI's API."
    )
    transcription_model: str = Field(default="whisper-1", description="The model that transcribes audio.")
    companion_model: str | None = Field(
        default=None,
        description="The language model that writes the prose of answers; empty: answers are quotations alone. It wants"
        " OPENAI_API_KEY, or OPENAI_BASE_URL, or both.",
    )
    companion_model_prices: Annotated[str | None, AfterValidator(_prices)] = Field(
        default=None,
        description="What models cost, in dollars for a million tokens read and a million written, such as"
        " `some-model=0.25/2, another=1.10/4.40`. Without a price budgets hold in questions and tokens only.",
    )
    companion_model_tokens_a_day: int = Field(
        default=20_000_000,
        ge=0,
        le=10**12,
        description="Tokens that the model may use a day for all servers together, whatever budgets they decided on; no"
        " member gets more than the tenth of it. After that there are quotations. 0: as many as are asked for.",
    )
    companion_model_dollars_a_day: int = Field(
        default=50,
        ge=0,
        le=10**6,
        description="The same in dollars, where COMPANION_MODEL_PRICES has the model's price. 0: whatever it costs.",
    )
    companion_model_seconds: int = Field(
        default=45,
        ge=5,
        le=600,
        description="Seconds that the model has for a whole answer; half of them for its first word. After that members"
        " get the quotations.",
    )
    message_content: bool = Field(
        default=False,
        description="True: every message in the thread of a conversation is answered, not only those that mention the"
        " bot. Discord has to grant the bot the message content intent for that (Bot → Privileged Gateway Intents).",
    )
    feed_interval_minutes: int = Field(
        default=60,
        ge=5,
        le=10_080,
        description="Minutes after which a feed is asked for news again: 5 or more.",
    )
    companion_web_port: int | None = Field(
        default=None,
        ge=1,
        le=65_535,
        description="The port on which calendars of paper clubs are served, `/calendar/….ics`; empty: there is no web"
        " server, and `/club calendar` gives files only.",
    )
    companion_web_host: str = Field(
        default="127.0.0.1",
        description="The address of this machine on which that port listens: only for programs of the same machine,"
        " such as a proxy that speaks HTTPS, unless it is another one; `0.0.0.0` is all.",
    )
    companion_web_url: Annotated[str | None, AfterValidator(_web_url)] = Field(
        default=None,
        description="Where members reach that port from outside, such as `https://companion.example.org`. Without it"
        " `/club calendar` gives no links.",
    )
    companion_metrics_token: SecretStr | None = Field(
        default=None,
        description="What that port wants to be told before it shows `/metrics` and `/healthz`, as `Authorization:"
        " Bearer …`, from wherever it is asked; empty: this machine and its own network may ask, and nobody else.",
    )
    companion_shards: Annotated[str | None, AfterValidator(_shards)] = Field(
        default=None,
        description="Which of Discord's shards this process has, where several share the servers over one database:"
        " `0-3/8` are the first four of eight; empty: all, as many as Discord recommends (docs/scaling.md).",
    )
    companion_stop_seconds: int = Field(
        default=15,
        ge=0,
        le=600,
        description="Seconds that answers which are being made have to be finished when the bot is told to stop. What"
        " runs it must wait for half a minute longer before it kills it.",
    )
    companion_keep_days: int = Field(
        default=365,
        ge=1,
        le=3650,
        description="Days that searches and questions are kept, with who asked and what was answered. PRIVACY.md tells"
        " members of it.",
    )
    companion_keep_left_days: int = Field(
        default=30,
        ge=1,
        le=365,
        description="Days after which a server's data is deleted once the bot was removed from it, unless it is back.",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        default="INFO", description="How much is logged to standard error: DEBUG, INFO, WARNING or ERROR."
    )
    log_format: Annotated[Literal["text", "json"], BeforeValidator(_lower)] = Field(
        default="text", description="How it is logged: lines of text, or one JSON object a line, for log collectors."
    )
    companion_log_texts: bool = Field(
        default=False,
        description="True: the log has what members search for and ask, too; otherwise their ids and numbers alone.",
    )

    @property
    def secrets(self) -> list[SecretStr]:
        """Every secret among the settings, so that nothing shows one."""
        password = self.address.url.password
        kept = [self.discord_token, self.openai_api_key, self.companion_metrics_token]
        return [*filter(None, kept), *([SecretStr(password)] if password else [])]

    @property
    def share(self) -> Shards | None:
        """The shards of this process; None for all."""
        return Shards.parse(self.companion_shards) if self.companion_shards else None

    @property
    def address(self) -> Address:
        """The database's. Raises `StorageError` where the URL is none."""
        return address_of(self.database_url, self.companion_folder)


_INSTEAD = {
    "value_error": "{error}",
    "literal_error": "write {expected}",
    "bool_parsing": "write true or false",
    "int_parsing": "write a whole number",
    "int_from_float": "write a whole number",
    "int_parsing_size": "write a smaller number",
    "greater_than_equal": "write {ge} or more",
    "less_than_equal": "write {le} or less",
}
"""What to write in place of a value, by how pydantic calls what is wrong with it."""


def _instead(problem: ErrorDetails) -> str:
    told = _INSTEAD.get(problem["type"], "write another value, which docs/configuration.md describes")
    return told.format_map(problem.get("ctx", {}))


def read_settings() -> Settings:
    """The settings of this process. Raises `ConfigurationError` naming the variable, never its value."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"{'_'.join(map(str, problem['loc'])).upper()}: {_instead(problem)}" for problem in error.errors()
        )
        raise ConfigurationError(f"The configuration (environment or .env) is wrong. {wrong}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError("The file .env is not UTF-8 text: save it as UTF-8.") from error

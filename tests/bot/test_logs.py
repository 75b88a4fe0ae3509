from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Generator

import pytest
from pydantic import SecretStr

from companion.archive.chat_completions import ChatModel
from companion.archive.chat_endpoint import Patience
from companion.archive.prompt import Prompt
from companion.bot.logs import JsonFormatter, RedactingFormatter, log_to_stderr
from companion.cogs.requests import Kind, Requests, current
from companion.storage import settings
from companion.storage.engine import Database
from tests.clocks import StoppedClock
from tests.language_models import KEY, ModelServer, Reply

TOKEN = SecretStr("MTk4NjIyNDgzNDcx.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs")


@pytest.fixture
def restored_log() -> Generator[None, None, None]:
    """Puts the process's log back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("restored_log")
def test_lines_from_the_level_on_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO")
    logging.getLogger("companion.test").debug("too fine")
    logging.getLogger("companion.test").info("search %d", 17)
    out, err = capsys.readouterr()

    assert out == ""
    assert err.endswith("INFO    companion.test: search 17\n")
    assert "too fine" not in err


@pytest.mark.usefixtures("restored_log")
def test_a_secret_is_written_nowhere_not_even_in_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("DEBUG", [TOKEN])
    try:
        {}[TOKEN.get_secret_value()]
    except KeyError:
        logging.getLogger("companion.test").exception("login with %s", TOKEN.get_secret_value())
    err = capsys.readouterr().err

    assert TOKEN.get_secret_value() not in err
    assert err.count("[secret]") == 2


@pytest.mark.usefixtures("restored_log")
async def test_what_a_language_model_is_told_and_tells_is_written_nowhere(
    capsys: pytest.CaptureFixture[str], model_server: ModelServer, clock: StoppedClock
) -> None:
    log_to_stderr("DEBUG")
    model_server.will(Reply("Moonlight does [1]."))
    # The library is imported at the first call.
    model = ChatModel(model_server.endpoint(Patience()), clock)
    try:
        assert [piece async for piece in model.stream(Prompt("Cite.", "What wakes owls?"))]
    finally:
        await model.close()
    err = capsys.readouterr().err

    assert [text for text in ("Moonlight", "owls", KEY) if text in err] == []


def test_an_empty_secret_hides_nothing() -> None:
    record = logging.LogRecord("a", logging.INFO, __file__, 1, "plain", None, None)

    assert RedactingFormatter([SecretStr("")]).format(record).endswith("a: plain")


@pytest.mark.usefixtures("restored_log")
def test_json_is_an_object_a_line_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    awkward = SecretStr('pass"word\\é')
    log_to_stderr("INFO", [awkward], "json")
    try:
        {}[awkward.get_secret_value()]
    except KeyError:
        logging.getLogger("companion.test").exception("login\nwith %s", awkward.get_secret_value())
    logging.getLogger("companion.test").info("search %d", 17, extra={"request": "0a1b2c"})
    failed, plain = map(json.loads, capsys.readouterr().err.splitlines())

    assert failed["message"] == "login\nwith [secret]"
    assert failed["error"].startswith("Traceback")
    assert awkward.get_secret_value() not in str(failed)
    assert plain.pop("time").endswith("+00:00")
    assert plain == {"level": "INFO", "logger": "companion.test", "message": "search 17", "request": "0a1b2c"}


def test_a_line_of_text_names_its_request() -> None:
    record = logging.LogRecord("a", logging.INFO, __file__, 1, "plain", None, None)
    record.request = "0a1b2c"

    assert RedactingFormatter().format(record).endswith("INFO    a [0a1b2c]: plain")
    assert json.loads(JsonFormatter().format(record))["request"] == "0a1b2c"


@pytest.mark.usefixtures("restored_log")
async def test_the_finest_log_has_statements_and_no_values(
    database_url: str, clock: StoppedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_stderr("DEBUG")
    async with await Database.open(database_url, clock) as database, database.write() as connection:
        await settings.put(connection, "kept", "a member's words")
    logging.getLogger("discord.gateway").debug("a member's words")
    err = capsys.readouterr().err

    assert "INSERT INTO settings" in err
    assert "a member's words" not in err


@pytest.mark.usefixtures("restored_log")
async def test_a_statement_is_logged_with_the_request_that_brought_it_about(
    database_url: str, clock: StoppedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_stderr("DEBUG", form="json")

    async def answer(database: Database) -> str:
        Requests().begin(Kind.COMMAND, "search")
        async with database.write() as connection:
            await settings.put(connection, "kept", "yes")
        request = current()
        assert request is not None
        return request.id

    async with await Database.open(database_url, clock) as database:
        reference = await asyncio.create_task(answer(database))
        async with database.read() as connection:
            await settings.get(connection, "kept")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    of = {line["message"].partition(": ")[2].partition(" ")[0]: line.get("request") for line in lines}

    assert of["INSERT"] == reference
    assert of["SELECT"] is None
    (ended,) = [line for line in lines if line["message"].startswith("command search was answered in ")]
    assert ended["request"] == reference

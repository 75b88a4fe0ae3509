from __future__ import annotations

import logging
from collections.abc import Generator

import pytest
from pydantic import SecretStr

from companion.archive.chat_completions import ChatModel
from companion.archive.prompt import Prompt
from companion.bot.logs import RedactingFormatter, log_to_stderr
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
    model = ChatModel(model_server.endpoint(), clock)
    try:
        assert [piece async for piece in model.stream(Prompt("Cite.", "What wakes owls?"))]
    finally:
        await model.close()
    err = capsys.readouterr().err

    assert [text for text in ("Moonlight", "owls", KEY) if text in err] == []


def test_an_empty_secret_hides_nothing() -> None:
    record = logging.LogRecord("a", logging.INFO, __file__, 1, "plain", None, None)

    assert RedactingFormatter([SecretStr("")]).format(record).endswith("a: plain")

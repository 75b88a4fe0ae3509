from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import pytest

from companion.bot import cli
from companion.bot.commands.archive import explained
from companion.bot.config import Settings
from tests.bot.commands import companion, refusal
from tests.feeds import item, write_feed

pytestmark = pytest.mark.usefixtures("toy_model")

HEAVY = ("torch", "sentence_transformers", "discord", "sqlalchemy", "numpy", "pydantic", "rich", "aiohttp", "alembic")


@pytest.fixture(autouse=True)
def elsewhere(on_engine: Path) -> Path:
    """A working directory with a feed, and no settings but for the database."""
    write_feed(on_engine / "feed.xml", [item(number) for number in range(3)])
    return on_engine


def test_help_names_every_command_with_what_its_own_help_begins_with() -> None:
    shown = " ".join(companion("--help").stdout.split())

    for name, entry in cli.COMMANDS.items():
        module = importlib.import_module(f"companion.bot.commands.{entry.module}")
        command: click.Command = getattr(module, name.replace("-", "_"))
        assert f"{name} {entry.help}" in shown
        assert (command.help or "").startswith(entry.help)


def test_help_imports_nothing_heavy_and_takes_less_than_half_a_second_of_the_processor() -> None:
    code = (
        "import sys, time; from companion.bot import cli\n"
        "try: cli.main(['--help'])\n"
        f"finally: print([name for name in {HEAVY} if name in sys.modules], time.process_time(), file=sys.stderr)"
    )
    taken: list[float] = []
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        heavy, seconds = done.stderr.rsplit(maxsplit=1)
        assert heavy == "[]"
        taken.append(float(seconds))

    assert min(taken) < 0.5


def test_an_episode_without_a_transcript_is_explained_as_such() -> None:
    explanation = explained(None, ())

    assert (explanation["convention"], explanation["turns"], explanation["words"]) == (None, 0, 0)
    assert (explanation["first"], explanation["speakers"]) == (None, {})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"id": "a", "question": "b"}\n{"id": ', "q.jsonl, line 2 is not JSON"),
        (b'{"id": "a"}', 'q.jsonl, line 1 is not an object with "id" and "question"'),
        (b"[1]", 'q.jsonl, line 1 is not an object with "id" and "question"'),
        (b"\xff\xfe\x00", "q.jsonl is not UTF-8 text"),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused_with_its_line(elsewhere: Path, content: bytes, sentence: str) -> None:
    (elsewhere / "q.jsonl").write_bytes(content)

    assert sentence in refusal("search", "--batch", "q.jsonl", "--json")


@pytest.mark.parametrize(
    "arguments",
    [
        ("search",),
        ("search", "words", "--batch", "feed.xml", "--json"),
        ("search", "--batch", "feed.xml"),
        ("search", "--batch", "gone.jsonl", "--json"),
        ("search", "words", "--limit", "0"),
        ("ingest",),
        ("dance",),
    ],
)
def test_a_command_used_wrongly_says_how_to_use_it(arguments: Sequence[str]) -> None:
    result = companion(*arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr


@pytest.mark.parametrize("typed", ["42", "0", "not-a-number", "1" * 30, "general", "1234567890123456７8"])
def test_what_is_no_server_s_id_is_refused_before_anything_is_read(typed: str) -> None:
    for arguments in (("subscribe", typed, "lamps"), ("ingest", "feed.xml", "--server", typed)):
        assert "is not a server's id" in refusal(*arguments)


@pytest.mark.sqlite_only("a file may be something else")
@pytest.mark.parametrize("command", [("episodes",), ("podcasts",), ("search", "x"), ("ingest", "feed.xml")])
def test_every_command_refuses_a_database_that_it_cannot_use(
    command: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:///feed.xml")

    assert "feed.xml is not a database" in refusal(*command)


def test_a_wrong_setting_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "loud")

    assert "LOG_LEVEL" in refusal("episodes")


def test_run_without_a_token_starts_the_sandbox_and_with_one_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    from companion.bot import running, sandbox

    started: list[object] = []

    def run_bot(settings: Settings) -> None:
        assert settings.discord_token is not None
        started.append(settings.discord_token.get_secret_value())

    def run_sandbox(_settings: Settings, port: int) -> None:
        started.append(port)

    monkeypatch.setattr(running, "run", run_bot)
    monkeypatch.setattr(sandbox, "run", run_sandbox)
    assert "so this is the sandbox" in companion("run").stdout
    companion("sandbox", "--port", "9999")
    monkeypatch.setenv("DISCORD_TOKEN", "a.b.c")
    companion("run")

    assert started[1:] == [9999, "a.b.c"]


def test_a_broken_pipe_ends_quietly() -> None:
    companion("ingest", "feed.xml")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "companion", "transcript", "number 1"],
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)

    assert done.stderr == b""


SLOW_INGEST = """
import signal, time
from companion.archive import encoders
from companion.bot import cli

class SlowEncoder(encoders.ToyEncoder):
    def encode(self, texts):
        print("encoding", flush=True)
        time.sleep(1)
        return super().encode(texts)

# Whoever started the tests in the background has told everything below not to hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)
encoders.load_encoder = lambda name: SlowEncoder()
cli.main(["ingest", "feed.xml"])
"""


def test_ctrl_c_ends_an_ingest_quietly_and_the_next_one_goes_on() -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", SLOW_INGEST], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"encoding\n"
    process.send_signal(signal.SIGINT)
    rest, complaints = process.communicate(timeout=30)

    assert (process.returncode, set(rest.split()), complaints) == (130, set(rest.split()) & {b"encoding"}, b"")
    again = companion("ingest", "feed.xml").stdout
    assert "nothing new, 3 episodes unchanged" in again
    assert "Embedded 1" in again

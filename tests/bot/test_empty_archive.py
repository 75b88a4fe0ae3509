"""An archive that no podcast was read into yet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from companion.bot.printing import EMPTY_ARCHIVE
from tests.bot.commands import companion

pytestmark = pytest.mark.usefixtures("on_engine", "toy_model")


@pytest.mark.parametrize("command", ["episodes", "podcasts"])
def test_what_lists_says_how_to_fill_it(command: str) -> None:
    assert companion(command).stdout == f"{EMPTY_ARCHIVE}\n"


@pytest.mark.parametrize("command", ["search", "ask"])
def test_what_asks_it_says_beside_the_output_that_it_is_empty(command: str) -> None:
    plain, in_json = companion(command, "honey"), companion(command, "honey", "--json")

    assert plain.stdout.startswith("I don't find that in the archive.")
    assert EMPTY_ARCHIVE in plain.stderr
    assert not json.loads(in_json.stdout)["answerable"]
    assert EMPTY_ARCHIVE in in_json.stderr


def test_files_of_questions_are_answered_all_the_same(tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": 1, "question": "Who keeps bees?"}\n', encoding="utf-8")

    batch = companion("search", "--batch", str(questions), "--json")

    assert json.loads(batch.stdout)["results"] == []
    assert batch.stderr == f"{EMPTY_ARCHIVE}\n"

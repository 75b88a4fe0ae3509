from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import pytest

from companion.archive.language_model import LanguageModelError, Usage
from companion.archive.prompt import Prompt
from companion.bot.commands import asking
from companion.bot.config import Settings
from companion.storage.clock import Clock
from tests.bot.commands import companion
from tests.feeds import item, write_feed

BUTTER = "burned butter in the winter of 1817"


@pytest.fixture(autouse=True)
def elsewhere(on_engine: Path, toy_model: None) -> Path:
    """A working directory with an archive."""
    write_feed(on_engine / "feed.xml", [item(number) for number in range(3)])
    assert companion("ingest", "feed.xml").exit_code == 0
    return on_engine


def answer(*arguments: str) -> dict[str, Any]:
    return json.loads(companion("ask", *arguments, "--json").stdout)


class Parrot:
    """A language model that says one thing, and remembers whether it was closed."""

    name = "parrot-1"
    most_tokens = 500

    def __init__(self, *said: str | LanguageModelError) -> None:
        self.said = said
        self.closed = False

    async def stream(self, _prompt: Prompt) -> AsyncGenerator[str | Usage]:
        for one in self.said:
            if isinstance(one, LanguageModelError):
                raise one
            yield one
        yield Usage(500, 30)

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def speaking(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Parrot]:
    """Configures a language model."""

    def configure(*said: str | LanguageModelError) -> Parrot:
        model = Parrot(*said)

        def configured(_settings: Settings, _clock: Clock) -> Parrot:
            return model

        monkeypatch.setattr(asking, "chat_model", configured)
        return model

    return configure


def test_an_answer_quotes_with_number_speaker_time_episode_and_link() -> None:
    shown = companion("ask", BUTTER).stdout

    assert "[1] " in shown
    assert "Lighthouse number 1" in shown
    assert "butter" in shown
    assert "https://lamps.example/1.mp3#t=" in shown


def test_an_answer_in_json_has_its_citations_with_what_is_quoted() -> None:
    found = answer(BUTTER)
    sources = {source["number"]: source for source in found["sources"]}

    assert (found["question"], found["searched"], found["kind"], found["answerable"]) == (
        BUTTER,
        BUTTER,
        "moment",
        True,
    )
    assert found["citations"]
    for cited in found["citations"]:
        assert cited["text"] in sources[cited["number"]]["text"]
        assert f"“{cited['text']}” [{cited['number']}]" in found["answer"]
        assert cited["url"].startswith("https://lamps.example/")
        assert cited["episode"].startswith("Lighthouse number")
    assert (found["model"], found["problem"]) == (None, None)


def test_the_filters_of_a_search_hold() -> None:
    assert {cited["episode"] for cited in answer("keeper butter logbook", "--episode", "number 2")["citations"]} == {
        "Lighthouse number 2"
    }


def test_a_refusal_tells_what_is_nearest_and_what_is_covered() -> None:
    question = "How much did Zirconium Futures Holding pay for Blockchain Island?"
    shown = companion("ask", question).stdout
    found = answer(question)

    assert shown.startswith("I don't find that in the archive. The nearest:")
    assert "What it does cover, for instance: " in shown
    assert (found["answerable"], found["answer"], found["citations"]) == (False, "", [])
    assert found["covers"]
    assert found["sources"]


def test_a_batch_prints_an_object_a_line_in_the_order_of_the_questions(elsewhere: Path) -> None:
    asked: list[dict[str, Any]] = [
        {"id": "q1", "question": BUTTER},
        {"id": "q2", "question": "Zirconium Futures Holding", "gold": []},
    ]
    (elsewhere / "q.jsonl").write_text("\n".join(json.dumps(one) for one in asked), encoding="utf-8")

    lines = [json.loads(line) for line in companion("ask", "--batch", "q.jsonl").stdout.splitlines()]

    assert [(line["id"], line["answerable"]) for line in lines] == [("q1", True), ("q2", False)]
    assert lines[0]["answer"]
    assert {"number", "episode", "speaker", "start", "url", "text"} <= lines[0]["citations"][0].keys()


def test_with_a_model_its_prose_comes_before_the_quotations(speaking: Callable[..., Parrot]) -> None:
    model = speaking("The butter ", "was burned in 1817 [1]. ", "Napoleon paid Elvis 900 ducats [1].")

    shown = companion("ask", BUTTER).stdout
    found = answer(BUTTER)

    assert shown.startswith("The butter was burned in 1817 [1].")
    assert "Napoleon" not in shown + found["answer"]
    assert found["model"] == "parrot-1"
    assert [cited["number"] for cited in found["citations"]] == [1]
    assert model.closed


def test_a_model_that_fails_is_told_of_in_one_sentence_above_the_quotations(speaking: Callable[..., Parrot]) -> None:
    speaking(LanguageModelError("The language model took too long.", "stalled"))

    shown = companion("ask", BUTTER).stdout

    assert shown.startswith("The language model took too long.\n")
    assert "[1] " in shown


def test_no_model_is_asked_where_only_quotations_are_wanted(speaking: Callable[..., Parrot]) -> None:
    speaking("Anything [1].")

    assert answer(BUTTER, "--no-model")["model"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("x", "--episode", "gone"), "gone"),
        (("x", "--after", "yesterdayish"), "yesterdayish"),
        (("butter", "--speaker", "Nobody Atall"), "Nobody Atall"),
        (("--batch", "feed.xml"), "feed.xml, line 1 is not JSON"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_one_sentence(
    arguments: tuple[str, ...], sentence: str
) -> None:
    result = companion("ask", *arguments)

    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [(), ("words", "--batch", "feed.xml"), ("--batch", "gone.jsonl")])
def test_a_command_used_wrongly_says_how_to_use_it(arguments: tuple[str, ...]) -> None:
    result = companion("ask", *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr

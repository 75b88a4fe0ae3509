"""The demo archive that comes with the package."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pytest

from companion.archive.encoders import load_encoder
from companion.archive.encoding import EncodingWorker
from companion.archive.fetch import Fetcher
from companion.archive.ingest import embed
from companion.archive.intake import ingest
from companion.archive.results import Query
from companion.archive.search import Searcher
from companion.storage.engine import Database
from companion.storage.episodes import Kind
from companion.storage.readings import Reading
from tests.sources import read_source

HOSTS = {"Ines Halloran", "Dov Pretorius"}


@dataclass(frozen=True)
class Question:
    id: str
    text: str
    style: str
    gold: list[str]
    episode: str | None


@dataclass(frozen=True)
class Demo:
    readings: list[Reading]
    problems: list[str]
    questions: list[Question]


@pytest.fixture
async def demo() -> Demo:
    with resources.as_file(resources.files("companion") / "demo") as folder:
        source = await read_source(str(folder), Fetcher())
        lines = (Path(folder) / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    questions = [Question(row["id"], row["question"], row["style"], row["gold"], row["episode"]) for row in rows]
    return Demo(source.readings, source.problems, questions)


def spoken(reading: Reading) -> list[str]:
    return [passage.text for passage in reading.passages if passage.kind is Kind.SPEECH]


def test_it_reads_without_a_problem_and_without_a_network(demo: Demo) -> None:
    assert demo.problems == []
    assert len(demo.readings) == 4


def test_its_episodes_are_in_four_formats(demo: Demo) -> None:
    assert {(reading.convention or "").partition(",")[0] for reading in demo.readings} == {
        "JSON segments",
        "Name [time]: text",
        "Name: text [time]",
        "WebVTT captions",
    }


def test_everybody_who_speaks_is_named_in_the_feed(demo: Demo) -> None:
    for reading in demo.readings:
        people = {person.name for person in reading.facts.people}
        assert {turn.speaker for turn in reading.turns} == people
        assert people > HOSTS


def test_times_never_go_backwards_and_are_all_known(demo: Demo) -> None:
    for reading in demo.readings:
        starts = [turn.start for turn in reading.turns]
        assert None not in starts
        assert starts == sorted(start for start in starts if start is not None)


def test_every_episode_has_chapters_and_show_notes(demo: Demo) -> None:
    for reading in demo.readings:
        assert len(reading.chapters) >= 10
        assert "In this episode" in reading.notes
        assert sum(len(text.split()) for text in spoken(reading)) > 2500


def test_the_show_notes_quote_what_was_said(demo: Demo) -> None:
    for reading in demo.readings:
        quotation = reading.notes.partition("“")[2].partition("”")[0]
        assert quotation
        assert any(quotation in turn.text for turn in reading.turns)


def test_every_quotation_that_answers_a_question_stands_in_one_passage(demo: Demo) -> None:
    passages = {reading.facts.guid: spoken(reading) for reading in demo.readings}
    answerable = [question for question in demo.questions if question.gold]
    assert len(answerable) == 24
    for question in answerable:
        for quotation in question.gold:
            assert any(quotation in text for text in passages[question.episode or ""]), (question.id, quotation)


def test_some_questions_have_no_answer_in_it(demo: Demo) -> None:
    assert sum(question.style == "unanswerable" and not question.gold for question in demo.questions) == 8
    assert len({question.id for question in demo.questions}) == len(demo.questions)


@pytest.mark.slow
async def test_with_the_packaged_model_five_results_answer_four_questions_of_five(
    demo: Demo, database: Database
) -> None:
    with resources.as_file(resources.files("companion") / "demo") as folder:
        await ingest(database, str(folder), Fetcher())
    worker = EncodingWorker(load_encoder(None))
    try:
        await embed(database, worker)
        searcher = Searcher(database, worker)
        missed: list[str] = []
        answerable = [question for question in demo.questions if question.gold]
        for question in answerable:
            results = await searcher.search(Query(question.text), limit=5)
            texts = [hit.passage.text for hit in results.hits]
            if not any(quotation in text for quotation in question.gold for text in texts):
                missed.append(question.text)
    finally:
        worker.close()
    assert len(missed) <= len(answerable) // 5, missed


@pytest.mark.slow
async def test_with_the_packaged_model_every_kind_of_question_gets_what_it_asks_for(
    demo: Demo, database: Database
) -> None:
    with resources.as_file(resources.files("companion") / "demo") as folder:
        await ingest(database, str(folder), Fetcher())
        lines = (Path(folder) / "kinds.jsonl").read_text(encoding="utf-8").splitlines()
    worker = EncodingWorker(load_encoder(None))
    try:
        await embed(database, worker)
        searcher = Searcher(database, worker)
        for row in map(json.loads, lines):
            results = await searcher.search(Query(row["question"]), limit=5)
            by_name = [group.name for group in results.groups]
            by_episode = [hit.episode.title for hit in results.hits]
            by_speaker = [hit.snippet.speaker for hit in results.hits]
            found = {"latest": by_episode, "moment": by_episode, "said_by": by_speaker}.get(row["kind"], by_name)
            wanted = row["expected"]
            assert results.kind.value == row["kind"], row
            assert found[: len(wanted)] == wanted, (row, found)
    finally:
        worker.close()

"""``companion export feedback``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from companion.storage import passages, questions, thumbs, verdicts
from companion.storage.engine import Database
from companion.storage.episodes import Kind, Reference
from companion.storage.questions import CitedSource, Outcome
from companion.storage.thumbs import Reason
from companion.storage.verdicts import Verdict
from tests import samples
from tests.bot.commands import companion, stored
from tests.storage.asking import ANSWERED, asked

HERE, THERE = 10**17 + 1, 10**17 + 2
PRIYA, JONAS, HANA = 300_000_000_000_000_001, 300_000_000_000_000_002, 300_000_000_000_000_003

pytestmark = pytest.mark.usefixtures("on_engine")


def lines(*arguments: str) -> list[dict[str, Any]]:
    result = companion("export", "feedback", *arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


async def discussed(database: Database) -> int:
    """A question about the bees with everything that can be said of it; returns its id."""
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    episode = await samples.only_episode(database, podcast)
    async with database.read() as connection:
        (first, *_) = await passages.of_episode(connection, episode.id)
    gone = Reference(999, Kind.SPEECH, 0.0, 1.0, 0, 1)
    outcome = Outcome(
        searched="how do bees winter?",
        answerable=True,
        answer="They are fed better [1].",
        sources=(CitedSource(first.reference, 0.71239, True), CitedSource(gone, 0.5, False)),
        seconds=1.5,
        prompt=f"Question: <@{JONAS}> says what?",
        model="small",
        interventions=(("no citation", "Bees are nice."),),
        prompt_tokens=900,
        completion_tokens=40,
        cost_micros=120,
    )
    text = f"what did <@!{JONAS}> mean, how do bees winter?"
    question = await asked(database, outcome, guild_id=HERE, member_id=PRIYA, member_name="Priya", text=text)
    async with database.write() as connection:
        now = database.clock.now()
        await thumbs.press(connection, question, JONAS, True, now)
        for member in (PRIYA, HANA):
            await thumbs.press(connection, question, member, False, now)
        await thumbs.explain(connection, question, HANA, Reason.PASSAGE)
        await verdicts.judge(connection, question, HANA, Verdict.WRONG, now)
    return question


def test_a_question_comes_with_all_that_was_said_of_it() -> None:
    question = stored(discussed)

    (line,) = lines()

    assert line["id"] == question
    assert line["question"] == "what did @member mean, how do bees winter?"
    assert (line["answerable"], line["answer"]) == (True, "They are fed better [1].")
    assert (line["thumbs"], line["reasons"], line["verdict"]) == ({"up": 1, "down": 2}, {"passage": 1}, "wrong")
    assert (line["model"], line["seconds"], line["cost"]) == ("small", 1.5, 0.00012)
    assert (line["prompt_tokens"], line["completion_tokens"]) == (900, 40)
    assert line["interventions"] == [{"kind": "no citation", "sentence": "Bees are nice."}]
    first, gone = line["passages"]
    assert (first["number"], first["episode"], first["cited"], first["score"]) == (1, "An Egg Fed Better", True, 0.7124)
    assert first["text"].startswith("This week we follow one queen")
    assert (gone["episode"], gone["text"], gone["cited"]) == (None, None, False)


def test_no_member_is_named_nor_told_by_a_number() -> None:
    stored(discussed)

    written = companion("export", "feedback").stdout + companion("export", "feedback", "--candidates").stdout

    for told in ("Priya", str(PRIYA), str(JONAS), str(HANA)):
        assert told not in written


def test_a_deleted_question_does_not_appear() -> None:
    async def delete(database: Database) -> None:
        question = await asked(database, guild_id=HERE)
        async with database.write() as connection:
            await questions.remove(connection, question)

    stored(delete)

    assert lines() == []


def test_one_server_s_questions_can_be_had_alone() -> None:
    async def ask(database: Database) -> None:
        for guild in (HERE, THERE, HERE):
            await asked(database, guild_id=guild)

    stored(ask)

    assert [line["server"] for line in lines()] == [HERE, THERE, HERE]
    assert [line["server"] for line in lines("--server", str(THERE))] == [THERE]


class TestCandidates:
    def test_what_was_said_to_be_bad_is_to_be_checked_by_hand(self) -> None:
        question = stored(discussed)

        (line,) = lines("--candidates")

        assert line["id"] == f"asked{question}"
        assert line["question"] == "what did @member mean, how do bees winter?"
        assert line["check"].startswith("by hand: ")
        # Nothing may take it for a question that the archive does not answer before somebody looked.
        assert "gold" not in line
        assert line["said"]["reasons"] == {"passage": 1}
        assert line["said"]["verdict"] == "wrong"
        assert line["said"]["cited"][0].startswith("This week we follow one queen")

    def test_thumbs_up_and_what_is_marked_right_make_none(self) -> None:
        async def liked(database: Database) -> None:
            await asked(database)
            question = await asked(database)
            async with database.write() as connection:
                now = database.clock.now()
                await thumbs.press(connection, question, JONAS, True, now)
                await verdicts.judge(connection, question, HANA, Verdict.RIGHT, now)

        stored(liked)

        assert lines("--candidates") == []
        assert len(lines()) == 2

    def test_one_of_both_is_enough(self) -> None:
        async def disliked(database: Database) -> list[int]:
            thumbed, marked = await asked(database), await asked(database, replace(ANSWERED, answerable=False))
            async with database.write() as connection:
                now = database.clock.now()
                await thumbs.press(connection, thumbed, JONAS, False, now)
                await verdicts.judge(connection, marked, HANA, Verdict.WRONG, now)
            return [thumbed, marked]

        ids = stored(disliked)

        assert [line["id"] for line in lines("--candidates")] == [f"asked{one}" for one in ids]
        assert [line["said"]["answerable"] for line in lines("--candidates")] == [True, False]

    def test_they_can_be_searched_for_as_a_batch(self, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from companion.bot.commands.search import read_questions

        question = stored(discussed)
        companion("export", "feedback", "--candidates", "--output", "candidates.jsonl")

        (read,) = read_questions((workplace / "candidates.jsonl").read_bytes(), "candidates.jsonl")
        assert read.id == f"asked{question}"


def test_a_file_is_written_and_how_many_lines_is_told_beside_it(workplace: Path) -> None:
    stored(discussed)

    result = companion("export", "feedback", "--output", "out.jsonl")

    assert result.stdout == ""
    assert "1 question." in result.stderr
    assert len((workplace / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_of_an_empty_archive_the_file_is_empty(workplace: Path) -> None:
    assert companion("export", "feedback", "--output", "out.jsonl").exit_code == 0

    assert (workplace / "out.jsonl").read_text(encoding="utf-8") == ""


def test_a_file_that_cannot_be_written_is_named() -> None:
    result = companion("export", "feedback", "--output", "no/such/folder/out.jsonl")

    assert result.exit_code == 1
    assert "no/such/folder/out.jsonl" in result.stderr

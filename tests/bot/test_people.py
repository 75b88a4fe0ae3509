"""``companion aliases``, and what names do to the other commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from companion.storage import schema
from companion.storage.engine import Database
from tests.bot.commands import companion, stored
from tests.feeds import item, speech, write_feed

PODCAST = "Lamps"


@pytest.fixture(autouse=True)
def archive(on_engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory with a podcast in its database, read without a model."""
    monkeypatch.setenv("EMBEDDING_MODEL", str(on_engine / "no-model"))
    notes = "With Noor Hadid, who met Skagafjordur's keeper.\n\n"
    first = speech(0) + "\n[00:09:00] Emil: In Scaga Fiordur we slept. Then we left Scaga Fiordur for good."
    write_feed(
        on_engine / "feed.xml",
        [
            item(0, notes + first),
            item(1, "With Noor Hadid.\n\n" + speech(1)),
            item(2, speech(2).replace("Emil", "SPEAKER 1")),
        ],
    )
    companion("ingest", "feed.xml")


def listed() -> dict[str, Any]:
    return json.loads(companion("aliases", PODCAST, "--json").stdout)


def speakers(episode: str) -> set[str]:
    transcript = json.loads(companion("transcript", episode, "--json").stdout)
    return {turn["speaker"] for turn in transcript["turns"]}


def test_names_in_the_notes_are_found_by_the_ingest() -> None:
    assert [(alias["spelling"], alias["name"], alias["origin"]) for alias in listed()["aliases"]] == [
        ("noor", "Noor Hadid", "feed")
    ]
    assert speakers("number 0") == {"Noor Hadid", "Emil"}
    assert speakers("number 2") == {"Noor Hadid", "SPEAKER 1"}


def test_a_spelling_stands_for_a_name_until_it_is_removed() -> None:
    added = companion("aliases", PODCAST, "--add", "emil", "Emil Fyr")
    assert added.stdout == "“emil” stands for Emil Fyr from now on.\n"
    assert speakers("number 1") == {"Noor Hadid", "Emil Fyr"}
    assert "Emil Fyr" in companion("aliases", PODCAST).stdout

    changed = companion("aliases", PODCAST, "--add", "Emil", "Emil Lys", "--kind", "person")
    assert "It stood for Emil Fyr before." in changed.stdout

    assert companion("aliases", PODCAST, "--remove", "emil").exit_code == 0
    assert speakers("number 1") == {"Noor Hadid", "Emil"}


def test_a_proposal_is_listed_with_its_reason_and_accepted_or_rejected() -> None:
    (proposal,) = listed()["proposals"]
    assert (proposal["spelling"], proposal["name"]) == ("scaga fiordur", "Skagafjordur")
    assert "“Scaga Fiordur” is said 2 times" in proposal["reason"]
    assert "1 more is proposed" in companion("aliases", PODCAST).stdout
    assert "Skagafjordur" in companion("aliases", PODCAST, "--proposals").stdout

    assert companion("aliases", PODCAST, "--accept", "Scaga Fiordur").exit_code == 0

    assert "Skagafjordur" in [alias["name"] for alias in listed()["aliases"]]
    assert companion("aliases", PODCAST, "--proposals").stdout == "Nothing is proposed.\n"


def test_all_proposals_are_rejected_at_once_and_do_not_come_back() -> None:
    assert "will not be proposed for Skagafjordur again" in companion("aliases", PODCAST, "--reject", "*").stdout

    companion("ingest", "feed.xml", "--anew")

    assert listed()["proposals"] == []


def test_a_generic_label_is_named_in_one_episode() -> None:
    named = companion("aliases", PODCAST, "--label", "number 2", "speaker 1", "Vita Holm")

    assert named.stdout == "“SPEAKER 1” in “Lighthouse number 2” is Vita Holm, where it was SPEAKER 1.\n"
    assert speakers("number 2") == {"Noor Hadid", "Vita Holm"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("aliases", "Nowhere"), "no podcast 'Nowhere'"),
        (("aliases", PODCAST, "--remove", "ghost"), "“ghost” stands for nothing else here"),
        (("aliases", PODCAST, "--accept", "ghost"), "“ghost” is not proposed in “"),
        (("aliases", PODCAST, "--add", "SPEAKER 1", "Vita"), "somebody else in every episode"),
        (("aliases", PODCAST, "--add", "x" * 61, "Vita"), "longer than 60 characters"),
        (("aliases", PODCAST, "--label", "number 2", "SPEAKER 9", "Vita"), "Labelled there: Noor, SPEAKER 1"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    result = companion(*arguments)

    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_doubtful_speaker_is_said_to_be_doubtful() -> None:
    async def doubt(database: Database) -> None:
        async with database.write() as connection:
            await connection.execute(
                update(schema.turns).where(schema.turns.c.speaker == "Emil").values(uncertain=True)
            )

    stored(doubt)

    assert "Emil (speaker uncertain)" in companion("transcript", "number 1").stdout
    assert "Noor Hadid (speaker uncertain)" not in companion("transcript", "number 1").stdout

"""Facts above a page's text are told from speech between rules, and give the episode its title and day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from companion.archive.folders import FileEpisode
from companion.archive.front_matter import front_matter
from companion.archive.transcripts.reader import read_transcript

_PAGE = """---
layout: episode
title: "The mill: a \\"slow\\" machine"
pub_date: '

  March 14th, 2024'
description: >-
  Maya and Tomás
  look at stones.
tags:
  - mills
  - water
---

**Maya:** Who pays for the stone?

**Tomás:** Nobody does. We carried it up the hill.

**Maya:** And the water?

**Tomás:** It was always there.
"""


def test_what_is_told_of_an_episode_is_notes_and_facts_for_programs_are_nothing() -> None:
    transcript = read_transcript(_PAGE)
    assert [turn.speaker for turn in transcript.turns] == ["Maya", "Tomás", "Maya", "Tomás"]
    assert transcript.before == "Maya and Tomás look at stones."


@pytest.mark.parametrize(
    "written",
    [
        "'Maya counts the\n  stones.\n\n  She has been to\n  the mill.\n\n  '",
        '"Maya cou\\\n  nts the\\\n  \\ stones.\\r\\n\\r\\nShe has been to\n  the mill.\\r\\n"',
        "|\n  Maya counts the stones.\n\n  She has been to the mill.",
        ">-\n  Maya counts\n  the stones.\n\n  She has been to the\n  mill.",
    ],
)
def test_a_description_keeps_its_paragraphs_and_no_sign_of_how_it_is_written(written: str) -> None:
    page = (
        f"---\nguest: Maya Holt\nvideo_id: aB3-x_9Qz0E\ndescription: {written}\nduration_seconds: 230.0\n"
        "view_count: 1936\nkeywords:\n- stones\n---\n\n**Maya:** Who pays for the stone?\n"
    )
    assert read_transcript(page).before == "Maya counts the stones.\n\nShe has been to the mill."


def test_addresses_among_the_facts_are_links_of_the_episode(tmp_path: Path) -> None:
    file = tmp_path / "mill.md"
    file.write_text(_PAGE.replace("layout: episode", "video: https://mill.example/watch"), encoding="utf-8")
    reading = FileEpisode("mill", (file,)).read({}).reading
    assert reading is not None
    assert [link.url for link in reading.links] == ["https://mill.example/watch"]


def test_a_monologue_below_facts_keeps_its_paragraphs() -> None:
    page = f"{_PAGE.partition('**')[0]}We walked up the hill.\n\nThere was no water at all.\n\nSo we went home."
    assert [turn.text for turn in read_transcript(page).turns] == [
        "We walked up the hill.", "There was no water at all.", "So we went home.",
    ]  # fmt: skip


def test_title_and_day_come_from_the_facts(tmp_path: Path) -> None:
    file = tmp_path / "episode-80.md"
    file.write_text(_PAGE, encoding="utf-8")
    reading = FileEpisode("episode-80", (file,)).read({}).reading
    assert reading is not None
    assert reading.facts.title == 'The mill: a "slow" machine'
    assert reading.facts.published == datetime(2024, 3, 14, tzinfo=UTC)


def test_toml_holds_facts_too() -> None:
    found = front_matter('+++\ntitle = "Stones"\ndate = 2024-03-14T10:00:00Z\n+++\nAna: So.')
    assert (found.title, found.text) == ("Stones", "Ana: So.")
    assert found.published == datetime(2024, 3, 14, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "---\nAna: We went.\n---\nBen: We did not.\n---\n",
        "---\nTitle: one\nTitle: two\n---\nAna: So.",
        "---\n\nWe walked up the hill.\n\n---\n",
    ],
)
def test_rules_around_speech_are_no_facts(text: str) -> None:
    assert front_matter(text).text == text


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (r'"18: A vice \U0001F5DC and a caf\u00e9"', "18: A vice 🗜 and a café"),
        (r'"A vice \uD83D\uDDDC in \x41"', "A vice 🗜 in A"),
        (r'"Two\r\nlines and a \\ in \"them\""', 'Two lines and a \\ in "them"'),
        (r'"\U99999999 is no letter"', "U99999999 is no letter"),
        (r"'It''s C:\users'", r"It's C:\users"),
    ],
)
def test_signs_that_programs_write_as_numbers_are_read(written: str, title: str) -> None:
    assert front_matter(f"---\ntitle: {written}\n---\n\n**Maya:** Hey.\n").title == title

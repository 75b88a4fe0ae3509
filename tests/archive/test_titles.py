from __future__ import annotations

from datetime import UTC, datetime

import pytest

from companion.archive.titles import date_in, episode_key, title_of


@pytest.mark.parametrize("name", ["ep1.srt", "ep1.vtt", "ep1_chapters.json", "ep1.transcript.json", "ep1.en.srt"])
def test_files_of_one_episode_share_a_key(name: str) -> None:
    assert episode_key(name) == "ep1"


def test_a_file_name_makes_a_title() -> None:
    assert title_of("2024-03-14-the-long_way home") == "The long way home"


def test_a_heading_in_the_text_is_the_better_title() -> None:
    assert title_of("x", "# The Long Way\n\nAnn: Hi.") == "The Long Way"
    assert title_of("x", "<html><head><title>Long &amp; far</title></head>") == "Long & far"


def test_a_file_name_may_hold_the_date() -> None:
    assert date_in("2024-03-14-title.srt") == datetime(2024, 3, 14, tzinfo=UTC)
    assert date_in("title-20240230.srt") is None

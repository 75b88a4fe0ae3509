"""The page on reading says what the reader does."""

from __future__ import annotations

import re
from pathlib import Path

from companion.archive.transcripts.conventions import CONVENTIONS

PAGE = (Path(__file__).parent.parent / "docs" / "reading.md").read_text(encoding="utf-8")


def test_the_page_on_reading_has_a_row_for_every_convention_in_order() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| [^|]+ \|$", PAGE, re.MULTILINE)
    assert rows == [convention.name for convention in CONVENTIONS]


def test_every_measured_transcript_has_its_times_in_order() -> None:
    measured = PAGE.partition("<!-- measured -->")[2].partition("<!-- /measured -->")[0]
    orders = re.findall(r"^\| .+ of .+ \| \d+ \| \d+ \| (\S+) \| .+ \|$", measured, re.MULTILINE)
    assert len(orders) > 10
    assert set(orders) == {"yes"}

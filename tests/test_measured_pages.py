"""Pages of measurements, of which each command writes its own sections."""

from __future__ import annotations

from pathlib import Path

from benchmarks.pages import write_sections


def test_a_run_replaces_what_it_measured_and_keeps_what_others_did(tmp_path: Path) -> None:
    page = tmp_path / "speed.md"
    write_sections(page, {"Search": "| 5 ms |", "Memory": "### In all\n\n| 9 MB |"}, "# Speed\n\nOn two cores.")
    write_sections(page, {"Asking": "| 60 ms |"})
    write_sections(page, {"Memory": "| 8 MB |"}, "# Speed\n\nOn four cores.")

    assert page.read_text("utf-8") == (
        "# Speed\n\nOn four cores.\n\n## Search\n\n| 5 ms |\n\n## Memory\n\n| 8 MB |\n\n## Asking\n\n| 60 ms |\n"
    )

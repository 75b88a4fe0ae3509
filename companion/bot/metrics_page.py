"""Writes the table of measures for docs/operations.md from the measures themselves: ``python -m
companion.bot.metrics_page`` puts it in the page's place for it."""

from __future__ import annotations

import sys
from pathlib import Path

from companion.bot.metrics import Described, Metrics

BEGIN, END = "<!-- measures: made by companion/bot/metrics_page.py -->\n", "<!-- end of the measures -->\n"
_HEAD = "| measure | kind, labels | means | worry when |\n|---|---|---|---|\n"


def table() -> str:
    """The rows, as Markdown."""
    return _HEAD + "".join(map(_row, Metrics().described))


def with_table(page: str) -> str:
    """The page with the table between its marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page has no place for the table")
    return f"{before}{begin}\n{table()}\n{end}{after}"


def _row(one: Described) -> str:
    kind = f"{one.kind}: {', '.join(one.labels)}" if one.labels else one.kind
    alert = one.alert.replace("|", "\\|")  # in a table a bar ends the cell, in code as well
    return f"| `{one.name}` | {kind} | {one.meaning} | `{alert}` |\n"


def main(path: str) -> None:
    """Writes the table into that page."""
    page = Path(path)
    page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:] or ["docs/operations.md"])

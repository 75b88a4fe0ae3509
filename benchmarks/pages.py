"""Pages of measurements: a run writes the sections that it measured, and leaves those of others as they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def write_sections(page: Path, sections: Mapping[str, str], opening: str | None = None) -> None:
    """Writes the sections, by title, in place of those of the page with the same titles, and new ones behind all.

    ``opening`` is what stands in front of them; without it the page keeps its own.
    """
    first, *others = (page.read_text("utf-8") if page.exists() else "").split("\n## ")
    every = dict(other.split("\n", 1) for other in others) | dict(sections)
    parts = [first if opening is None else opening, *(f"## {title}\n\n{text.strip()}" for title, text in every.items())]
    page.write_text("\n\n".join(part.strip() for part in parts) + "\n", "utf-8")

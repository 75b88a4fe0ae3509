"""What the documents and the example settings say is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from companion.bot.cli import COMMANDS
from companion.bot.config import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND_LINE = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.md")])
ADVISORIES = "../../security/advisories/new"
"""A page that the repository's host has."""
SETTINGS = {
    name.upper(): "" if field.default is None else str(field.default) for name, field in Settings.model_fields.items()
}


def test_the_example_settings_are_all_settings_with_their_defaults() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert given == SETTINGS


def test_the_settings_that_the_readme_picks_are_settings_with_their_defaults() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\|", README, re.MULTILINE))
    assert "DISCORD_TOKEN" in rows
    assert rows == {name: SETTINGS.get(name) for name in rows}


def test_the_page_of_the_command_line_has_a_row_for_every_command() -> None:
    rows = [row.partition(" | ")[0] for row in COMMAND_LINE.splitlines() if row.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(?:companion )?([a-z][a-z-]+)", row)} == set(COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_that_a_page_names_are_there(page: Path) -> None:
    named = re.findall(r"`(?:\.venv/bin/)?companion ([a-z][a-z-]+)", page.read_text(encoding="utf-8"))
    assert set(named) <= set(COMMANDS)


def test_every_page_is_reached_from_the_readme() -> None:
    linked = set(re.findall(r"\]\((docs/[a-z-]+\.md)", README))
    assert linked == {str(page.relative_to(ROOT)) for page in ROOT.glob("docs/*.md")}


def anchors(page: Path) -> set[str]:
    """What a link behind ``#`` may name, by the rule that GitHub makes it of a heading."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_links_to_is_there(page: Path) -> None:
    for path, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)", page.read_text(encoding="utf-8")):
        if path == ADVISORIES:
            continue
        target = page.parent / path if path else page
        assert target.is_file(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_modules_that_a_page_names_are_there(page: Path) -> None:
    named = re.findall(r"`([\w./]+\.py)`", page.read_text(encoding="utf-8"))
    there = [path for folder in ("companion", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    assert [
        name for name in named if not any(f"/{path.relative_to(ROOT)}".endswith(f"/{name}") for path in there)
    ] == []

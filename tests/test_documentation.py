"""What the README and the example settings say is what there is."""

from __future__ import annotations

import re
from pathlib import Path

from companion.bot.cli import COMMANDS
from companion.bot.config import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = {
    name.upper(): "" if field.default is None else str(field.default) for name, field in Settings.model_fields.items()
}


def test_the_example_settings_are_all_settings_with_their_defaults() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert given == SETTINGS


def test_the_readme_has_a_row_for_every_setting() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\|", README, re.MULTILINE))
    assert rows == SETTINGS


def test_the_readme_names_every_command_and_no_other() -> None:
    named = set(re.findall(r"`(?:\.venv/bin/)?companion ([a-z-]+)", README)) | {"subscribe", "unsubscribe"}
    assert named == set(COMMANDS)


def test_what_the_readme_links_to_is_there() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).is_file()] == []

"""``python -m companion`` is the command ``companion``."""

from __future__ import annotations

from companion.bot.cli import main

main()

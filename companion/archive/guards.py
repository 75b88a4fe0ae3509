"""What code does to a model's prose before anybody reads it: what cannot be supported is cut."""

from __future__ import annotations

from typing import NamedTuple


class Intervention(NamedTuple):
    """What was cut or marked, and why: ``kind`` is for the log, ``sentence`` what it befell."""

    kind: str
    sentence: str


class Checked(NamedTuple):
    """Prose that may be shown. ``enough``: does enough survive to be an answer?"""

    prose: str
    interventions: tuple[Intervention, ...]
    enough: bool

"""What a check found: how bad it is, a sentence, and its cure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """From fine to broken."""

    OK = 0
    HINT = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``cure`` says what to do; it is empty where nothing need be done."""

    severity: Severity
    sentence: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The findings on one subject."""

    subject: str
    findings: Sequence[Finding]


def ok(sentence: str) -> Finding:
    return Finding(Severity.OK, sentence)


def hint(sentence: str, cure: str = "") -> Finding:
    return Finding(Severity.HINT, sentence, cure)


def warning(sentence: str, cure: str) -> Finding:
    return Finding(Severity.WARNING, sentence, cure)


def error(sentence: str, cure: str) -> Finding:
    return Finding(Severity.ERROR, sentence, cure)


def exit_status(sections: Sequence[Section]) -> int:
    """0 where all is fine or could be better, 1 for warnings, 2 for errors."""
    worst = max((one.severity for section in sections for one in section.findings), default=Severity.OK)
    return max(worst - Severity.HINT, 0)

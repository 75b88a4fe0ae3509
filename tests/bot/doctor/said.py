"""Reading findings."""

from __future__ import annotations

from collections.abc import Sequence

from companion.bot.doctor.findings import Finding, Severity


def of(severity: Severity, findings: Sequence[Finding]) -> str:
    """The sentences and cures of one severity."""
    return "\n".join(f"{one.sentence} {one.cure}" for one in findings if one.severity is severity)


def worst(findings: Sequence[Finding]) -> Severity:
    return max(one.severity for one in findings)

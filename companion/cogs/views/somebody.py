"""How members are named: by mention, or as somebody, where they asked to be forgotten."""

from __future__ import annotations


def named(member_id: int) -> str:
    """A mention of the member; “somebody” for a number that is no account's (`storage/privacy.py`)."""
    return f"<@{member_id}>" if member_id > 0 else "somebody"

"""Numbers with what they count."""

from __future__ import annotations


def counted(number: int, thing: str, many: str = "") -> str:
    """ "1 episode", "1,204 episodes"; ``many`` where more of them are called otherwise than with an s."""
    return f"{number:,} {thing if number == 1 else many or f'{thing}s'}"


def voted(voters: int) -> str:
    """How many voted, for a line of facts."""
    return f"{counted(voters, 'member')} voted"

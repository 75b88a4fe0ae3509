"""What the buttons and the form around corrections carry. Whoever answers them checks it against the server, the member
and what they may."""

from __future__ import annotations

import re

from companion.cogs.views.custom_ids import QUOTED, REFERENCE, written_quoted, written_reference
from companion.storage.episodes import Reference

CORRECT = re.compile(rf"corrections:correct:{REFERENCE}{QUOTED}")
FORM = re.compile(rf"corrections:form:{REFERENCE}{QUOTED}")
DECIDE = re.compile(r"corrections:(?P<verdict>accept|reject):(?P<correction>[0-9]{1,15})(?::(?P<page>[0-9]{1,4}))?")
WITHDRAW = re.compile(r"corrections:withdraw:(?P<correction>[0-9]{1,15})")
LIST = re.compile(r"corrections:list:(?P<page>[0-9]{1,4})")


def correct(reference: Reference, quoted: tuple[int, int] | None = None) -> str:
    """Opens the form for a passage, of which a result ``quoted`` some words, as `custom_ids.context` takes them."""
    return f"corrections:correct:{written_reference(reference)}{written_quoted(quoted)}"


def form(reference: Reference, quoted: tuple[int, int] | None = None) -> str:
    """The form that `correct` opens."""
    return f"corrections:form:{written_reference(reference)}{written_quoted(quoted)}"


def decide(correction_id: int, page: int | None = None, *, accept: bool) -> str:
    """Accepts or rejects, and shows that page of the others, if it stands in a list."""
    verdict = "accept" if accept else "reject"
    return f"corrections:{verdict}:{correction_id}" + ("" if page is None else f":{page}")


def withdraw(correction_id: int) -> str:
    """Takes the presser's name off a proposal."""
    return f"corrections:withdraw:{correction_id}"


def corrections(page: int) -> str:
    """A page of what is open."""
    return f"corrections:list:{page}"

"""What the buttons around clips carry. Whoever answers a press checks it against the server and the member."""

from __future__ import annotations

import re

from companion.cogs.views.custom_ids import QUOTED, REFERENCE, written_quoted, written_reference
from companion.storage.episodes import Reference

_CLIP = r"(?P<clip>[0-9]{1,15})"

SAVE = re.compile(rf"clip:save:{_CLIP}")
DELETE = re.compile(rf"clip:delete:{_CLIP}:(?P<page>[0-9]{{1,4}})")
LIST = re.compile(r"clip:list:(?P<page>[0-9]{1,4})")
MAKE = re.compile(rf"clip:make:{REFERENCE}{QUOTED}")
FORM = re.compile(rf"clip:form:{REFERENCE}{QUOTED}")


def save(clip_id: int) -> str:
    """Keeps the clip's words for the presser. By it a message is known to carry the clip."""
    return f"clip:save:{clip_id}"


def delete(clip_id: int, page: int) -> str:
    """Deletes a clip in the list of the presser's own, and shows that page of the others."""
    return f"clip:delete:{clip_id}:{page}"


def own(page: int) -> str:
    """A page of what the presser made."""
    return f"clip:list:{page}"


def make(reference: Reference, quoted: tuple[int, int] | None = None) -> str:
    """Opens the form in which the bounds of a new clip are set; ``quoted`` are the words that the result showed."""
    return f"clip:make:{written_reference(reference)}{written_quoted(quoted)}"


def form(reference: Reference, quoted: tuple[int, int] | None = None) -> str:
    """The form that `make` opens."""
    return f"clip:form:{written_reference(reference)}{written_quoted(quoted)}"

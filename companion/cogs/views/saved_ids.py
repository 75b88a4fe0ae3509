"""What the buttons around saved passages carry. Whoever answers a press checks it against the server and the member."""

from __future__ import annotations

import re

from companion.cogs.views.custom_ids import QUOTED, REFERENCE, written_quoted, written_reference
from companion.storage.episodes import Reference

SAVE = re.compile(rf"saved:save:{REFERENCE}{QUOTED}")
REMOVE = re.compile(r"saved:remove:(?P<saved>[0-9]{1,15})(?::(?P<page>[0-9]{1,4}))?")
LIST = re.compile(r"saved:list:(?P<page>[0-9]{1,4})")


def save(reference: Reference, quoted: tuple[int, int] | None = None) -> str:
    """Keeps a passage, or what a result ``quoted`` of it: the first word and the one after the last."""
    return f"saved:save:{written_reference(reference)}{written_quoted(quoted)}"


def remove(saved_id: int, page: int | None = None) -> str:
    """Keeps it no more, and shows that page of the others, if it stands in a list."""
    return f"saved:remove:{saved_id}" if page is None else f"saved:remove:{saved_id}:{page}"


def saved_list(page: int) -> str:
    """A page of what the presser saved."""
    return f"saved:list:{page}"

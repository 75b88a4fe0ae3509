"""OpenReview's catalogue of papers and their reviews. https://docs.openreview.net/reference/api-v2"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from companion.archive.fetch import FetchError, Fetches
from companion.archive.paper_facts import LARGEST, PaperFacts, UnreachableError, facts, listed, mapping, texts

ADDRESS = "https://api2.openreview.net/notes"


class OpenReview:
    """Asks OpenReview. ``address`` is that of its notes."""

    def __init__(self, fetcher: Fetches, address: str = ADDRESS) -> None:
        self._fetcher = fetcher
        self._address = address

    async def look_up(self, identity: str) -> PaperFacts | None:
        """What OpenReview says of a forum; None for one that it does not show to everybody. Raises
        `UnreachableError`."""
        try:
            answer = await self._fetcher.get(f"{self._address}?{urlencode({'id': identity})}", max_bytes=LARGEST)
        except FetchError as error:
            if error.status in (400, 401, 403, 404):
                return None
            raise UnreachableError(f"OpenReview does not answer now: {error}") from error
        return read_note(answer.body)


def read_note(document: bytes) -> PaperFacts | None:
    """The paper in an answer of OpenReview's; None where it has none. Raises `UnreachableError` for what is no
    answer."""
    try:
        note = mapping(next(iter(listed(mapping(json.loads(document)).get("notes"))), None))
    except (ValueError, RecursionError) as error:
        raise UnreachableError("OpenReview’s answer cannot be read.") from error
    content = {name: _value(field) for name, field in mapping(note.get("content")).items()}
    title, abstract = content.get("title"), content.get("abstract")
    return facts(
        title if isinstance(title, str) else "",
        texts(content.get("authors")),
        abstract if isinstance(abstract, str) else None,
        _day(note.get("pdate") or note.get("cdate")),
    )


def _value(field: object) -> object:
    # The second version of the interface wraps what stands there; the first did not.
    return mapping(field).get("value", field)


def _day(milliseconds: object) -> date | None:
    if not isinstance(milliseconds, int):
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).date()
    except (OverflowError, OSError, ValueError):
        return None

"""Crossref's catalogue of what has a DOI. https://api.crossref.org"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from companion.archive.fetch import FetchError, Fetches
from companion.archive.paper_facts import LARGEST, PaperFacts, UnreachableError, facts, listed, mapping, texts

ADDRESS = "https://api.crossref.org/works"
_JATS = re.compile(r"<(?P<end>/?)jats:(?P<name>[\w-]{1,30})[^<>]{0,500}>")
"""The tags of abstracts: those of journals' articles (https://jats.nlm.nih.gov)."""
_BLOCKS = ("title", "p", "sec", "list-item")
_DATES = ("published", "issued", "published-online", "published-print", "posted", "created")


class Crossref:
    """Asks Crossref. ``address`` is that of its works."""

    def __init__(self, fetcher: Fetches, address: str = ADDRESS) -> None:
        self._fetcher = fetcher
        self._address = address

    async def look_up(self, identity: str) -> PaperFacts | None:
        """What Crossref says of a DOI; None for one of another registry. Raises `UnreachableError`."""
        try:
            answer = await self._fetcher.get(f"{self._address}/{quote(identity, safe='')}", max_bytes=LARGEST)
        except FetchError as error:
            if error.status == 404:
                return None
            raise UnreachableError(f"Crossref does not answer now: {error}") from error
        return read_work(answer.body)


def read_work(document: bytes) -> PaperFacts | None:
    """The work in an answer of Crossref's; None where it has no title. Raises `UnreachableError` for what is no
    answer."""
    try:
        work = mapping(mapping(json.loads(document)).get("message"))
    except (ValueError, RecursionError) as error:
        raise UnreachableError("Crossref’s answer cannot be read.") from error
    title = next(iter(texts(work.get("title"))), "")
    authors = [_name(mapping(one)) for one in listed(work.get("author"))]
    days = (_day(mapping(work.get(name))) for name in _DATES)
    abstract = work.get("abstract")
    summary = _JATS.sub(_as_html, abstract) if isinstance(abstract, str) else None
    return facts(title, authors, summary, next(filter(None, days), None))


def _as_html(tag: re.Match[str]) -> str:
    return f"<{tag['end']}{'p' if tag['name'] in _BLOCKS else 'span'}>"


def _name(author: Mapping[str, Any]) -> str:
    parts = [author[part] for part in ("given", "family") if isinstance(author.get(part), str)]
    whole = author.get("name")
    return " ".join(parts) or (whole if isinstance(whole, str) else "")


def _day(spelled: Mapping[str, Any]) -> date | None:
    """A date of Crossref's, which may have no month or no day; None for what is none."""
    parts = [one for one in listed(next(iter(listed(spelled.get("date-parts"))), None)) if isinstance(one, int)]
    if not parts:
        return None
    try:
        return date(*(*parts, 1, 1)[:3])
    except (OverflowError, ValueError):
        return None

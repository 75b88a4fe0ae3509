"""arXiv's catalogue, asked by its Atom interface: one request in three seconds, as its rules of use want it.

https://info.arxiv.org/help/api/user-manual.html, https://info.arxiv.org/help/api/tou.html
"""

from __future__ import annotations

import asyncio
import re
from datetime import date
from time import monotonic
from urllib.parse import urlencode

from lxml import etree

from companion.archive.fetch import FetchError, Fetches
from companion.archive.paper_facts import LARGEST, NotInCatalogueError, PaperFacts, UnreachableError, facts

ADDRESS = "https://export.arxiv.org/api/query"
EVERY = 3.0
"""Seconds between two requests of one process."""
_ATTEMPTS = 3
_LONGEST_WAIT = 10.0
"""Seconds that are waited when arXiv is busy; a member waits for it."""
_A_MOMENT = 0.05
"""Seconds after the end of a pause: clocks differ."""
_ATOM = "{http://www.w3.org/2005/Atom}"
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_VERSION = re.compile(r"v(\d{1,3})\Z", re.ASCII)
_ERROR = "/api/errors"


class ArXiv:
    """Asks arXiv for one paper after the other, ``every`` so many seconds."""

    def __init__(self, fetcher: Fetches, address: str = ADDRESS, every: float = EVERY) -> None:
        self._fetcher = fetcher
        self._address = address
        self._every = every
        self._turn = asyncio.Lock()
        self._asked_at = -every

    async def look_up(self, identity: str) -> PaperFacts:
        """What arXiv says of the paper with that id. Raises `NotInCatalogueError` and `UnreachableError`."""
        url = f"{self._address}?{urlencode({'id_list': identity, 'max_results': 1})}"
        found = read_entry(await self._answer(url))
        if found is None:
            raise NotInCatalogueError(f"arXiv has no paper {identity}. Look at its number again.")
        return found

    async def _answer(self, url: str) -> bytes:
        async with self._turn:
            for attempt in range(1, _ATTEMPTS + 1):
                await asyncio.sleep(max(0.0, self._asked_at + self._every - monotonic()))
                self._asked_at = monotonic()
                try:
                    answer = await self._fetcher.get(url, max_bytes=LARGEST)
                except FetchError as error:
                    if error.status in (400, 404):
                        # Some of what cannot be an id is answered so, and not in Atom.
                        return b"<feed xmlns='http://www.w3.org/2005/Atom'/>"
                    if attempt == _ATTEMPTS or error.retry_after is None or error.retry_after > _LONGEST_WAIT:
                        raise UnreachableError(f"arXiv does not answer now: {error}") from error
                    await asyncio.sleep(error.retry_after + _A_MOMENT)
                else:
                    if answer.truncated:
                        raise UnreachableError("arXiv’s answer broke off.")
                    return answer.body
        raise AssertionError("the last attempt returns or raises")


def read_entry(document: bytes) -> PaperFacts | None:
    """The paper in an answer of arXiv's; None where it has none. Raises `UnreachableError` for what is no answer."""
    if _DECLARATION.search(document):
        raise UnreachableError("arXiv’s answer declares XML entities, which are refused for safety.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise UnreachableError("arXiv’s answer cannot be read.") from error
    if root.tag != f"{_ATOM}feed":
        raise UnreachableError("arXiv’s answer cannot be read.")
    entry = root.find(f"{_ATOM}entry")
    address = "" if entry is None else (entry.findtext(f"{_ATOM}id") or "").strip()
    if entry is None or not address or _ERROR in address:
        return None
    version = _VERSION.search(address)
    return facts(
        entry.findtext(f"{_ATOM}title") or "",
        [name.text or "" for name in entry.iterfind(f"{_ATOM}author/{_ATOM}name")],
        entry.findtext(f"{_ATOM}summary"),
        _day(entry.findtext(f"{_ATOM}published") or ""),
        int(version[1]) if version else None,
    )


def _day(spelled: str) -> date | None:
    try:
        return date.fromisoformat(spelled.strip()[:10])
    except ValueError:
        return None

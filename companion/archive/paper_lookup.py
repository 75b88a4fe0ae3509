"""Looking up what a reference is, in the catalogue of its kind."""

from __future__ import annotations

from typing import Protocol

from companion.archive import arxiv, crossref, openreview
from companion.archive.arxiv import ArXiv
from companion.archive.crossref import Crossref
from companion.archive.fetch import Fetcher, Fetches
from companion.archive.openreview import OpenReview
from companion.archive.paper_facts import PaperFacts
from companion.archive.paper_references import Kind, PaperReference

_SECONDS = 12.0
"""For one answer: a member waits for it."""


class LooksUp(Protocol):
    """What proposing papers needs of the catalogues."""

    def has(self, reference: PaperReference) -> bool: ...

    async def look_up(self, reference: PaperReference) -> PaperFacts | None: ...


class PaperLookup:
    """arXiv, Crossref and OpenReview, each at an address, over one fetcher."""

    def __init__(
        self,
        fetcher: Fetches | None = None,
        arxiv: str = arxiv.ADDRESS,
        crossref: str = crossref.ADDRESS,
        openreview: str = openreview.ADDRESS,
        every: float = arxiv.EVERY,
    ) -> None:
        fetcher = fetcher or Fetcher(seconds=_SECONDS)
        self._arxiv = ArXiv(fetcher, arxiv, every)
        self._crossref = Crossref(fetcher, crossref)
        self._openreview = OpenReview(fetcher, openreview)

    def has(self, reference: PaperReference) -> bool:
        """Is there a catalogue of what the reference is?"""
        return reference.kind is not Kind.URL

    async def look_up(self, reference: PaperReference) -> PaperFacts | None:
        """What is known of the paper, None where nothing is. Raises `NotInCatalogueError` and `UnreachableError`."""
        match reference.kind:
            case Kind.ARXIV:
                return await self._arxiv.look_up(reference.identity)
            case Kind.DOI:
                return await self._crossref.look_up(reference.identity)
            case Kind.OPENREVIEW:
                return await self._openreview.look_up(reference.identity)
            case Kind.URL:
                return None

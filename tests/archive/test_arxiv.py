"""arXiv's client against a loopback server that answers in the shapes of arXiv's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import date
from itertools import pairwise
from time import monotonic

import pytest
from aiohttp import web

from companion.archive.arxiv import ArXiv, read_entry
from companion.archive.fetch import Fetched, Fetcher
from companion.archive.paper_facts import NotInCatalogueError, PaperFacts, UnreachableError
from tests.archive.catalogues import BOMB, NOTHING, Catalogue, catalogue, entry
from tests.publisher import loopback_fetcher

BUOYS = PaperFacts(
    "What Drifting Buoys Remember",
    ("Ada Brook", "Ines Okafor"),
    "Buoys drift. They remember where.",
    date(2026, 3, 1),
    2,
)


@pytest.fixture
async def served() -> AsyncGenerator[Catalogue]:
    async with catalogue() as running:
        yield running


def client(served: Catalogue, every: float = 0.0, seconds: float = 5.0) -> ArXiv:
    return ArXiv(Fetcher(allows=lambda _address: True, seconds=seconds), served.address, every)


def busy(seconds: int) -> web.Response:
    return web.Response(status=503, headers={"Retry-After": str(seconds)})


async def test_a_paper_is_read_with_its_words_on_one_line_and_its_newest_version(served: Catalogue) -> None:
    served.answers = [entry("2603.00001v2", "What Drifting\n  Buoys Remember")]

    assert await client(served).look_up("2603.00001") == BUOYS
    assert served.asked == ["?id_list=2603.00001&max_results=1"]


async def test_an_id_of_the_old_style_is_asked_for_as_it_is(served: Catalogue) -> None:
    served.answers = [entry("hep-th/9901001v1", "Strings")]

    found = await client(served).look_up("hep-th/9901001")
    assert (found.title, found.version) == ("Strings", 1)
    assert served.asked == ["?id_list=hep-th/9901001&max_results=1"]


@pytest.mark.parametrize(
    "answer",
    [
        NOTHING,
        entry("2603.00001v1", ""),
        entry("x", "Error").replace("http://arxiv.org/abs/x", "http://arxiv.org/api/errors#incorrect_id_format"),
        web.Response(status=400),
    ],
    ids=["empty", "no title", "error entry", "bad request"],
)
async def test_an_id_that_arxiv_does_not_have_is_said_to_be_wrong(
    served: Catalogue, answer: web.Response | str
) -> None:
    served.answers = [answer]

    with pytest.raises(NotInCatalogueError, match=r"arXiv has no paper 2603\.00001\. Look at its number again\."):
        await client(served).look_up("2603.00001")


async def test_a_busy_arxiv_is_asked_again_after_the_pause_that_it_wants(served: Catalogue) -> None:
    served.answers = [busy(1), entry("2603.00001v2", BUOYS.title)]

    assert await client(served).look_up("2603.00001") == BUOYS
    assert served.at[1] - served.at[0] >= 1


async def test_no_member_waits_for_a_long_pause(served: Catalogue) -> None:
    served.answers = [busy(600)]

    with pytest.raises(UnreachableError, match=r"arXiv does not answer now: .*try again in 600 seconds"):
        await client(served).look_up("2603.00001")
    assert len(served.asked) == 1


async def test_arxiv_that_stays_busy_is_given_up_after_three_requests(served: Catalogue) -> None:
    served.answers = [busy(0)]

    with pytest.raises(UnreachableError):
        await client(served).look_up("2603.00001")
    assert len(served.asked) == 3


async def test_a_slow_arxiv_is_given_up(served: Catalogue) -> None:
    served.delay = 5.0

    with pytest.raises(UnreachableError, match="took longer than"):
        await client(served, seconds=0.2).look_up("2603.00001")


async def test_an_arxiv_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(UnreachableError):
        await ArXiv(loopback_fetcher(), "http://127.0.0.1:9/query", 0.0).look_up("2603.00001")


@pytest.mark.parametrize(
    "body",
    [b"", b"no XML", b"<feed", b"<html><body>Sorry</body></html>", entry("2603.00001v1", "Cut off").encode()[:-60]],
)
def test_what_is_no_answer_is_not_taken_for_a_missing_paper(body: bytes) -> None:
    with pytest.raises(UnreachableError, match="cannot be read"):
        read_entry(body)


async def test_an_entity_bomb_is_refused_and_not_expanded(served: Catalogue) -> None:
    served.answers = [BOMB]

    with pytest.raises(UnreachableError, match="entities"):
        await client(served).look_up("2603.00001")


async def test_an_answer_of_any_size_is_not_read(served: Catalogue) -> None:
    served.answers = [entry("2603.00001v1", "Long", abstract="word " * 500_000)]

    with pytest.raises(UnreachableError, match="MiB"):
        await client(served).look_up("2603.00001")


def test_of_what_is_enormous_only_so_much_is_kept() -> None:
    names = tuple(f"Author {number}" for number in range(3000))
    found = read_entry(entry("2603.00001v1", "T" * 9000, authors=names, abstract="A" * 90_000).encode())

    assert found is not None
    assert (len(found.title), len(found.authors), len(found.abstract or "")) == (500, 500, 8000)


async def test_requests_of_all_members_keep_their_distance(served: Catalogue) -> None:
    served.answers = [entry("2603.00001v2", BUOYS.title)]
    # When they arrive depends on what else the machine does.
    sent: list[float] = []

    class Watched(Fetcher):
        async def get(
            self, url: str, *, max_bytes: int, etag: str | None = None, last_modified: str | None = None
        ) -> Fetched:
            sent.append(monotonic())
            return await super().get(url, max_bytes=max_bytes, etag=etag, last_modified=last_modified)

    arxiv = ArXiv(Watched(allows=lambda _address: True), served.address, 0.3)

    assert await asyncio.gather(*(arxiv.look_up("2603.00001") for _ in range(3))) == [BUOYS] * 3
    assert min(later - earlier for earlier, later in pairwise(sent)) >= 0.29
    assert len(sent) == 3

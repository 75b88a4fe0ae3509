"""OpenReview's client against a loopback server that answers in the shapes of OpenReview's."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from datetime import date

import pytest
from aiohttp import web

from companion.archive.openreview import OpenReview, read_note
from companion.archive.paper_facts import PaperFacts, UnreachableError
from tests.archive.catalogues import Catalogue, catalogue
from tests.publisher import loopback_fetcher

HIVES = PaperFacts("Counting Every Bee", ("Ada Brook", "Bo Lund"), "We count bees.", date(2025, 9, 13))
WRAPPED = {
    "title": {"value": "Counting Every  Bee"},
    "authors": {"value": ["Ada Brook", "Bo Lund"]},
    "abstract": {"value": "We count\nbees."},
    "pdf": {"value": "/pdf/1.pdf"},
}
PLAIN = {name: field["value"] for name, field in WRAPPED.items()}


@pytest.fixture
async def served() -> AsyncGenerator[Catalogue]:
    async with catalogue() as running:
        yield running


def answer(content: object, cdate: object = 1757721600000) -> web.Response:
    return web.Response(body=json.dumps({"notes": [{"id": "aBc-12_xYz", "cdate": cdate, "content": content}]}).encode())


@pytest.mark.parametrize("content", [WRAPPED, PLAIN], ids=["second version", "first version"])
async def test_a_forum_is_read_in_both_versions_of_its_shape(served: Catalogue, content: object) -> None:
    served.answers = [answer(content)]

    assert await OpenReview(loopback_fetcher(), served.address).look_up("aBc-12_xYz") == HIVES
    assert served.asked == ["?id=aBc-12_xYz"]


@pytest.mark.parametrize("status", [403, 404])
async def test_what_is_not_shown_to_everybody_is_unknown(served: Catalogue, status: int) -> None:
    served.answers = [web.Response(status=status)]

    assert await OpenReview(loopback_fetcher(), served.address).look_up("aBc-12_xYz") is None


async def test_an_openreview_that_is_busy_is_unreachable(served: Catalogue) -> None:
    served.answers = [web.Response(status=429, headers={"Retry-After": "60"})]

    with pytest.raises(UnreachableError, match="OpenReview does not answer now"):
        await OpenReview(loopback_fetcher(), served.address).look_up("aBc-12_xYz")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000])
def test_what_is_no_answer_is_no_unknown_paper(body: bytes) -> None:
    with pytest.raises(UnreachableError, match="cannot be read"):
        read_note(body)


@pytest.mark.parametrize(
    "body", [b"{}", b'{"notes": []}', b'{"notes": [7]}', b'{"notes": [{"content": {"title": {"value": 7}}}]}']
)
def test_an_answer_without_a_title_is_unknown(body: bytes) -> None:
    assert read_note(body) is None


@pytest.mark.parametrize("spelled", [None, "2025", 10**30, -(10**30)])
async def test_a_date_that_is_none_is_left_out(served: Catalogue, spelled: object) -> None:
    served.answers = [answer(PLAIN, spelled)]

    found = await OpenReview(loopback_fetcher(), served.address).look_up("aBc-12_xYz")
    assert found is not None
    assert found.published is None

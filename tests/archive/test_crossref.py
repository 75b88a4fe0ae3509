"""Crossref's client against a loopback server that answers in the shapes of Crossref's."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from datetime import date
from typing import Any

import pytest
from aiohttp import web

from companion.archive.crossref import Crossref, read_work
from companion.archive.paper_facts import PaperFacts, UnreachableError
from tests.archive.catalogues import Catalogue, catalogue
from tests.publisher import loopback_fetcher

WORK: dict[str, Any] = {
    "DOI": "10.1234/hives",
    "title": ["Counting <i>Every</i> Bee"],
    "author": [
        {"given": "Ada", "family": "Brook", "sequence": "first"},
        {"family": "Okafor"},
        {"name": "The Hive Consortium"},
        {"ORCID": "nobody"},
    ],
    "abstract": (
        "<jats:title>Abstract</jats:title><jats:p>We count <jats:italic>bees</jats:italic> &amp; hives.</jats:p>"
        '<jats:p xml:lang="en">All of them.</jats:p>'
    ),
    "issued": {"date-parts": [[2025, 11]]},
    "created": {"date-parts": [[2025, 12, 24]]},
}
HIVES = PaperFacts(
    "Counting Every Bee",
    ("Ada Brook", "Okafor", "The Hive Consortium"),
    "We count bees & hives. All of them.",
    date(2025, 11, 1),
)


def answer(**changed: object) -> bytes:
    return json.dumps({"status": "ok", "message-type": "work", "message": WORK | changed}).encode()


@pytest.fixture
async def served() -> AsyncGenerator[Catalogue]:
    async with catalogue() as running:
        yield running


async def test_a_work_is_read_without_its_markup(served: Catalogue) -> None:
    served.answers = [web.Response(body=answer())]

    assert await Crossref(loopback_fetcher(), served.address).look_up("10.1234/hives(1)") == HIVES
    assert served.asked == ["/10.1234%2Fhives(1)"]


async def test_a_doi_of_another_registry_is_unknown(served: Catalogue) -> None:
    served.answers = [web.Response(status=404)]

    assert await Crossref(loopback_fetcher(), served.address).look_up("10.1234/hives") is None


async def test_a_crossref_that_is_busy_or_broken_is_unreachable(served: Catalogue) -> None:
    for status in (503, 500):
        served.answers = [web.Response(status=status)]
        with pytest.raises(UnreachableError, match="Crossref does not answer now"):
            await Crossref(loopback_fetcher(), served.address).look_up("10.1234/hives")


@pytest.mark.parametrize("parts", [None, [], [[]], [[None]], [[2025, 13]], [[10**30]], [["x"]], "2025"])
def test_a_date_that_is_none_is_left_out(parts: object) -> None:
    found = read_work(answer(issued={"date-parts": parts}, created=None))

    assert found is not None
    assert found.published is None


@pytest.mark.parametrize("changed", [{"title": []}, {"title": None}, {"title": [" "]}, {"title": [7]}])
def test_a_work_without_a_title_is_unknown(changed: dict[str, object]) -> None:
    assert read_work(answer(**changed)) is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe{", b"[" * 100_000])
def test_what_is_no_answer_is_no_unknown_work(body: bytes) -> None:
    with pytest.raises(UnreachableError, match="cannot be read"):
        read_work(body)


@pytest.mark.parametrize("body", [b"7", b"[]", b'{"message": 7}', b'{"message": {"title": ["T"], "author": {"a": 1}}}'])
def test_an_answer_of_any_shape_breaks_nothing(body: bytes) -> None:
    found = read_work(body)

    assert found is None or found == PaperFacts("T", (), None, None)

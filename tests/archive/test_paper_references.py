from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.paper_references import (
    Addresses,
    Kind,
    UnknownReferenceError,
    addresses,
    paper_reference,
    reference_to,
)


@pytest.mark.parametrize(
    ("typed", "version"),
    [
        ("2401.00001", None),
        ("2401.00001v3", 3),
        ("arXiv:2401.00001v2 [cs.CL]", 2),
        ("arxiv 2401.00001", None),
        ("abs/2401.00001", None),
        ("  <https://arxiv.org/abs/2401.00001v2> ", 2),
        ("arxiv.org/abs/2401.00001", None),
        ("https://arxiv.org/pdf/2401.00001v11.pdf#page=3", 11),
        ("https://www.arxiv.org/html/2401.00001v1?theme=dark", 1),
        ("https://export.arxiv.org/abs/2401.00001v0", None),
        ("https://huggingface.co/papers/2401.00001", None),
        ("https://www.alphaxiv.org/abs/2401.00001v4", 4),
        ("https://doi.org/10.48550/arXiv.2401.00001", None),
        ("10.48550/arXiv.2401.00001", None),
        ("doi:10.48550/ARXIV.2401.00001v2", 2),
    ],
)
def test_an_arxiv_paper_is_one_however_it_is_named_with_the_version_that_was_named(
    typed: str, version: int | None
) -> None:
    reference = paper_reference(typed)

    assert (reference.canonical, reference.version) == ("arxiv:2401.00001", version)
    assert reference.url == "https://arxiv.org/abs/2401.00001" + (f"v{version}" if version else "")


@pytest.mark.parametrize(
    ("typed", "canonical", "version"),
    [
        ("hep-th/9901001", "arxiv:hep-th/9901001", None),
        ("arXiv:hep-th/9901001v2", "arxiv:hep-th/9901001", 2),
        ("https://arxiv.org/abs/math.GT/0309136v1", "arxiv:math/0309136", 1),
        ("math/0309136", "arxiv:math/0309136", None),
        ("https://arxiv.org/pdf/cs/0309136v1.pdf", "arxiv:cs/0309136", 1),
        ("cond-mat.mes-hall/0309136", None, None),
    ],
)
def test_ids_of_the_old_style_are_known_with_and_without_their_class(
    typed: str, canonical: str | None, version: int | None
) -> None:
    if canonical is None:
        with pytest.raises(UnknownReferenceError):
            paper_reference(typed)
        return
    reference = paper_reference(typed)
    assert (reference.canonical, reference.version) == (canonical, version)


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("10.1145/3292500.3330701", "doi:10.1145/3292500.3330701"),
        ("doi: 10.1145/3292500.3330701.", "doi:10.1145/3292500.3330701"),
        ("https://doi.org/10.1038/S41586-021-03819-2", "doi:10.1038/s41586-021-03819-2"),
        ("http://dx.doi.org/10.1038/s41586-021-03819-2", "doi:10.1038/s41586-021-03819-2"),
        ("https://dl.acm.org/doi/pdf/10.1145/3292500.3330701", "doi:10.1145/3292500.3330701"),
        ("10.1016/S0140-6736(05)12345-6", "doi:10.1016/s0140-6736(05)12345-6"),
        ("(10.1016/j.cub.2026.01.001)", "doi:10.1016/j.cub.2026.01.001"),
        ("https://www.biorxiv.org/content/10.1101/2026.01.02.123456v2.full.pdf", "doi:10.1101/2026.01.02.123456"),
        ("https://www.biorxiv.org/content/10.1101/2026.01.02.123456v1", "doi:10.1101/2026.01.02.123456"),
    ],
)
def test_a_doi_is_one_however_it_is_spelled(typed: str, canonical: str) -> None:
    assert paper_reference(typed).canonical == canonical


@pytest.mark.parametrize(
    "typed",
    [
        "https://openreview.net/forum?id=aBc-12_xYz",
        "https://openreview.net/pdf?id=aBc-12_xYz",
        "https://openreview.net/forum?id=aBc-12_xYz&noteId=other1234",
        "openreview.net/forum?id=aBc-12_xYz#discussion",
        "openreview:aBc-12_xYz",
    ],
)
def test_an_openreview_paper_is_one_and_keeps_its_capitals(typed: str) -> None:
    assert paper_reference(typed).canonical == "openreview:aBc-12_xYz"


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("https://Buoys.example/Paper.pdf#page=2", "url:https://buoys.example/Paper.pdf"),
        ("https://buoys.example:443/paper.pdf?utm_source=x&v=2", "url:https://buoys.example/paper.pdf?v=2"),
        ("buoys.example/a b.pdf".replace(" ", "%20"), "url:https://buoys.example/a%20b.pdf"),
        ("http://buoys.example:8080/essay", "url:http://buoys.example:8080/essay"),
    ],
)
def test_any_other_address_stands_for_itself_without_what_is_no_part_of_it(typed: str, canonical: str) -> None:
    reference = paper_reference(typed)

    assert reference.canonical == canonical
    assert reference.url == reference.identity


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "the one about buoys",
        "2413.00001",
        "https://arxiv.org/list/cs.CL/recent",
        "https://openreview.net/group?id=x",
        "javascript:alert(1)",
        "ftp://buoys.example/paper.pdf",
        "https://me:secret@buoys.example/paper.pdf",
        "https://localhost/paper.pdf",
        "http://192.168.0.7/paper.pdf",
        "http://[::1]/paper.pdf",
        "https://buoys.example:99999/paper.pdf",
        "http://[",
        "https://buoys.example/" + "x" * 600,
        "https://buoys.example/" + "ж" * 100,
    ],
)
def test_what_names_no_paper_is_refused_with_what_does(typed: str) -> None:
    with pytest.raises(UnknownReferenceError, match="arXiv link or id"):
        paper_reference(typed)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            "2401.00001v2",
            Addresses(
                "https://arxiv.org/abs/2401.00001v2",
                "https://arxiv.org/pdf/2401.00001v2",
                "https://arxiv.org/html/2401.00001v2",
            ),
        ),
        (
            "hep-th/9901001",
            Addresses(
                "https://arxiv.org/abs/hep-th/9901001",
                "https://arxiv.org/pdf/hep-th/9901001",
                "https://ar5iv.labs.arxiv.org/html/hep-th/9901001",
            ),
        ),
        (
            "openreview:aBc-12_xYz",
            Addresses("https://openreview.net/forum?id=aBc-12_xYz", "https://openreview.net/pdf?id=aBc-12_xYz"),
        ),
        ("10.1000/182", Addresses("https://doi.org/10.1000/182")),
        ("https://buoys.example/paper.PDF", Addresses(None, "https://buoys.example/paper.PDF")),
        ("https://buoys.example/paper", Addresses("https://buoys.example/paper")),
    ],
)
def test_a_paper_is_linked_where_it_can_be_read(typed: str, expected: Addresses) -> None:
    assert addresses(paper_reference(typed)) == expected


months = st.integers(1, 12).map("{:02}".format)
new_ids = st.builds("{:02}{}.{}".format, st.integers(7, 99), months, st.integers(1, 99999).map("{:05}".format))
old_ids = st.builds(
    "{}/{:02}{}{:03}".format,
    st.sampled_from(["hep-th", "math", "cs", "cond-mat", "quant-ph"]),
    st.integers(91, 99),
    months,
    st.integers(1, 999),
)
versions = st.none() | st.integers(1, 99)
WAYS = (
    "{}",
    "arXiv:{}",
    "<https://arxiv.org/abs/{}>",
    "https://arxiv.org/pdf/{}",
    "https://arxiv.org/pdf/{}.pdf",
    "http://export.arxiv.org/abs/{}?context=cs",
)


@given(new_ids | old_ids, versions, st.sampled_from(WAYS))
def test_every_id_of_arxiv_is_read_in_every_way_to_name_it(identity: str, version: int | None, way: str) -> None:
    named = identity + (f"v{version}" if version else "")
    reference = paper_reference(way.format(named))

    assert (reference.canonical, reference.version) == (f"arxiv:{identity}", version)


@given(new_ids | old_ids, versions)
def test_a_reference_comes_back_from_its_canonical_id_and_its_own_addresses(identity: str, version: int | None) -> None:
    reference = reference_to(f"arxiv:{identity}", version)

    found = addresses(reference)
    assert paper_reference(reference.url) == reference
    assert [paper_reference(url or "").canonical for url in (found.page, found.pdf, found.html)] == [
        reference.canonical
    ] * 3


@given(st.text(max_size=80) | st.builds("https://{}.example/{}".format, st.from_regex(r"[a-z]{1,8}"), st.text()))
def test_whatever_is_typed_is_a_paper_or_refused_and_what_is_canonical_stays(typed: str) -> None:
    try:
        reference = paper_reference(typed)
    except UnknownReferenceError:
        return
    assert reference_to(reference.canonical, reference.version) == reference
    if reference.kind is not Kind.URL or len(reference.url) <= 500:
        assert paper_reference(reference.url).canonical == reference.canonical

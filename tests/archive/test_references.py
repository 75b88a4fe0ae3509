from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.references import reference_of, split, video_id, video_time
from companion.storage.mentions import LinkKind

VIDEO = "dQw4w9WgXcQ"


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/abs/2401.00001v2",
        "https://arxiv.org/pdf/2401.00001.pdf",
        "http://www.arxiv.org/pdf/2401.00001v1#page=3",
        "https://export.arxiv.org/html/2401.00001v1",
        "https://alphaxiv.org/abs/2401.00001v3",
        "https://www.alphaxiv.org/overview/2401.00001",
        "https://huggingface.co/papers/2401.00001",
        "https://hf.co/papers/2401.00001",
        "https://ar5iv.labs.arxiv.org/html/2401.00001",
        "https://www.semanticscholar.org/arxiv/2401.00001",
        "https://api.semanticscholar.org/arXiv:2401.00001",
        "https://doi.org/10.48550/arXiv.2401.00001",
    ],
)
def test_a_paper_has_one_arxiv_id_wherever_it_is_linked(url: str) -> None:
    assert reference_of(url) == (LinkKind.PAPER, "2401.00001")


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001"),
        ("https://arxiv.org/abs/math.GT/0309136v1", "math.GT/0309136"),
        ("https://arxiv.org/pdf/cs/0309136v1.pdf", "cs/0309136"),
        ("https://doi.org/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
        ("https://dl.acm.org/doi/abs/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
        ("https://doi.org/10.1038/S41586-021-03819-2", "10.1038/s41586-021-03819-2"),
    ],
)
def test_papers_of_the_old_style_and_dois_are_known(url: str, identity: str) -> None:
    assert reference_of(url) == (LinkKind.PAPER, identity)


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/list/cs.CL/recent",
        "https://arxiv.org/abs/2413.00001",
        "https://huggingface.co/meta/2401.00001",
        "https://example.com/2401.00001",
        "https://notarxiv.org.example/abs/2401.00001",
        "https://youtube.com/@channel",
        f"https://youtube.com/playlist?list={VIDEO}",
    ],
)
def test_what_only_looks_like_a_paper_or_a_video_is_a_page(url: str) -> None:
    assert reference_of(url) == (LinkKind.PAGE, None)


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.youtube.com/watch?v={VIDEO}&t=1m23s",
        f"https://youtube.com/watch?time_continue=83&v={VIDEO}",
        f"https://m.youtube.com/watch?v={VIDEO}#t=83",
        f"https://youtu.be/{VIDEO}?si=x&t=83",
        f"https://www.youtube-nocookie.com/embed/{VIDEO}?start=83",
        f"https://youtube.com/live/{VIDEO}?t=83s",
        f"https://youtube.com/shorts/{VIDEO}?t=0h1m23s",
    ],
)
def test_a_video_has_one_id_wherever_it_is_linked_and_a_link_may_lead_to_a_moment(url: str) -> None:
    assert reference_of(url) == (LinkKind.VIDEO, VIDEO)
    assert (video_id(url), video_time(url)) == (VIDEO, 83)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "mailto:a@b.example", "", "http://["])
def test_what_is_no_web_address_is_none(url: str) -> None:
    assert split(url) is None
    assert reference_of(url) == (LinkKind.PAGE, None)


@given(st.text(max_size=60), st.sampled_from(["arxiv.org", "youtu.be", "doi.org", "youtube.com"]))
def test_any_address_has_a_kind(tail: str, host: str) -> None:
    kind, reference = reference_of(f"https://{host}/{tail}")
    assert (kind is LinkKind.PAGE) == (reference is None)
    assert video_time(f"https://{host}/{tail}") is None or kind is not LinkKind.PAPER

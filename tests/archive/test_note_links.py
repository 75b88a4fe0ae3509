from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.note_links import found_links, links_of
from companion.storage.mentions import Link, LinkKind


def links(*texts: str) -> tuple[Link, ...]:
    return links_of(found_links(texts))


def test_a_link_of_html_keeps_its_words_and_its_address_as_it_is() -> None:
    tracked = "https://click.example/?u=https%3A%2F%2Fa.example&amp;token=s3cret"
    (link,) = links(f'<p>Read <a href="{tracked}"><b>the</b>\n  post</a> first.</p>')
    assert link == Link("https://click.example/?u=https%3A%2F%2Fa.example&token=s3cret", "the post")


def test_a_paper_and_a_video_are_told_from_pages() -> None:
    found = links(
        '<a href="https://arxiv.org/pdf/2401.00001v2">Paper</a> <a href="https://youtu.be/dQw4w9WgXcQ">Talk</a>'
        ' <a href="https://e.example">Site</a>'
    )
    assert [(link.kind, link.reference) for link in found] == [
        (LinkKind.PAPER, "2401.00001"),
        (LinkKind.VIDEO, "dQw4w9WgXcQ"),
        (LinkKind.PAGE, None),
    ]


def test_addresses_in_plain_text_stand_on_the_words_before_them() -> None:
    found = links("Our book: https://e.example/a_(b). And see (https://e.example/c), or www.e.example/d!")
    assert [(link.url, link.text) for link in found] == [
        ("https://e.example/a_(b)", "Our book"),
        ("https://e.example/c", "And see"),
        ("https://www.e.example/d", "or"),
    ]


def test_markdown_links_and_bare_ids_are_links() -> None:
    found = links("[The post](https://e.example/p) is about arXiv:2401.00001v3, and doi: 10.1000/ABC.1.")
    assert [(link.url, link.text, link.reference) for link in found] == [
        ("https://e.example/p", "The post", None),
        ("https://arxiv.org/abs/2401.00001", "arXiv:2401.00001v3", "2401.00001"),
        ("https://doi.org/10.1000/ABC.1", "doi: 10.1000/ABC.1", "10.1000/abc.1"),
    ]


def test_scripts_and_data_are_dropped() -> None:
    dangerous = '<a href="javascript:alert(1)">a</a><a href=" data:text/html,x">b</a><a href="vbscript:x">c</a>'
    assert links(dangerous + '<a href="mailto:ann@e.example">mail</a><a href="/relative">d</a>') == ()


def test_an_address_is_kept_once_with_the_first_words_it_stands_on() -> None:
    found = links('<a href="https://e.example"><img src="x.png"></a><a href="https://e.example">Words</a>')
    assert found == (Link("https://e.example", "Words"),)


def test_times_that_lead_into_the_audio_are_no_links() -> None:
    assert links('<li><a href="https://youtu.be/dQw4w9WgXcQ?t=83">(01:23)</a> Bees</li>') == ()
    assert len(links('<a href="https://e.example/1:23">1:23</a>')) == 1


def test_a_place_is_the_line_around_a_link_or_the_line_above() -> None:
    video = '<h3>Full Video</h3><iframe src="//www.youtube.com/embed/dQw4w9WgXcQ"></iframe>'
    embedded, linked = found_links([video + '<p>A <a href="https://e.example">b</a> c</p>'])
    assert (embedded.url, embedded.place) == ("https://www.youtube.com/embed/dQw4w9WgXcQ", "Full Video")
    assert (linked.text, linked.place) == ("b", "A c")


def test_thousands_of_links_are_bounded() -> None:
    assert len(links(" ".join(f"https://e.example/{number}" for number in range(9000)))) == 500


@given(st.text(), st.lists(st.sampled_from(["<a href='https://e.example'>", "</a>", "https://", "[x](", ")", "\x00"])))
def test_any_text_has_links_or_none(text: str, parts: list[str]) -> None:
    for link in found_links([text.join(parts), "".join(parts)]):
        assert link.url.lower().startswith("http")

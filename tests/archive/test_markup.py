from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.markup import itemised, plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One &amp; two.</p><p>Three<br>four</p>", "One & two.\n\nThree\nfour"),
        ("One.<br><br>Two.<br>\n<br>Three.", "One.\n\nTwo.\n\nThree."),
        ("<b>Ann</b><br>So.<br><br><b>Ann</b><br>Yes.", "Ann\nSo.\n\nAnn\nYes."),
        ("<ul><li>first</li><li>second</li></ul>", "* first\n* second"),
        ("<cite>Ann:</cite>\n<time>0:10</time>\n<p>Hello.</p>", "Ann:\n\n0:10\n\nHello."),
        ("<p>Kept</p><script>var dropped = 1;</script><style>p {}</style>", "Kept"),
        ("an <b>inline</b> tag, a <a href='x'>link</a>", "an inline tag, a link"),
        ("one\n<b>two</b> <a\nhref='x'>three</a>", "one\ntwo three"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("fish &amp; chips", "fish & chips"),
        ("nul\x00 byte\r\nline", "nul byte\nline"),
    ],
)
def test_markup_becomes_words_on_lines(markup: str, text: str) -> None:
    assert plain_text(markup) == text


def test_deep_nesting_loses_no_words() -> None:
    depth = 3000
    assert plain_text("<div>" * depth + "deep down" + "</div>" * depth + "<p>after</p>").split() == [
        "deep",
        "down",
        "after",
    ]


@given(st.lists(st.text(alphabet="abcdefgh", min_size=1), min_size=1), st.sampled_from(["p", "div", "li", "h2", "td"]))
def test_the_words_of_blocks_keep_their_order(words: list[str], tag: str) -> None:
    rendered = plain_text("".join(f"<{tag}>{word}</{tag}>" for word in words))
    assert [word for word in rendered.split() if word != "*"] == words


@given(st.text(alphabet=st.sampled_from("<>/!-&;#x0 apb\"'=\x00\n")))
def test_any_text_is_rendered(text: str) -> None:
    assert "\x00" not in plain_text(text)


def test_flattened_list_items_get_lines_of_their_own() -> None:
    assert itemised("Links* One* Two words* Three") == "Links\n* One\n* Two words\n* Three"


def test_emphasis_is_no_list() -> None:
    assert itemised("Why it *could not* be done") == "Why it *could not* be done"


def test_whose_a_quotation_is_stands_on_the_line_below_it() -> None:
    figure = "<figure><blockquote><p>So it goes.</p></blockquote><figcaption>Ana</figcaption></figure>"
    quote = "<blockquote><p>It does.</p><footer>— <cite>Owen</cite></footer></blockquote>"
    assert plain_text(figure + quote) == "So it goes.\nAna\n\nIt does.\n— Owen"
    assert plain_text("<p>So.</p><figure><img src='a.png'><figcaption>A boat</figcaption></figure>") == "So.\n\nA boat"

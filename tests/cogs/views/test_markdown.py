from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.cogs.views.markdown import (
    emphasised,
    escaped,
    escaped_line,
    escaped_sentence,
    linked,
    one_line,
    quotation,
    visible,
    web_address,
)

TEXTS = st.text(st.sampled_from(string.printable + "\u200b\u202e\u2066é🐝\u200d"), max_size=200)


def unescaped(markdown: str) -> str:
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", markdown)


@given(TEXTS)
def test_escaping_changes_nothing_that_is_seen(text: str) -> None:
    assert unescaped(escaped(text)) == visible(text)


@given(TEXTS)
def test_escaped_text_holds_no_live_markup(text: str) -> None:
    left = re.sub(r"\\[^0-9A-Za-z\s]", "x", escaped(text))

    assert not re.search(r"[*_~|`<@\[\]]", left)
    assert not re.search(r"https?://", left)
    assert not re.search(r"^\s*(#{1,3}\s|-#\s|>|[-+]\s|\d+[.)]\s)", left, re.MULTILINE)


@given(TEXTS)
def test_one_line_is_one_line_without_ragged_edges(text: str) -> None:
    line = one_line(text)

    assert "\n" not in line
    assert line == line.strip()


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("f*****g", r"f\*\*\*\*\*g"),
        ("@everyone", r"\@everyone"),
        ("<@123> <#4> <t:1:R>", r"\<\@123> \<#4> \<t:1:R>"),
        ("# big", r"\# big"),
        ("-# small", r"\-# small"),
        ("> quote", r"\> quote"),
        ("- item\n12. item", "\\- item\n12\\. item"),
        ("https://evil.example", r"https\://evil.example"),
        ("discord.gg/abc", r"discord\.gg/abc"),
        ("[a](https://b.example)", r"\[a\](https\://b.example)"),
        ("||spoiler|| `code`", r"\|\|spoiler\|\| \`code\`"),
        ("a\u202eb\u200bc\ufeff", "abc"),
        ("&lt;b&gt;", r"\&lt;b\&gt;"),
    ],
)
def test_foreign_text_is_taken_literally(foreign: str, shown: str) -> None:
    assert escaped(foreign) == shown


def test_emoji_and_other_scripts_keep_their_joiners() -> None:
    family = "👩\u200d👧 می\u200cخواهم"

    assert escaped(family) == family


@given(TEXTS.map(lambda text: text.replace("*", "")), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200))))
def test_bold_marks_come_in_pairs_around_the_same_words(text: str, spans: list[tuple[int, int]]) -> None:
    shown = emphasised(text, spans)

    assert shown.count("**") % 2 == 0
    assert "****" not in shown
    assert "".join(unescaped(shown.replace("**", "")).split()) == "".join(visible(text).split())


def test_matching_words_are_bold_and_neighbours_share_their_bold() -> None:
    assert emphasised("the bees heat it", [(4, 8), (9, 13)]) == "the **bees heat** it"
    assert emphasised("bees, heat", [(0, 4), (6, 10)]) == "**bees**, **heat**"


def test_every_line_of_a_quotation_is_quoted() -> None:
    assert quotation("a\n\nb") == "> a\n> b"


def test_items_of_a_list_are_quoted_with_bullets() -> None:
    assert quotation(escaped("Today:\n* bees\n* 2 * 3")) == "> Today:\n> • bees\n> • 2 \\* 3"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://a.example", "https://", "//a.example", "https://user:pw@a.example", "x" * 9]
)
def test_only_plain_web_addresses_are_linked(url: str) -> None:
    assert web_address(url) is None
    assert linked("here", url) == "here"


def test_an_address_cannot_end_its_link_early() -> None:
    assert linked("here", "https://a.example/x) [y](https://evil.example") == (
        "[here](https://a.example/x%29%20[y]%28https://evil.example)"
    )


@given(st.text(max_size=100))
def test_an_address_never_breaks_out(tail: str) -> None:
    address = web_address(f"https://a.example/{tail}")

    assert address is None or not re.search(r"[()<>\s]", address)


def test_a_sentence_keeps_its_commands_and_nothing_else() -> None:
    assert escaped_sentence("Run `companion subscribe 1 my_pod`, *now*") == (
        r"Run `companion subscribe 1 my_pod`, \*now\*"
    )
    assert escaped_sentence("There is no ` here @everyone") == r"There is no \` here \@everyone"


def test_a_name_is_one_escaped_line() -> None:
    assert escaped_line(" Ana \n*B* ") == r"Ana \*B\*"


@pytest.mark.parametrize(
    ("label", "url", "honest"),
    [
        ("https://bank.example/login", "https://phish.example/", False),
        ("https\\://bank.example/login", "https://phish.example/", False),
        ("see www.bank.example", "https://phish.example/", False),
        ("bank.example", "https://phish.example/", False),
        ("bank\\.example/login", "https://bank.example.phish.example/", False),
        ("https://bank.example@phish.example", "https://phish.example/", False),
        ("https://bank.example/login", "https://bank.example/login", True),
        ("www.bank.example/a", "https://accounts.bank.example/b", True),
        ("Why Node.js and v4.5 won, 1.5/2", "https://pod.example/1", True),
        ("A plain title", "https://pod.example/1", True),
    ],
)
def test_a_label_that_names_another_host_is_no_link(label: str, url: str, honest: bool) -> None:
    assert (linked(label, url) == f"[{label}]({url})") is honest

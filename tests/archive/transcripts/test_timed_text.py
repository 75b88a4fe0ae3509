from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.timed_text import captions_of_xml, root_of

TT = '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" {0}><body>{1}</body></tt>'


def read(text: str) -> list[tuple[float | None, float | None, str]]:
    return [(caption.start, caption.end, caption.text) for caption in captions_of_xml(text)]


@pytest.mark.parametrize(
    ("attributes", "begin", "seconds"),
    [
        ("", "00:00:01.500", 1.5),
        ("", "1.5s", 1.5),
        ("", "1500ms", 1.5),
        ('ttp:frameRate="25"', "00:00:01:05", 1.2),
        ('ttp:frameRate="24"', "36f", 1.5),
        ('ttp:tickRate="10000000"', "15000000t", 1.5),
    ],
)
def test_times_of_ttml_are_clocks_offsets_frames_or_ticks(attributes: str, begin: str, seconds: float) -> None:
    ((start, _, text),) = read(TT.format(attributes, f'<div><p begin="{begin}" dur="2s">Gates<br/>close</p></div>'))
    assert (start, text) == (pytest.approx(seconds), "Gates\nclose")


def test_times_count_from_the_element_around() -> None:
    words = '<span begin="0s">Gates </span><span begin="1s">close</span>'
    body = f'<div begin="10s"><p begin="1s" end="3s">{words}</p></div>'
    assert read(TT.format("", body)) == [(11.0, 13.0, "Gates"), (12.0, 13.0, "close")]


def test_spans_that_count_from_the_beginning_themselves_are_taken_so() -> None:
    body = '<p begin="11s" end="13s"><span begin="11s">Gates </span><span begin="12s">close</span></p>'
    assert read(TT.format("", body)) == [(11.0, 13.0, "Gates"), (12.0, 13.0, "close")]


def test_entities_that_youtube_escapes_twice_are_resolved() -> None:
    text = '<transcript><text start="0.5" dur="2">It&amp;#39;s &amp;quot;so&amp;quot;</text></transcript>'
    assert read(text) == [(0.5, 2.5, 'It\'s "so"')]


def test_other_elements_with_times_are_read_by_their_attributes() -> None:
    turns = '<turn speaker="Ann" start="1.5" end="4">Gates close</turn><turn speaker="Bob" start="5">So.</turn>'
    text = f"<talk>{turns}</talk>"
    assert [(c.speaker, c.start, c.text) for c in captions_of_xml(text)] == [
        ("Ann", 1.5, "Gates close"),
        ("Bob", 5.0, "So."),
    ]


def test_entities_that_a_document_declares_are_not_resolved() -> None:
    bomb = '<!DOCTYPE tt [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><tt><body><p begin="1s">x &b; y</p></body></tt>'
    assert "aaaa" not in "".join(text for _, _, text in read(bomb))


@pytest.mark.parametrize(
    "text", ["<html><body><p>Hi</p></body></html>", "<rss/>", "plain", "<a><b>no times</b></a>", "<"]
)
def test_what_has_no_times_is_left_for_others(text: str) -> None:
    assert captions_of_xml(text) == []


def test_the_root_shows_behind_what_opens_a_document() -> None:
    assert root_of('<?xml version="1.0"?>\n<!-- made by hand -->\n<tt:tt xmlns:tt="x">') == "tt"


@given(st.text(alphabet=st.sampled_from('<>/="tp begin01.:smf&;?!')))
def test_any_text_is_read(text: str) -> None:
    assert all(caption.text.strip() for caption in captions_of_xml(f"<tt>{text}"))

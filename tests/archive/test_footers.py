from __future__ import annotations

from companion.archive.footers import footers


def test_an_ending_that_items_share_is_a_footer() -> None:
    texts = [f"{start} Subscribe at our.example/page" for start in ("One thing.", "Two things.", "Three more!")]
    assert footers(texts) == [" Subscribe at our.example/page"] * 3


def test_two_items_alike_are_no_evidence() -> None:
    texts = ["One. Subscribe at our.example/page", "Two. Subscribe at our.example/page", "Three, and something else."]
    assert footers(texts) == ["", "", ""]


def test_a_footer_begins_with_a_word() -> None:
    texts = [f"{start}ing. Subscribe at our.example/page" for start in ("Go", "Sing", "Do")]
    assert footers(texts) == [" Subscribe at our.example/page"] * 3


def test_short_goodbyes_are_speech() -> None:
    assert footers(["Well, thank you.", "Great, thank you.", "Fine, thank you."]) == ["", "", ""]

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.cogs.views.limits import cut, cut_start


@given(st.text(max_size=300), st.integers(0, 120))
def test_a_cut_text_keeps_to_its_limit_and_is_a_beginning(text: str, limit: int) -> None:
    shown = cut(text, limit)

    assert len(shown) <= limit
    assert shown == text or text.startswith(shown.removesuffix("…"))


@given(st.text(max_size=300), st.integers(0, 120))
def test_a_text_cut_at_its_start_keeps_to_its_limit_and_is_an_end(text: str, limit: int) -> None:
    shown = cut_start(text, limit)

    assert len(shown) <= limit
    assert shown == text or text.endswith(shown.removeprefix("…"))


def test_words_are_left_whole() -> None:
    assert cut("the bees heat the hive", 14) == "the bees heat…"
    assert cut("the bees heat the hive", 12) == "the bees…"
    assert cut_start("the bees heat the hive", 10) == "…the hive"
    assert cut_start("the bees heat the hive", 12) == "…the hive"

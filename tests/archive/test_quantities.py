from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.quantities import has_unknown_quantity

SAID = {
    "half of it sank": ("half the boats sank", "50% of the boats sank", "five of ten boats sank", "it was cut in half"),
    "nearly half of the boats sank": ("eleven of twenty-six boats sank",),
    "more than three quarters stayed dry": ("thirteen boats out of the sixteen stayed dry",
                                            "20 percent got wet"),
    "a third of the crew left": ("one third of them left", "33 percent left", "four of twelve left"),
    "two thirds stayed": ("a third left",),
    "a quarter of an hour": ("fifteen minutes",),
    "half an hour": ("30 minutes",),
    "twice as many boats": ("double the boats", "two times more", "half as many before", "from 30 to 60"),
    "ten times as deep": ("a tenfold depth", "10x deeper", "from 4 to 40 metres"),
    "the fleet tripled": ("three times the ships", "ships grew by 200 percent"),
    "two dozen boats": ("24 boats", "two dozen", "twenty-five boats"),
    "half a dozen boats": ("six boats",),
    "dozens of boats": ("forty-one boats", "some dozens"),
    "thousands of boats": ("ten thousand of them",),
    "five months": ("5 months", "twenty weeks", "a hundred and fifty days"),
    "two weeks": ("fourteen days",),
    "seven decades": ("seventy years",),
    "seven boats": ("7 boats",),
    "三十艘船": ("thirty boats", "30 boats", "三十"),
    "30艘船": ("thirty boats",),
    "两万三千艘船": ("23,000 boats",),
}  # fmt: skip


@pytest.mark.parametrize(("stated", "said"), [(stated, said) for stated, every in SAID.items() for said in every])
def test_a_quantity_is_known_in_whatever_form_it_was_said(stated: str, said: str) -> None:
    assert not has_unknown_quantity(stated, said, ())


@pytest.mark.parametrize("stated", SAID)
@pytest.mark.parametrize("said", ["boats sank", "one boat sank"])
def test_what_nobody_said_is_unknown(stated: str, said: str) -> None:
    assert has_unknown_quantity(stated, said, ())


@pytest.mark.parametrize(
    "stated",
    ["there are two dangers", "in the second half", "that is half the battle", "he double-checks it", "a third way",
     "one of them", "千万不要", "almost half a century", "twice"],
)  # fmt: skip
def test_what_counts_nothing_that_was_said_is_left_alone(stated: str) -> None:
    assert not has_unknown_quantity(stated, "boats sank", ())


def test_the_end_of_a_greater_number_is_no_number_of_its_own() -> None:
    assert not has_unknown_quantity("it stays at thirty-four degrees", "34 degrees", ())


@given(st.text(st.sampled_from("half twice dozen three五十万0123 .,-"), max_size=40) | st.text(max_size=40))
def test_whatever_a_text_says_of_itself_can_be_asked(text: str) -> None:
    assert has_unknown_quantity(text, text, ()) in {True, False}

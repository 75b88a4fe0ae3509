"""Whether a stretch of talk begins a thought, and ends one."""

from __future__ import annotations

import pytest

from companion.archive.thoughts import begins_thought, ends_thought


@pytest.mark.parametrize(
    ("whole", "torn"),
    [
        ("A hive hums in January.", "And a hive hums in January."),
        ("A hive hums in January.", "It hums in January."),
        ("A hive hums in January.", "Because a hive hums in January."),
        ("We lost eleven colonies.", "We did it for eleven colonies."),
        ("We lost eleven colonies.", "Eleven colonies, wax, honey, brood."),
        ("My colonies are strong.", "Number two is that my colonies are strong."),
        ("My colonies are strong.", "You can see that my colonies are strong."),
        ("Sometimes beekeepers want a warmer hive.", "Sometimes they want a warmer hive."),
        ("I think keepers know that he lost eleven.", "I think he lost eleven."),
        ("My colonies are strong.", "Yeah, my colonies are strong."),
    ],
)
def test_a_sentence_that_hangs_on_others_begins_a_thought_less_well(whole: str, torn: str) -> None:
    before = "We spoke of winter."

    assert begins_thought(torn, before, new_turn=False) < begins_thought(whole, before, new_turn=False)


def test_a_turn_that_goes_on_from_the_others_begins_better_than_a_sentence_that_goes_on() -> None:
    assert begins_thought("But wool keeps the damp in.", "I use wool.", new_turn=True) > begins_thought(
        "But wool keeps the damp in.", "I use wool.", new_turn=False
    )


def test_a_bare_answer_needs_its_question() -> None:
    question = "How many colonies did you lose?"

    assert begins_thought("Eleven, I am sorry to say.", question, new_turn=True) < begins_thought(
        "I lost eleven of my colonies in that winter of the long frost.", question, new_turn=True
    )


def test_the_rest_of_a_name_that_was_cut_in_two_begins_nothing() -> None:
    assert begins_thought("S. charts are led by bees.", "We lead the U.", new_turn=False) < 0.7


def test_words_that_only_pass_the_time_begin_nothing() -> None:
    assert begins_thought("Yeah, of course.", "Do you?", new_turn=True) == 0.0


@pytest.mark.parametrize(
    ("ended", "open_"),
    [
        (("It starves.", None), ("It starves, because the", None)),
        (("It starves.", None), ("Why does a hive starve in winter?", None)),
        (("A hive starves of cold.", "Wool is worse."), ("A hive starves of cold.", "Because shivering burns honey.")),
        (("A hive starves of cold.", None), ("A hive starves of cold.", "Wool is worse.")),
        (("A hive starves, you see.", None), ("A hive starves, and then…", None)),
    ],
)
def test_a_thought_ends_less_well_where_it_goes_on(
    ended: tuple[str, str | None], open_: tuple[str, str | None]
) -> None:
    assert ends_thought(*open_) < ends_thought(*ended)


def test_a_question_that_only_asks_for_assent_ends_a_thought_better_than_one_that_wants_an_answer() -> None:
    assert ends_thought("A hive starves of cold, right?", None) > ends_thought("Does a hive starve of cold?", None)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.conversation import Asked, Standing, standing

DAMP = Asked("What did Mina Sato say about damp?", ("Mina Sato", "Dov Katz"))
ROBOT = Asked("How does the bread robot work?", ("Oona Bell",))
STARVE = Asked("Why do hives starve in winter?", ("Tomas Ek", "Mara Lindqvist"))
WORDS = "and what about she he it that when was why Mina damp the price? more – ? tell me".split()
QUESTIONS = st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)


@pytest.mark.parametrize(
    "question",
    [
        "How much honey does a colony need?",
        "What did Ines Okafor say about her queens?",
        "Is it true that bees shiver?",
        "how long does it take to see May",
        "What happened to the guy when he left?",
        "What did they say about damp?",
        "And why does the tide machine stop?",
        "why is the tide machine better than the one it replaced?",
        "who is the guest that built the robot?",
        "What is that machine called?",
        "Are there bees in Greenland?",
        "what was that about the floor?",
        "Did that change after the flood?",
        "  spaces   stay, too ",
    ],
)
@pytest.mark.parametrize("earlier", [(), (DAMP,), (ROBOT, STARVE)])
def test_a_question_that_stands_on_its_own_stays_as_it_is(question: str, earlier: tuple[Asked, ...]) -> None:
    assert standing(question, earlier) == Standing(question, leans=False)


@pytest.mark.parametrize(
    ("question", "earlier", "completed"),
    [
        ("and what about the price?", ROBOT, "the price — How does the bread robot work?"),
        ("how about in summer?", STARVE, "in summer — Why do hives starve in winter?"),
        ("and in winter?", ROBOT, "in winter — How does the bread robot work?"),
        ("why?", ROBOT, "why — How does the bread robot work?"),
        ("OK, but how much?", ROBOT, "how much — How does the bread robot work?"),
        ("What does it cost?", ROBOT, "What does it cost? — How does the bread robot work?"),
        ("who paid for it?", ROBOT, "who paid for it? — How does the bread robot work?"),
        ("How is that different?", ROBOT, "How is that different? — How does the bread robot work?"),
    ],
)
def test_what_a_question_leaves_out_is_taken_from_the_one_before(question: str, earlier: Asked, completed: str) -> None:
    assert standing(question, [earlier]) == Standing(completed, leans=True)


@pytest.mark.parametrize(
    "question",
    [
        *("When was that?", "which episode was that?", "who said that?", "Tell me more", "more", "anything else?"),
        *("for example?", "Really?", "where was that said?", "and who else?", "can you elaborate?"),
    ],
)
def test_what_asks_for_more_of_the_same_is_the_same_question(question: str) -> None:
    assert standing(question, [STARVE]) == Standing("Why do hives starve in winter?", leans=True)


@pytest.mark.parametrize(
    ("question", "earlier", "completed"),
    [
        ("what did she say about mites?", DAMP, "what did Mina Sato say about mites?"),
        ("What is her view on wool?", DAMP, "What is Mina Sato's view on wool?"),
        ("does he think that wool is bad?", STARVE, "does Tomas Ek think that wool is bad?"),
        ("How did he try to warm his hives?", STARVE, "How did Tomas Ek try to warm his hives?"),
        ("Did she ever try it?", ROBOT, "Did Oona Bell ever try it? — How does the bread robot work?"),
        ("what did he say about damp?", Asked("Who is Piet Vos?"), "what did Piet Vos say about damp?"),
    ],
)
def test_she_and_he_are_whom_the_conversation_is_about(question: str, earlier: Asked, completed: str) -> None:
    assert standing(question, [earlier]) == Standing(completed, leans=True)


def test_the_one_who_was_named_goes_before_the_one_who_was_quoted_first() -> None:
    earlier = Asked("What did Dov Katz say about damp?", ("Mina Sato", "Dov Katz"))

    assert standing("what does he think of wool?", [earlier]).text == "what does Dov Katz think of wool?"


def test_nobody_is_invented() -> None:
    assert standing("what did she say about mites?", [Asked("Why do hives starve?")]) == Standing(
        "what did she say about mites?"
    )


@pytest.mark.parametrize(("question", "name"), [("And Dov?", "Dov"), ("what about Ines Okafor?", "Ines Okafor")])
def test_another_name_takes_the_place_of_the_one_before(question: str, name: str) -> None:
    assert standing(question, [DAMP]).text == f"What did {name} say about damp?"


@pytest.mark.parametrize(
    ("question", "completed"),
    [
        ("and what about wool?", "What did Mina Sato say about wool?"),
        ("And moist air?", "What did Mina Sato say about moist air?"),
        ("what about the price?", "the price — What did Mina Sato say about damp?"),
        ("and in winter?", "in winter — What did Mina Sato say about damp?"),
    ],
)
def test_another_thing_takes_the_place_of_what_was_spoken_of_but_a_part_of_it_does_not(
    question: str, completed: str
) -> None:
    assert standing(question, [DAMP]).text == completed


def test_a_chain_keeps_where_it_began_and_what_came_last() -> None:
    price, payer = Asked("and what about the price?"), Asked("who paid for it?")

    assert standing("why?", [ROBOT, price]).text == "why — the price — How does the bread robot work?"
    assert standing("why?", [ROBOT, price, payer]).text == "why — who paid for it? — How does the bread robot work?"
    assert standing("and why?", [DAMP, ROBOT, price]).text == "why — the price — How does the bread robot work?"


def test_what_is_taken_over_is_bounded() -> None:
    assert len(standing("why?", [Asked("How do bees " + "really " * 200 + "fly?")]).text) < 320


@given(QUESTIONS, st.lists(st.builds(Asked, QUESTIONS, st.just(("Mina Sato",))), max_size=4))
def test_whatever_is_asked_it_stays_or_is_completed_within_bounds(question: str, earlier: list[Asked]) -> None:
    found = standing(question, earlier)

    assert found.leans or found.text == question
    assert found.text.strip() or not question.strip()
    longest = max(len(one.question) for one in [Asked(question), *earlier])
    assert len(found.text) <= 300 + 2 * longest + len(" — Mina Sato's")


@given(QUESTIONS)
def test_without_a_conversation_every_question_stays_as_it_is(question: str) -> None:
    assert standing(question, []) == Standing(question)

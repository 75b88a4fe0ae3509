from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.training_pairs import CONTEXT_WORDS, MOST_PAIRS, Pair, Source, chosen_pairs, pairs_of
from companion.storage.episodes import Chapter, Turn

ANSWER = " ".join(f"Answer number {number} tells a little more of it." for number in range(30))


def turn(text: str, start: float | None = 0.0, speaker: str = "Ann") -> Turn:
    return Turn(speaker, start, None, False, text)


def of_source(pairs: list[Pair], source: Source) -> list[Pair]:
    return [pair for pair in pairs if pair.source is source]


def test_a_question_goes_with_the_words_that_follow_it() -> None:
    turns = [turn("Well. How did the two of you get to build that oven?"), turn(ANSWER, 5.0, "Bob")]

    (pair,) = of_source(list(pairs_of(turns, ())), Source.QUESTION)

    assert pair.query == "How did the two of you get to build that oven?"
    assert pair.context == " ".join(ANSWER.split()[:CONTEXT_WORDS])


def test_a_question_of_a_few_words_and_one_that_nobody_answers_teach_nothing() -> None:
    turns = [turn("Really, is it? Yes it is. And what do you think will come of that next year?")]

    assert of_source(list(pairs_of(turns, ())), Source.QUESTION) == []


def test_a_sentence_goes_with_the_talk_around_it_without_itself() -> None:
    told = "The lantern went out just as we had reached the harbour wall."
    turns = [turn(f"{ANSWER} {told} {ANSWER}")]

    (pair,) = [pair for pair in pairs_of(turns, ()) if pair.query == told]

    assert "lantern" not in pair.context
    before, after = ANSWER.split()[-CONTEXT_WORDS // 2 :], ANSWER.split()[: CONTEXT_WORDS // 2]
    assert pair.context.split() == [*before, *after]


def test_a_chapters_title_goes_with_what_is_said_below_it() -> None:
    turns = [turn("Before that. " * 50, 0.0), turn(ANSWER, 60.0), turn("After that. " * 50, 600.0)]
    chapters = (Chapter(60.0, "Ovens"), Chapter(600.0, "Goodbyes"), Chapter(None, "Untimed"))

    found = of_source(list(pairs_of(turns, chapters)), Source.CHAPTER)

    assert {pair.query for pair in found} == {"Ovens", "Goodbyes"}
    ovens = [pair for pair in found if pair.query == "Ovens"]
    assert len(ovens) > 1
    assert all("Answer" in pair.context and "After" not in pair.context for pair in ovens)


@given(st.lists(st.text("ab .?!\n", max_size=200), max_size=20))
def test_whatever_was_said_contexts_are_bounded_and_never_empty(texts: list[str]) -> None:
    for pair in pairs_of([turn(text, float(nth)) for nth, text in enumerate(texts)], [Chapter(0.0, "All")]):
        assert pair.query.strip()
        assert 0 < len(pair.context.split()) <= CONTEXT_WORDS


def test_of_a_large_archive_a_bounded_number_of_pairs_is_taken_from_everywhere() -> None:
    found = [Pair(Source.SENTENCE, str(nth), "context") for nth in range(20_000)]
    found += [Pair(Source.QUESTION, "why", "context")]

    chosen = chosen_pairs(iter(found), random.Random(1))

    assert len(of_source(chosen, Source.SENTENCE)) == MOST_PAIRS[Source.SENTENCE]
    assert len(of_source(chosen, Source.QUESTION)) == 1
    assert max(int(pair.query) for pair in of_source(chosen, Source.SENTENCE)) > 19_000
    assert min(int(pair.query) for pair in of_source(chosen, Source.SENTENCE)) < 1_000

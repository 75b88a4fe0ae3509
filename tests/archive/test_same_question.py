from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.encoders import load_encoder
from companion.archive.same_question import MEANING, SHARED, SHARED_ALONE, shared

SAME = [
    ("how do bees heat the hive in winter", "How do the bees heat their hive in the winter?"),
    ("how do bees heat the hive in winter", "how do honey bees keep the hive warm in winter"),
    ("What did Tomas say about wool?", "what does tomas say about wool"),
    ("How many mites are too many?", "when are there too many mites"),
    ("What is retrieval augmented generation?", "what's retrieval-augmented generation"),
    ("What is retrieval augmented generation?", "Can you explain retrieval augmented generation"),
    ("Why did they leave the bakery?", "why did they leave that bakery?"),
    ("How much did the sensor box cost?", "What was the cost of the sensor box?"),
    ("What is the shortcut to honey that Tomas Ek mentions?", "What shortcut to honey does Tomas Ek talk about?"),
    ("How does the volunteer book at the museum work?", "how did the museum's volunteer book work"),
    ("Should I wrap my hives in wool?", "is it right to wrap hives in wool"),
    ("who invented the tide machine", "Who was it that invented the tide machine?"),
    ("how do you evaluate agents", "How should agents be evaluated?"),
    ("What is the difference between fine-tuning and RAG?", "difference between RAG and fine-tuning"),
    ("How did the orchard start?", "how did the orchard get started"),
    ("What are scaling laws?", "what are the scaling laws"),
    ("what do they think about the future of open models", "What is the future of open models, in their opinion?"),
    ("When is GPT-5 coming out?", "when does GPT-5 come out"),
    ("how is the sourdough robot cleaned?", "How do they clean the sourdough robot?"),
    ("Who pays for the lighthouse?", "who is paying for the lighthouse"),
]
DIFFERENT = [
    ("What did Tomas say about wool?", "What did Mara say about wool?"),
    ("When is GPT-5 coming out?", "When is GPT-4 coming out?"),
    ("What is the best model for code?", "What is the worst model for code?"),
    ("Why did they leave the bakery?", "Why did they join the bakery?"),
    ("How do bees heat the hive in winter", "How do bees cool the hive in summer"),
    ("How much did the sensor box cost?", "How much does the sensor box weigh?"),
    ("What are the advantages of RAG?", "What are the disadvantages of RAG?"),
    ("How to train a model on 8 GPUs?", "How to train a model on 64 GPUs?"),
    ("Is fine-tuning worth it?", "Is fine-tuning not worth it?"),
    ("Is fine-tuning worth it?", "Isn't fine-tuning worth it?"),
    ("Who founded the bakery?", "Who founded the orchard?"),
    ("What happened in 2022?", "What happened in 2023?"),
    ("which bees sting", "which bees do not sting"),
    ("how do you start a podcast", "how do you stop a podcast"),
    ("What did the first guest say about agents?", "What did the last guest say about agents?"),
    ("Should I wrap my hives in wool?", "Should I wrap my hives in straw?"),
    ("How do you evaluate agents?", "How do you build agents?"),
    ("What is context length?", "What is context compression?"),
    ("does the cost go up with more tokens", "does the cost go down with more tokens"),
    ("what do they do before training", "what do they do after training"),
    ("who likes Llama 2", "who likes Llama 3"),
    ("how fast is inference on CPU", "how fast is inference on GPU"),
    ("when did they leave the bakery", "why did they leave the bakery"),
    ("who invented the tide machine", "where was the tide machine invented"),
]


def test_by_words_alone_nothing_that_only_looks_alike_is_taken_for_the_same() -> None:
    assert [pair for pair in DIFFERENT if shared(*pair) >= SHARED_ALONE] == []
    assert sum(shared(*pair) >= SHARED_ALONE for pair in SAME) >= 13


def test_by_meaning_more_is_found_and_still_nothing_wrong() -> None:
    encoder = load_encoder(None)

    def same(one: str, other: str) -> bool:
        vectors = encoder.encode([one, other])
        return shared(one, other) >= SHARED and float(vectors[0] @ vectors[1]) >= MEANING

    assert [pair for pair in DIFFERENT if same(*pair)] == []
    assert sum(same(*pair) for pair in SAME) == 18


@given(st.text(max_size=80), st.text(max_size=80))
def test_it_is_a_share_whichever_stands_first(one: str, other: str) -> None:
    assert 0.0 <= shared(one, other) <= 1.0
    assert shared(one, other) == shared(other, one)


@pytest.mark.parametrize("question", [one for pair in SAME for one in pair])
def test_a_question_asks_the_same_as_itself_however_it_is_typed(question: str) -> None:
    assert shared(question, question) == 1.0
    assert shared(question, f"  {question.upper()} ") == 1.0


def test_nothing_shares_nothing_with_nothing() -> None:
    assert shared("", "") == 0.0
    assert shared("???", "how do bees winter") == 0.0

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.alignment import aligned, tokens_of

words = st.lists(st.sampled_from("abcde"), max_size=30)


def test_words_are_found_again_behind_what_one_side_has_more() -> None:
    assert aligned("a b x y c d".split(), "a b c d".split()) == [0, 1, None, None, 2, 3]
    assert aligned("a b c d".split(), "a b x y c d".split()) == [0, 1, 4, 5]


def test_figures_written_out_differ_and_the_rest_meets() -> None:
    text, said = "it costs 25 dollars a day".split(), "it costs twenty five dollars a day".split()
    assert aligned(text, said) == [0, 1, None, 4, 5, 6]


@given(words, words)
def test_what_is_aligned_is_the_same_and_in_order(left: list[str], right: list[str]) -> None:
    found = aligned(left, right)
    known = [match for match in found if match is not None]
    assert all(match is None or left[nth] == right[match] for nth, match in enumerate(found))
    assert known == sorted(set(known))


@given(words)
def test_the_same_words_are_all_aligned(said: list[str]) -> None:
    assert aligned(said, said) == list(range(len(said)))


def test_letters_count_and_scripts_without_blanks_are_read_by_character() -> None:
    assert [token.letters for token in tokens_of("Don’t, 今日 OK!")] == ["dont", "今", "日", "ok"]

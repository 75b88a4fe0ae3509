from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.shared_runs import Run, chains, folded, forward, shared_runs

WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=40)


class TestSharedRuns:
    @given(WORDS, WORDS)
    def test_runs_are_shared_and_cannot_be_longer(self, words: list[str], others: list[str]) -> None:
        for run in shared_runs(words, others):
            assert run.length >= 3
            assert words[run.i : run.i + run.length] == others[run.j : run.j + run.length]
            after = run.i + run.length, run.j + run.length
            assert after[0] == len(words) or after[1] == len(others) or words[after[0]] != others[after[1]]

    def test_every_rare_run_is_found(self) -> None:
        runs = shared_runs("x a b c d y e f g".split(), "a b c d q e f g z".split())

        assert runs == [Run(1, 0, 4), Run(6, 5, 3)]

    def test_what_is_said_all_the_time_begins_no_run_but_may_go_on_in_one(self) -> None:
        often = ["you", "know", "what"] * 6

        assert shared_runs("you know what".split(), often) == []
        assert shared_runs(
            "rare words here you know what".split(), [*often, *"rare words here you know what".split()]
        ) == [Run(0, 18, 6)]

    def test_texts_that_repeat_one_word_cost_little(self) -> None:
        assert shared_runs(["la"] * 20_000, ["la"] * 20_000) == []


class TestChains:
    def test_the_best_chain_goes_forward_in_both_texts(self) -> None:
        runs = [Run(0, 10, 5), Run(4, 2, 3), Run(6, 16, 4), Run(11, 21, 3)]

        found = list(chains(runs, 12, lambda run, following: 0.5 if run.overlap(following) is not None else None))

        assert found == [[runs[0], runs[2], runs[3]], [runs[1]]]

    @given(WORDS, WORDS)
    def test_every_run_is_in_one_chain(self, words: list[str], others: list[str]) -> None:
        runs = shared_runs(words, others)
        found = list(chains(runs, 12, lambda run, following: run.overlap(following)))

        assert sorted((run.i, run.j) for chain in found for run in chain) == [(run.i, run.j) for run in runs]

    def test_a_run_is_cut_by_words_of_the_one_text(self) -> None:
        run = Run(5, 20, 10)

        assert run.between(7, 9) == Run(7, 22, 2)
        assert run.between(0, 5) is None
        assert run.without({8, 9}) == Run(5, 20, 3)
        assert run.without({5, 6}) == Run(7, 22, 8)
        assert run.without(set(range(5, 15))) is None
        assert forward([Run(3, 3, 1), Run(3, 5, 2), Run(6, 8, 1)]) == [Run(3, 5, 2), Run(6, 8, 1)]

    def test_words_compare_without_case_and_apostrophes(self) -> None:
        assert folded("Don’t") == folded("DONT") == "dont"

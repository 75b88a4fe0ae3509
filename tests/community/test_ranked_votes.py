from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.community.ranked_votes import by_votes
from companion.storage.ballots import QUESTION, Subject
from companion.storage.votes import Tally
from tests.examples import examples

tallies = st.lists(st.builds(Tally, st.integers(0, 30), st.integers(0, 30)), max_size=12)


def order(votes: list[Tally], voters: int) -> list[int]:
    things = {Subject(QUESTION, number): number for number in range(len(votes))}
    given_ = {Subject(QUESTION, number): tally for number, tally in enumerate(votes) if tally.votes}
    return [one.thing for one in by_votes(things, given_, voters)]


def test_more_votes_for_and_fewer_against_are_better_and_the_first_of_equals_comes_first() -> None:
    assert order([Tally(), Tally(5, 0), Tally(5, 4), Tally(6, 0), Tally()], 9) == [3, 1, 2, 0, 4]


def test_few_votes_are_told_of_and_equals_share_their_rank() -> None:
    things = {Subject(QUESTION, number): number for number in range(3)}
    votes = {Subject(QUESTION, 0): Tally(2, 0), Subject(QUESTION, 1): Tally(4, 0)}
    first, second, third = by_votes(things, votes, 4)

    assert (first.thing, first.rank, first.too_few, first.tied) == (1, 1, False, False)
    assert (second.thing, second.tally, second.too_few) == (0, Tally(2, 0), True)
    assert (third.thing, third.tally, third.rank) == (2, Tally(), 3)
    alike = by_votes(things, {}, 0)
    assert {(one.rank, one.tied, one.too_few) for one in alike} == {(1, True, True)}


@given(tallies, st.integers(1, 20))
@examples(100)
def test_everything_is_there_once_by_score_and_a_vote_more_never_costs_a_place(votes: list[Tally], silent: int) -> None:
    voters = max((one.votes for one in votes), default=0) + silent
    placed = order(votes, voters)

    assert sorted(placed) == list(range(len(votes)))
    if votes:
        liked = [Tally(votes[0].up + 1, votes[0].down), *votes[1:]]
        assert order(liked, voters).index(0) <= placed.index(0)

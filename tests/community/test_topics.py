from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.topics import EpisodeShare
from companion.community.periods import Unit
from companion.community.topics import bars
from tests.snapshots import episode

INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds


@st.composite
def shares(draw: st.DrawFn) -> tuple[EpisodeShare, ...]:
    """Episodes of any date or none, some of which speak of something."""
    found: list[EpisodeShare] = []
    for number in range(draw(st.integers(0, 12))):
        said = draw(st.integers(1, 50))
        owner = episode(number, f"Episode {number}", published=draw(st.none() | INSTANTS))
        found.append(EpisodeShare(owner, said, draw(st.integers(0, said))))
    return tuple(found)


@given(shares())
def test_the_bars_add_up_to_all_dated_episodes(given_shares: tuple[EpisodeShare, ...]) -> None:
    dated = [share for share in given_shares if share.episode.published is not None]

    found = bars(given_shares)

    assert sum(bar.said for bar in found) == sum(share.passages for share in dated)
    assert sum(bar.speaking for bar in found) == sum(share.speaking for share in dated)
    assert all(0 <= bar.share <= 1 for bar in found)
    assert bool(found) == bool(dated)


@given(shares())
def test_the_first_bar_and_the_last_have_an_episode(given_shares: tuple[EpisodeShare, ...]) -> None:
    found = bars(given_shares)

    if found:
        assert found[0].said
        assert found[-1].said


def test_months_without_an_episode_have_a_bar_too() -> None:
    found = bars(
        (
            EpisodeShare(episode(1, "A", published=datetime(2024, 1, 31, 23, 30, tzinfo=UTC)), 10, 4),
            EpisodeShare(episode(2, "B", published=datetime(2024, 4, 1, tzinfo=UTC)), 5, 5),
        )
    )

    assert [(bar.period.unit, bar.period.part, bar.said, bar.speaking) for bar in found] == [
        (Unit.MONTH, 1, 10, 4),
        (Unit.MONTH, 2, 0, 0),
        (Unit.MONTH, 3, 0, 0),
        (Unit.MONTH, 4, 5, 5),
    ]
    assert [bar.share for bar in found] == [0.4, 0.0, 0.0, 1.0]

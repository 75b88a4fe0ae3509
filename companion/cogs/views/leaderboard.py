"""Which clips a server likes best: with their votes, and with what too few votes leave open."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import TEAL, Message, container, line, text
from companion.cogs.views.markdown import linked
from companion.cogs.views.passages import source
from companion.community.clips import ShownClip
from companion.community.standings import Ranking, Standing

SHOWN = 10
"""Clips that are listed: with all that is said of each they fit into a message."""
_TITLE = 90
_SUBJECT = 80
_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}


def leaderboard_message(
    ranking: Ranking,
    shown: Sequence[tuple[Standing, ShownClip]],
    span: str,
    of: str,
    famed: Collection[int] = (),
) -> Message:
    """The best clips of a span, the best first. ``span`` goes on after "Best clips"; ``of`` is what they are of; the
    clips of the ids ``famed`` are in the hall of fame."""
    box = container(TEAL)
    narrowed = f" · {escaped_within(of, _SUBJECT)}" if of else ""
    box.add_item(text(f"### 🏆 Best clips {span}{narrowed}\n-# {_voted(ranking.voters)}"))
    if not shown:
        box.add_item(text("No clip that was posted then fits. Clips come with the daily highlight and `/clip create`."))
        return Message(box)
    box.add_item(text("\n".join(entry(standing, clip, famed=standing.clip.id in famed) for standing, clip in shown)))
    box.add_item(line())
    box.add_item(
        text(
            f"{_stability(ranking)}-# Few votes pull a clip to the middle, not to the top: the share of its"
            " chances for a vote that it would use in the long run, by reactions and duels, with 90% certainty between"
            " the bounds."
        )
    )
    return Message(box)


def entry(standing: Standing, shown: ShownClip, *, famed: bool = False) -> str:
    """A clip with its place, its votes and its score, on two lines."""
    place = _MEDALS.get(standing.rank, f"{standing.rank}.") if not standing.too_few else f"{standing.rank}."
    title = linked(f"“{escaped_within(shown.clip.title, _TITLE)}”", shown.url)
    votes = f"{standing.up} for, {standing.down} against"
    facts = [votes]
    if standing.won or standing.lost:
        facts.append(f"in duels {standing.won} to {standing.lost}")
    facts.append(f"{standing.score:.0%} ({standing.low:.0%} to {standing.high:.0%})")
    facts += ["too few votes"] if standing.too_few else []
    facts += ["tied"] if standing.tied else []
    facts += ["⭐ in the hall of fame"] if famed else []
    return f"{place} {title}\n-# {source(shown.episode, shown.podcast, None)} · {' · '.join(facts)}"


def _voted(voters: int) -> str:
    return "1 member voted" if voters == 1 else f"{voters} members voted"


def _stability(ranking: Ranking) -> str:
    winner = ranking.winner
    if winner is None:
        return "-# No winner: there are too few votes, or the first are tied.\n"
    if ranking.stability is None:
        return ""
    return f"-# The first stays first in {ranking.stability:.0%} of all ways to leave out two votes.\n"

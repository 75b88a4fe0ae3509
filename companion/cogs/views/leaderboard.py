"""Which clips a server likes best: with their votes, and with what too few votes leave open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from companion.cogs.views.counting import voted
from companion.cogs.views.delete import delete_button
from companion.cogs.views.fitting import escaped_within, lines_within
from companion.cogs.views.layout import TEAL, Message, container, line, row, text
from companion.cogs.views.limits import LAYOUT_TEXT
from companion.cogs.views.markdown import linked
from companion.cogs.views.passages import source
from companion.community.clips import ShownClip
from companion.community.standings import Ranking, Standing

SHOWN = 10
"""Clips that are listed."""
_TITLE = 90
_SUBJECT = 80
_LEFT_OUT = 20
"""Characters that it takes to say that some are left out."""
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
    head = f"### 🏆 Best clips {span}{narrowed}\n-# {voted(ranking.voters)}"
    box.add_item(text(head))
    if not shown:
        box.add_item(text("No clip that was posted then fits. Clips come with the daily highlight and `/clip create`."))
        box.add_item(row([delete_button()]))
        return Message(box)
    foot = (
        f"{_stability(ranking)}-# In percent: how many of its chances for a vote a clip would use in the long run, by"
        " reactions and duels, with the range in which that lies with 90% certainty. Few votes pull it to the middle."
    )
    box.add_item(text(listed(shown, LAYOUT_TEXT - len(head) - len(foot) - 2, famed)))
    box.add_item(line())
    box.add_item(text(foot))
    box.add_item(row([delete_button()]))
    return Message(box)


def listed(shown: Sequence[tuple[Standing, ShownClip]], room: int, famed: Collection[int] = ()) -> str:
    """All of them in so many characters, as far as they fit: the last ones without a link, or left out, where addresses
    are long."""
    entries = [entry(*one, famed=one[0].clip.id in famed) for one in shown]
    for place in reversed(range(len(shown))):
        if sum(len(one) + 1 for one in entries) <= room:
            break
        standing, clip = shown[place]
        entries[place] = entry(standing, replace(clip, url=None), famed=standing.clip.id in famed)
    kept, left = lines_within(entries, room - _LEFT_OUT)
    return "\n".join([*kept, f"-# and {left} more"] if left else kept)


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


def stability_in_words(share: float) -> str:
    """How much hangs on two votes: the share of all ways to leave out two in which the first stays first."""
    if share >= 1:
        return "Whichever two votes are left out, it stays first."
    close = "clear" if share >= 0.9 else "close" if share >= 0.5 else "very close: two votes more could turn it"
    return f"Leaving out any two votes, it stays first in {_percent(share)} of all ways: {close}."


def _stability(ranking: Ranking) -> str:
    winner = ranking.winner
    if winner is None:
        return "-# No winner: there are too few votes, the first are tied, or as many are against the first.\n"
    if ranking.stability is None:
        return ""
    return f"-# 🥇 {stability_in_words(ranking.stability)}\n"


def _percent(share: float) -> str:
    # What is not all is not rounded to all.
    return f"{min(int(share * 1000) / 10, 99.9):g}%"

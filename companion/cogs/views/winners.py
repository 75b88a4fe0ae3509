"""The best clip of a week or a month in words: its score, who came after it, and what too few votes leave open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import discord

from companion.cogs.views import winner_ids
from companion.cogs.views.counting import voted
from companion.cogs.views.highlight import late_line
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, text
from companion.cogs.views.leaderboard import entry, listed, stability_in_words
from companion.cogs.views.limits import LAYOUT_TEXT
from companion.community.clips import ShownClip
from companion.community.spans import Span, next_first
from companion.community.standings import Standing
from companion.community.winners import Results

_AFTER = 3
"""Clips that are named after the first."""
_TIED = 5


def heading_of(results: Results, at: datetime, *, late: bool) -> str:
    """What stands over the winner; a late one says what it was meant for."""
    when = dates_of(results.span, results.first)
    return f"🏆 Clip of the {results.span}\n-# {when} · {voted(results.ranking.voters)}{late_line(at, late=late)}"


def dates_of(span: Span, first: date) -> str:
    """The span as a calendar has it: "9 to 15 March 2026", "March 2026"."""
    if span is Span.MONTH:
        return f"{first:%B %Y}"
    last = next_first(first, span) - timedelta(days=1)
    if first.month == last.month:
        return f"{first.day} to {last.day} {last:%B %Y}"
    year = f" {first.year}" if first.year != last.year else ""
    return f"{first.day} {first:%B}{year} to {last.day} {last:%B %Y}"


def after_winner(results: Results) -> str:
    """What stands under the winner: its score, how sure that is, and the clips that came next."""
    winner = results.winner
    assert winner is not None  # noqa: S101  there is none: `no_winner_message`
    first = winner[0]
    duels = f", in duels {first.won} to {first.lost}" if first.won or first.lost else ""
    lines = [
        f"**{first.up} for, {first.down} against{duels}: {first.score:.0%}** of its chances for a vote in the long run,"
        f" with 90% certainty between {first.low:.0%} and {first.high:.0%}."
    ]
    if results.span is Span.MONTH and results.ranking.stability is not None:
        lines.append(stability_in_words(results.ranking.stability))
    after = [one for one in results.best[1:] if one[0].votes][:_AFTER]
    return "\n".join([*lines, *_entries("**After it**", after)])


def no_winner_message(results: Results, at: datetime, *, late: bool) -> Message:
    """Why there is no winner, and which clips came first all the same."""
    box = container(TEAL)
    head = f"### {heading_of(results, at, late=late)}"
    box.add_item(text(head))
    shown = [one for one in results.best if one[0].votes][:_AFTER]
    if tied := results.tied:
        told = f"**A tie:** {len(tied)} clips share the first place, and nobody breaks it by chance."
        shown = tied[:_TIED]
    elif results.disliked:
        told = "**No winner:** even the first has no more votes for it than against it."
    else:
        told = "**No winner:** there are too few votes to tell one from the others. These were liked best so far."
    box.add_item(text(f"{told}\n{listed(shown, LAYOUT_TEXT - len(head) - len(told) - 2)}"))
    box.add_item(line())
    box.add_item(row(list(ways_of(results))))
    return Message(box)


def ways_of(results: Results) -> Sequence[discord.ui.Button[Message]]:
    """The buttons of the post."""
    return [button(f"All clips of the {results.span}", winner_ids.all_clips(results.span, results.first), emoji="🏆")]


def _entries(title: str, some: Sequence[tuple[Standing, ShownClip]]) -> list[str]:
    return [title, *(entry(*one) for one in some)] if some else []

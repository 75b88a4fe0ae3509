"""A duel as it is posted, and what its buttons carry."""

from __future__ import annotations

import re

from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import AMBER, TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.passages import fitted, heading, source
from companion.cogs.views.somebody import named
from companion.cogs.views.times import relative
from companion.community.clips import ShownClip
from companion.community.duels import ShownDuel
from companion.storage.episodes import Kind

VOTE = re.compile(r"duel:vote:(?P<duel>[0-9]{1,15}):(?P<side>left|right)")
_WORDS = 900
_TITLE = 150


def vote(duel_id: int, *, left: bool) -> str:
    """The presser's choice."""
    return f"duel:vote:{duel_id}:{'left' if left else 'right'}"


def duel_message(shown: ShownDuel, *, over: bool = False) -> Message:
    """The two clips with a button each; with the result when it is ``over``."""
    box = container(AMBER if over else TEAL)
    box.add_item(text(f"### ⚔️ {_result(shown) if over else 'Which is more worth hearing again?'}"))
    for mark, clip, votes in (("🅰️", shown.left, shown.for_left), ("🅱️", shown.right, shown.for_right)):
        counted = f" · {votes} {'vote' if votes == 1 else 'votes'}" if over else ""
        box.add_item(line())
        box.add_item(text(f"{mark} **“{escaped_within(clip.clip.title, _TITLE)}”**{counted}\n{_told(clip)}"))
    box.add_item(line())
    if not over:
        sides = [button(label, vote(shown.duel.id, left=left)) for label, left in (("A", True), ("B", False))]
        box.add_item(row(sides))
    box.add_item(text(f"-# {_facts(shown, over=over)}"))
    return Message(box)


def chosen_message(shown: ShownDuel, *, left: bool) -> Message:
    """What a member chose, to them."""
    clip = (shown.left if left else shown.right).clip
    until = relative(shown.duel.closes_at)
    return sentence(
        f"✅ You chose {'🅰️' if left else '🅱️'} “{escaped_within(clip.title, _TITLE)}”. You can change it until the duel"
        f" closes, {until}; what others chose is shown then."
    )


def _result(shown: ShownDuel) -> str:
    if not shown.votes:
        return "The duel is over, and nobody chose"
    if shown.winner is None:
        return f"A draw: {shown.for_left} to {shown.for_right}"
    more, fewer = sorted((shown.for_left, shown.for_right), reverse=True)
    return f"{'🅰️' if shown.winner is shown.left else '🅱️'} wins, {more} to {fewer}"


def _facts(shown: ShownDuel, *, over: bool) -> str:
    by = f"a duel by {named(shown.duel.opened_by)}"
    if over:
        return f"{by} · closed {relative(shown.duel.closes_at)}"
    voted = f"{shown.votes} {'member' if shown.votes == 1 else 'members'} chose" if shown.votes else "one tap, for all"
    return f"{by} · closes {relative(shown.duel.closes_at)} · {voted}"


def _told(shown: ShownClip) -> str:
    turn = shown.clip.turns[0]
    head = heading(
        turn.speaker, Kind.SPEECH, shown.clip.start, shown.clip.approximate, shown.url, uncertain=turn.uncertain
    )
    words = fitted(" ".join(one.text for one in shown.clip.turns[:1]), (), _WORDS)
    return f"-# {source(shown.episode, shown.podcast, None)}\n{head}\n{words}"

"""The sentences over a recap, where there is a language model: what it is told, and what that may cost the server."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from companion.archive.fact_guards import Fact
from companion.archive.language_model import LanguageModel
from companion.archive.summary import summary_of
from companion.community.budgets import Budgets
from companion.community.recaps import LikedClip, Recap

log = logging.getLogger(__name__)

_TITLE = 200
_LEAST = 2
"""Facts of which sentences can be made: one alone says as much as they would."""


class RecapWriter:
    """Writes the sentences, at the cost of the server's budget. Without a ``model`` there are none."""

    def __init__(self, budgets: Budgets, model: LanguageModel | None) -> None:
        self._budgets = budgets
        self._model = model

    @property
    def model(self) -> str | None:
        """The name of the model, as the endpoint calls it."""
        return self._model.name if self._model else None

    async def prose(self, recap: Recap) -> str:
        """Two or three sentences that the recap bears out; empty where there is no model, where nothing of what it
        wrote may be shown, and where the server's budget for today is used up."""
        facts = list(facts_of(recap))
        if self._model is None or len(facts) < _LEAST:
            return ""
        reserved = await self._budgets.reserve_for_server(recap.guild_id)
        if not reserved.may_write:
            log.info("The recap of guild %d goes without prose: %s", recap.guild_id, reserved.problem)
            return ""
        summary = await summary_of(self._model, facts)
        await self._budgets.settle(reserved, summary.usage)
        return summary.prose


def facts_of(recap: Recap) -> Iterator[Fact]:
    """What a recap says, a thing a fact. Each counts one thing at most, so that no number can be put to another use."""
    yield from _liked(recap)
    for same in recap.asked.questions:
        words = same.shown.text
        found = "" if same.shown.answerable else " The archive has no answer yet."
        yield Fact(f"{same.members} members asked: “{words}”{found}", (words,))
    for new in recap.episodes:
        title, podcast = new.episode.title[:_TITLE], new.podcast.title[:_TITLE]
        yield Fact(f"There is a new episode: “{title}” of the podcast “{podcast}”.", (title, podcast))
    for one in recap.clubs.read:
        if one.paper is not None:
            title = one.paper.title[:_TITLE]
            yield Fact(f"The paper club read “{title}” together.", (title,))
    made = recap.made
    if made.clips:
        yield Fact(f"Members made {_counted(made.clips, 'clip')}.")
    if made.highlights:
        yield Fact(f"{_counted(made.highlights, 'daily highlight')} came.")
    if recap.asked.asked:
        yield Fact(f"Members asked {_counted(recap.asked.asked, 'question')}.")


def _liked(recap: Recap) -> Iterator[Fact]:
    winner = recap.ranking.winner
    for liked in recap.best:
        standing, title = liked.standing, liked.shown.clip.title[:_TITLE]
        episode, votes = liked.shown.episode.title[:_TITLE], _counted(standing.up, "vote")
        if winner is not None and standing.clip.id == winner.clip.id:
            place = "The clip that members liked best"
        elif standing.tied:
            place = "A clip that members liked as much as another one"
        else:
            place = "Another clip that members liked" if standing.up > standing.down else ""
        if place:
            yield Fact(f"{place} is “{title}”{_said_by(liked)} in the episode “{episode}”: {votes}.", (title, episode))


def _said_by(liked: LikedClip) -> str:
    return f", said by {' and '.join(liked.shown.speakers)}" if liked.shown.speakers else ""


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"

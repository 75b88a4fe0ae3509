"""Answered questions with what was said of them, as plain data for whoever improves the answers.

They name no member: neither who asked, nor who gave a thumb or a verdict, nor whom a question mentions. Deleted
questions are left out.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from companion.storage import asked, episodes, passages, thumbs
from companion.storage.engine import Database
from companion.storage.episodes import Episode
from companion.storage.names import Names, names_in
from companion.storage.passages import StoredPassage, covering, named
from companion.storage.questions import CitedSource, Question
from companion.storage.thumbs import Tally
from companion.storage.verdicts import Verdict

CHECK = (
    "by hand: is it a question for everybody, and does the archive answer it? Then give it `gold` (verbatim quotations"
    " that answer it, none if nothing does), `answer`, `episode` and `timestamp`, and take `check` and `said` away"
)
"""What stands in a candidate in place of ``gold``: without that nothing takes it for a question that has no answer."""
_MENTION = re.compile(r"<@!?[0-9]+>")
_MICROS = 1_000_000
_EPISODES = 40
"""Whose passages are remembered while the questions are gone through."""


async def feedback(database: Database, guild_id: int | None = None) -> AsyncGenerator[dict[str, Any]]:
    """Every answered question of a server, or of all for None, the oldest first."""
    async with database.read() as connection:
        names = await names_in(connection, None)
        known: dict[int, tuple[Episode | None, list[StoredPassage]]] = {}
        async for question in asked.everything(connection, guild_id):
            tally = (await thumbs.tallies(connection, [question.id])).get(question.id, Tally())
            said: list[dict[str, Any]] = []
            sources = question.outcome.sources if question.outcome else ()
            for number, source in enumerate(sources, 1):
                episode_id = source.reference.episode_id
                if episode_id not in known:
                    if len(known) >= _EPISODES:
                        known.clear()
                    episode = (await episodes.get(connection, [episode_id])).get(episode_id)
                    known[episode_id] = episode, await passages.of_episode(connection, episode_id)
                said.append(_source(number, source, *known[episode_id], names))
            yield _entry(question, tally, said)


def candidate(entry: dict[str, Any]) -> dict[str, Any] | None:
    """An exported question as a line for a file of evaluation questions, to be checked by hand; None where nobody said
    that its answer is bad."""
    if not entry["thumbs"]["down"] and entry["verdict"] != Verdict.WRONG.value:
        return None
    kept = ("thumbs", "reasons", "verdict", "answerable", "answer")
    cited = [one["text"] for one in entry["passages"] if one["cited"] and one["text"]]
    return {
        "id": f"asked{entry['id']}",
        "question": entry["question"],
        "style": "asked",
        "check": CHECK,
        "said": {**{name: entry[name] for name in kept}, "cited": cited},
        "answer": None,
        "episode": None,
        "timestamp": None,
    }


def _entry(question: Question, tally: Tally, said: Sequence[dict[str, Any]]) -> dict[str, Any]:
    outcome, filters = question.outcome, question.filters
    assert outcome is not None  # noqa: S101  only answered questions are gone through
    cost = outcome.cost_micros
    return {
        "id": question.id,
        "server": question.guild_id,
        "asked_at": question.asked_at.isoformat(),
        "question": _unnamed(question.text),
        "searched": _unnamed(outcome.searched),
        "episode_id": filters.episode_id,
        "speaker": filters.speaker,
        "after": filters.after.isoformat() if filters.after else None,
        "before": filters.before.isoformat() if filters.before else None,
        "follows": question.follows_id,
        "riff_on": question.riff_on,
        "answerable": outcome.answerable,
        "answer": _unnamed(outcome.answer),
        "passages": list(said),
        "model": outcome.model,
        "prompt": _unnamed(outcome.prompt) if outcome.prompt is not None else None,
        "interventions": [{"kind": kind, "sentence": _unnamed(sentence)} for kind, sentence in outcome.interventions],
        "problem": outcome.problem,
        "seconds": outcome.seconds,
        "prompt_tokens": outcome.prompt_tokens,
        "completion_tokens": outcome.completion_tokens,
        "cost": cost / _MICROS if cost is not None else None,
        "thumbs": {"up": tally.up, "down": tally.down},
        "reasons": {reason.value: members for reason, members in tally.reasons.items()},
        "verdict": question.verdict,
    }


def _source(
    number: int, source: CitedSource, episode: Episode | None, known: Sequence[StoredPassage], names: Names
) -> dict[str, Any]:
    """The passage as it reads now; without its text where it is in the archive no more."""
    reference = source.reference
    covered = covering(reference, known)
    passage = named(covered[0], names, episode.podcast_id).passage if covered and episode else None
    return {
        "number": number,
        "episode": episode.title if episode else None,
        "episode_id": reference.episode_id,
        "kind": reference.kind.value,
        "start": reference.start,
        "end": reference.end,
        "speaker": passage.speaker if passage else None,
        "chapter": passage.chapter if passage else None,
        "text": passage.text if passage else None,
        "score": round(source.score, 4),
        "cited": source.cited,
    }


def _unnamed(text: str) -> str:
    """The text without the ids of members that it mentions."""
    return _MENTION.sub("@member", text)

"""What is logged of an answer: what it cites, what it cost, what it rests on, and what would be answered the same."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, replace
from typing import Any

from companion.archive.answers import Answer, Asking
from companion.archive.language_model import NOTHING_USED, Usage
from companion.storage.questions import CitedSource, Outcome, Question

_CITATION = re.compile(r"\[(\d{1,3})\]")


def cited_in(answer: Answer) -> frozenset[int]:
    """The numbers of the sources that the answer quotes or refers to."""
    if answer.prose:
        return frozenset(int(number) for number in _CITATION.findall(answer.prose))
    return frozenset(quotation.number for quotation in answer.quotations)


def usage_of(answer: Answer) -> Usage:
    """What the model used up for the answer."""
    writing = answer.writing
    return Usage(writing.prompt_tokens, writing.completion_tokens) if writing else NOTHING_USED


def outcome_of(answer: Answer, seconds: float) -> Outcome:
    """What is logged of an answer."""
    writing = answer.writing
    cited = cited_in(answer)
    quoted = "\n".join(f"[{quotation.number}] {quotation.text}" for quotation in answer.quotations)
    return Outcome(
        searched=answer.searched,
        answerable=answer.results.answerable,
        answer=answer.prose or quoted,
        sources=tuple(
            CitedSource(source.hit.reference, source.hit.score, source.number in cited) for source in answer.sources
        ),
        seconds=seconds,
        prompt=writing.prompt if writing else None,
        model=writing.model if writing else None,
        interventions=tuple((one.kind, one.sentence) for one in writing.interventions) if writing else (),
        problem=answer.problem or None,
        prompt_tokens=writing.prompt_tokens if writing else None,
        completion_tokens=writing.completion_tokens if writing else None,
    )


def cache_key(asking: Asking, version: int, model: str | None) -> str:
    """The same for what would be answered the same: question, podcasts, conversation, archive (its ``version``) and
    model."""
    query = replace(asking.query, podcasts=None, text="")
    parts: list[Any] = [
        asking.text.casefold(),
        sorted(asking.query.podcasts or ()),
        asdict(query),
        [asdict(exchange) for exchange in asking.earlier],
        [asdict(pin) for pin in asking.pinned],
        version,
        model,
    ]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def rests_on(earlier: Question, found: Answer) -> bool:
    """Was the earlier question answered from the very passages that are found now?"""
    before = [source.reference for source in earlier.outcome.sources] if earlier.outcome else []
    return found.results.answerable and before == [source.hit.reference for source in found.sources]

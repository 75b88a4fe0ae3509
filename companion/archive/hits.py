"""A ranked passage as a result: what is quoted of it, and the link to that moment."""

from __future__ import annotations

from collections.abc import Mapping

from companion.archive.expansion import weights_in
from companion.archive.focus import focus
from companion.archive.links import moment_url
from companion.archive.outlines import Outline
from companion.archive.query import Question
from companion.archive.results import Hit
from companion.archive.retellings import pick_in
from companion.archive.serving import Pick, shown
from companion.archive.snapshot import Snapshot
from companion.archive.snippets import snippet


def hit_of(
    snapshot: Snapshot, pick: Pick, question: Question, weights: Mapping[str, float], speaker: str | None
) -> Hit:
    """The result that a pick is. ``weights`` say how much each of the question's terms counts; with ``speaker``, their
    words are quoted where they talk in it."""
    stored = snapshot.passages[pick.row]
    episode = snapshot.episodes[stored.episode_id]
    # Not from what a passage goes on into: that may be a result of its own, and would be quoted twice.
    quotable = pick.stretch or stored.passage
    outline = snapshot.outline(pick.row)
    start, end = focus(outline, snapshot.window_vectors(pick.row), question, weights)
    shift = 0
    if pick.stretch is not None:
        outline = Outline.of(quotable)
        shift = max(quotable.text.find(stored.passage.text[start:end]), 0) - start
    said_by = None
    if speaker is not None:
        speakers = {piece.speaker for piece in quotable.pieces if piece.speaker is not None}
        said_by = {known for known in speakers if snapshot.is_by(episode.id, known, speaker)}
    weights = weights_in(quotable.text, weights, question.expansions)
    snippet_shown = snippet(quotable, weights, (start + shift, end + shift), said_by, outline)
    passage = shown(snapshot, pick)
    podcast = snapshot.podcasts[episode.podcast_id]
    return Hit(
        passage_id=stored.id,
        passage=passage,
        episode=episode,
        podcast=podcast,
        score=pick.score,
        snippet=snippet_shown,
        url=moment_url(episode.facts, snippet_shown.start, podcast),
        picked=pick_in(snapshot, episode.id, quotable),
    )

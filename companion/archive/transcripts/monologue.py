"""A monologue: one label at its beginning, and nobody else's anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.labels import Label, is_generic
from companion.archive.transcripts.page import Cue, Page, after_decoration

_HEADINGS = frozenset(
    "show episode notes summary transcript transcripts description introduction intro chapter part about title date "
    "guest guests host hosts overview links key takeaways topics further reading music credits published time season "
    "read listen mentioned in this the of on what why how".split()
)
"""Words of what stands before a colon above a text, and is no name."""
_MOST_LINES_ABOVE = 7
_DECORATION = "*_#>[( \n"


def with_only_label(page: Page, cues: Sequence[Cue]) -> list[Cue]:
    """Cues that nobody labelled, with the text's only label, from the one that has it on; it counts for no evidence."""
    at = {cue.body: nth for nth, cue in enumerate(cues)}
    found = [(nth, label) for label in page.labels_before_colons() if (nth := _cue_before(page, label, at)) is not None]
    found = [(nth, label) for nth, label in found if page.names_somebody(label.name)]
    if len(found) != 1 or not _is_speaker(page, cues[found[0][0]], found[0][1]):
        return list(cues)
    first, label = found[0]
    opening = replace(cues[first], body=after_decoration(page.text, label.end + 1))
    speaking = (opening, *cues[first + 1 :])
    return [*cues[:first], *(replace(cue, label=label.name, continues=True) for cue in speaking)]


def _cue_before(page: Page, label: Label, at: dict[int, int]) -> int | None:
    """The cue right behind which the label stands."""
    start = label.start
    while start > 0 and start not in at and page.text[start - 1] in _DECORATION:
        start -= 1
    return at.get(start)


def _is_speaker(page: Page, cue: Cue, label: Label) -> bool:
    """Does the label name a role, or somebody in several words, at the text's start or below its titles?"""
    above = page.text[: cue.start].split("\n")
    words = label.name.lower().split()
    named = len(words) > 1 and not _HEADINGS.intersection(words)
    titled = len(above) <= _MOST_LINES_ABOVE and not any(map(ends_a_sentence, above))
    return titled and (named or is_generic(label.name))

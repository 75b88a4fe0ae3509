"""Speakers who are labelled by their initials after they were named in full: `ANN LEE (AL): So`, then `AL: Yes`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from companion.storage.episodes import Turn

_NAMED = re.compile(r"(?P<name>[^()]{2,60}) \((?P<initials>[^\W\d_]{2,4})\)")


def with_full_names(turns: Sequence[Turn]) -> list[Turn]:
    """The turns, under their full names those who are labelled by their initials as well. Two who share theirs keep
    their labels."""
    labels = {turn.speaker for turn in turns if turn.speaker}
    named = [match for label in sorted(labels) if (match := _NAMED.fullmatch(label))]
    shared = Counter(match["initials"] for match in named)
    names: dict[str, str] = {}
    for match in named:
        name, initials = match["name"], match["initials"]
        fits = "".join(word[0] for word in name.split()).upper() == initials.upper()
        if fits and initials in labels and shared[initials] == 1:
            names |= {initials: name, match[0]: name}
    if not names:
        return list(turns)
    return [replace(turn, speaker=names.get(turn.speaker or "", turn.speaker)) for turn in turns]

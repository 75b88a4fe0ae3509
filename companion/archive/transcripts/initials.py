"""Speakers who are labelled by their initials after they were named in full: `ANN LEE (AL): So`, then `AL: Yes`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from companion.storage.episodes import Turn

_NAMED = re.compile(r"(?P<name>[^()]{2,60}) \((?P<initials>[^\W\d_]{2,4})\)")


def with_full_names(turns: Sequence[Turn]) -> list[Turn]:
    """The turns under full names: those behind which their initials stand once, and others' labels are the initials."""
    labels = {turn.speaker for turn in turns if turn.speaker}
    names: dict[str, str] = {}
    for match in filter(None, map(_NAMED.fullmatch, sorted(labels))):
        name, initials = match["name"], match["initials"]
        if initials in labels and "".join(word[0] for word in name.split()).upper() == initials.upper():
            names |= {initials: name, match[0]: name}
    if not names:
        return list(turns)
    return [replace(turn, speaker=names.get(turn.speaker or "", turn.speaker)) for turn in turns]

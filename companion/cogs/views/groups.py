"""Results that stand for an episode or a person: "which episode", "everyone who", two side by side."""

from __future__ import annotations

from companion.archive.results import Asked, Group, Hit, Results
from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import escaped_line, one_line
from companion.cogs.views.passages import fitted, heading, picked, result
from companion.cogs.views.times import day

_NAME = 60
_TITLE = 120


def entries(results: Results, room: int, *, podcast: bool) -> list[tuple[Hit | None, str]]:
    """What is shown of each hit, in at most ``room`` (300 or more) characters; a person without a hit gets a line."""
    if results.kind is Asked.COMPARE and results.groups:
        return [entry for group in results.groups for entry in _compared(group, room, podcast)]
    if results.kind is Asked.WHICH_EPISODE:
        return [(hit, _episode(hit, _passages(count), room, podcast=podcast)) for hit, count in _counted(results)]
    return [(hit, result(hit, room, podcast=podcast, more=_passages(count))) for hit, count in _counted(results)]


def _counted(results: Results) -> list[tuple[Hit, int]]:
    """Each hit with how many passages of its group bear on the question; 0 where it stands for nothing but itself."""
    if not results.groups:
        return [(hit, 0) for hit in results.hits]
    return [(hit, group.relevant) for group in results.groups for hit in group.hits]


def _compared(group: Group, room: int, podcast: bool) -> list[tuple[Hit | None, str]]:
    name = f"**{escaped_line(cut(one_line(group.name), _NAME))}**"
    if not group.hits:
        return [(None, f"### {name}\n{'Nothing more of it.' if group.relevant else 'Says nothing of it here.'}")]
    head = f"### {name}" if group.relevant else f"### {name}\n-# Says nothing close to it. The nearest:"
    first, *others = group.hits
    rest = room - len(head) - 1
    return [
        (first, f"{head}\n{result(first, rest, podcast=podcast)}"),
        *((hit, result(hit, room, podcast=podcast)) for hit in others),
    ]


def _episode(hit: Hit, passages: str, room: int, *, podcast: bool) -> str:
    """The episode first, then its best moment."""
    title = f"**{escaped_line(cut(one_line(hit.episode.title), _TITLE))}**"
    facts = [
        escaped_line(cut(one_line(hit.podcast.title), _NAME)) if podcast else "",
        day(hit.episode.published) if hit.episode.published else "",
        passages,
    ]
    about = f"-# {' · '.join(fact for fact in facts if fact)}" if any(facts) else ""
    said = hit.snippet
    kind = hit.passage.kind
    for url in (hit.url, None):
        moment = f"{heading(said.speaker, kind, said.start, said.approximate, url)}{picked(hit.picked)}"
        head = "\n".join(part for part in (title, about, moment) if part)
        if room - len(head) >= _TITLE:
            break
    return f"{head}\n{fitted(said.text, said.matches, room - len(head) - 1)}"


def _passages(count: int) -> str:
    return f"{count} passages" if count > 1 else ""

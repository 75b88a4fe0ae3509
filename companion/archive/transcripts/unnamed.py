"""Fields whose names say nothing, by what they hold: words, times that grow, names that repeat.

Names of fields are looked at first (`fields`); where those leave out what is said, when, or by whom, all objects that
stand in one place of the document are a table, and each of its columns may show what it is.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.fields import Role, meanings_of, time_of
from companion.archive.transcripts.labels import looks_like_a_name
from companion.archive.transcripts.timing import growth

Column = list[object]
_FEWEST = 3
"""Objects that make a table."""
_SAMPLE = 100
"""Objects of a table that show what its columns are."""
_NESTED: frozenset[type] = frozenset((dict, list))
_MOST_KEYS = 40
_DEEPEST = 8
_MOSTLY = 0.8
_NEARLY = 0.9
_LATEST = 1e8
"""What is larger is a date, not a time in an episode."""
_ABOUT = frozenset("title description summary subtitle excerpt notes bio about comment keywords".split())
"""Fields that hold sentences of somebody who tells of an episode."""
_CANONICAL = {
    Role.TEXT: "text",
    Role.START: "start",
    Role.END: "end",
    Role.LASTING: "duration",
    Role.SPEAKER: "speaker",
}
_NUMBERED = re.compile(r"[^\W\d_]{0,12}[ _-]?\d{1,3}|[A-Z]")
"""A voice without a name: `S1`, `spk_0`, `B`."""


@dataclass(frozen=True, slots=True)
class _Table:
    """The objects of one place, what the columns of the first of them are, and how many letters all may say."""

    objects: Sequence[Mapping[str, object]]
    roles: Mapping[Role, tuple[str, ...]]
    letters: float


def rows_of(document: object, lacking: Collection[Role]) -> list[dict[str, object]]:
    """The objects that say most, with fields called `text`, `start`, `end`, `duration` and `speaker`, as far as
    their own fields can be told by name or by what they hold; none where those tell nothing of what is ``lacking``."""
    groups = _groups(document)
    tables = [table for objects in groups if (table := _table(objects, groups)) and len(table.roles) > 1]
    most = max((table.letters for table in tables), default=0)
    if not most:
        return []
    table = max((table for table in tables if table.letters >= _NEARLY * most), key=lambda table: len(table.roles))
    columns = _columns(table.objects) if any(role in table.roles for role in lacking) else None
    if not columns:
        return []
    named = {_name(role, path): columns[path] for role, path in table.roles.items()}
    if Role.SPEAKER in table.roles:
        speakers = named.pop(_name(Role.SPEAKER, table.roles[Role.SPEAKER]))
        named["speaker"] = _by_name(speakers, groups) or speakers
    return [dict(zip(named, values, strict=True)) for values in zip(*named.values(), strict=True)]


def _table(objects: Sequence[Mapping[str, object]], groups: Sequence[Sequence[Mapping[str, object]]]) -> _Table | None:
    columns = _columns(objects[:_SAMPLE])
    if not columns:
        return None
    roles = _roles(columns, groups)
    said = _letters(columns[roles[Role.TEXT]]) if Role.TEXT in roles else 0
    return _Table(objects, roles, said * len(objects) / len(objects[:_SAMPLE]))


def _name(role: Role, path: tuple[str, ...]) -> str:
    """A field's own name where that tells its role, as it may tell a unit, too (`startMs`)."""
    leaf = path[-1]
    told = role is not Role.TEXT and any(meaning.role is role and meaning.unit for meaning in meanings_of(leaf))
    return leaf if told else _CANONICAL[role]


def _groups(document: object) -> list[list[Mapping[str, object]]]:
    """All objects in lists, those together that the same names lead to."""
    found: defaultdict[tuple[str, ...], list[Mapping[str, object]]] = defaultdict(list)
    waiting: list[tuple[tuple[str, ...], object]] = [((), document)]
    while waiting:
        path, value = waiting.pop()
        if len(path) > _DEEPEST:
            continue
        if isinstance(value, Mapping):
            inner = cast("Mapping[str, object]", value)
            if len(inner) >= _FEWEST and all(map(str.isdecimal, inner)):
                waiting.append((path, list(inner.values())))
                continue
            waiting += [((*path, key), inner[key]) for key in reversed(list(inner)) if type(inner[key]) in _NESTED]
        elif isinstance(value, list):
            items = cast("list[object]", value)
            found[path] += [cast("Mapping[str, object]", item) for item in items if isinstance(item, Mapping)]
            waiting += [(path, item) for item in reversed(items) if isinstance(item, (Mapping, list))]
    return [objects for objects in found.values() if objects]


def _columns(objects: Sequence[Mapping[str, object]]) -> dict[tuple[str, ...], Column] | None:
    if len(objects) < _FEWEST:
        return None
    rows = [dict(_leaves(item, ())) for item in objects]
    paths = list(dict.fromkeys(path for row in rows for path in row))
    return {path: [row.get(path) for row in rows] for path in paths} if len(paths) <= _MOST_KEYS else None


def _leaves(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    """Texts and numbers in an object; of a list's the texts joined, and the first of the numbers."""
    if isinstance(value, Mapping) and len(path) < _DEEPEST:
        for key, inner in cast("Mapping[str, object]", value).items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        gathered: defaultdict[tuple[str, ...], Column] = defaultdict(list)
        for item in cast("list[object]", value):
            for inner_path, inner in _leaves(item, path):
                gathered[inner_path].append(inner)
        for inner_path, values in gathered.items():
            words = [inner for inner in values if isinstance(inner, str)]
            yield inner_path, " ".join(words) if len(words) == len(values) else values[0]
    elif path and isinstance(value, (str, int, float)) and not isinstance(value, bool):
        yield path, value


def _roles(
    columns: Mapping[tuple[str, ...], Column], groups: Sequence[Sequence[Mapping[str, object]]]
) -> dict[Role, tuple[str, ...]]:
    """What columns are, by name, else by what they hold."""
    roles: dict[Role, tuple[str, ...]] = {}
    unknown: list[tuple[str, ...]] = []
    for path, column in columns.items():
        meant = [meaning.role for meaning in meanings_of(path[-1])]
        held = next((role for role in meant if role in _CANONICAL and _may_hold(role, column)), None)
        if held is not None:
            roles.setdefault(held, path)
        elif all(role in _CANONICAL for role in meant):
            unknown.append(path)
    texts = [path for path in unknown if path[-1].lower() not in _ABOUT and _are_sentences(columns[path])]
    if texts and Role.TEXT not in roles:
        roles[Role.TEXT] = max(texts, key=lambda path: _letters(columns[path]))
    if Role.START not in roles:
        growing = [path for path in unknown if _grows(columns[path])]
        growing.sort(key=lambda path: _times(columns[path])[0])
        roles |= dict(zip((Role.START, Role.END)[: 1 + (Role.END not in roles)], growing, strict=False))
    if Role.SPEAKER not in roles:
        free = [path for path in unknown if path not in roles.values()]
        voices = (path for path in free if _are_voices(columns[path]) or _by_name(columns[path], groups))
        if (speaker := next(voices, None)) is not None:
            roles[Role.SPEAKER] = speaker
    return roles


def _may_hold(role: Role, column: Column) -> bool:
    if role is Role.TEXT:
        return _is_said(column)
    if role is Role.SPEAKER:
        return sum(isinstance(value, (str, int)) for value in column) > len(column) // 2
    return len(_times(column)) >= _MOSTLY * len(column)


def _is_said(column: Column) -> bool:
    """Are most of the values words, several of them with blanks between?"""
    texts = [value for value in column if isinstance(value, str)]
    return len(texts) >= _MOSTLY * len(column) and 3 * sum(" " in text.strip() for text in texts) >= len(texts)


def _are_sentences(column: Column) -> bool:
    """Do at least half of the values end as sentences do, and titles do not?"""
    return _is_said(column) and 2 * sum(ends_a_sentence(text) for text in column if isinstance(text, str)) >= len(
        column
    )


def _letters(column: Column) -> int:
    return sum(sum(map(str.isalpha, value)) for value in column if isinstance(value, str))


def _times(column: Column) -> list[float]:
    return [float(time) for value in column if (time := time_of(value)) is not None]


def _grows(column: Column) -> bool:
    """Are the values times that grow, as an index does not: by steps that differ?"""
    times = _times(column)
    if len(times) < len(column) or times[0] > _LATEST or growth(times) < _NEARLY:
        return False
    steps = {round(after - before, 3) for before, after in pairwise(times)}
    return len(steps) > 1 and len(set(times)) >= _MOSTLY * len(times)


def _are_voices(column: Column) -> bool:
    """Are most of the values names, or letters and numbers for them, two at least, that come again?"""
    names = Counter(value for value in column if isinstance(value, str) and value.strip())
    named = sum(count for name, count in names.items() if looks_like_a_name(name) or _NUMBERED.fullmatch(name.strip()))
    return named >= _MOSTLY * len(column) and 1 < len(names) <= max(2, len(column) // 2)


def _by_name(speakers: Column, groups: Sequence[Sequence[Mapping[str, object]]]) -> Column | None:
    """The speakers by their names, where a list of objects elsewhere names all (`{"id": "a", "name": "Ann"}`)."""
    wanted = {speaker for speaker in speakers if speaker is not None}
    if not 1 < len(wanted) <= len(speakers) // 2:
        return None
    for objects in groups:
        names: dict[object, str] = {}
        for item in objects if len(objects) <= len(wanted) * 4 else ():
            values = [inner for _, inner in _leaves(item, ())]
            known = next((value for value in values if value in wanted), None)
            name = next((v for v in values if isinstance(v, str) and v not in wanted and looks_like_a_name(v)), None)
            if known is not None and name is not None:
                names.setdefault(known, name)
        if names.keys() == wanted:
            return [names.get(speaker) for speaker in speakers]
    return None

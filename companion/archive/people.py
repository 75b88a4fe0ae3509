"""Who is meant by the labels of a podcast's transcripts, as far as its own titles, notes and credits tell.

A first name is joined with the one full name that fits it in its episode, so that one David need not be another's
David. A name holds for a whole podcast only where it must: for handles (`Shawn "swyx" Wang`), for those who are heard
all the time and named more than once, and for spellings that differ in case alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from companion.storage.aliases import Alias, NamedLabel, Origin
from companion.storage.episodes import Person
from companion.storage.names import AliasKind, AliasState, folded

_GENERIC = re.compile(
    r"(?:unknown|unidentified|speaker|spk|guest|(?:co-?)?host|interviewer|interviewee|moderator|narrator|announcer|voice"
    r"|audience|caller|listener|participant|panell?ist|questioner|person|man|woman|male|female|both|all|everyone|others?"
    r"|intro|outro|ad)"
    r"(?:[ _-]?(?:voice|speaker|member|guest|host|person))?(?:[ _#-]{0,2}\d{1,3}|[ _#-]{1,2}[a-z])?",
    re.IGNORECASE,
)
_JOINT = re.compile(r"( ?[/&+] ?| and )")
_WORD = re.compile(r"[^\W\d_]\.(?= )|\w+(?:['’\-]\w+)*")
_PARTICLES = frozenset("van von der den de da di del della du la le bin ibn al el ter ten dos".split())
_BEFORE_NAMES = frozenset(
    "a after an and at by featuring for from ft guest guests host hosts in is meet on our the today "
    "welcome when where why with your".split()
)
_LONGEST_NAME = 3
_QUOTES = "\"'“”‘’«»()"

_REGULAR_EPISODES = 3
_REGULAR_SHARE = 1 / 3
"""Whoever is heard in so many episodes and in such a share of them is no guest: one guest's full name that happens to
fit must not become theirs."""


def is_generic(label: str) -> bool:
    """Does a label only say what somebody does (`SPEAKER 1`, `Host`), so that it may be another one in each episode?"""
    return _GENERIC.fullmatch(" ".join(label.split())) is not None


@dataclass(frozen=True, slots=True)
class Billing:
    """What an episode says of who is in it, and the labels in its transcript."""

    episode_id: int
    title: str
    notes: str
    people: tuple[Person, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who the labels of a podcast are: aliases that hold in all of it, and labels named in one episode each."""

    aliases: tuple[Alias, ...]
    labels: tuple[NamedLabel, ...]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A full name for a label, from one episode. It is ``certain`` where the text itself says that both are one."""

    episode_id: int
    name: str
    certain: bool
    reason: str


def cast_of(podcast_id: int, billings: Sequence[Billing]) -> Cast:
    """Who the labels of these episodes, the podcast's all, are."""
    claims: dict[str, list[_Claim]] = {}
    heard: dict[str, Counter[str]] = {}
    for billing in billings:
        for part in dict.fromkeys(part for label in billing.labels for part in people_in(label)):
            heard.setdefault(folded(part), Counter())[part] += 1
            if claim := _claim(part, billing):
                claims.setdefault(folded(part), []).append(claim)
    transcribed = sum(bool(billing.labels) for billing in billings)
    everywhere: dict[str, Alias] = {}
    in_episode: dict[tuple[int, str], str] = {}
    for spelling, labels in heard.items():
        made = claims.get(spelling, [])
        regular = labels.total() >= max(_REGULAR_EPISODES, _REGULAR_SHARE * transcribed)
        if claim := _for_all(made, regular=regular):
            everywhere[spelling] = _alias(podcast_id, spelling, claim.name, claim.reason)
        elif len(labels) > 1:
            everywhere[spelling] = _alias(podcast_id, spelling, _best_case(labels), _case_reason(labels))
        if spelling not in everywhere and (not regular or len({folded(claim.name) for claim in made}) > 1):
            in_episode |= {(claim.episode_id, spelling): claim.name for claim in made}
    return Cast(tuple(everywhere.values()), _named(billings, in_episode, everywhere))


def people_in(label: str) -> list[str]:
    """The names in a label, which may join two (`Ann / Bob`); none where it is generic."""
    return [part for part in _JOINT.split(label)[::2] if part.strip() and not is_generic(part)]


def _for_all(claims: Sequence[_Claim], *, regular: bool) -> _Claim | None:
    """The claim that holds in every episode, if there is one."""
    names = {folded(claim.name) for claim in claims}
    certain = [claim for claim in claims if claim.certain]
    if len(names) != 1 or not (certain or (regular and len(claims) > 1)):
        return None
    return (certain or claims)[0]


def _named(
    billings: Iterable[Billing], in_episode: dict[tuple[int, str], str], everywhere: dict[str, Alias]
) -> tuple[NamedLabel, ...]:
    named: list[NamedLabel] = []
    for billing in billings:
        for label in billing.labels:
            parts = _JOINT.split(label)
            for place in range(0, len(parts), 2):
                spelling = folded(parts[place])
                name = in_episode.get((billing.episode_id, spelling))
                if name is None and len(parts) > 1 and spelling in everywhere:
                    name = everywhere[spelling].name
                parts[place] = name or parts[place]
            if (name := "".join(parts)) != label:
                named.append(NamedLabel(billing.episode_id, label, name))
    return tuple(named)


def _alias(podcast_id: int, spelling: str, name: str, reason: str) -> Alias:
    return Alias(podcast_id, AliasKind.PERSON, spelling, name, AliasState.ACCEPTED, Origin.FEED, reason)


def _best_case(labels: Counter[str]) -> str:
    """Of spellings that differ in case the one in most episodes; of equals one with capitals, but not all capitals."""
    return max(labels, key=lambda label: (labels[label], not label.isupper(), label != label.lower(), label))


def _case_reason(labels: Counter[str]) -> str:
    return f"the transcripts write {' and '.join(f'“{label}”' for label in sorted(labels))}"


def _claim(label: str, billing: Billing) -> _Claim | None:
    """The one full name that fits a label in its episode; None where none does, or several."""
    credited = " · ".join(person.name for person in billing.people)
    everything = " · ".join((credited, billing.title, billing.notes))
    hosts = {folded(person.name) for person in billing.people if person.role and "host" in person.role.casefold()}
    places = (
        ("credits", credited, _full_names),
        ("title", billing.title, _full_names),
        ("credits", credited, _handle_of),
        ("title", billing.title, _handle_of),
        ("notes", billing.notes, _handle_of),
        ("notes", billing.notes, _full_names),
        ("transcript", " · ".join(billing.labels), _full_names),
    )
    for place, text, reading in places:
        found = reading(label, text)
        names = _confirmed(found, everything) if found else []
        if len(names) > 1:
            return None
        if names:
            certain = reading is _handle_of or folded(names[0]) in hosts
            return _Claim(billing.episode_id, names[0], certain, _claim_reason(place, billing, names[0], label))
    return None


def _claim_reason(place: str, billing: Billing, name: str, label: str) -> str:
    verb = "say" if place in {"credits", "notes"} else "says"
    return f"“{label}”: the {place} of “{billing.title}” {verb} {name}"


def _handle_of(label: str, text: str) -> list[str]:
    """The full names that a text gives to a handle: `Shawn "swyx" Wang`, `Shawn Wang (@swyx)`, `swyx (Shawn Wang)`."""
    handle = re.escape(label.strip().removeprefix("@"))
    if label.casefold() not in text.casefold():
        return []
    # Bounded, or a notes' worth of hyphens would take minutes.
    word, quote = r"[^\W\d_][\w'’\-]{0,30}", f"[{re.escape(_QUOTES)}]"
    full, aka = rf"{word}(?: {word}){{1,2}}", r",? ?\(?(?:aka|a\.k\.a\.|also known as) "
    patterns = (
        rf"\b({word}) {quote}@?{handle}{quote} ({word})",
        rf"\b({full}){aka}{quote}?@?{handle}\b",
        rf"\b({full}) \((?:{quote}?@?{handle}{quote}?\)|@{handle}\b)",
        rf"(?<![\w@])@?{handle}{aka}({full})\b",
    )
    found = [match for pattern in patterns for match in re.finditer(pattern, text, re.IGNORECASE)]
    if len(label.split()) == 1:
        # Behind a full name a bracket has where somebody works.
        bracketed = re.finditer(rf"(?<![\w@])@?{handle} \(({full})\)", text, re.IGNORECASE)
        found += [match for match in bracketed if not _ends_in_name(text[: match.start()])]
    names: dict[str, str] = {}
    for match in found:
        words = _trimmed(" ".join(part for part in match.groups() if part).split())
        if len(words) > 1 and words[-1][0].isupper() and folded(label) not in map(folded, words):
            names[folded(" ".join(words))] = " ".join(words)
    return list(names.values())


def _ends_in_name(text: str) -> bool:
    """Does what is said next go on from a word that a name may begin with?"""
    before = text[-40:].split(" ")
    return (
        len(before) > 1 and not before[-1] and before[-2][:1].isupper() and before[-2].casefold() not in _BEFORE_NAMES
    )


def _full_names(label: str, text: str) -> list[str]:
    """The capitalised names in a text that begin with a label of one word, end with it, or are it in another case."""
    names: list[str] = []
    wanted = folded(label).split()
    if not wanted or wanted[0] not in text.casefold():
        return []
    for run in _runs(text):
        words = [folded(word) for word in run]
        for place in range(len(run) - len(wanted) + 1):
            if words[place : place + len(wanted)] != wanted:
                continue
            name = _name_from(run[place:])
            if len(wanted) == 1 and len(name) == 1 and place == len(run) - 1:
                name = run if 1 < len(run) <= _LONGEST_NAME else []
            elif len(wanted) > 1:
                name = run[place : place + len(wanted)]
            if len(name) > 1 and " ".join(name) != label:
                names.append(" ".join(name))
    return names


def _name_from(words: list[str]) -> list[str]:
    """The name that a run of words begins with: all of it, or its first two words where it is long for a name."""
    places = [place for place, word in enumerate(words) if word not in _PARTICLES]
    return words if len(places) <= _LONGEST_NAME else words[: places[1] + 1]


def _confirmed(names: Sequence[str], texts: str) -> list[str]:
    """The names, each once; where a text has a name alone, too, what followed it elsewhere was no part of it."""
    alone = {" ".join(run) for run in _runs(texts)}
    kept: dict[str, str] = {}
    for name in names:
        short = " ".join(name.split()[:2])
        name = short if short in alone else name
        kept.setdefault(folded(name), name)
    return [
        name
        for name in kept.values()
        if not any(folded(other).startswith(f"{folded(name)} ") for other in kept.values())
    ]


@lru_cache(maxsize=16)
def _runs(text: str) -> tuple[list[str], ...]:
    """Capitalised words in a row, with the particles between them: `Ada Lovelace`, `Bram van der Kolk`."""
    runs: list[list[str]] = []
    run: list[str] = []
    end = -1
    for match in _WORD.finditer(text):
        word = re.sub(r"['’]s\Z", "", match.group())
        if run and text[end : match.start()] not in {" ", "\u00a0"}:
            runs.append(run)
            run = []
        if word[0].isupper() or (run and word in _PARTICLES):
            run.append(word)
        elif run:
            runs.append(run)
            run = []
        end = match.start() + len(word) if word != match.group() else match.end()
    runs.append(run)
    return tuple(trimmed for trimmed in map(_trimmed, runs) if trimmed)


def _trimmed(run: Sequence[str]) -> list[str]:
    """The run without what is no part of a name: small words in capitals before it, particles after it."""
    first, last = 0, len(run)
    while first < last and (run[first].casefold() in _BEFORE_NAMES or not run[first][0].isupper()):
        first += 1
    while last > first and run[last - 1] in _PARTICLES:
        last -= 1
    return list(run[first:last])

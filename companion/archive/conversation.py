"""A question that goes on from earlier ones, written so that it stands on its own and can be searched for.

By rules, and with care: a question that names what it is about stays as it is, whatever pronouns it has. What leans on
the conversation is completed from what was asked before, and from whose words were quoted then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from companion.archive.query import content_terms, has_content
from companion.archive.wording import ABOUT, SAY, VIEWS

MOST_ADDED = 2
"""Parts that a question takes over from those before it: the one that began, and the latest addition."""
LONGEST = 300
"""Characters that are taken over."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An earlier question, and who was quoted in its answer, the first one first."""

    question: str
    speakers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A question that stands on its own. ``leans``: did it have to be completed?"""

    text: str
    leans: bool = False


_LINK = r"(?:(?:and|but|so|ok(?:ay)?|also|then|well|hm+|yes|yeah|no|right|thanks|cool|nice|great)\b[,.!:\s]*)*"
_ELLIPSIS = re.compile(
    rf"{_LINK}(?:(?:what|how)(?:'s| is)? about|what of|how come)\s+(?P<rest>\S.*)", re.IGNORECASE | re.DOTALL
)
_AND = re.compile(r"(?:and|or|but)\s+(?P<rest>\S.*)", re.IGNORECASE | re.DOTALL)
_SAME_AGAIN = re.compile(
    rf"{_LINK}(?:(?:can|could|would) you )?(?:tell (?:me|us) more|say more"
    r"|(?:any(?:thing)?|some(?:thing)?|what|who) else"
    r"(?: (?:was|is|did|does|do|has|have|there|said|about|on|of|they|it|that|this|say|mention|talk|talked|mentioned))*"
    r"|more(?: (?:about|on|of) (?:it|that|this|them))?|more details?|go on|continue|elaborate"
    r"|expand(?: on (?:it|that))?"
    r"|for example|such as|like what|for instance|really|seriously|are you sure|is that (?:true|so|right)"
    r"|(?:when|where) (?:was|is|did|were) (?:that|this|it|they)"
    r"(?: (?:said|say|from|happen|be|published|it|that))*"
    r"|who (?:said|says|was|is|did|told|asked|mentioned|explained) (?:that|this|it|so)"
    r"|(?:in )?(?:which|what) (?:episode|podcast|interview)(?: (?:was|is|were|did) (?:that|this|it|they))?"
    r"(?: (?:in|from|say|said|that|it|this))*)\W*$",
    re.IGNORECASE,
)
"""What asks for nothing but the same once more, or where it was."""
_BARE = re.compile(
    rf"{_LINK}(?P<rest>why(?: not)?|how(?: so| exactly| come)?|since when|when|where|who|how (?:much|many|long|often))"
    r"(?: (?:is|was|did|does|do|are|were|would) (?:that|this|it|so|they|he|she|be|happen|the case))*\W*$",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?:she|he|her|hers|him|his|herself|himself)\b(?:'s\b)?", re.IGNORECASE)
_THING = re.compile(r"\b(?:it|its|it's|that|this|these|those|they|them|their|theirs|there)\b", re.IGNORECASE)
_ANYBODYS = frozenset({"they", "them", "their", "theirs", "there"})
_POINTING = frozenset({"that", "this", "these", "those"})
_POSSESSIVE = frozenset({"her", "his", "hers"})
_VERB_AND_THING = 2
_NO_NOUN = frozenset(
    """a about and as at be because but by did do does for from had has have in is it if of on or over so that the then
    there to up was were what when where which who why with would""".split()
)
"""Words that no possessive stands before: "her about", unlike "her hives"."""
_EXPECTED = re.compile(
    r"\bit (?:\w+ ){0,2}?(?:true|possible|worth|hard|easy|better|best|necessary|safe|like|takes?|took|cost|mean|matter"
    r"|sense|feel)(?: \w+)? (?:to|that|for|when|if)\b|\bwhat (?:was|is) (?:that|this|it) about (?=\w)"
    r"|\bit(?:'s| is| was| takes?| took| costs?) \w+ (?:to|that|for|when|if)\b"
    r"|\bthere (?:is|are|was|were|be)\b|\b(?:is|are|was|were) there\b",
    re.IGNORECASE,
)
"""“It” and “there” that stand for nothing."""
_SAID_OF_IT = frozenset(
    "different similar better worse true possible good bad hard easy important useful related done used made".split()
)
"""Words before which “is that …” asks about something named before."""
_SAID_ABOUT = re.compile(rf"(?P<said>.*\b(?:{SAY}|{VIEWS}) {ABOUT}) \S", re.IGNORECASE | re.DOTALL)
_OF_THE_SAME = re.compile(
    r"(?:the|an?|this|that|these|those|his|her|its|their|my|our|your|it|them|in|on|at|for|with|without|from|by|to|as|if"
    r"|when|while|during|after|before|since|until|about|of|not)\b",
    re.IGNORECASE,
)
"""What follows “and what about” as a part or a circumstance of what was asked, rather than as another thing."""
_ANYBODY = re.compile(
    r"\b(?:guys?|man|woman|person|someone|somebody|guest|host|speaker|author|founder|who)\b", re.IGNORECASE
)
_NAME = re.compile(r"(?<!^)(?<![.?!]\s)\b[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*)*")
_OPENING_NAME = re.compile(r"[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]*)*\b")
_NO_NAME = frozenset("I I'm I've I'd A The What When Where Which Who Why How Is Are Was Did Do Does Can".split())


def standing(question: str, earlier: Sequence[Asked]) -> Standing:
    """The question, completed from the earlier ones (oldest first) where it leans on them."""
    parts: list[str] = []
    before: list[Asked] = []
    for one in earlier:
        parts = _parts(_tidied(one.question), parts, before)
        before.append(one)
    text = _tidied(question)
    if not parts or not text:
        return Standing(question)
    found = _parts(text, parts, before)
    if found == [text]:
        return Standing(question)
    return Standing(_written(found), leans=True)


def _parts(text: str, before: list[str], earlier: Sequence[Asked]) -> list[str]:
    """What a question says, then what it takes over from the parts of the one before."""
    if not before:
        return [text]
    if _SAME_AGAIN.match(text):
        return before
    if match := _BARE.match(text):
        return _added(match["rest"], before)
    match = _ELLIPSIS.match(text) or (_AND.match(text) if _is_short(text) else None)
    if match is not None and not _asks(match["rest"]):
        rest = match["rest"].rstrip(" ?!.")
        return _with_other_person(rest, before, earlier) or _with_other_topic(rest, before) or _added(rest, before)
    lacking = _lacks_its_thing(text) or not has_content(text)
    text = _with_person(text, before, earlier)
    return _added(text, before) if lacking else [text]


def _added(own: str, before: list[str]) -> list[str]:
    """The question's own part, and those of the one before that are kept."""
    return [own, *before[:-1][: MOST_ADDED - 1], before[-1]]


def _written(parts: list[str]) -> str:
    own, *added = parts
    if not added:
        return own
    return f"{own} — {' — '.join(added)[:LONGEST]}"


def _is_short(text: str) -> bool:
    return len(text.split()) <= 6


def _asks(rest: str) -> bool:
    """Is what follows “and” a question of its own?"""
    asks = re.match(r"(?:what|how|why|who|when|where|which|is|are|was|did|do|does|can|has|have)\b", rest, re.IGNORECASE)
    return asks is not None and has_content(rest)


def _lacks_its_thing(text: str) -> bool:
    """Has the question an “it” or a “that” for something that it does not name itself?"""
    told = _EXPECTED.sub(" ", text)
    return any(_lacks(told, match) for match in _THING.finditer(told))


def _lacks(text: str, match: re.Match[str]) -> bool:
    word, ahead = match.group().casefold(), text[: match.start()]
    if word in _ANYBODYS:
        return not has_content(text)  # “they” are whoever talks there, where something is asked about
    if word in _POINTING and _is_determiner(text, match):
        return False
    named = len(content_terms(ahead)) if has_content(ahead) else 0
    # At the end there is a verb before it at least: “who paid for it?”
    return named < (1 if re.search(r"\w", text[match.end() :]) else _VERB_AND_THING)


def _is_determiner(text: str, match: re.Match[str]) -> bool:
    """Does a “that” or “this” only point at the word behind it, or join a clause?"""
    following = re.match(r"\s+([\w'’-]+)", text[match.end() :])
    return following is not None and following.group(1).casefold() not in _NO_NOUN | _SAID_OF_IT


def _with_person(text: str, before: list[str], earlier: Sequence[Asked]) -> str:
    """The question with the person of the conversation in place of a “she” that nobody in it is."""
    match = _PERSON.search(text)
    if match is None:
        return text
    ahead = text[: match.start()]
    if _ANYBODY.search(ahead) or names_in(ahead):
        return text
    person = _person_of(before, earlier)
    if person is None:
        return text
    return f"{ahead}{_instead(match, text, person)}{text[match.end() :]}"


def _instead(match: re.Match[str], text: str, person: str) -> str:
    word = match.group().casefold()
    if word.endswith(("'s", "’s")):
        return f"{person}'s"
    following = re.match(r"\s+([\w'’-]+)", text[match.end() :])
    has_noun = following is not None and following.group(1).casefold() not in _NO_NOUN
    return f"{person}'s" if word in _POSSESSIVE and (has_noun or word == "hers") else person


def _person_of(before: list[str], earlier: Sequence[Asked]) -> str | None:
    """Whom the conversation is about: the one who was named last and quoted, else the one who was quoted."""
    quoted = next((one.speakers for one in reversed(earlier) if one.speakers), ())
    named = [name for part in before for name in names_in(part)]
    for name in named:
        for speaker in quoted:
            if set(name.casefold().split()) & set(speaker.casefold().split()):
                return speaker
    return next(iter((*quoted, *named)), None)


def _with_other_person(rest: str, before: list[str], earlier: Sequence[Asked]) -> list[str] | None:
    """For “and Dov?” the question before with Dov in place of the one person that it names."""
    if _OPENING_NAME.fullmatch(rest) is None:
        return None
    person = _person_of(before, earlier)
    if person is None:
        return None
    words = set(person.casefold().split())
    named = next((name for name in names_in(before[0]) if set(name.casefold().split()) <= words), None)
    return [before[0].replace(named, rest, 1), *before[1:]] if named else None


def _with_other_topic(rest: str, before: list[str]) -> list[str] | None:
    """For “and wool?” what somebody said about wool in place of what they said before. “The price” is one of that."""
    match = _SAID_ABOUT.match(before[0])
    return None if match is None or _OF_THE_SAME.match(rest) else [f"{match['said']} {rest}?", *before[1:]]


def names_in(text: str) -> list[str]:
    """What stands in a question with capitals, inside it."""
    found = [match.group() for match in _NAME.finditer(text)]
    opening = _OPENING_NAME.match(text)
    if opening is not None and opening.group().split()[0] not in _NO_NAME:
        found.insert(0, opening.group())
    return [name.removesuffix("'s") for name in found if name not in _NO_NAME]


def _tidied(text: str) -> str:
    return " ".join(text.replace("’", "'").split())

"""What a question asks for: a moment, one person's words, an episode, the latest, a comparison, or people.

Read conservatively, from its wording and from the names that the archive knows: whatever is in doubt asks for a moment,
as most questions do, and is searched by all its words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from companion.archive import wording
from companion.archive.known_names import KnownNames
from companion.archive.query import has_content
from companion.archive.results import Asked, Intent
from companion.archive.spoken_days import Days
from companion.archive.wording import ABOUT, AGREE, EPISODE, LATELY, SAY, TALK, VIEWS

LONGEST = 400
"""Characters of a question; a longer text is something pasted."""
MOST_COMPARED = 3


def intent_of(text: str, names: KnownNames, today: date) -> Intent:
    """Reads a question. ``today`` is the day that "last month" is counted from."""
    told = wording.without_chat(text)
    moment = Intent(Asked.MOMENT, told, told)
    if len(told) > LONGEST:
        return moment
    question, days = wording.without_days(wording.tidied(text if len(text) <= LONGEST else told), today)
    if days is not None:
        told = wording.without_chat(question)
        moment = replace(moment, words=told, topic=told)
    asked = wording.without_opening(question)
    for reading in (_latest, _which_episode, _everyone, _compare, _said_by):
        found = reading(asked, names)
        if found is not None and has_content(found.words):
            return _placed(found, question, names, days or wording.days_at_the_end(question, today))
    return _placed(moment, question, names, days)


def _placed(found: Intent, question: str, names: KnownNames, days: Days | None) -> Intent:
    """The reading, narrowed to the days and to the episode that the question names."""
    if days is not None:
        ended = [wording.without_ending(part, days.said) for part in (found.words, found.topic)]
        found = replace(found, words=ended[0], topic=ended[1], after=days.first, before=days.last)
    if found.kind in (Asked.MOMENT, Asked.SAID_BY):
        found = replace(found, episode_id=_episode_meant(question, names))
    return found


_WHICH_EPISODE = wording.patterns(
    rf"(?:in |from )?(?:which|what(?:'?s| is| was)?)(?: the| that)? {EPISODE}\b",
    rf"(?:(?:list|all|the|that|an|a|any|some|every|of) )*{EPISODE}(?: is| was)?"
    r" (?:where|in which|that|which|when|with|about|on|of|covering|featuring|discussing|mentioning)\b",
    r"(?:which|what) guest\b",
    r"(?:who|what)(?:'?s| is| was)?(?: the name of)? the guest\b",
)
_THAT_EPISODE = re.compile(rf"[,.;:–—?!-]+ (?:in )?(?:which|what) {EPISODE}\b(?: \w+){{0,4}}$", re.IGNORECASE)
"""After the words that tell of it: "…, which episode was that?" """


def _which_episode(asked: str, names: KnownNames) -> Intent | None:
    if match := wording.first_match(_WHICH_EPISODE, asked):
        told = asked[match.end() :]
    elif match := _THAT_EPISODE.search(asked):
        told = asked[: match.start()]
    else:
        return None
    words, newest = wording.without_lately(told)
    topic = wording.unframed(words)
    return Intent(Asked.WHICH_EPISODE, topic, topic, newest_first=newest)


_LATEST = wording.patterns(
    rf"(?:(?:what(?:'?s| is| are)?|the|any|their|our|anything) )*(?:latest|newest|most recent|freshest)"
    rf"(?: (?P<noun>[\w-]+))?(?: (?:they|we|they've|we've)(?: have)? (?:{SAY}|had|heard))?"
    rf" (?:{ABOUT}|where|with|that)\b",
    rf"(?:what|how|have|has|had|did|do|anything) (?:(?!{SAY}\b)\S+ ){{0,4}}{SAY} {LATELY}\b(?: {ABOUT}\b)?",
    rf"{LATELY} (?:{SAY})\b(?: {ABOUT}\b)?",
    rf"(?:(?:when|what|was|did|is|the|they|we|you|anyone|someone) )*last (?:time )?"
    rf"(?:(?:that|they|we|you|anyone|someone|the hosts) )*{TALK}\b(?: {ABOUT}\b)?",
)
_ENDS_LATELY = re.compile(
    rf"(?:what|how|have|has|had|did|do|anything) (?:(?:they|we|you|guys|anyone|anybody|people|the|hosts|all|been|has"
    rf"|have|did|do|ever) )*{SAY}\b(?: {ABOUT}\b)? (?P<told>.+) {LATELY}$",
    re.IGNORECASE,
)
_NEWS = frozenset(
    """news talk talks thought thoughts take takes word words stuff discussion discussions mention mentions update
    updates thing things thinking opinion opinions view views conversation moment moments bit bits clip clips quote
    quotes
    said talked""".split()
)


def _latest(asked: str, names: KnownNames) -> Intent | None:
    if match := wording.first_match(_LATEST, asked):
        told, noun = asked[match.end() :], (match.groupdict().get("noun") or "").casefold()
    elif match := _ENDS_LATELY.match(asked) or re.match(r"(?P<told>.+?),? \(?(?:newest|latest) first\b", asked):
        told, noun = match["told"], ""
    else:
        return None
    if person := _said_by(re.sub(rf" {LATELY}\b", "", asked), names):
        return replace(person, newest_first=True)
    topic = wording.unframed(told)
    if re.fullmatch(EPISODE, noun, re.IGNORECASE):
        return Intent(Asked.WHICH_EPISODE, topic, topic, newest_first=True)
    return Intent(Asked.LATEST, topic, topic, newest_first=True) if not noun or noun in _NEWS else None


_EVERYONE = wording.patterns(
    rf"(?:list (?:of )?)?(?:who(?: all| else)?|everyone|everybody|anyone|anybody|whoever)(?: who| that)?"
    rf"(?: has| have| had| ever| all| else| is| was)* {TALK}\b",
    rf"(?:list (?:of )?)?(?:everyone|everybody|all those) (?:who|that)(?: has| have| had| ever)* {SAY}\b",
    rf"(?:(?:list|name|of|all|the|which|what) )+(?:guests|people|speakers|hosts)(?: who| that)?"
    rf"(?: has| have| had| ever| all)* {SAY}\b",
    rf"(?:list )?(?:every|each) (?:guest|person|speaker|host)(?: who| that)?(?: has| had| ever)* {SAY}\b",
)


def _everyone(asked: str, names: KnownNames) -> Intent | None:
    match = wording.first_match(_EVERYONE, asked)
    if match is None:
        return None
    words, newest = wording.without_lately(asked[match.end() :])
    topic = wording.unframed(words)
    return Intent(Asked.EVERYONE, topic, topic, newest_first=newest)


_LEADING = re.compile(
    r"(?:(?:compare|comparing|contrast|what|what's|how|where|why|if|whether|do|did|does|would|are|is|have|both|the|of|and"
    r"|difference|differences|disagreement|between|views|opinions|takes|thoughts) )*",
    re.IGNORECASE,
)
_WHAT_THEY_DO = re.compile(
    rf" (?:(?:both|each|ever|have|had|all) )*(?:{SAY}|{AGREE}|{VIEWS}|{ABOUT})\b|:", re.IGNORECASE
)
_BETWEEN_NAMES = re.compile(r"\s*(?:,|&|/|\b(?:and|with|vs\.?|versus|against|to|or)\s)\s*", re.IGNORECASE)


def _compare(asked: str, names: KnownNames) -> Intent | None:
    """Two or three names, and nothing else, before what they say, or before what it is about."""
    lead = _LEADING.match(asked)
    named = asked[lead.end() :] if lead else asked
    does = _WHAT_THEY_DO.search(named)
    if does is None:
        return None
    listed = [part for part in _BETWEEN_NAMES.split(named[: does.start()]) if part.strip()]
    if not 2 <= len(listed) <= MOST_COMPARED:
        return None
    known = tuple(dict.fromkeys(person for part in listed if (person := names.person(part))))
    if len(known) < len(listed):
        return None
    words, newest = wording.without_lately(named[does.end() :])
    topic = wording.unframed(words)
    return Intent(Asked.COMPARE, topic, topic, known, newest)


_SAYS = re.compile(
    rf"(?<= )(?:(?:ever|actually|really|also|just|then|has|have|had|not|never|once) )*{SAY}\b", re.IGNORECASE
)
_HAS_VIEWS = re.compile(rf"(?:'s?)? {VIEWS} {ABOUT}\b", re.IGNORECASE)
_BY = re.compile(
    r"\b(?:according to|(?:quotes?|words|clips?|anything|said|told|explained) (?:by|from)) ", re.IGNORECASE
)
_ABOUT = re.compile(r" (?:on|about)\b|:", re.IGNORECASE)
_MOST_NAMES = 4


def _said_by(asked: str, names: KnownNames) -> Intent | None:
    """A name right before a verb of saying or before an opinion, after "according to", or before "on"."""
    for cue in (*_SAYS.finditer(asked), *_HAS_VIEWS.finditer(asked)):
        if person := _name_before(asked[: cue.start()], names):
            return _words_of(person, asked, asked[cue.end() :])
    for cue in _BY.finditer(asked):
        said = asked[cue.end() :].split()
        for length in range(min(_MOST_NAMES, len(said)), 0, -1):
            if person := names.person(" ".join(said[:length]).rstrip(",:")):
                return _words_of(person, asked, " ".join(said[length:]) or asked[: cue.start()])
    if (cue := _ABOUT.search(asked)) and (person := names.person(asked[: cue.start()])):
        return _words_of(person, asked, asked[cue.end() :])
    return None


def _name_before(text: str, names: KnownNames) -> str | None:
    """The longest name that the text ends with."""
    said = text.split()[-_MOST_NAMES:]
    found = (names.person(" ".join(said[first:])) for first in range(len(said)))
    return next((person for person in found if person), None)


def _words_of(person: str, asked: str, told: str) -> Intent:
    # All of its words are searched: the name stands in titles and labels too, and finds.
    words, newest = wording.without_lately(told)
    return Intent(Asked.SAID_BY, asked, wording.unframed(words), (person,), newest)


_IN_EPISODE = re.compile(
    rf"\b(?:in|from|on|during) (?:the|that|their|this) (?:(?P<title>(?:[^\s,?!.]+ ){{1,6}}?){EPISODE}\b"
    rf"|(?:{EPISODE}|one) (?:with|about|on) (?P<told>[^,?!.]+))",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    rf"\b(?:(?:in|from|on|during) )?(?:the )?{EPISODE} ?(?:number |no\.? ?|nr\.? ?|# ?)?(?P<number>\d{{1,4}})\b",
    re.IGNORECASE,
)


def _episode_meant(question: str, names: KnownNames) -> int | None:
    """The episode that a question places its moment in; None where it names none, or fits several."""
    if match := _NUMBERED.search(question):
        return names.numbered(float(match["number"]))
    match = _IN_EPISODE.search(question)
    if match is None or match["title"]:
        return names.episode(match["title"]) if match else None
    told = match["told"].split()[:_MOST_NAMES]
    found = (names.episode(" ".join(told[:length])) for length in range(len(told), 0, -1))
    return next((episode for episode in found if episode is not None), None)

"""How members word their questions: the words that tell kinds of questions apart, and the talk around what is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from companion.archive.query import has_content
from companion.archive.sentences import sentence_spans
from companion.archive.spoken_days import PERIOD, Days, days_of

EPISODE = r"(?:episodes?|eps?|interview)"
TALK = (
    r"(?:talk(?:s|ed|ing)?|spoke|speaks?|spoken|mention(?:s|ed|ing)?|discuss(?:es|ed|ing)?|cover(?:s|ed)?"
    r"|(?:brought|brings?) up|touch(?:es|ed)? on|weigh(?:s|ed)? in)"
)
SAY = (
    rf"(?:{TALK}|sa(?:y|ys|id|ying)|th(?:inks?|ought)|tells?|told|explain(?:s|ed)?|argue[sd]?|claim(?:s|ed)?"
    r"|recommend(?:s|ed)?|suggest(?:s|ed)?|describe[sd]?|define[sd]?|predict(?:s|ed)?|expect(?:s|ed)?|believe[sd]?"
    r"|feels?|felt|advise[sd]?|means?|meant|answer(?:s|ed)?|respond(?:s|ed)?)"
)
VIEWS = (
    r"(?:takes?|thoughts?|opinions?|views?|advice|positions?|stance|comments?|words|explanation|definition|points?|joke"
    r"|story|prediction|answer|argument|idea|reason)"
)
AGREE = r"(?:agree|disagree|differ|compare|clash)"
ABOUT = r"(?:about|on|of|regarding|re|concerning|around|over)"
LATELY = r"(?:recently|lately|these days|most recently)"

_POLITE = r"(?:hey|hi|hello|so|ok|okay|well|um+|uh+|hmm+|and|but|please|pls|plz|quick question)"
_OPENING = re.compile(
    rf"(?:{_POLITE}\b[, :]*)*"
    r"(?:(?:do|does|can|could|would|will) (?:you|u|anyone|anybody|someone|somebody)(?: guys| please| pls)? ?"
    r"(?:happen to )?(?:know|remember|recall|tell me|show me|give me|find me|remind me)?\b *"
    r"|i(?:'m| am)? (?:want|need|would like|wanna|trying|looking)(?: to (?:know|hear|find|remember)| for)?\b *)?"
    r"(?:(?:please |pls )?(?:tell|show|find|give|get|remind) (?:me|us)(?: of)?\b *|(?:looking|search) for\b *"
    r"|find\b *)?",
    re.IGNORECASE,
)

_CHAT_BEFORE = re.compile(
    r"(?:(?:(?:hey|hi|hello|yo)(?: all| everyone| everybody| guys| folks| there)?|so|ok|okay|um+|uh+|hmm+|please|pls"
    r"|plz|quick (?:q|question)|(?:(?:does|do|did|can|could|would) )?(?:anyone|anybody|someone|somebody|you|u)"
    r"(?: here| guys| please| pls)?(?: happen to)? (?:remember|recall|know|tell me|remind me|find me|help me find)"
    r"|remember|remind me|tell me)(?:[\s,.:;!]+(?:[–-]\s+)?))+",
    re.IGNORECASE,
)
_CHAT_AFTER = frozenset("lol lmao haha hahaha thx pls plz btw idk".split())
_THANKS = re.compile(
    r"[,.?!;–-]\s*(?:thanks|thank you|please|cheers)(?: so much| a lot| in advance)*\W*$", re.IGNORECASE
)
_MOST_THANKS = 60
_LONG = 40
"""Words from which on a message tells more than it asks."""

_FRAME = frozenset(
    """a about all any anybody anyone anything at been brought called came come comes covered covers did discuss
    discussed discusses discussing do does ever everything featured features featuring for from guys had has have hosts
    i in is it it's its listen me mention mentioned mentions on one regarding she he should some somebody someone
    something spoke stuff talk talked talking talks that the there they they're this to topic up was we were when where
    which who whose with you""".split()
)
"""Words that stand around what is asked, at either end of it."""

_SLIPS = {
    slip: word
    for word, slips in {
        "episode": "epsiode epiode episdoe eposide epidose episod epsode epidsode epispde",
        "episodes": "epsiodes epiodes episdoes eposides epidoses episods epsodes",
        "which": "wich whihc whcih wihch whitch",
        "what": "waht wat wht",
        "compare": "compair comapre copmare",
        "everyone": "evryone everyon eveyone everone",
        "everybody": "evrybody everbody",
        "latest": "lastest latst latset",
        "recently": "recenlty recetly recntly",
        "about": "abuot abotu abt baout",
        "talked": "tlaked taked talekd",
        "mentioned": "mentoined menioned mentiond",
    }.items()
    for slip in slips.split()
}


def patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    """Patterns for the beginning of a question, in any case."""
    return tuple(re.compile(text, re.IGNORECASE) for text in texts)


def first_match(among: Sequence[re.Pattern[str]], asked: str) -> re.Match[str] | None:
    """The match of the first pattern that fits the beginning."""
    return next((match for pattern in among if (match := pattern.match(asked))), None)


def tidied(text: str) -> str:
    """The question on one line, without marks at its end; slips in the words that tell kinds apart are put right."""
    line = " ".join(text.replace("’", "'").split()).strip(" ?!.,;…")
    return re.sub(r"[A-Za-z]+", lambda word: _SLIPS.get(word.group().casefold(), word.group()), line)


def without_opening(question: str) -> str:
    """The question without "hey, can you tell me"."""
    match = _OPENING.match(question)
    return question[match.end() :] if match else question


def without_chat(message: str) -> str:
    """What is asked for in a message, as it was typed, without "hey, anyone remember" and "lol thx": a model takes such
    words for a part of what is meant. Of a long message, only the sentences that ask, where any does."""
    kept = message
    if len(message.split()) > _LONG:
        told = [message[start:end].strip() for start, end in sentence_spans(message)]
        kept = " ".join(sentence for sentence in told if sentence.endswith("?")) or message
    if match := _CHAT_BEFORE.match(kept):
        kept = kept[match.end() :]
    kept = _without_chat_after(kept)
    if kept.endswith("??") or message.rstrip().endswith("?"):
        kept = f"{kept.rstrip('? ')}?"
    return kept if kept != message.strip() and has_content(kept) else message


def _without_chat_after(message: str) -> str:
    """The message without words, pictures and thanks that end it and are no part of what it asks."""
    kept = message.rstrip()
    if thanks := _THANKS.search(kept[-_MOST_THANKS:]):
        kept = kept[: len(kept) - len(thanks[0]) + 1].rstrip(" ,;:–-")
    while len(parts := kept.rsplit(None, 1)) == 2:
        last = parts[1]
        picture = not last.isascii() and not any(map(str.isalnum, last)) and last[-1] not in "“”’„»«…€£¥"
        if not picture and _bare(last) not in _CHAT_AFTER:
            break
        kept = parts[0].rstrip(" ,;:–-")
    return kept


def unframed(told: str) -> str:
    """What is asked about, without "did they talk about … in" around it; as it is where nothing would be left."""
    words = told.split()
    first, last = 0, len(words)
    while first < last and _bare(words[first]) in _FRAME:
        first += 1
    while last > first and _bare(words[last - 1]) in _FRAME:
        last -= 1
    return " ".join(words[first:last]).strip(" ,;:") or told.strip()


def without_lately(told: str) -> tuple[str, bool]:
    """The text without a "recently" at an end of it, and whether there was one."""
    bare = re.sub(rf"^ *{LATELY}\b|[ ,]+{LATELY} *$", "", told, flags=re.IGNORECASE)
    return bare, bare != told


_TIED_DAYS = patterns(
    rf"(?P<keep>\b{SAY}(?: anything| something)?) (?P<period>{PERIOD})(?= {ABOUT}\b)",
    rf"(?P<keep>\b{EPISODE}) (?:(?:that )?(?:were |was )?(?:published|released|recorded|out) )?(?P<period>{PERIOD})",
    rf"\b(?P<period>{PERIOD})(?:'s)? (?P<keep>{EPISODE})\b",
)
_LAST_DAYS = re.compile(rf".+?[ ,](?P<period>{PERIOD})$", re.IGNORECASE)


def without_days(question: str, today: date) -> tuple[str, Days | None]:
    """The question without the days on which it says that something was said, and those days.

    A date that is not tied to speech or to episodes is part of what the question is about: "NeurIPS 2023".
    """
    for pattern in _TIED_DAYS:
        if (match := pattern.search(question)) and (days := days_of(match["period"], today)):
            return f"{question[: match.start()]}{match['keep']}{question[match.end() :]}", days
    return question, None


def days_at_the_end(question: str, today: date) -> Days | None:
    """The days that a question ends with: "who talked about bread last month". A bare year is no such end."""
    match = _LAST_DAYS.match(question)
    return days_of(match["period"], today) if match and not match["period"].isdigit() else None


def without_ending(text: str, ending: str) -> str:
    """The text without these words at its end, unless nothing would be left to search by."""
    shorter = text[: -len(ending)].rstrip(" ,") if text.casefold().endswith(ending.casefold()) else text
    return shorter if has_content(shorter) else text


def _bare(word: str) -> str:
    return word.casefold().strip(" ,;:.?!\"'()")

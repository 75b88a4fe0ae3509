"""Speaker labels: where the name before a colon or a mark begins, decided by what the whole text repeats.

Flattened pages glue a label to the word before it (`right?David [00:05:53]:`, `background forSwyx [00:26:09]:`), so one
place alone cannot tell. Every place offers all names that could end there; those that begin at a clean border
(line, sentence end, mark) are counted over the text, and each place takes the longest name that repeats.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

LONGEST = 60
"""Characters that a label may have."""
_MOST_WORDS = 5
_MOST_WORDS_OF_TWO = 9
_MOST_WORDS_WITH_ROLE = 9
_ENOUGH = 2
"""Times that a name must be seen to count as repeated."""

# Not ``\w``: scripts such as Devanagari and Thai write vowels as marks, which are no letters.
_NAME = re.compile(r"[^\W_][^\n:：;!?…\"“”\[\]{}<>|=\\$%^~`]{0,59}\Z")
_BRACKETED = re.compile(r"[ *_#>]*\([^()]+\)")
"""A name alone in brackets: the closing one is none of it."""
_START = re.compile(r"(?:(?<![^\W_])|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]))(?=[^\W_])")
ABBREVIATION = re.compile(
    r"(?:\b[A-Z]|\b(?:D[Rr]|M[Rr]|M[Rr][Ss]|M[Ss]|P[Rr][Oo][Ff]|S[Tt]|J[Rr]|S[Rr]))\.(?= |,|\Z)|"
    r"\b(?:[A-Z]|Ph|Psy|Ed|Sc|Eng)\.(?=[A-Z]\b)|"
    r",(?= (?:Jr|Sr|PhD|MD|Esq|II|III)\b)"
)
"""An initial or a title: its stop or comma ends no sentence."""
_JOINT = re.compile(r" ?[/&+] ?| and ")
_JOINING = ("/", "&", "+", " and ")
_UP_TO_BORDER = re.compile(r'.*[.?!…,;:"“”—–[\]{}<>|]')
_DOTTED_HANDLE = re.compile(r"[*_#>@ -]{0,8}[a-z\d_]+(?:\.[a-z\d_]+)+")
"""A handle with stops, alone on its line: elsewhere a stop ends what somebody else said."""
_ROLE = re.compile(r" ?\([^()]{1,40}\)\Z|, .{1,50}\Z")
DOUBT = r"(?P<doubt> ?\(?\?\)?)?"
"""A pattern of what may stand behind a name that is not certain: `Ann?`, `Ann (?)`."""
_DOUBT = re.compile(r" ?\(?\?\)?\Z")
_LONGEST_DOUBT = 4
_GENERIC = re.compile(
    r"(?:speaker|guest|host|person|voice|interviewer|caller|listener)[ _:-]?\w{0,3}(?: ?(?:or|and|&|/) ?\w{1,3})?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:sprecher(?:in)?|spreker|talare|locut(?:eur|or|ore)|intervenante?|orat(?:eur|or|ore)|orador|hablante|falante|"
    r"voce|voz|voix|stimme|interlocut(?:eur|rice|ore|or)|partecipante|participante?|teilnehmer(?:in)?|konuşmacı|"
    r"người nói|ผู้พูด|発言者|발언자|mluvčí|puhuja|beszélő|vorbitor|ομιλητής|דובר|"
    r"mówca|спикер|диктор|участник|话者|話者|说话人|發言人|发言人|화자|참석자|المتحدث)[ _:-]?\d{1,3}",
    re.IGNORECASE,
)
PICTURE = re.compile(r"[\u2190-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]")
"""A sign that is neither letter nor stop, such as a host sets before names (`🎙️ Ann`)."""
_HANDLE = re.compile(r"[^\W_](?:[\w.-]{0,30}\w)?")
_PARTICLES = frozenset(
    "de da di do du dos das del des van von vom zu der den ter ten la le y e bin ibn bint ben al el at the of".split()
)
_ARTICLE = re.compile(r"(?:[dl]['’]|(?:al|el|an|as|ad)-)[^\W\d_]")
_LONGEST_UNSPACED = 20
_NEVER = frozenset("transcript transcription http https ftp mailto".split())
"""What stands before signs as labels do, and names nobody anywhere: headings, and the schemes of addresses."""
_UNKNOWN = frozenset(("n/a", "unknown", "unidentified", "none", "?", "speaker"))


class Label(NamedTuple):
    """A label found in a text: its place, and whether it stands at a clean border."""

    start: int
    end: int
    name: str
    clean: bool


def speaker_of(label: str | None) -> str | None:
    """The speaker that a label names: the label without decoration, None where it says that nobody is known."""
    if label is None:
        return None
    name = " ".join(label.strip(" *_:\t\n").split())
    return None if not name or name.lower() in _UNKNOWN else name


def is_generic(label: str) -> bool:
    """Does the label name a role (`Speaker 2`, `Host`) and not a person?"""
    return _GENERIC.fullmatch(label) is not None or (label[-1:].isdigit() and _NUMBERED.fullmatch(label) is not None)


def looks_like_a_name(label: str) -> bool:
    """Is the label written as a name: up to four capitalised words, or a generic one such as `Speaker 2`?"""
    words = label.split()
    if label.lower() in _NEVER:
        return False
    if 0 < len(words) <= 4 and all(map(_opens_a_name, words)) and not words[-1].isdigit():
        return True
    return is_generic(label)


def _opens_a_name(word: str) -> bool:
    """May the word be one of a name: capitalised, also behind an article (`d’Arcy`, `al-Amin`), or a small one?

    Scripts without capitals count as capitalised; some put no blanks between words, so that a long one is a sentence.
    """
    first = word[0]
    if first.isalpha() and not first.islower() and (first.isupper() or len(word) <= _LONGEST_UNSPACED):
        return True
    return word in _PARTICLES or _ARTICLE.match(word) is not None


def labels_ending_at(
    text: str, ends: Sequence[int], floors: Sequence[int], known: Collection[str] = ()
) -> list[Label | None]:
    """For each place where a label may end, the label that the whole text speaks for, or None.

    ``floors`` tell how far back each label may reach (the end of the mark or label before). ``known`` are names that
    need not repeat.
    """
    offers = [_offers(text, end, floor) for end, floor in zip(ends, floors, strict=True)]
    seen = Counter(dict.fromkeys(known, _ENOUGH))
    for labels in offers:
        seen.update({label.name for label in labels if label.clean})
    return [
        _chosen(labels or _doubted(text, end, floor, seen), seen)
        for labels, end, floor in zip(offers, ends, floors, strict=True)
    ]


def _doubted(text: str, end: int, floor: int, seen: Counter[str]) -> list[Label]:
    """A name before a mark that asks (`Ann? [0:12]`): one that others places have, too, where something begins."""
    doubt = _DOUBT.search(text, max(floor, end - _LONGEST_DOUBT), end)
    offers = _offers(text, doubt.start(), floor) if doubt else []
    return [label._replace(end=end) for label in offers if label.clean and seen[label.name] >= _ENOUGH]


def _chosen(offers: list[Label], seen: Counter[str]) -> Label | None:
    """A joint label of known names (`Ann / Bob`); else the longest offer that repeats; else a clean one that is written
    as a name."""
    joint = next((label for label in offers if label.clean and joins_known_names(label.name, seen)), None)
    if joint:
        return joint
    repeated = [label for label in offers if seen[label.name] >= _ENOUGH]
    most = max((seen[label.name] for label in repeated), default=0)
    chosen = next((label for label in repeated if seen[label.name] * 4 >= most), None)
    named = next((label for label in offers if label.clean and _may_be_named(label.name)), None)
    # `ANN LEE` is labelled so once, and `LEE` afterwards.
    surname = chosen and named and named.name.endswith(f" {chosen.name}") and not chosen.clean
    return named if chosen is None or surname else chosen


def _may_be_named(label: str) -> bool:
    return any(map(looks_like_a_name, {label.replace(",", ""), without_role(label)}))


def without_role(label: str) -> str:
    """A label without the role behind it: `Ann Lee (host)`, `Ann Lee, CEO of Mills`."""
    return _ROLE.sub("", label)


def joins_known_names(name: str, seen: Counter[str]) -> bool:
    """Is the label a joint one (`Ann / Bob`, `Ann and Bob`) of names that repeat?"""
    parts = parts_of(name)
    return bool(parts) and all(seen[part] >= _ENOUGH for part in parts)


def parts_of(name: str) -> list[str]:
    """The names that a joint label holds; none for any other label."""
    if not any(sign in name for sign in _JOINING):
        return []
    parts = _JOINT.split(name)
    return parts if len(parts) > 1 else []


def _without(signs: str, text: str, stop: int, floor: int) -> int:
    while stop > floor and text[stop - 1] in signs:
        stop -= 1
    return stop


def _offers(text: str, end: int, floor: int) -> list[Label]:
    """Names that could end at ``end``, longest first."""
    stop = _without(" *_]", text, end, floor)
    if text.startswith((":", "："), end):
        doubt = _DOUBT.search(text, max(floor, stop - _LONGEST_DOUBT), stop)
        stop = doubt.start() if doubt else stop
    low = max(floor, stop - LONGEST)
    window = text[low:stop]
    line = window.rfind("\n") + 1
    low, window = low + line, window[line:]
    if _BRACKETED.fullmatch(window):
        stop, window = stop - 1, window[:-1]
    hidden = window
    if "." in window or "," in window:
        hidden = ABBREVIATION.sub(lambda match: re.sub("[.,]", "_", match.group()), window)
    if "." in hidden and (low == 0 or text[low - 1] == "\n") and _DOTTED_HANDLE.fullmatch(hidden):
        hidden = hidden.replace(".", "_")
    if hidden.endswith(".") and text.startswith((":", "："), end):
        hidden = f"{hidden[:-1]}_"
    offers = _with_role(text, low, stop, end) if "," in hidden and "." not in hidden else []
    ended = _UP_TO_BORDER.match(hidden)
    border = ended.end() if ended else 0
    low, window = low + border, window[border:]
    for match in _START.finditer(window):
        name = window[match.start() :]
        start, words = low + match.start(), len(name.split())
        if words <= _MOST_WORDS_OF_TWO and _NAME.match(name) and name.lower() not in _NEVER:
            clean = clean_border(text, start, floor)
            if words <= _MOST_WORDS or (clean and _JOINT.search(name)):
                offers.append(Label(start, end, name, clean))
    return offers


def _with_role(text: str, low: int, stop: int, end: int) -> list[Label]:
    """The whole line as a name with a role (`Ann Lee, CEO of Mills & Sons`), if it begins at ``low`` and may be one."""
    name = text[low:stop].lstrip(" *_#>")
    name_alone, _, role = name.partition(",")
    if (
        (low == 0 or text[low - 1] == "\n")
        and looks_like_a_name(name_alone)
        and role.strip()
        and len(name.split()) <= _MOST_WORDS_WITH_ROLE
        and _NAME.match(name)
    ):
        return [Label(stop - len(name), end, name, clean=True)]
    return []


def is_handle(name: str) -> bool:
    """Is the name one that people take on the net (`swyx`, `maya_l`, `j.moor`)?"""
    return _HANDLE.fullmatch(name) is not None and not name.isdecimal() and name.lower() not in _NEVER


def clean_border(text: str, position: int, floor: int = 0) -> bool:
    """Does something end right before ``position``: the text, a line, a mark, or a sentence?"""
    at = position
    while at > floor and (text[at - 1] in " *_\t#>=[({<@-–—" or PICTURE.match(text, at - 1)):
        at -= 1
    return at <= floor or text[at - 1] in '\n.?!…])"”’'

"""Which of the videos that show notes link to is the episode itself. Notes cite many; a wrong one would show members
somebody else's words, so without good evidence there is none."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from companion.archive.note_links import FoundLink
from companion.archive.references import video_id, video_time

_FEWEST_TIMES = 3
_LEAST_TITLE = 0.6
_LONGEST_LABEL = 40
_SAYS_VIDEO = frozenset("watch watching video videos youtube yt".split())
_SAYS_NOTHING_ELSE = _SAYS_VIDEO | frozenset(
    "view see find full complete entire whole raw this the our a an episode ep show interview conversation discussion "
    "chat podcast pod version edition recording stream on in at it is are us you can here now link links of and or as "
    "also available via below above with for to too click prefer rather listen audio both live channel subscribe "
    "follow spotify apple podcasts google overcast rss amazon music pocket casts castro iheart deezer substack rumble "
    "embed playlist pod form visual visuals slides released out check hear "
    "folge ansehen schauen sur auf en vidéo ver".split()
)


def own_video(found: Sequence[FoundLink], title: str, own_links: Iterable[str | None] = ()) -> str | None:
    """The address of the episode's own YouTube video; None where none is evidently that.

    Evident is, in this order: a chapter list whose times lead into one video; the item's own link or content link
    (``own_links``); a link whose line says nothing but that this is the video (“Watch on YouTube”), or repeats the
    episode's ``title``. Where two videos have the same claim, neither is taken.
    """
    linked = [identity for link in own_links if link and (identity := video_id(link))]
    said = [identity for link in found if (identity := video_id(link.url)) and _says_so(link, title)]
    for claim in (_with_chapters(found), linked, said):
        if claim:
            return f"https://www.youtube.com/watch?v={claim[0]}" if len(set(claim)) == 1 else None
    return None


def _with_chapters(found: Sequence[FoundLink]) -> list[str]:
    """The video that most of the links to moments lead into, if there are enough of them."""
    times: defaultdict[str, set[int]] = defaultdict(set)
    for link in found:
        identity, second = video_id(link.url), video_time(link.url)
        if identity and second is not None:
            times[identity].add(second)
    counts = Counter({identity: len(seconds) for identity, seconds in times.items()}).most_common(2)
    if not counts or counts[0][1] < _FEWEST_TIMES or (len(counts) > 1 and counts[1][1] * 2 > counts[0][1]):
        return []
    return [counts[0][0]]


def _says_so(link: FoundLink, title: str) -> bool:
    if video_time(link.url):
        return False
    titled = set(_words(title))
    own, around = _words(link.text), _words(link.place)
    if _repeats(own, titled):
        return True
    label = [*around, *own]
    if not label or len(label) > _LONGEST_LABEL:
        return False
    other = [word for word in label if word not in _SAYS_NOTHING_ELSE and not word.isdecimal()]
    if _SAYS_VIDEO & set(label):
        return all(word in titled for word in other)
    return _repeats(around, titled)


def _repeats(words: Sequence[str], title: set[str]) -> bool:
    """Are the words those of the title, and most of those?"""
    telling = {word for word in words if word not in _SAYS_NOTHING_ELSE}
    named = {word for word in title if word not in _SAYS_NOTHING_ELSE}
    return len(named) >= 2 and telling <= title and len(telling & named) >= _LEAST_TITLE * len(named)


def _words(text: str) -> list[str]:
    """Lower-case words; an address among them, as an anchor's text may be one, says nothing."""
    plain = unicodedata.normalize("NFC", re.sub(r"(?:https?://|www\.|youtu\.be/)\S+", " ", text)).casefold()
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", plain)

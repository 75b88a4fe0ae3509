"""Timed text in XML as captions: TTML and DFXP, YouTube's, and whatever else puts times on elements."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import lru_cache

from lxml import etree

from companion.archive.transcripts.caption import Caption, collector_paused
from companion.archive.transcripts.fields import Role, meanings_of, time_of
from companion.archive.transcripts.pieces import pieces_of
from companion.archive.transcripts.streams import captions_of_pieces

_Element = etree._Element  # pyright: ignore[reportPrivateUsage]
_OPENING = re.compile(
    # Comments are taken as they come, for good: with ways to share them out, some dozens would take for ever.
    r"\s*+(?:<\?xml[^>]{0,200}\?>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+(?:<!DOCTYPE[^>\[]{0,200}>\s*+)?"
    r"<(?:\w+:)?(?P<root>[\w-]+)",
    re.DOTALL,
)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
_NOT_TIMED = frozenset(
    "html rss feed svg rdf body div p cite ul ol li dl table main header details figure blockquote span a b strong em "
    "i article section h1 h2 h3 h4 h5 h6 br hr".split()
)
_SILENT = frozenset(("metadata", "head", "styling", "layout"))
_DEEPEST = 100
_SLACK = 0.1
"""Seconds that times may be beside those of the element around."""
_FRAMES = re.compile(r"(\d{1,4}:\d{2}:\d{2}):(\d{1,3}(?:\.\d+)?)", re.ASCII)
_YOUTUBE = {("p", "t"): "startMs", ("p", "d"): "durationMs", ("s", "t"): "tOffsetMs"}
_COUNTED = re.compile(r"(\d{1,18}(?:\.\d{1,9})?)(h|m|s|ms|f|t)", re.ASCII)


def root_of(text: str) -> str | None:
    """The name of an XML document's (or web page's) first element; None for other texts."""
    match = _OPENING.match(text[:4000])
    return match["root"].lower() if match else None


def captions_of_xml(text: str) -> list[Caption]:
    """The captions of an XML document; none where no text in it has a time. Entities it declares are not resolved."""
    root = None if root_of(text) in _NOT_TIMED | {None} else document_of(text)
    if root is None:
        return []
    clock = _Clock(root)
    with collector_paused():
        captions = captions_of_pieces(pieces_of(_object_of(root, 0.0, None, clock, _agents(root), 0)))
    return captions if any(caption.start is not None for caption in captions) else []


def document_of(text: str) -> _Element | None:
    """The root of an XML document, mended where it is broken; None where nothing can be read of it."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(_DECLARATION.sub("", text).encode(), parser)
    except etree.XMLSyntaxError:
        return None


class _Clock:
    """Times as the document writes them: TTML by rates of its own, YouTube in milliseconds."""

    def __init__(self, root: _Element) -> None:
        rates = {_local(name): str(value) for name, value in root.attrib.items()}
        self._frames = _rate(rates.get("frameRate"), 30.0)
        self._ticks = _rate(rates.get("tickRate"), self._frames if "frameRate" in rates else 1.0)
        self.is_ttml = _local(root.tag) == "tt"
        self.is_absolute = self.is_ttml and any(map(self._leads_behind, root.iter("{*}p")))
        """Does any time inside of a paragraph count from the beginning of the audio?"""
        self.is_youtube = _local(root.tag) == "timedtext"

    def _leads_behind(self, paragraph: _Element) -> bool:
        """Would the paragraph's last element, counted from the paragraph's beginning, begin behind its end?"""
        if not len(paragraph):
            return False
        base, end, begin = (
            self.seconds(found.get(name))
            for found, name in ((paragraph, "begin"), (paragraph, "end"), (paragraph[-1], "begin"))
        )
        return None not in (base, end, begin) and (base or 0.0) + (begin or 0.0) > (end or 0.0) + _SLACK

    def seconds(self, value: str | None) -> float | None:
        """Seconds of a clock, or of a number with a unit."""
        if value is None:
            return None
        value = value.strip()
        if match := _FRAMES.fullmatch(value):
            whole = time_of(match[1])
            return None if whole is None else whole + float(match[2]) / self._frames
        if match := _COUNTED.fullmatch(value):
            units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "f": 1 / self._frames, "t": 1 / self._ticks}
            return float(match[1]) * units[match[2]]
        time = time_of(value)
        return None if time is None else float(time)


def _rate(value: str | None, usual: float) -> float:
    time = time_of(value or "")
    return time or usual


@lru_cache(maxsize=1024)
def _local(name: str | bytes | object) -> str:
    return str(name).rpartition("}")[2]


def _agents(root: _Element) -> Mapping[str, str]:
    """The names of a document's speakers by their ids: TTML's agents, and elements that have an id and a name."""
    names: dict[str, str] = {}
    for element in root.iter("{*}Speaker", "{*}speaker", "{*}Person", "{*}person", "{*}Participant", "{*}participant"):
        label, name = element.get("id"), " ".join(element.get("name", "").split())
        if label and name:
            names[label] = name
    for agent in root.iter("{*}agent"):
        label = next((value for key, value in agent.attrib.items() if _local(key) == "id"), None)
        name = " ".join("".join(map(str, agent.itertext())).split())
        if label and name:
            names[str(label)] = name
    return names


def _object_of(
    element: _Element, base: float, end: float | None, clock: _Clock, agents: Mapping[str, str], depth: int
) -> dict[str, object]:
    """An element as JSON would have it: attributes and single texts as fields, other elements in lists by name."""
    fields: dict[str, object] = {_local(key): str(value) for key, value in element.attrib.items()}
    if agent := fields.pop("agent", None):
        fields["speaker"] = " / ".join(agents.get(part, part) for part in str(agent).split())
    fields.pop("id", None)
    fields |= {
        key: agents[str(value)] for key, value in fields.items() if value in agents and Role.SPEAKER in _roles(key)
    }
    if clock.is_ttml:
        base, end = _ttml_times(fields, base, end, clock)
    elif clock.is_youtube:
        fields = {_YOUTUBE.get((_local(element.tag), key), key): value for key, value in fields.items()}
    lists: dict[str, list[_Element]] = {}
    for child in element.iterchildren("*") if len(element) and depth < _DEEPEST else ():
        name = _local(child.tag)
        if name not in _SILENT and name != "br":
            lists.setdefault(name, []).append(child)
    timed = not lists or any(_roles(key) & {Role.START, Role.SHIFT} for key in fields)
    for name, children in lists.items():
        inner = [_inner_of(child, base, end, clock, agents, depth) for child in children]
        if len(inner) == 1 and isinstance(inner[0], str):
            fields.setdefault(name, inner[0])
        else:
            fields[name] = inner
    words = _words(element) if timed else ""
    if words:
        fields = {key: value for key, value in fields.items() if _roles(key) != frozenset((Role.TEXT,))}
        fields["text"] = words
    return fields


def _inner_of(
    child: _Element, base: float, end: float | None, clock: _Clock, agents: Mapping[str, str], depth: int
) -> object:
    if not len(child) and not child.attrib:
        return _words(child)
    return _object_of(child, base, end, clock, agents, depth + 1)


@lru_cache(maxsize=1024)
def _roles(name: str) -> frozenset[Role]:
    return frozenset(meaning.role for meaning in meanings_of(name))


def _ttml_times(fields: dict[str, object], base: float, end: float | None, clock: _Clock) -> tuple[float, float | None]:
    """Begin and end counted from the beginning of the audio: TTML counts from the element around.

    Where that would lead behind the end of the element around, the document counts from the beginning itself.
    """
    begin, stop, lasting = (clock.seconds(str(fields.pop(name, ""))) for name in ("begin", "end", "dur"))
    if begin is None and stop is None:
        return base, end
    shift = base
    leads_behind = end is not None and base + max(begin or 0.0, stop or 0.0) > end + _SLACK
    if (leads_behind or clock.is_absolute) and (begin or 0.0) >= base - _SLACK:
        shift = 0.0
    start = shift + (begin or 0.0)
    stop = shift + stop if stop is not None else start + lasting if lasting is not None else end
    fields["start"] = f"{start:.6f}s"
    if stop is not None:
        fields["end"] = f"{stop:.6f}s"
    return start, stop


def _words(element: _Element) -> str:
    """The words in an element; line breaks are newlines, and entities that were escaped twice are resolved."""
    if not len(element):
        return _shown(element.text or "")
    parts: list[str] = []
    silent = 0
    for event, node in etree.iterwalk(element, events=("start", "end")):
        name = _local(node.tag)
        silent += (name in _SILENT) * (1 if event == "start" else -1)
        if silent:
            continue
        if event == "start":
            parts.append("\n" if name == "br" else node.text or "")
        elif node is not element:
            parts.append(node.tail or "")
    return _shown("".join(parts))


def _shown(text: str) -> str:
    return html.unescape(text).strip() if "&" in text else text.strip()

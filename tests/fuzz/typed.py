"""Fuzzed: what members type, what buttons carry, what an operator sets, and what catalogues of papers answer."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from unittest import mock
from zoneinfo import ZoneInfo

from companion.archive.arxiv import read_entry
from companion.archive.crossref import read_work
from companion.archive.dates import instant
from companion.archive.intent import intent_of
from companion.archive.known_names import KnownNames
from companion.archive.openreview import read_note
from companion.archive.paper_facts import PaperFacts
from companion.archive.paper_references import LONGEST, addresses, paper_reference, reference_to
from companion.archive.query import has_content
from companion.archive.references import split
from companion.archive.spoken_days import days_of as days_of_period
from companion.bot.config import ConfigurationError, Settings, read_settings
from companion.cogs.views import custom_ids
from companion.cogs.views.markdown import escaped, is_honest, linked, visible
from companion.community.clip_times import seconds_of
from companion.community.club_wishes import reminders_of
from companion.community.days import between
from companion.community.highlight_rules import days_of, zone_of, zones_like
from companion.community.spoken_times import days_meant, minutes_of, understood
from companion.community.wishes import checked_query, query_in_message
from companion.storage.errors import CompanionError

_NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
_NAMES = KnownNames((), (), {"ann": "Ann Fern", "bob": "Bob Moor"})
_ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC")


def spoken_time(data: bytes) -> None:
    """Whatever is typed for a time is one on the clocks of a zone, or refused with a sentence."""
    text, zone = _text(data[1:]), _ZONES[data[0] % len(_ZONES)] if data else "UTC"
    for reads in (lambda: understood(text, _NOW, zone, 600), lambda: days_meant(text, _NOW, zone)):
        with _refused():
            reads()
    assert all(0 <= minute <= 24 * 60 for minute in minutes_of(text))


def typed_times(data: bytes) -> None:
    """Times in episodes, days, weekdays and reminders are numbers within their bounds, or refused."""
    text = _text(data)
    with _refused():
        assert 0 <= seconds_of(text) < 1e9
    with _refused():
        between(text, None)
    with _refused():
        assert 0 < days_of(text) < 1 << 7
    with _refused():
        assert all(minutes >= 0 for minutes in reminders_of(text))
    found = instant(text)
    assert found is None or found.tzinfo is not None


def query(data: bytes) -> None:
    """Whatever is asked is one line of bounded length, or refused for having no words."""
    text = _text(data)
    with _refused():
        assert 0 < len(checked_query(query_in_message(text))) <= 300


def question(data: bytes) -> None:
    """Whatever is asked is read as a question for something with words, and its days are in order."""
    text, today = _text(data), _NOW.date()
    meant = intent_of(text, _NAMES, today)
    assert meant.words or not has_content(text)
    found = days_of_period(text, today)
    assert found is None or found.first is None or found.last is None or found.first <= found.last


def zone(data: bytes) -> None:
    """Whatever is typed for a zone is one by which times are told, or refused."""
    text = _text(data)
    assert len(zones_like(text, _NOW, 25)) <= 25
    with _refused():
        ZoneInfo(zone_of(text))


def paper_name(data: bytes) -> None:
    """Whatever names a paper has one canonical id, by which it is known again, and web addresses; or is refused."""
    with _refused():
        reference = paper_reference(_text(data))
        assert len(reference.canonical) <= LONGEST + 20
        assert reference_to(reference.canonical, reference.version).canonical == reference.canonical
        assert split(reference.url) is not None
        addresses(reference)


def catalogue(data: bytes) -> None:
    """Whatever a catalogue answers is a paper with a title, nothing, or refused."""
    for read in (read_entry, read_work, read_note):
        with _refused():
            _checked(read(data))


def configuration(data: bytes) -> None:
    """Whatever stands in the environment is settings, or refused without a word of what stands there."""
    names = sorted(Settings.model_fields)
    name = names[data[0] % len(names)].upper() if data else "LOG_LEVEL"
    value = _text(data[1:]).replace("\x00", "")
    with mock.patch.dict(os.environ, {name: value}, clear=True):
        said = ""
        try:
            read_settings()
        except ConfigurationError as error:
            said = str(error)
        assert len(value) < 12 or value not in said


def component_id(data: bytes) -> None:
    """Whatever a button carries is a reference that is written as it was read, or no match."""
    text = _text(data)[:100]
    for pattern in (custom_ids.LIKE, custom_ids.CONTEXT):
        match = pattern.fullmatch(text)
        if match is not None:
            reference = custom_ids.reference_in(match)
            again = pattern.fullmatch(
                custom_ids.like(int(match["search"]), reference).replace("like", text.split(":")[1])
            )
            assert again is not None
            assert custom_ids.reference_in(again) == reference


def markdown(data: bytes) -> None:
    """Whatever is shown hides nothing, mentions nobody, and links nowhere but where it says."""
    text = _text(data)
    shown = escaped(text)
    assert visible(shown) == shown
    assert "@everyone" not in shown.replace("\\@", "")
    assert is_honest(text, "https://a.example/") or linked(text, "https://a.example/") == text


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        spoken_time, typed_times, query, question, zone, paper_name, catalogue, configuration, component_id, markdown,
    )
}  # fmt: skip
SEEDS: dict[str, tuple[str, ...]] = {
    "spoken_time": ("\x00tomorrow at 6pm", "\x01next tue 18:30", "\x02in two weeks", "\x033/4/2027 noon", "\x042:30am"),
    "typed_times": ("1:02:03", "~12:34", "754", "2024-03", "Mon-Fri, Sun", "1 day, 1 hour, start", "Fri, 1 Mar 2024"),
    "query": ("who said <@123> “this”? https://a.example", "<:a:1> <t:1:R> winter"),
    "question": (
        "what did Ann say about gates since March 2024?", "latest on gates", "which episode with Bob last month",
        "compare Ann and Bob on gates, the past three weeks", "who talked about gates before 2023?",
    ),
    "zone": ("europe/berlin", "New York", "utc"),
    "paper_name": (
        "arXiv:2401.00001v2", "https://arxiv.org/abs/hep-th/9901001", "10.1000/182", "https://a.example/p.pdf?utm_x=1",
        "https://openreview.net/forum?id=abcdef123", "<https://doi.org/10.5555/12345678>",
    ),
    "catalogue": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/2603.00001v1</id><title>A</title>'
        "<author><name>B</name></author><published>2026-03-01T17:59:58Z</published></entry></feed>",
        '{"message": {"title": ["A"], "author": [{"given": "B", "family": "C"}], "issued": {"date-parts": [[2024]]}}}',
        '{"notes": [{"content": {"title": {"value": "A"}, "authors": {"value": ["B"]}}, "pdate": 1700000000000}]}',
    ),
    "configuration": ("\x05https://a.example", "\x02a=1/2, b=0.5/3", "\x0850", "\x03postgresql+asyncpg://u:p@h/d"),
    "component_id": ("search:like:1:2s0-9.5w1-9", "search:context:1:2n-w0-9q1-2"),
    "markdown": ("[https://a.example](https://b.example)", "z\u0300\u0300\u0300\u0300\u0300\u0300 @everyone \u202e"),
}  # fmt: skip
"""What each reads as it should."""


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def _refused() -> contextlib.suppress:
    return contextlib.suppress(CompanionError)


def _checked(paper: PaperFacts | None) -> None:
    assert paper is None or (paper.title.strip() and all(paper.authors))

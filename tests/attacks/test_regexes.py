"""No regular expression of the source can be made to take for ever: each is tried with its own worst cases.

How long one takes is measured in processor time, and held against a text four times as long: what takes as many times
longer is fine, what takes its square (16 times) or more is not, except where the texts that it gets are short.
"""

from __future__ import annotations

import math
import re
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

import pytest

from tests.attacks.regexes import Found, found_regexes
from tests.attacks.worst_cases import worst_cases

SHORT = {
    # Questions, one line of at most LONGEST_QUERY characters, and what is typed of them in the names of others.
    "archive/intent.py": 300,
    "archive/wording.py": 300,
    # Cut to that before anything is looked for in them.
    "archive/dates.py": 100,
    "community/spoken_times.py": 100,
    # What the operator wrote into their own environment.
    "bot/config.py": 300,
}
"""Files whose expressions get texts of so many characters at most. There, a square is nothing."""
MADE_ANEW = {
    "archive/expansion.py:pattern": "a spelling's words, escaped",
    "archive/feed_document.py:_spans": "the name of a feed's root, letters only",
    "archive/feed_document.py:taken_apart": "the name of a feed's root, letters only",
    "archive/guards.py:_with_real_citations": "a number",
    "archive/numbers.py:_alone": "a number's spelling, escaped, and the words for scales",
    "archive/paper_references.py:_of_address": "an id, escaped",
    "archive/people.py:_handle_of": "a label, escaped",
    "archive/quantities.py:_holds_measured": "a unit of the module's own",
    "archive/quantities.py:_holds_multiple": "words of the module's own, and a number",
    "archive/quantities.py:_holds_score": "a word of the module's own",
    "archive/quotation_marks.py:quoted_spans": "quotation marks of the module's own",
    "archive/transcripts/announcements.py:_glued": "a label, escaped",
    "archive/transcripts/attribution.py:_greets": "names, escaped",
    "archive/transcripts/attribution.py:_labels_inside": "labels, escaped",
    "archive/transcripts/conventions.py:_paragraphs": "one of two of its own",
    "archive/transcripts/extent.py:_remark_below": "one or two line ends",
    "archive/wording.py:patterns": "what other modules give it, which is tried there",
    "cogs/conversations.py:_heard": "the bot's own id",
    "cogs/views/nameless.py:nameless": "a member's id",
    "community/guests.py:is_among": "a name, escaped",
    "community/pre_reading.py:_passages": "a name, escaped",
    "storage/backup.py:keep_newest": "a file's name, escaped",
    "storage/forgetting_words.py:_without": "a member's id",
}
"""Expressions with something in them that is known only while running, and what that is."""

LENGTH = 500
ENOUGH = 3e-6
"""Seconds a character that nobody looks into."""
SHORT_ENOUGH = 0.005
"""Seconds for a text that is short."""
SUPERLINEAR = 8
"""Times as long, for four times the text. Linear is 4, a square 16."""
GIVEN_UP = 0.25
TRIES = 10

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGVTALRM"), reason="no alarm by processor time here")


class _TooLongError(Exception):
    """The processor time is up."""


@contextmanager
def _at_most(seconds: float) -> Generator[None]:
    """Raises `_TooLongError` once the process has worked that long, which the engine looks for while it backtracks."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _seconds(pattern: re.Pattern[str], way: str, text: str) -> float:
    began = time.thread_time()
    try:
        with _at_most(GIVEN_UP):
            if way == "search":
                for _ in pattern.finditer(text):
                    pass
            else:
                getattr(pattern, way)(text)
    except _TooLongError:
        return GIVEN_UP
    return time.thread_time() - began


def _never_below(bound: float, pattern: re.Pattern[str], way: str, text: str, tries: int) -> float:
    """The least seconds of several tries, which end with the first one that is below the bound.

    A machine that does other things is slow now and then; what is slow each time is slow.
    """
    least = math.inf
    for _ in range(tries):
        least = min(least, _seconds(pattern, way, text))
        if least < bound:
            break
    return least


def _slow(one: Found, length: int = LENGTH, tries: int = TRIES) -> str | None:
    """A text of that length on which the expression takes more than its share; None where none was found."""
    assert one.pattern is not None
    short = SHORT.get(one.place.partition(":")[0])
    enough = SHORT_ENOUGH if short else ENOUGH * length
    for texts in worst_cases(one.pattern, *((short,) if short else (length, 4 * length))):
        for way in one.ways:
            taken = _never_below(enough, one.pattern, way, texts[0], tries)
            if taken < enough:
                continue
            bound = min(SUPERLINEAR * taken, GIVEN_UP)
            if short or taken >= GIVEN_UP or _never_below(bound, one.pattern, way, texts[1], tries) >= bound:
                return f"{one.place} {one.pattern.pattern} by {way}: {texts[0][:80]!r}…, {taken:.3f} s"
    return None


@pytest.mark.slow
def test_every_expression_of_the_source_is_linear_in_its_own_worst_cases() -> None:
    slow = [found for one in found_regexes() if one.pattern is not None and (found := _slow(one))]

    assert slow == []


@pytest.mark.slow
@pytest.mark.timeout(900)  # hundreds of expressions, each on many texts
def test_so_it_is_in_longer_ones() -> None:
    slow = [found for one in found_regexes() if one.pattern is not None and (found := _slow(one, 4000))]

    assert slow == []


def test_what_is_made_anew_at_each_call_has_nothing_in_it_that_means_something() -> None:
    made = {one.place for one in found_regexes() if one.pattern is None}

    assert made <= set(MADE_ANEW), "escape what is put in, and say here what it is"


def test_they_are_found_in_the_whole_source() -> None:
    places = {one.place.partition("/")[0] for one in found_regexes()}

    assert places == {"archive", "bot", "cogs", "community", "storage"}
    assert len(found_regexes()) > 400


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "way"),
    [
        (r"(a+)+b", "search"),
        (r"(?:<!--.*?-->\s*)*<x", "match"),
        (r"[^\S\n\t]*\t", "search"),
        (r"\s*x?\s*y?\s*z", "fullmatch"),
        (r"\[[^\]\n]*:?[^\]\n]*\]", "match"),
    ],
)
def test_what_is_known_to_blow_up_is_caught(pattern: str, way: str) -> None:
    # Slow whatever else the machine does: the first try says so.
    assert _slow(Found("here:this", re.compile(pattern), frozenset({way})), 3000, tries=1) is not None

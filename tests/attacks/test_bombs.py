"""Small texts that would be large, deep or slow once they are read: every parser is done with each in time.

The parsers are those that are fuzzed; time is the thread's own, so that a busy machine says nothing.
"""

from __future__ import annotations

import gzip
import tracemalloc
from functools import partial
from pathlib import Path

import pytest

from companion.archive import sources
from tests.fuzz.targets import TARGETS
from tests.timing import least_seconds

_ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(12))
_DEEP = 20_000
_LONG = 60_000
BOMBS = {
    "a billion laughs": f'<!DOCTYPE rss [{_ENTITIES}]><rss version="2.0"><channel>&e11;</channel></rss>',
    "one long entity, often": f'<!DOCTYPE tt [<!ENTITY x "{"a" * 9000}">]><tt><body><p>{"&x;" * 9000}</p></body></tt>',
    "deep XML": "<rss>" * _DEEP,
    "deep captions": f"<tt><body>{'<div>' * _DEEP}",
    "deep HTML": "<div>" * _DEEP + "Ann: Hi.",
    "deep lists": "<ul><li>" * (_DEEP // 2),
    "deep JSON": "[" * _DEEP,
    "deep objects": '{"segments":' * _DEEP,
    "many attributes": "<tt " + " ".join(f'a{n}="{n}"' for n in range(6000)) + "><body/></tt>",
    "comments": "<!---->" * (_LONG // 7),
    "openings": "<" * _LONG,
    "brackets": "[" * _LONG,
    "blanks": " " * _LONG + "\t" + " " * _LONG,
    "tabs on lines": " \t \n" * (_LONG // 4),
    "line ends": "\n" * _LONG,
    "digits": "[" + "0" * _LONG,
    "clocks": "[00:00:01] " * (_LONG // 11),
    "labels": "Ann: " * (_LONG // 5),
    "stars": "*" * _LONG,
    "one word": "a" * _LONG,
    "entities": "&amp;" * (_LONG // 5),
    "arrows": "00:00:01,000 --> 00:00:02,000\n" * (_LONG // 30),
    "marks": "z" + "\u0300" * (_LONG // 2),
}
"""Each fits into a feed's description."""
SECONDS = 8.0
"""Of processor time, for some 60 KB."""


@pytest.mark.parametrize("bomb", BOMBS)
def test_every_parser_is_done_in_time(bomb: str) -> None:
    data = BOMBS[bomb].encode()
    slow: list[str] = []
    for name, target in TARGETS.items():
        taken = least_seconds(partial(target, data), SECONDS)
        if taken > SECONDS:
            slow.append(f"{name}: {taken:.1f} s")

    assert slow == []


@pytest.mark.parametrize("bomb", ["a billion laughs", "one long entity, often"])
def test_no_entity_fills_the_memory(bomb: str) -> None:
    tracemalloc.start()
    try:
        for target in ("feed", "timed_text", "catalogue", "transcript"):
            TARGETS[target](BOMBS[bomb].encode())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 64 << 20


def test_a_feed_that_is_zipped_is_unzipped_as_far_as_a_feed_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    monkeypatch.setattr(sources, "LARGEST_FEED", 1 << 20)
    monkeypatch.setattr(sources, "read_feed", lambda data: read.append(len(data)))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    bomb = tmp_path / "feed.xml"
    bomb.write_bytes(gzip.compress(b"<rss><channel>" + b"<!-- -->" * (4 << 20), 9))
    assert bomb.stat().st_size < 1 << 20

    sources._feed_of_file(bomb)  # pyright: ignore[reportPrivateUsage]

    assert read == [1 << 20]

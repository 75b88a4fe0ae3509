from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.fuzz.seeds import seeds_of
from tests.fuzz.targets import TARGETS

FOUND = sorted(path for path in (Path(__file__).parent / "found").glob("*/*") if path.is_file())


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_read(name: str) -> None:
    for seed in seeds_of(name):
        TARGETS[name](seed)


@pytest.mark.parametrize("found", FOUND, ids=lambda path: f"{path.parent.name}-{path.name}")
@pytest.mark.timeout(20)
def test_what_broke_a_parser_once_does_not_break_it_again(found: Path) -> None:
    TARGETS[found.parent.name](found.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.binary(max_size=400))
@examples(60)
def test_any_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    TARGETS[name](data)

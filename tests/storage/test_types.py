from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from companion.storage.types import Instant

ENGINES = [sqlite.dialect(), postgresql.dialect()]


@pytest.mark.parametrize("engine", ENGINES, ids=["sqlite", "postgresql"])
@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.timezones()))  # noqa: DTZ001  bounds must be naive
def test_an_instant_of_any_zone_comes_back_as_the_same_instant_in_utc(engine: Dialect, instant: datetime) -> None:
    kept = Instant().process_bind_param(instant, engine)
    back = Instant().process_result_value(kept, engine)

    assert back == instant.astimezone(UTC)
    assert back is not None
    assert back.tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        Instant().process_bind_param(datetime(2024, 1, 1), sqlite.dialect())  # noqa: DTZ001  the case under test

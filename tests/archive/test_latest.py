from __future__ import annotations

from companion.archive.latest import Latest


def test_what_was_used_last_is_kept_and_no_more_than_that() -> None:
    latest = Latest[str, int](2)

    latest.put("a", 1)
    latest.put("b", 2)
    assert latest.get("a") == 1
    latest.put("c", 3)

    assert [latest.get(key) for key in "abc"] == [1, None, 3]
    assert len(latest) == 2


def test_a_key_has_the_value_that_it_was_given_last() -> None:
    latest = Latest[str, int](2)

    latest.put("a", 1)
    latest.put("b", 2)
    latest.put("a", 3)
    latest.put("c", 4)

    assert [latest.get(key) for key in "abc"] == [3, None, 4]


def test_what_is_forgotten_is_gone() -> None:
    latest = Latest[str, int](2)

    latest.put("a", 1)
    latest.forget("a")
    latest.forget("b")

    assert latest.get("a") is None
    assert len(latest) == 0

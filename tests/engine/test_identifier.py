"""Identifiers sort in the order they were made, also within one millisecond and from several threads."""
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

import pytest

from engine.identifier import uuid7


def test_identifiers_are_of_version_7_and_hold_the_millisecond() -> None:
    before, key, after = time.time_ns() // 1_000_000, uuid7(), time.time_ns() // 1_000_000
    assert (key.version, key.variant) == (7, RFC_4122)
    assert before <= key.int >> 80 <= after + 1


def test_each_is_greater_than_the_one_before_it_as_text_too() -> None:
    keys = [uuid7() for _ in range(5000)]
    assert keys == sorted(keys) and [key.hex for key in keys] == sorted(key.hex for key in keys)


def test_threads_never_get_the_same_one() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [key for keys in pool.map(lambda _: [uuid7() for _ in range(2000)], range(8)) for key in keys]
    assert len(set(made)) == len(made)


def test_a_clock_that_is_set_back_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = uuid7()
    monkeypatch.setattr(time, 'time_ns', lambda: 0)
    assert uuid7() > before

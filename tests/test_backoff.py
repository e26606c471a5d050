"""Waits after failures, and giving up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifiers.backoff import Backoff

BACKOFF = Backoff()
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_waits_grow_to_the_longest() -> None:
    waits = [BACKOFF.delay(failures, lambda: 1.0) for failures in range(1, 13)]
    assert waits[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert waits == sorted(waits)
    assert waits[-1] == BACKOFF.longest


def test_chance_takes_its_part_and_no_more() -> None:
    assert BACKOFF.delay(3, lambda: 0.0) == timedelta(seconds=4)
    assert BACKOFF.delay(3, lambda: 1.0) == timedelta(seconds=8)


@given(st.integers(0, 10**9), st.floats(0, 1), st.integers(0, 86_400))
def test_never_less_than_asked_for(failures: int, dice: float, seconds: int) -> None:
    asked = timedelta(seconds=seconds)
    wait = BACKOFF.delay(failures, lambda: dice, asked_for=asked)
    assert wait >= asked
    assert wait <= max(asked + BACKOFF.first, BACKOFF.longest)


def test_gives_up_only_when_old_and_tried_often() -> None:
    old, young = NOW - BACKOFF.horizon - timedelta(seconds=1), NOW - timedelta(days=1)
    assert BACKOFF.gives_up(ready_at=old, now=NOW, attempts=8)
    assert not BACKOFF.gives_up(ready_at=old, now=NOW, attempts=7)  # the machine slept
    assert not BACKOFF.gives_up(ready_at=young, now=NOW, attempts=500)

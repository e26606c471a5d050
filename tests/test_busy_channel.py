"""Five thousand alerts to one channel that takes one a second, loses answers and goes down three times."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import timedelta

import pytest
from doubles.busy_channel import OUTAGES, START, alert, open_busy_channel
from doubles.told_channel import Told

ALERTS, TRIALS = 5_000, 1_000


@pytest.fixture
def busy(tmp_path, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    # Client and double take turns in one process: by default each waits 5 ms for the other to let go of Python.
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    with open_busy_channel(tmp_path) as made:
        yield made
    sys.setswitchinterval(before)


def test_all_arrive_once_in_order_in_time_and_delay_no_other_channel(busy):
    with busy.room.transaction():
        for number in range(ALERTS):
            busy.room.outbox.put(alert(number, number % TRIALS), "team", now=busy.room.now)
    other = Told(name="log")
    delays = []

    def tell_the_other():
        """Every ten minutes another channel is told something, in the middle of all that."""
        told = len(delays)
        if busy.took >= timedelta(minutes=10 * (told + 1)):
            put_at = busy.room.now
            busy.on_wait = lambda: None  # its own pauses are no occasion
            with busy.room.transaction():
                busy.room.outbox.put(alert(ALERTS + told, told), "log", now=put_at)
            busy.room.drain(other)
            delays.append(busy.room.now - put_at)
            busy.on_wait = tell_the_other

    busy.on_wait = tell_the_other
    busy.drain()

    ids = [message["metadata"]["event_payload"]["id"] for message in busy.posted]
    assert Counter(ids) == {f"alert-{number}": 1 for number in range(ALERTS)}
    threads: dict[int, list[int]] = {}
    for number in (int(id_.removeprefix("alert-")) for id_ in ids):
        threads.setdefault(number % TRIALS, []).append(number)
    assert all(numbers == sorted(numbers) for numbers in threads.values())
    down = sum((outage.length for outage in OUTAGES), timedelta())
    allowed = timedelta(seconds=ALERTS) + down
    print(
        f"took {busy.took}, the rate and the outages allow {allowed}; {busy.lost} answers lost, "
        f"{busy.turned_away} turned away, {busy.too_soon} told to come later"
    )
    assert busy.took <= 1.1 * allowed
    assert busy.lost > 200 and busy.turned_away > 10
    assert len(delays) > 8 and max(delays) == timedelta(0) and len(other.heard) == len(delays)
    assert busy.room.outbox.message_counts()["team"] == {"sent": ALERTS}
    assert START + busy.took == busy.room.now

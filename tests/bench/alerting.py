"""Telling: what our own side of an alert costs, and how many a second it is good for.

The channel takes everything at once and without a network, so that what is measured is ours: wording, drawing for
Slack, storing, claiming, settling. The yardstick of the outbox is SQLite itself, with as many transactions.
"""

from __future__ import annotations

import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.machine import table
from doubles.busy_channel import OUTAGES, open_busy_channel
from doubles.busy_channel import alert as generated
from doubles.told_channel import Told, open_room
from doubles.told_messages import CASES, alert, event_of

from monitor.alerting.grouping import Line, Manners, plan
from notifiers.notifier import Placement
from notifiers.slack.blocks import render
from notifiers.slack.parts import parts
from snapshots.changeset import Severity

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SENT = 2_000  # through an outbox on disk
TRIALS = 400  # of which they tell
BUSY = 5_000  # through the busy channel


def measure(*, runs: int, sent: int = SENT, busy: int = BUSY) -> None:
    _wording(runs)
    _outbox(runs, sent)
    _planning(runs)
    _busy(busy)


def _wording(runs: int) -> None:
    events = [event for one in CASES if (event := event_of(*one.pair())) is not None]
    messages = [alert(event) for event in events]
    rows = []
    for name, work in (
        ("words: an event → a message", lambda: [alert(event) for event in events]),
        ("parts: what goes on in the thread", lambda: [parts(message) for message in messages]),
        ("blocks: a message → Slack's JSON", lambda: [render(message, Placement()) for message in messages]),
    ):
        took = _middle(work, runs) / len(events)
        rows.append((name, f"{took * 1e6:.0f}", f"{1 / took:,.0f}"))
    print(f"{len(events)} alerts, one of each case of change\n")
    table(("step", "CPU µs an alert", "alerts a second"), rows)


def _outbox(runs: int, sent: int) -> None:
    """Three transactions an alert, each on the disk: stored, claimed, settled."""
    ours, bare = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder, open_room(Path(folder) / "outbox.db") as room:
            room.db.execute("pragma synchronous = full")
            room.stop_after = 10 * sent
            told = Told()
            with _timed(ours):
                for number in range(sent):
                    with room.transaction():
                        room.outbox.put(generated(number, number % TRIALS), "team", now=room.now)
                room.drain(told)
            assert len(told.heard) == sent
        # In a file of its own: the log's first growth costs more than its reuse.
        with tempfile.TemporaryDirectory() as folder, open_room(Path(folder) / "outbox.db") as room:
            room.db.execute("pragma synchronous = full")
            room.db.execute("create table yardstick (number integer primary key, content text, state text)")
            content = "x" * 2_000
            with _timed(bare):
                for number in range(sent):
                    for statement in (
                        "insert into yardstick values (?1, ?2, 'waiting')",
                        "update yardstick set state = 'claimed' where number = ?1 and ?2 is not null",
                        "update yardstick set state = 'sent' where number = ?1 and ?2 is not null",
                    ):
                        with room.transaction():
                            room.db.execute(statement, [number, content])
    mine, theirs = statistics.median(ours), statistics.median(bare)
    print(
        f"\n{sent:,} alerts of {TRIALS} trials through an outbox on disk, to a channel that takes all at once\n"
    )
    table(
        ("", "wall s", "alerts a second"),
        [
            (
                "SQLite alone: three transactions of one row, fsync each",
                f"{theirs:.2f}",
                f"{sent / theirs:,.0f}",
            ),
            ("put, claim, settle", f"{mine:.2f}", f"{sent / mine:,.0f}"),
        ],
    )
    print(f"\nours ÷ SQLite: {mine / theirs:.2f}")


def _planning(runs: int) -> None:
    many = [
        Line(
            delivery=at,
            event=at,
            thread=f"ctgov:{at % 9_000}",
            severity=Severity.MAJOR if at % 7 else Severity.MINOR,
        )
        for at in range(20_000)
    ]
    took = _middle(lambda: plan(many, Manners(), now=NOW), runs)
    print(f"\n20,000 deliveries of 9,000 trials due at once are planned in {took * 1e3:.0f} ms of CPU")


def _busy(alerts: int) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as folder, open_busy_channel(Path(folder)) as busy:
        with busy.room.transaction():
            for number in range(alerts):
                busy.room.outbox.put(generated(number, number % (alerts // 5)), "team", now=busy.room.now)
        began = time.perf_counter()
        busy.drain()
        wall = time.perf_counter() - began
        down = sum((outage.length for outage in OUTAGES), timedelta())
        allowed = timedelta(seconds=alerts) + down
        print(
            f"\n{alerts:,} alerts through a channel that takes one a second, loses {busy.lost} answers and is down for"
            f" {down}: {busy.took} by the simulated clock, {busy.took / allowed:.3f} times what rate and outages allow"
            f" ({allowed}); {wall:.0f} s in truth, the double's part included"
        )


def _middle(work: Callable[[], object], runs: int) -> float:
    """CPU seconds, the median."""
    taken = []
    for _ in range(max(runs, 1)):
        gc.collect()
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return statistics.median(taken)


@contextmanager
def _timed(into: list[float]) -> Iterator[None]:
    gc.collect()
    began = time.perf_counter()
    yield
    into.append(time.perf_counter() - began)

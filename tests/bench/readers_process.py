"""One process of the readers' bench: reads, writes or exports for some seconds and prints what it took as JSON.

read: what pages and commands ask for, one after the other without a pause, each in a transaction of its own.
write: fifty new versions a transaction, as a poll books them, with a change set and an event each.
export: versions with their facts, again and again. hold: a transaction open all the time, as an export in one would.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench.booking import book, turned

from monitor.database import open_for_reading, open_for_writing
from monitor.export.rows import Choice, Rows
from monitor.export.tables import VERSIONS
from monitor.web.opened import Opened
from monitor.web.reading import Reading
from snapshots.changeset import Severity
from snapshots.database import immediate, settle_log
from snapshots.query import Reader
from snapshots.store import Store

TOGETHER = 50  # versions a transaction


def main(mode: str, path: Path, seconds: float, seed: int) -> None:
    print("ready", flush=True)
    sys.stdin.readline()
    end = time.perf_counter() + seconds
    print(
        json.dumps(
            {"read": read, "write": write, "export": export, "hold": hold}[mode](path, end, Random(seed))
        )
    )


def read(path: Path, end: float, random: Random) -> dict[str, Any]:
    opened = Opened(lambda: open_for_reading(path))
    trials = [one.trial for one in Reader(open_for_reading(path)).trials(limit=1_000_000)]
    took, busy = [], 0

    def of_trial(reader: Reading) -> None:
        trial = random.choice(trials)
        versions = reader.versions("ctgov", trial)
        last = versions[-1].ref
        reader.record("ctgov", trial, last.source, last.version or 0)
        reader.events(trial=trial, min_severity=Severity.NOISE, limit=50)

    asked: list[Callable[[Reading], Any]] = [
        of_trial,
        lambda reader: reader.events(limit=50),
        lambda reader: reader.events(limit=50, tag="stopped", min_severity=Severity.MAJOR),
        lambda reader: reader.trials(limit=100, after=random.choice(trials)),
    ]
    while time.perf_counter() < end:
        for work in asked:
            began = time.perf_counter()
            try:
                opened._read(opened._current(), work)
            except sqlite3.OperationalError:
                busy += 1
            took.append(time.perf_counter() - began)
    return {"took": took, "busy": busy}


def write(path: Path, end: float, random: Random) -> dict[str, Any]:
    db = open_for_writing(path)
    store, reader = Store(db), Reader(db)
    trials = [one.trial for one in reader.trials(limit=1_000_000)]
    log = path.with_name(path.name + "-wal")
    written, largest, waits, day = 0, 0, [], datetime(2027, 1, 1, 9, tzinfo=UTC)
    while time.perf_counter() < end:
        day += timedelta(days=1)
        pairs = turned(store, reader, random.sample(trials, TOGETHER))
        began = time.perf_counter()
        with immediate(db):
            waits.append(time.perf_counter() - began)
            book(store, pairs, day=day)
        written += TOGETHER
        largest = max(largest, log.stat().st_size)
    settle_log(db)
    left = log.stat().st_size
    return {"written": written, "waits": waits, "log": largest, "log_after": left}


def export(path: Path, end: float, random: Random) -> dict[str, Any]:
    rows = 0
    db = open_for_reading(path)
    while time.perf_counter() < end:
        for _ in Rows(db, Choice()).of(VERSIONS, VERSIONS.columns):
            rows += 1
            if time.perf_counter() >= end:
                break
    return {"rows": rows}


def hold(path: Path, end: float, random: Random) -> dict[str, Any]:
    db = open_for_reading(path)
    db.conn.execute("BEGIN")
    db.execute("select count(*) from version").fetchone()
    time.sleep(max(0.0, end - time.perf_counter()))
    return {}


if __name__ == "__main__":
    os.nice(0)
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))

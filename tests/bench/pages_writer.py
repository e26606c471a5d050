"""Writes as a poll of the whole registry does at its pace, until standard input ends.

A page of a thousand records every 1.2 seconds (50 requests a minute): its bytes are hashed, and the eight of them that
changed, as on an ordinary day, are compared and booked in one transaction.
"""

from __future__ import annotations

import hashlib
import os
import select
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from bench.readers_process import STATUSES

from monitor.database import open_for_writing
from snapshots.changes import compare
from snapshots.database import immediate
from snapshots.event import changed_event
from snapshots.query import Reader
from snapshots.store import Store

PACE = 1.2  # seconds
CHANGED = 8
RECORD = os.urandom(15_000)


def main(path: Path) -> None:
    db = open_for_writing(path)
    store, reader, random = Store(db), Reader(db), Random(1)
    trials = [row[0] for row in db.execute("select trial from trial order by trial limit 20000")]
    day = datetime(2027, 1, 1, 9, tzinfo=UTC)
    while not select.select([sys.stdin], [], [], PACE)[0]:
        day += timedelta(days=1)
        for _ in range(1_000):
            hashlib.sha256(RECORD)
        pairs = []
        for trial in random.sample(trials, CHANGED):
            newest = store.newest("ctgov", trial)
            assert newest is not None and newest.ref.version is not None
            old = reader.record("ctgov", trial, newest.ref.source, newest.ref.version)
            status = old["protocolSection"]["statusModule"]
            now = status.get("overallStatus")
            moved = STATUSES[(STATUSES.index(now) + 1) % 3] if now in STATUSES else STATUSES[0]
            protocol = old["protocolSection"] | {"statusModule": status | {"overallStatus": moved}}
            pairs.append((old, old | {"protocolSection": protocol}))
        with immediate(db):
            for old, new in pairs:
                added = store.add_snapshot(
                    "ctgov", new, seen_at=day, build=day.date().isoformat(), fingerprint=None
                )
                if added.previous is not None and added.new:
                    changes = compare(old, new, from_=added.previous, to=added.ref)
                    store.add_event(changed_event(changes, at=day, url=None, watches=("all",)))


main(Path(sys.argv[1]))

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

from bench.booking import book, turned

from monitor.database import open_for_writing
from snapshots.database import immediate
from snapshots.query import Reader
from snapshots.search.index import catch_up
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
        pairs = turned(store, reader, random.sample(trials, CHANGED))
        with immediate(db):
            book(store, pairs, day=day)
    catch_up(db)  # as a poll ends


main(Path(sys.argv[1]))

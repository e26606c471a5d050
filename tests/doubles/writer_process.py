"""A process that stores version after version, never waiting for anybody: it fails where it would have to."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from doubles.filled_store import steps, store

from monitor.database import ALL
from snapshots.database import open_database


def main(path: Path, first: int, trials: int, versions: int) -> None:
    """Trials from number `first`; says `stored` when each version is, and at the end how large the log was at most."""
    log = path.with_name(path.name + "-wal")
    db = open_database(path, ALL, busy_timeout=0)
    largest = 0
    order = [(first + trial, version) for trial, version in steps(trials, versions)]
    for _ in store(db, order, versions):
        largest = max(largest, log.stat().st_size)
        print("stored", flush=True)
    print(json.dumps({"log": largest}), flush=True)
    db.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(one) for one in sys.argv[2:]))

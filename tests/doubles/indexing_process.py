"""Brings a database's index of words up to date in a process of its own, which kills itself at a given statement.

python -m doubles.indexing_process PATH STATEMENT
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from snapshots.database import open_database
from snapshots.schema import MIGRATIONS
from snapshots.search import index


def main() -> None:
    db = open_database(Path(sys.argv[1]), [MIGRATIONS])
    left = int(sys.argv[2])

    def count(sql: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    db.conn.set_trace_callback(count)
    index.AT_ONCE = 7
    index.catch_up(db)


if __name__ == "__main__":
    main()

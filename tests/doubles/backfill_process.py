"""A process that brings the past of some trials, made to be killed in the middle of it. Its clock stands still.

Its orders: trials; die_after, how many times SQLite lets it count before it kills itself, at a moment that no code
chose.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from doubles.nursery import Nursery, die_after, say, serve

import snapshots.changes  # noqa: F401 - once in the nursery, not in each child
from monitor import logs
from monitor.database import open_for_writing
from monitor.lease import Lease
from monitor.past import backlog
from monitor.past.backfill import Backfill
from monitor.registries.ctgov import CtgovRegistry

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class Backfillers(Nursery):
    def __init__(self, url: str, trials: list[str]) -> None:
        super().__init__("doubles.backfill_process", url=url, trials=trials)


def work(orders: dict[str, Any]) -> None:
    logs.configure()
    path = Path(orders["path"])
    registry = CtgovRegistry(url=orders["url"], requests_per_minute=100_000, wait=lambda _: False)
    with Lease(path, command="test", now=NOW), closing(open_for_writing(path)) as db:
        if "die_after" in orders:
            die_after(db, orders["die_after"])
        say("begins")
        backlog.ask(db, "ctgov", orders["trials"], now=NOW)
        brings = Backfill(db, registry, clock=lambda: NOW)
        while brings.step():
            pass


if __name__ == "__main__":
    serve(work)

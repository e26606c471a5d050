"""A process that reads stored change sets anew, made to be killed in the middle of it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from doubles.nursery import Nursery, die_after, say, serve, stand_still

from monitor.database import open_for_writing
from monitor.lease import Lease
from snapshots.recompute import recompute


class Recomputers(Nursery):
    def __init__(self, path: Path) -> None:
        super().__init__("doubles.recompute_process", path=str(path))


def work(orders: dict[str, Any]) -> None:
    """orders: hold_after, how many change sets it hands out first; die_after, SQLite's count till death."""
    path = Path(orders["path"])
    with Lease(path, command="test", now=datetime.now(UTC)), closing(open_for_writing(path)) as db:
        if "die_after" in orders:
            die_after(db, orders["die_after"])
        say("begins")
        for number, _ in enumerate(recompute(db), start=1):
            if number == orders.get("hold_after"):
                stand_still()


if __name__ == "__main__":
    serve(work)

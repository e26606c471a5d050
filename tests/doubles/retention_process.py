"""A process that removes versions past their age, made to be killed in the middle of it."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from doubles.nursery import Nursery, die_after, say, serve

from monitor import retention
from monitor.database import open_for_writing


class Retainers(Nursery):
    def __init__(self, path: Path) -> None:
        super().__init__("doubles.retention_process", path=str(path))


def work(orders: dict[str, Any]) -> None:
    """orders: keep_for (days), now (ISO), at_once (versions in one transaction), die_after (SQLite's count)."""
    retention.AT_ONCE = orders["at_once"]
    with closing(open_for_writing(Path(orders["path"]))) as db:
        if "die_after" in orders:
            die_after(db, orders["die_after"], every=20)
        say("begins")
        retention.retain(
            db, keep_for=timedelta(days=orders["keep_for"]), now=datetime.fromisoformat(orders["now"])
        )


if __name__ == "__main__":
    serve(work)

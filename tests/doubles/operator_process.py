"""A process that looks how the watching goes and tells it, made to be killed amid it. Its clock stands still.

Its orders: minutes, on its clock; die_after, how many times SQLite lets it count before it kills itself, at a moment
that no code chose.
"""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from doubles.nursery import Nursery, die_after, say, serve

import monitor.alerting.alerts  # once in the nursery, not in each child
import monitor.alerting.making  # noqa: F401
from monitor import logs
from monitor.app import App
from monitor.config import load
from monitor.lease import Lease
from notifiers.jsonl import JsonlNotifier

BEGAN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class Attendants(Nursery):
    def __init__(self, folder: Path) -> None:
        super().__init__("doubles.operator_process", folder=str(folder))


def work(orders: dict[str, Any]) -> None:
    logs.configure()
    folder = Path(orders["folder"])
    config = load(folder / "config.toml")
    now = BEGAN + timedelta(minutes=orders["minutes"])
    app = App(
        config,
        registries={},
        notifiers={
            name: JsonlNotifier(name=name, path=folder / f"{name}.jsonl") for name in config.notifiers
        },
        clock=lambda: now,
        random=random.Random(os.urandom(8)),
    )
    with Lease(config.store.path, command="test", now=now):
        if "die_after" in orders:
            die_after(app.db, orders["die_after"])
        say("begins")
        app.lookout.attend()
        app.lookout.say_all_well()
        app.deliver()


if __name__ == "__main__":
    serve(work)

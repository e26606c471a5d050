"""A process that polls once by a clock that is given, made to be killed. It tells nobody.

Its orders: folder and url; now, the time that it takes it to be; pages, settings of the registry; die_after, how many
times SQLite lets it count before it kills itself, at a moment that no code chose.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from doubles.nursery import Nursery, die_after, say, serve

from monitor import logs
from monitor.app import App
from monitor.config import load
from monitor.lease import Lease
from monitor.registries.ctgov import CtgovRegistry
from notifiers.jsonl import JsonlNotifier


class Mirrors(Nursery):
    def __init__(self, folder: Path, url: str, *, now: datetime, **pages: int) -> None:
        super().__init__(
            "doubles.mirror_process", folder=str(folder), url=url, now=now.isoformat(), pages=pages
        )


def work(orders: dict[str, Any]) -> None:
    logs.configure()
    now = datetime.fromisoformat(orders["now"])
    config = load(Path(orders["folder"]) / "config.toml")
    app = App(
        config,
        registries={
            "ctgov": CtgovRegistry(
                url=orders["url"], requests_per_minute=100_000, wait=lambda _: False, **orders["pages"]
            )
        },
        notifiers={"log": JsonlNotifier(name="log", path=Path(orders["folder"]) / "alerts.jsonl")},
        clock=lambda: now,
    )
    with Lease(config.store.path, command="test", now=now):
        if "die_after" in orders:
            die_after(app.db, orders["die_after"])
        say("begins")
        app.poll()


if __name__ == "__main__":
    serve(work)

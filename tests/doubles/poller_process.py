"""A process that polls and delivers like the service does, and can be made to die in the middle of it.

    python -m doubles.poller_process FOLDER REGISTRY_URL [--hold POINT] [--die-after TICKS]

--hold prints `here` at a named point and waits for its end. --die-after sends itself SIGKILL once SQLite has run so
many instructions (in thousands) on its connection: a moment that no code chose.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from monitor import logs
from monitor.app import App
from monitor.config import load
from monitor.lease import Lease
from monitor.registries.base import Batch, DataBuild
from monitor.registries.ctgov import CtgovRegistry
from monitor.routes import Decision, Router
from notifiers.jsonl import JsonlNotifier
from notifiers.message import Message
from notifiers.notifier import Outcome, Placement
from snapshots.event import Event

POINTS = ("between version and deliveries", "between two batches", "before finishing", "claimed", "sent")


class Holds:
    """Prints `here` and never returns, when a point is the one that was asked for."""

    def __init__(self, point: str | None, skip: int) -> None:
        self._point = point
        self._skip = skip

    def at(self, point: str) -> None:
        if point != self._point:
            return
        if self._skip:
            self._skip -= 1
            return
        print("here", flush=True)
        sys.stdin.read()


class HeldRegistry(CtgovRegistry):
    holds: Holds
    asked = 0

    def by_ids(self, trials: Sequence[str]) -> Iterator[Batch]:
        for batch in super().by_ids(trials):
            yield batch
            self.holds.at("between two batches")

    def build(self) -> DataBuild:
        self.asked += 1
        if self.asked == 2:
            self.holds.at("before finishing")
        return super().build()


class HeldRouter(Router):
    holds: Holds

    def decide(self, event: Event) -> list[Decision]:
        self.holds.at("between version and deliveries")
        return super().decide(event)


class HeldNotifier(JsonlNotifier):
    holds: Holds

    def send(self, message: Message, placement: Placement) -> Outcome:
        self.holds.at("claimed")
        outcome = super().send(message, placement)
        self.holds.at("sent")
        return outcome


class HeldApp(App):
    holds: Holds

    def router(self) -> Router:
        made = HeldRouter(self.config)
        made.holds = self.holds
        return made


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("url")
    parser.add_argument("--hold", choices=POINTS)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--die-after", type=int)
    options = parser.parse_args()
    logs.configure()
    holds = Holds(options.hold, options.skip)
    registry = HeldRegistry(
        url=options.url, requests_per_minute=100_000, ids_per_request=20, wait=lambda _: False
    )
    registry.holds = holds
    notifier = HeldNotifier(name="log", path=options.folder / "alerts.jsonl")
    notifier.holds = holds
    config = load(options.folder / "config.toml")
    app = HeldApp(
        config,
        registries={"ctgov": registry},
        notifiers={"log": notifier},
        clock=lambda: datetime.now(UTC),
    )
    app.holds = holds
    with Lease(config.store.path, command="test", now=datetime.now(UTC)):
        if options.die_after is not None:
            _die_after(app, options.die_after)
        app.poll()
        app.deliver()
    print("done", flush=True)


def _die_after(app: App, ticks: int) -> None:
    left = ticks

    def tick() -> int:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    app.db.conn.set_progress_handler(tick, 100)


if __name__ == "__main__":
    main()

"""A process that polls and delivers like the service does, made to be killed in the middle of it.

Its orders: hold, a point at which it stands still to be killed (after `skip` passes); die_after, how many times
SQLite lets it count before it kills itself, at a moment that no code chose; slack, where it tells instead of into a
file.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from doubles.nursery import Nursery, die_after, say, serve, stand_still
from doubles.small_slack import TOKEN

from monitor import logs
from monitor.alerting.router import Router
from monitor.alerting.routes import Decision
from monitor.app import App
from monitor.config import load
from monitor.lease import Lease
from monitor.registries.base import Batch, DataBuild
from monitor.registries.ctgov import CtgovRegistry
from notifiers.backoff import Backoff
from notifiers.deliver import Settings
from notifiers.jsonl import JsonlNotifier
from notifiers.message import Message
from notifiers.notifier import Notifier, Outcome, Placement
from notifiers.secret import Secret
from notifiers.slack.channel import SlackNotifier

POINTS = ("between version and deliveries", "between two batches", "before finishing", "claimed", "sent")


class Pollers(Nursery):
    def __init__(self, folder: Path, url: str, *, slack: str | None = None) -> None:
        super().__init__("doubles.poller_process", folder=str(folder), url=url, slack=slack)


class Holds:
    """Stands still when a point is the one that was asked for."""

    def __init__(self, point: str | None, skip: int) -> None:
        self._point = point
        self._skip = skip

    def at(self, point: str) -> None:
        if point != self._point:
            return
        if self._skip:
            self._skip -= 1
            return
        stand_still()


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

    def decide(self, event: Any) -> list[Decision]:
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


def work(orders: dict[str, Any]) -> None:
    logs.configure()
    folder = Path(orders["folder"])
    holds = Holds(orders.get("hold"), orders.get("skip", 0))
    registry = HeldRegistry(
        url=orders["url"], requests_per_minute=100_000, ids_per_request=20, wait=lambda _: False
    )
    registry.holds = holds
    config = load(folder / "config.toml")
    app = HeldApp(
        config,
        registries={"ctgov": registry},
        notifiers={"log": _notifier(folder, orders["slack"], holds)},
        settings={"log": Settings(backoff=Backoff(first=_ms(5), longest=_ms(20)))},
        clock=lambda: datetime.now(UTC),
        random=random.Random(os.urandom(8)),
    )
    app.holds = holds
    with Lease(config.store.path, command="test", now=datetime.now(UTC)):
        if "die_after" in orders:
            die_after(app.db, orders["die_after"])
        say("begins")
        app.poll()
        while any(app.deliver().waiting.values()):
            app.stopping.wait(0.01)


class OneByOne(SlackNotifier):
    """Each event in a message of its own, so that every one of them can be counted in the channel."""

    holds_many = False


def _notifier(folder: Path, slack: str | None, holds: Holds) -> Notifier:
    if slack is not None:
        return OneByOne(
            name="log",
            token=Secret(TOKEN),
            channel="#trial-alerts",
            api_url=slack,
            pace=timedelta(0),
            reconcile_after=_ms(50),
        )
    notifier = HeldNotifier(name="log", path=folder / "alerts.jsonl")
    notifier.holds = holds
    return notifier


def _ms(milliseconds: int) -> timedelta:
    return timedelta(milliseconds=milliseconds)


if __name__ == "__main__":
    serve(work)

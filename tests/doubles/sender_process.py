"""A process that drains a real outbox into a Slack, made to be killed."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from doubles.nursery import Nursery, serve, stand_still
from sqlite_utils import Database

from notifiers.backoff import Backoff
from notifiers.deliver import Settings, drain
from notifiers.message import Message
from notifiers.notifier import Notifier, Outcome, Placement, Trace
from notifiers.outbox import Outbox
from notifiers.secret import Secret
from notifiers.slack.channel import SlackNotifier

RECONCILE_AFTER = timedelta(milliseconds=50)


@dataclass(slots=True)
class Dying:
    """A notifier that stands still at one point of its nth message, to be killed there."""

    inner: Notifier
    point: str  # "claimed" or "answered"
    nth: int
    seen: int = 0

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def type(self) -> str:
        return self.inner.type

    @property
    def reconcile_after(self) -> timedelta | None:
        return self.inner.reconcile_after

    @property
    def holds_many(self) -> bool:
        return self.inner.holds_many

    @property
    def repeats_are_dropped(self) -> bool:
        return self.inner.repeats_are_dropped

    @property
    def pace(self) -> timedelta:
        return self.inner.pace

    def parts(self, message: Message) -> tuple[Message, ...]:
        return self.inner.parts(message)

    def send(self, message: Message, placement: Placement) -> Outcome:
        self.seen += 1
        if self.seen == self.nth and self.point == "claimed":
            stand_still()
        outcome = self.inner.send(message, placement)
        if self.seen == self.nth and self.point == "answered":
            stand_still()
        return outcome

    def find(self, message: Message, *, since: datetime, placement: Placement) -> Trace:
        return self.inner.find(message, since=since, placement=placement)

    def check(self) -> list[tuple[bool, str]]:
        return self.inner.check()

    def mended(self) -> bool:
        return self.inner.mended()

    def close(self) -> None:
        self.inner.close()


def open_database(path: str) -> Database:
    db = Database(path)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        db.conn.execute(f"pragma {pragma}").fetchall()
    return db


@contextlib.contextmanager
def immediate(db: Database) -> Iterator[None]:
    db.conn.execute("begin immediate")
    try:
        yield
    except BaseException:
        db.conn.rollback()
        raise
    db.conn.execute("commit")


def send_all(orders: dict[str, Any]) -> None:
    db = open_database(orders["database"])
    seconds = orders["reconcile_after"]
    slack = SlackNotifier(
        name="team",
        token=Secret(orders["token"]),
        channel="#trial-alerts",
        api_url=orders["url"],
        pace=timedelta(0),
    )
    slack.reconcile_after = None if seconds is None else timedelta(seconds=seconds)
    notifier: Notifier = slack
    if orders.get("point"):
        notifier = Dying(inner=slack, point=orders["point"], nth=orders["nth"])
    backoff = Backoff(first=timedelta(milliseconds=5), longest=timedelta(milliseconds=20))
    never = threading.Event()

    def wait(time: timedelta) -> bool:
        return not never.wait(time.total_seconds()) if time else True

    while True:
        drained = drain(
            Outbox(db),
            notifier,
            transaction=lambda: immediate(db),
            clock=lambda: datetime.now(UTC),
            random=random.random,
            wait=wait,
            settings=Settings(backoff=backoff, most_blind_attempts=100),
        )
        if drained.next_at is None:
            return
        wait(max(drained.next_at - datetime.now(UTC), timedelta(milliseconds=1)))


class Senders(Nursery):
    def __init__(
        self, database: Path, url: str, token: str, *, reconcile_after: timedelta | None = RECONCILE_AFTER
    ) -> None:
        seconds = None if reconcile_after is None else reconcile_after.total_seconds()
        orders = {"database": str(database), "url": url, "token": token, "reconcile_after": seconds}
        super().__init__("doubles.sender_process", **orders)


if __name__ == "__main__":
    serve(send_all)

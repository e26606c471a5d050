"""A process that drains a real outbox into a Slack, made to be killed.

One process imports everything and forks a sender for each line of orders it reads, so that hundreds of kills
cost no start-up. A sender that reaches its point of death says so and waits for the end.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from notifiers.backoff import Backoff
from notifiers.deliver import Settings, drain
from notifiers.message import Message
from notifiers.notifier import Notifier, Outcome, Placement, Trace
from notifiers.outbox import Outbox
from notifiers.secret import Secret
from notifiers.slack import SlackNotifier

_ROOTS = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]
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
    def pace(self) -> timedelta:
        return self.inner.pace

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


def stand_still() -> None:
    os.write(1, b"here\n")
    while True:
        signal.pause()


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
    reconcile_after = None if orders["blind"] else RECONCILE_AFTER
    slack = SlackNotifier(
        name="team",
        token=Secret(orders["token"]),
        channel="#trial-alerts",
        api_url=orders["url"],
        pace=timedelta(0),
    )
    slack.reconcile_after = reconcile_after
    notifier: Notifier = slack
    if orders["point"]:
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


class Senders:
    """For the test: starts senders, one at a time, and kills them."""

    def __init__(self, database: Path, url: str, token: str, *, blind: bool = False) -> None:
        self._orders = {"database": str(database), "url": url, "token": token, "blind": blind}
        environment = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
        environment["PYTHONPATH"] = os.pathsep.join(_ROOTS)
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "doubles.sender_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=environment,
        )
        self.pid = 0

    def __enter__(self) -> Senders:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._nursery.stdin is not None and self._nursery.stdout is not None
        self._nursery.stdin.close()
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)  # of a test that failed
        self._nursery.kill()
        self._nursery.wait(60)
        self._nursery.stdout.close()

    def start(self, *, point: str = "", nth: int = 1) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(json.dumps(self._orders | {"point": point, "nth": nth}).encode() + b"\n")
        self._nursery.stdin.flush()
        self.pid = int(self._line().removeprefix("pid "))

    def reaches_its_point(self) -> bool:
        """False when it ended first; then it is not to be killed any more."""
        return self._line() == "here"

    def kill(self) -> bool:
        """True when it was alive. The nursery reaps it only afterwards: till then the id is its own."""
        os.kill(self.pid, signal.SIGKILL)
        return self.end() == -signal.SIGKILL

    def end(self) -> int:
        """How the sender ended, when it has."""
        while True:
            line = self._line()
            if line.startswith("gone "):
                self._release()
                self.pid = 0
                return int(line.removeprefix("gone "))

    def _release(self) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(b"reap\n")
        self._nursery.stdin.flush()

    def _line(self) -> str:
        assert self._nursery.stdout is not None
        # Unbuffered, so that what is not read yet can be waited for: a sender that hangs fails its test.
        assert select.select([self._nursery.stdout], [], [], 30)[0], "the sender neither ends nor speaks"
        line = self._nursery.stdout.readline()
        assert line, "the nursery ended"
        return line.decode().strip()


def _nursery() -> None:
    for line in sys.stdin.buffer:
        pid = os.fork()
        if pid == 0:
            try:
                send_all(json.loads(line))
            except BaseException:  # noqa: BLE001 — nothing may go back into the nursery's loop
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        os.write(1, f"pid {pid}\n".encode())
        # Waited for without reaping, so that the id stays its own until the test knows of its end.
        os.write(1, f"gone {_end_of(pid)}\n".encode())
        sys.stdin.buffer.readline()
        os.waitpid(pid, 0)


def _end_of(pid: int) -> int:
    seen = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert seen is not None
    return seen.si_status if seen.si_code == os.CLD_EXITED else -seen.si_status


if __name__ == "__main__":
    _nursery()

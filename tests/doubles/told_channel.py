"""A channel that answers what it is told, and a room with an outbox, a clock and that channel's drains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from notifiers.backoff import Backoff
from notifiers.deliver import Drained, Settings, drain
from notifiers.message import Level, Message
from notifiers.notifier import Found, Notifier, Outcome, Placement, Result, Trace
from notifiers.outbox import Outbox
from notifiers.schema import MIGRATIONS

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
SENT = Outcome(result=Result.SENT, remote={"ts": "1"})
LATER = Outcome(result=Result.LATER, reason="refused")
LOST = Outcome(result=Result.UNKNOWN, reason="reset")
REFUSES = Outcome(result=Result.CHANNEL_REFUSES, reason="invalid_auth")
# So long between two tries that a horizon of days is a few hundred of them.
PATIENT = Settings(backoff=Backoff(longest=timedelta(minutes=15)))
REFUSED = Outcome(result=Result.MESSAGE_REFUSED, reason="invalid_blocks")


@dataclass
class Told:
    """A channel that answers what it is told, and keeps what it was asked."""

    answers: list[Outcome | Exception] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)
    name: str = "team"
    type: str = "told"
    reconcile_after: timedelta | None = timedelta(seconds=60)
    holds_many: bool = True
    repeats_are_dropped: bool = False
    pace: timedelta = timedelta(0)
    well: bool = True
    sent: list[tuple[str, Placement]] = field(default_factory=list)
    heard: list[Message] = field(default_factory=list)  # what it took, in order
    looked: list[tuple[str, datetime]] = field(default_factory=list)
    on_send: Callable[[], None] = lambda: None

    def parts(self, message: Message) -> tuple[Message, ...]:
        return (message,)

    def send(self, message: Message, placement: Placement) -> Outcome:
        self.on_send()
        self.sent.append((message.id, placement))
        answer = self.answers.pop(0) if self.answers else SENT
        if isinstance(answer, Exception):
            raise answer
        if answer.result is Result.SENT:
            self.heard.append(message)
        return answer

    def find(self, message: Message, *, since: datetime, placement: Placement) -> Trace:
        self.looked.append((message.id, since))
        return self.traces.pop(0) if self.traces else Trace(found=Found.NOT_THERE)

    def check(self) -> list[tuple[bool, str]]:
        return [(self.well, "told")]

    def mended(self) -> bool:
        return self.well

    def close(self) -> None:
        """Nothing to let go of."""

    @property
    def ids(self) -> list[str]:
        return [id_ for id_, _ in self.sent]


@dataclass
class Room:
    outbox: Outbox
    db: Database
    now: datetime = START
    waits: list[timedelta] = field(default_factory=list)
    stop_after: int = 1000

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.db.conn.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.db.conn.rollback()
            raise
        self.db.conn.execute("commit")

    def wait(self, time: timedelta) -> bool:
        self.waits.append(time)
        self.now += time
        return len(self.waits) <= self.stop_after

    def put(self, *ids: str, thread: str | None = None) -> None:
        for order, id_ in enumerate(ids):
            message = Message(id=id_, level=Level.MAJOR, headline=id_, thread=thread, order=order)
            self.outbox.put(message, "team", now=self.now)

    def drain(
        self, told: Notifier, settings: Settings | None = None, *, longest: timedelta | None = None
    ) -> Drained:
        return drain(
            self.outbox,
            told,
            transaction=self.transaction,
            clock=lambda: self.now,
            random=lambda: 1.0,
            wait=self.wait,
            settings=settings or PATIENT,
            longest=longest,
        )

    def state(self, id_: str) -> str:
        return next(row.state for row in self.outbox.listing() if row.message_id == id_)

    def reason(self, id_: str) -> str:
        return next(row.reason for row in self.outbox.listing() if row.message_id == id_)


@contextmanager
def open_room(path: Path) -> Iterator[Room]:
    db = Database(path)
    db.conn.execute("pragma journal_mode=wal").fetchall()
    MIGRATIONS.apply(db)
    yield Room(Outbox(db), db)
    db.close()

"""Untold: events of which nobody has decided yet who is told, because only a whole sweep shows what they weigh.

What did not come to its end whole shows nothing: what it booked is told with its full weight. Better many alarms
about the registry's doing than a stop that is told as less.

An event and its row here are one transaction. When the poll has ended, however it did, `settle` decides: in the
order in which they happened, in one transaction for what is told as one, each row going as its deliveries come.
What a killed poll left is settled before the next one asks for anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sqlite_utils import Database

from monitor.logs import log
from snapshots.database import immediate

if TYPE_CHECKING:
    from monitor.alerting.router import Router
    from notifiers.outbox import Outbox
    from snapshots.event import Event

AT_ONCE = 50  # events marked in one transaction: others want to write
DECIDED_AT_ONCE = 5_000  # events whose deliveries are written in one: a tenth of a second

_OF_SWEEP = (
    "select event from untold where registry = ?1 and swept is not null union"
    " select sequence from event where registry = ?1 and build = ?2 and at >= substr(?3, 1, 19) and kind = 'changed'"
    " and sequence not in (select event from untold)"
)


def add(db: Database, sequence: int, registry: str, *, told: bool, swept: int | None) -> None:
    """Caller owns the transaction, which is the event's own.

    told: somebody is to hear of it, if it is worth it; else it only counts. swept: records that the sweep had
    seen by then and could have found changed; None when no sweep was made.
    """
    db.execute(
        "insert into untold (event, registry, told, swept) values (?, ?, ?, ?)",
        [sequence, registry, int(told), swept],
    )


def waits(db: Database, registry: str) -> bool:
    """Whether anything is untold of a registry."""
    return db.execute("select 1 from untold where registry = ?", [registry]).fetchone() is not None


def settle(
    db: Database,
    registry: str,
    router: Router,
    *,
    swept: int | None = None,
    whole: bool = False,
    since: str | None = None,
    now: datetime,
) -> list[str]:
    """Decide on all that is untold of a registry; lines for the operator. Opens its own transactions.

    swept: as in `add`, at the sweep's end. whole: that sweep was of everything watched, and came to its end; of
    less, no drift is concluded. since: when that sweep was begun; what an earlier part of it, which came to no end,
    found of the same build was told with its full weight, and counts. May be called at any time by whoever polls.
    """
    events, build = db.execute(
        "select count(*), max(event.build) from untold"
        " join event on event.sequence = untold.event where untold.registry = ?",
        [registry],
    ).fetchone()
    if (
        not events
        and not db.execute("select 1 from drift where registry = ? and said = 0", [registry]).fetchone()
    ):
        return []  # as after almost every poll: what decides need not be loaded
    from monitor.polling import drift
    from notifiers.outbox import Outbox
    from snapshots import manners
    from snapshots.query import Reader

    drifting: list[manners.Manner] = []
    lately: list[drift.Drift] = []
    if build is not None:
        drifting = drift.still(db, registry, build, later=max(events, swept or 0))
        lately = drift.lately(db, registry, build)
    if build is not None and whole and swept is not None:
        swept_events = manners.Events(query=_OF_SWEEP, parameters=(registry, build, since))
        counted = db.execute(f"select count(*) from ({_OF_SWEEP})", list(swept_events.parameters)).fetchone()[
            0
        ]
        if counted > drift.limit(swept):
            drifting += drift.conclude(db, registry, swept_events, build=build, swept=swept, now=now)
    outbox, reader = Outbox(db), Reader(db)
    while rows := db.execute(
        "select event, told from untold where registry = ? order by event limit ?",
        [registry, DECIDED_AT_ONCE],
    ).fetchall():
        batches = [rows[at : at + AT_ONCE] for at in range(0, len(rows), AT_ONCE)]
        for some in batches if drifting or lately else ():
            with immediate(db):
                for manner in drifting:
                    manners.mark(db, manner, [row[0] for row in some])
                for one in lately:
                    manners.mark(db, one.manner, [row[0] for row in some], older_than=one.build)
        decided: list[Callable[[], object]] = []
        for some in batches:
            for sequence, event in reader.numbered([row[0] for row in some if row[1]]):
                decided += _decide(outbox, sequence, event, router, now)
        # All at once, and last: who makes messages of them sees all that a poll found, and tells it as one.
        with immediate(db):
            for enqueue in decided:
                enqueue()
            db.conn.executemany("delete from untold where event = ?", [(row[0],) for row in rows])
    return drift.unsaid(db, registry)


def _decide(
    outbox: Outbox, sequence: int, event: Event, router: Router, now: datetime
) -> Iterator[Callable[[], object]]:
    """What writes down each delivery of an event."""
    from snapshots.changeset import Severity

    assert event.id is not None
    try:
        urgent = router.effective(event).severity is Severity.CRITICAL
        decisions = router.decide(event)
    except Exception:  # noqa: BLE001 - one event must not keep every poll from beginning
        log.error("event not routed, told everywhere", event_id=event.id, exc_info=True)
        urgent, decisions = event.severity is Severity.CRITICAL, router.everywhere("it could not be routed")
    for decision in decisions:
        if decision.send:
            due_at, bundle = router.when(decision, urgent=urgent, now=now)
            yield partial(
                outbox.enqueue,
                event.id,
                decision.notifier,
                thread=f"{event.registry}:{event.trial}",
                order=sequence,
                due_at=due_at,
                now=now,
                urgent=urgent,
                bundle=bundle,
            )

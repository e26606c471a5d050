"""Retention, as `[store] keep_versions_for` wants it: what must stay whatever its age, and the work in short steps.

Off unless it is asked for. The service does it once a day, some hundred versions a transaction; `trialbell retention`
does it at once, and says beforehand what would go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from snapshots.changeset import Source
from snapshots.database import immediate
from snapshots.retention import Needed, Span, can_go, remove

AT_ONCE = 500  # versions removed in one transaction: others want to write
MOST = 200_000  # in one go of the service; the next goes on from there


Row = tuple[str, str, str, int]  # registry, trial, line, number


@dataclass(slots=True, kw_only=True)
class Gone:
    """What was removed, or would be."""

    trials: int = 0
    versions: int = 0
    size: int = 0  # bytes of room, about
    whole: bool = True  # False: it ended early, and the next time there is more


def needed(db: Database) -> Needed:
    """What a delivery that is not sent, an event of which nobody has decided who is told, or a record that waits to be
    judged was made from. Reads all deliveries; `_needed_of` looks at some trials."""
    return _oldest(
        db.execute(
            "select event.registry, event.trial, event.from_source, event.from_version from event"
            " where event.from_version is not null and (event.sequence in (select event from untold)"
            " or event.id in (select event from delivery where state in ('waiting', 'queued')))"
            " union all select registry, trial, 'snapshot', against from staged_record"
            " where id in (select record from staged)"
        )
    )


def _needed_of(db: Database, trials: Iterable[tuple[str, str]]) -> Needed:
    """The same of some trials, (registry, id) each: within a transaction that must be short."""
    rows: list[Row] = []
    for trial in trials:
        rows += db.execute(
            "select event.registry, event.trial, event.from_source, event.from_version from event"
            " where event.registry = ?1 and event.trial = ?2 and event.from_version is not null"
            " and (exists (select 1 from untold where untold.event = event.sequence)"
            " or exists (select 1 from delivery where delivery.event = event.id"
            " and delivery.state in ('waiting', 'queued')))"
            " union all select registry, trial, 'snapshot', against from staged_record"
            " where registry = ?1 and trial = ?2 and exists (select 1 from staged where record = staged_record.id)",
            list(trial),
        )
    return _oldest(rows)


def _oldest(rows: Iterable[Row]) -> Needed:
    found: dict[tuple[str, str, Source], int] = {}
    for registry, trial, source, number in rows:
        place = registry, trial, Source(source)
        found[place] = min(number, found.get(place, number))
    return found


def retain(
    db: Database,
    *,
    keep_for: timedelta,
    now: datetime,
    dry_run: bool = False,
    most: int | None = None,
    stopping: Callable[[], bool] = lambda: False,
    progress: Callable[[Gone], object] = lambda gone: None,
) -> Gone:
    """Remove what can go, or count it. most: versions, about. progress: called after each transaction."""
    gone = Gone()
    step: list[Span] = []
    last = None
    for span in can_go(db, before=now - keep_for, needed=needed(db)):
        if stopping() or (most is not None and gone.versions >= most):
            gone.whole = False
            break
        gone.trials += span.key != last
        last = span.key
        gone.versions += span.versions
        gone.size += span.size
        step.append(span)
        if sum(one.versions for one in step) >= AT_ONCE:
            _take(db, step, now, dry_run=dry_run)
            step.clear()
            progress(gone)
    _take(db, step, now, dry_run=dry_run)
    return gone


def _take(db: Database, step: list[Span], now: datetime, *, dry_run: bool) -> None:
    if dry_run or not step:
        return
    with immediate(db):
        # Meanwhile something may have come to need one.
        staying = _needed_of(db, {(span.registry, span.trial) for span in step})
        free = [
            span
            for span in step
            if staying.get((span.registry, span.trial, span.source), span.last + 1) > span.last
        ]
        remove(db, free, day=now.date())

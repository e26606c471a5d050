"""Retention, as `[store] keep_versions_for` wants it: what must stay whatever its age, and the work in short steps.

Off unless it is asked for. The service does it once a day, some hundred versions a transaction, and begins a day after
it first saw the span: a slip of the finger in config.toml can be mended. `trialbell retention` does it at once, and
says beforehand what would go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.due import dated_ahead
from snapshots.changeset import Source
from snapshots.database import immediate
from snapshots.instants import stamp
from snapshots.retention import Needed, Span, can_go, remove
from snapshots.terms import many

AT_ONCE = 500  # versions removed in one transaction: others want to write
MOST = 200_000  # in one go of the service; the next goes on from there
WAIT = timedelta(days=1)  # from the service's first sight of a span to the first version that goes by it


Row = tuple[str, str, str, int]  # registry, trial, line, number


@dataclass(slots=True, kw_only=True)
class Gone:
    """What was removed, or would be."""

    trials: int = 0
    versions: int = 0
    size: int = 0  # bytes of room, about
    whole: bool = True  # False: it ended early, and the next time there is more


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A span that the service has seen and does not act on yet."""

    until: datetime
    versions: int  # that would have gone when it was first seen
    trials: int

    @property
    def words(self) -> str:
        return (
            f"retention: from {self.until:%Y-%m-%d %H:%M} UTC on {many(self.versions, 'version')} of"
            f" {many(self.trials, 'trial')} would go; `trialbell retention` removes them now,"
            " `trialbell retention --dry-run` counts them anew"
        )


def waiting(db: Database, *, now: datetime) -> Wait | None:
    """The wait that is on, if any."""
    row = db.execute("select since, versions, trials from retention_wait").fetchone()
    if row is None or (until := datetime.fromisoformat(row[0]) + WAIT) <= now:
        return None
    return Wait(until=until, versions=row[1], trials=row[2])


def may_begin(db: Database, keep_for: timedelta, *, now: datetime) -> bool:
    """Whether the service may remove by this span: it saw it, or a shorter one that it acted on, a day ago.

    The first sight of another is written down, with what would go by it. Owns its transaction.
    """
    row = db.execute("select seconds, since from retention_wait").fetchone()
    seconds = round(keep_for.total_seconds())
    if row is not None and dated_ahead(datetime.fromisoformat(row[1]), now):
        row = None  # the clock was wrong
    over = row is not None and datetime.fromisoformat(row[1]) + WAIT <= now
    if row is not None and (row[0] == seconds or (over and row[0] < seconds)):
        if row[0] != seconds:
            with immediate(db):
                db.execute("update retention_wait set seconds = ?", [seconds])
        return over
    would = retain(db, keep_for=keep_for, now=now, dry_run=True)
    _write(db, seconds, now, would)
    return False


def begun(db: Database, keep_for: timedelta, *, now: datetime) -> None:
    """A person removed by this span: nothing is left to wait for. Owns its transaction."""
    _write(db, round(keep_for.total_seconds()), now - WAIT, Gone())


def forget_wait(db: Database) -> None:
    """Everything is kept. Owns its transaction, if there is anything to forget."""
    if db.execute("select 1 from retention_wait").fetchone() is not None:
        with immediate(db):
            db.execute("delete from retention_wait")


def _write(db: Database, seconds: int, since: datetime, would: Gone) -> None:
    with immediate(db):
        db.execute(
            "insert or replace into retention_wait (id, seconds, since, versions, trials) values (1, ?, ?, ?, ?)",
            [seconds, stamp(since), would.versions, would.trials],
        )


def kept_from(keep_for: timedelta | None, *, now: datetime) -> str | None:
    """ISO day: an archive's version that another replaced before it is not kept. None: everything is."""
    return None if keep_for is None else ((now - keep_for).date() + timedelta(days=1)).isoformat()


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

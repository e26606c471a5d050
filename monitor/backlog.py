"""The trials whose past is yet to be brought, as rows: asked for, planned once their history is known, done, set aside.

Whoever holds the lease works them off (`backfill`); anybody may add or drop some in a short transaction. A row moves
on in the transaction that stores what it covers, so that a killed process loses at most one request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.registries.base import ArchiveEntry
from snapshots.instants import stamp

AHEAD = 200  # histories known before the first version is asked for: an estimate needs some
FRESH = timedelta(
    days=1
)  # a past brought since then is not asked for again: the registry rebuilds once a day
WAITING = "('asked', 'planned')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much of a trial's past. Bounded either way, its first version is brought too: what was registered."""

    since: str | None = None  # ISO day: what stood on it, and all that was submitted from it on
    newest: int | None = None  # as many of the newest


EVERYTHING = Bounds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A version to go through. follows: the registry's list has none between it and the one planned before it."""

    number: int
    submitted: str
    follows: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A trial whose past is to be brought."""

    row: int
    trial: str
    bounds: Bounds
    plan: tuple[Planned, ...] | None  # None until the history is known
    place: int  # in the plan, of the next version


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What became of a trial that was asked for."""

    trial: str
    state: str  # "asked", "planned", "done" or "aside"
    versions: int | None  # that the registry has; None when unknown
    stored: int  # by this
    changes: int  # change sets, by this
    reason: str | None  # why it was set aside


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How much there is to do. Of all that waits, or of some trials."""

    waiting: int  # trials
    unknown: int  # of these, whose history is not known yet
    missing: int  # versions to be asked for, of the others
    usual: float | None  # versions to a trial, as far as histories are known
    asked: int  # requests that were answered so far
    done: int
    aside: int

    @property
    def requests(self) -> int | None:
        """About how many are to come; None when nothing is known to judge by."""
        if self.unknown and self.usual is None:
            return None
        return self.missing + round(self.unknown * (1 + (self.usual or 0)))


def plan(
    entries: Sequence[ArchiveEntry],
    bounds: Bounds,
    *,
    stored: Iterable[int] = (),
    booked: Iterable[tuple[int, int]] = (),
) -> tuple[tuple[Planned, ...], int]:
    """What to go through, oldest first, and where in it to begin. Pure.

    entries: the registry's list. From the first version or change set on that is missing, also those that are
    stored: a later change is read in the light of what went before it.
    """
    held, pairs = set(stored), set(booked)
    wanted = _within(entries, bounds) | {place for place, one in enumerate(entries) if one.number in held}
    places = sorted(wanted)
    planned = [
        Planned(
            number=entries[place].number,
            submitted=entries[place].submitted,
            follows=place - 1 in wanted,
        )
        for place in places
    ]
    for begin, one in enumerate(planned):
        unbooked = one.follows and (planned[begin - 1].number, one.number) not in pairs
        if one.number not in held or unbooked:
            keep = begin - one.follows
            return tuple(planned[keep:]), begin - keep
    return (), 0


def _within(entries: Sequence[ArchiveEntry], bounds: Bounds) -> set[int]:
    first = 0
    if bounds.since is not None:
        before = [place for place, one in enumerate(entries) if one.submitted < bounds.since]
        first = before[-1] if before else 0
    if bounds.newest is not None:
        first = max(first, len(entries) - bounds.newest)
    return {0, *range(first, len(entries))} if entries else set()


def ask(
    db: Database,
    registry: str,
    trials: Iterable[str],
    bounds: Bounds = EVERYTHING,
    *,
    named: bool,
    now: datetime,
) -> int:
    """Put trials at the end; named ones before all that wait. Caller owns the transaction. Returns how many wait.

    One that waits already, within the same bounds, keeps its place or gains a better one; one that was done less
    than FRESH ago stays done.
    """
    first = db.execute(
        f"select min(rank) from backfill where registry = ? and state in {WAITING}", [registry]
    ).fetchone()[0]
    rank = (first or 0) - 1 if named else 0
    fresh = stamp(now - FRESH) or ""
    waiting = 0
    for trial in trials:
        row = db.execute(
            "select id, state, since, newest, ended_at from backfill where registry = ? and trial = ?",
            [registry, trial],
        ).fetchone()
        if row is not None and Bounds(since=row[2], newest=row[3]) == bounds:
            if row[1] == "done" and row[4] > fresh:
                continue
            if row[1] in ("asked", "planned"):
                db.execute("update backfill set rank = min(rank, ?) where id = ?", [rank, row[0]])
                waiting += 1
                continue
        if row is not None:
            db.execute("delete from backfill where id = ?", [row[0]])
        _insert(db, registry, trial, bounds, rank=rank, now=now)
        waiting += 1
    return waiting


def take_up(db: Database, registry: str, *, now: datetime) -> int:
    """Put in every trial that a watch holds and whose past was never asked for. Caller owns the transaction."""
    cursor = db.execute(
        "insert into backfill (registry, trial, rank, state, asked_at) select distinct ?1, member.trial, 0,"
        " 'asked', ?2 from member join watch on watch.id = member.watch where member.state = 'in'"
        " and watch.removed_at is null and watch.registry = ?1 and not exists (select 1 from backfill"
        " where backfill.registry = ?1 and backfill.trial = member.trial) order by member.trial",
        [registry, stamp(now)],
    )
    return int(cursor.rowcount)


def drop(db: Database, registry: str, trials: Iterable[str] | None) -> int:
    """Let go of those that wait or were set aside; None: of all. What is stored stays. Caller owns the transaction."""
    gone = "delete from backfill where registry = ? and state != 'done'"
    if trials is None:
        return int(db.execute(gone, [registry]).rowcount)
    return sum(int(db.execute(f"{gone} and trial = ?", [registry, trial]).rowcount) for trial in trials)


def following(db: Database, registry: str) -> Job | None:
    """The next to work on; None when none waits.

    Histories before versions, up to AHEAD of them, but nobody's history before the versions of one with a better
    rank.
    """
    found = {state: _first(db, registry, state) for state in ("asked", "planned")}
    asked, planned = found["asked"], found["planned"]
    if asked is None or planned is None:
        return _job(db, asked or planned)
    known = db.execute(
        "select count(*) from (select 1 from backfill where registry = ? and state = 'planned' limit ?)",
        [registry, AHEAD],
    ).fetchone()[0]
    ahead = asked[1] < planned[1] or (asked[1] == planned[1] and known < AHEAD)
    return _job(db, asked if ahead else planned)


def learn(
    db: Database,
    job: Job,
    planned: Sequence[Planned],
    place: int,
    *,
    missing: int,
    versions: int,
    now: datetime,
) -> None:
    """The history is known. Caller owns the transaction."""
    rows = [[one.number, one.submitted, int(one.follows)] for one in planned]
    state, text, ended_at = ("planned", json.dumps(rows), None) if rows else ("done", None, stamp(now))
    db.execute(
        "update backfill set state = ?, plan = ?, place = ?, missing = ?, versions = ?, ended_at = ? where id = ?",
        [state, text, place, missing, versions, ended_at, job.row],
    )


def forward(db: Database, job: Job, *, stored: bool, changed: bool, now: datetime) -> None:
    """The version at the job's place is stored, in the same transaction, which is the caller's."""
    assert job.plan is not None
    last = job.place + 1 == len(job.plan)
    db.execute(
        "update backfill set place = place + 1, missing = missing - ?, stored = stored + ?, changes = changes + ?"
        + (", state = 'done', plan = null, ended_at = ?" if last else "")
        + " where id = ?",
        [int(stored), int(stored), int(changed), *([stamp(now)] if last else []), job.row],
    )


def set_aside(db: Database, job: Job, reason: str, *, now: datetime) -> None:
    """Its past could not be had. Caller owns the transaction."""
    db.execute(
        "update backfill set state = 'aside', plan = null, missing = 0, reason = ?, ended_at = ? where id = ?",
        [reason, stamp(now), job.row],
    )


def standing(db: Database, registry: str, *, of: str | None = None) -> Standing:
    """of: a table of our own with the trials that are meant, in a column `trial`; None: all."""
    which = f" and trial in (select trial from {of})" if of else ""
    row = db.execute(
        f"select count(*) filter (where state in {WAITING}), count(*) filter (where state = 'asked'),"
        f" coalesce(sum(missing) filter (where state = 'planned'), 0), coalesce(sum(stored), 0) + count(versions),"
        " count(*) filter (where state = 'done'), count(*) filter (where state = 'aside')"
        f" from backfill where registry = ?{which}",
        [registry],
    ).fetchone()
    usual = None
    if row[1]:
        usual = db.execute(
            "select avg(versions) from (select coalesce(min(versions, newest), versions) as versions"
            " from backfill where registry = ? and versions is not null limit 10000)",
            [registry],
        ).fetchone()[0]
    return Standing(
        waiting=row[0], unknown=row[1], missing=row[2], usual=usual, asked=row[3], done=row[4], aside=row[5]
    )


def waits(db: Database, registry: str, *, of: str | None = None) -> bool:
    """Whether any of them does; cheaper than to count."""
    which = f" and trial in (select trial from {of})" if of else ""
    found = db.execute(
        f"select 1 from backfill where registry = ? and state in {WAITING}{which} limit 1", [registry]
    ).fetchone()
    return found is not None


def ended(db: Database, registry: str, *, of: str) -> list[Ended]:
    """The trials of a table of ours, in its order."""
    return _ended(
        db,
        f"from {of} as wanted join backfill on backfill.registry = ? and backfill.trial = wanted.trial"
        " order by wanted.rowid",
        [registry],
    )


def asides(db: Database, registry: str, *, limit: int) -> list[Ended]:
    """Those set aside, the newest first."""
    return _ended(
        db,
        "from backfill where registry = ? and state = 'aside' order by ended_at desc, id desc limit ?",
        [registry, limit],
    )


def trouble(db: Database, registry: str, *, reason: str, until: datetime) -> None:
    """The registry is down, or wants to be left alone: nothing is asked for until then. Caller owns the transaction."""
    db.execute(
        "insert into backfill_pause (registry, failures, until, reason) values (?, 0, ?, ?)"
        " on conflict (registry) do update set until = excluded.until, reason = excluded.reason",
        [registry, stamp(until), reason],
    )


def failed(db: Database, registry: str) -> int:
    """One more failed, in a row; how many did. Caller owns the transaction."""
    return int(
        db.conn.execute(
            "insert into backfill_pause (registry, failures) values (?, 1)"
            " on conflict (registry) do update set failures = failures + 1 returning failures",
            [registry],
        ).fetchone()[0]
    )


def succeeded(db: Database, registry: str) -> None:
    """Caller owns the transaction."""
    db.execute("delete from backfill_pause where registry = ?", [registry])


def paused(db: Database, registry: str, *, now: datetime) -> tuple[datetime, str] | None:
    """Until when nothing is asked for, and why; None when work may go on."""
    row = db.execute(
        "select until, reason from backfill_pause where registry = ? and until is not null", [registry]
    ).fetchone()
    if row is None or (until := datetime.fromisoformat(row[0])) <= now:
        return None
    return until, row[1]


def _insert(db: Database, registry: str, trial: str, bounds: Bounds, *, rank: int, now: datetime) -> None:
    db.execute(
        "insert into backfill (registry, trial, rank, state, since, newest, asked_at)"
        " values (?, ?, ?, 'asked', ?, ?, ?)",
        [registry, trial, rank, bounds.since, bounds.newest, stamp(now)],
    )


def _first(db: Database, registry: str, state: str) -> tuple[int, int] | None:
    """(row, rank) of the first in a state."""
    found: tuple[int, int] | None = db.execute(
        "select id, rank from backfill where registry = ? and state = ? order by rank, id limit 1",
        [registry, state],
    ).fetchone()
    return found


def _job(db: Database, found: tuple[int, int] | None) -> Job | None:
    if found is None:
        return None
    row = db.execute(
        "select id, trial, since, newest, plan, place from backfill where id = ?", [found[0]]
    ).fetchone()
    planned = None
    if row[4] is not None:
        planned = tuple(
            Planned(number=number, submitted=submitted, follows=bool(follows))
            for number, submitted, follows in json.loads(row[4])
        )
    return Job(
        row=row[0],
        trial=row[1],
        bounds=Bounds(since=row[2], newest=row[3]),
        plan=planned,
        place=row[5],
    )


def _ended(db: Database, which: str, values: Sequence[object]) -> list[Ended]:
    rows = db.execute(
        "select backfill.trial, state, versions, stored, changes, reason " + which, list(values)
    )
    return [
        Ended(trial=row[0], state=row[1], versions=row[2], stored=row[3], changes=row[4], reason=row[5])
        for row in rows.fetchall()
    ]

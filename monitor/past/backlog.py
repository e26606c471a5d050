"""The trials whose past is yet to be brought, as rows: asked for, planned once their history is known, done, set aside.

Whoever holds the lease works them off (`backfill`); anybody may add or drop some in a short transaction. A row moves
on in the transaction that stores what it covers, so that a killed process loses at most one request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlite_utils import Database

from monitor.past.planned import WHOLE, Bounds, Planned
from snapshots.database import immediate
from snapshots.instants import stamp

AHEAD = 200  # histories known before the first version is asked for: an estimate needs some
AT_ONCE = 1000  # trials put in by one transaction
MOST_AGAIN = 3  # builds after which one that fails is tried once more by itself
FRESH = timedelta(
    days=1
)  # a past brought since then is not asked for again: the registry rebuilds once a day
WAITING = "('asked', 'planned')"


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
    done: int
    aside: int

    @property
    def requests(self) -> int | None:
        """About how many are to come; None when nothing is known to judge by."""
        if self.unknown and self.usual is None:
            return None
        return self.missing + round(self.unknown * (1 + (self.usual or 0)))


def front(db: Database, registry: str) -> int:
    """The rank of those that a person names now: before all that wait."""
    first = db.execute(
        f"select min(rank) from backfill where registry = ? and state in {WAITING}", [registry]
    ).fetchone()[0]
    return int(first or 0) - 1


def ask(
    db: Database,
    registry: str,
    trials: Iterable[str],
    bounds: Bounds = WHOLE,
    *,
    rank: int = 0,
    now: datetime,
) -> None:
    """Put trials at the end of those of their rank, some at a time: others want to write. Owns its transactions.

    One that waits already, within the same bounds, keeps its place or gains a better one; one that was done less
    than FRESH ago stays done.
    """
    waiting = iter(trials)
    while some := list(islice(waiting, AT_ONCE)):
        with immediate(db):
            for trial in some:
                _ask(db, registry, trial, bounds, rank, now)


def _ask(db: Database, registry: str, trial: str, bounds: Bounds, rank: int, now: datetime) -> None:
    row = db.execute(
        "select id, state, since, newest, ended_at from backfill where registry = ? and trial = ?",
        [registry, trial],
    ).fetchone()
    if row is not None and Bounds(since=row[2], newest=row[3]) == bounds:
        if _fresh(row[1], row[4], now):
            return
        if row[1] in ("asked", "planned"):
            db.execute("update backfill set rank = min(rank, ?) where id = ?", [rank, row[0]])
            return
    if row is not None:
        db.execute("delete from backfill where id = ?", [row[0]])
    db.execute(
        "insert into backfill (registry, trial, rank, state, since, newest, asked_at)"
        " values (?, ?, ?, 'asked', ?, ?, ?)",
        [registry, trial, rank, bounds.since, bounds.newest, stamp(now)],
    )


def _fresh(state: str, ended_at: str | None, now: datetime) -> bool:
    return state == "done" and (ended_at or "") > (stamp(now - FRESH) or "")


def to_come(db: Database, registry: str, trial: str, bounds: Bounds, *, now: datetime) -> int | None:
    """How many requests `ask` would lead to, where that is known: its past was brought lately, or is planned."""
    row = db.execute(
        "select state, ended_at, missing from backfill where registry = ? and trial = ?"
        " and since is ? and newest is ?",
        [registry, trial, bounds.since, bounds.newest],
    ).fetchone()
    if row is None or not (row[0] == "planned" or _fresh(row[0], row[1], now)):
        return None
    return 0 if row[0] == "done" else int(row[2])


def take_up(db: Database, registry: str, *, now: datetime) -> None:
    """Put in every trial that a watch holds and whose past was never asked for. Owns its transactions."""
    rows = db.execute(
        "select distinct member.trial from member join watch on watch.id = member.watch where member.state = 'in'"
        " and watch.removed_at is null and watch.registry = ?1 and not exists (select 1 from backfill"
        " where backfill.registry = ?1 and backfill.trial = member.trial) order by member.trial",
        [registry],
    )
    ask(db, registry, [row[0] for row in rows.fetchall()], now=now)


def drop(db: Database, registry: str, trials: Iterable[str] | None) -> int:
    """Let go of those that wait or were set aside; None: of all. What is stored stays. Owns its transactions."""
    some = "select id from backfill where registry = ? and state in ('asked', 'planned', 'aside')"
    gone = 0
    if trials is None:
        while True:
            with immediate(db):
                last = db.execute(
                    f"delete from backfill where id in ({some} limit {AT_ONCE})", [registry]
                ).rowcount
            gone += last
            if last < AT_ONCE:
                return gone
    waiting = iter(trials)
    while these := list(islice(waiting, AT_ONCE)):
        with immediate(db):
            for trial in these:
                gone += db.execute(
                    f"delete from backfill where id in ({some} and trial = ?)", [registry, trial]
                ).rowcount
    return gone


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


def set_aside(db: Database, job: Job, reason: str, *, now: datetime, passing: bool = False) -> None:
    """Its past could not be had. passing: that may pass, and `again` takes it up. Caller owns the transaction."""
    db.execute(
        "update backfill set state = 'aside', plan = null, missing = 0, reason = ?, ended_at = ?,"
        " failures = case when ? then failures + 1 else 0 end where id = ?",
        [reason, stamp(now), int(passing), job.row],
    )


def again(db: Database, registry: str) -> None:
    """Put in once more those set aside over what may have passed, each MOST_AGAIN times. Owns its transaction."""
    which = "registry = ? and state = 'aside' and failures between 1 and ?"
    if db.execute(f"select 1 from backfill where {which} limit 1", [registry, MOST_AGAIN]).fetchone() is None:
        return
    with immediate(db):
        db.execute(
            f"update backfill set state = 'asked', reason = null, ended_at = null where {which}",
            [registry, MOST_AGAIN],
        )


def standing(db: Database, registry: str, *, of: str | None = None) -> Standing:
    """of: a table of our own with the trials that are meant, in a column `trial`; None: all."""
    which = f" and trial in (select trial from {of})" if of else ""
    states: dict[str, int] = dict(
        db.execute(
            f"select state, count(*) from backfill where registry = ?{which} group by state", [registry]
        ).fetchall()
    )
    missing = db.execute(
        f"select coalesce(sum(missing), 0) from backfill where registry = ? and state = 'planned'{which}",
        [registry],
    ).fetchone()[0]
    unknown, usual = states.get("asked", 0), None
    if unknown:
        usual = db.execute(
            "select avg(versions) from (select coalesce(min(versions, newest), versions) as versions"
            " from backfill where registry = ? and state in ('planned', 'done') limit 10000)",
            [registry],
        ).fetchone()[0]
    return Standing(
        waiting=unknown + states.get("planned", 0),
        unknown=unknown,
        missing=missing,
        usual=usual,
        done=states.get("done", 0),
        aside=states.get("aside", 0),
    )


def answered(db: Database, registry: str, *, of: str) -> int:
    """Requests that were answered so far, for the trials that are meant."""
    return int(
        db.execute(
            "select coalesce(sum(stored), 0) + count(versions) from backfill where registry = ?"
            f" and trial in (select trial from {of})",
            [registry],
        ).fetchone()[0]
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

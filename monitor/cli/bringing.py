"""The work of a backfill from a command: done here or followed, and how far it has come."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from monitor.cli.errors import WorldError
from monitor.cli.session import Session, clock
from snapshots.terms import many

if TYPE_CHECKING:
    from sqlite_utils import Database

    from monitor.app import App
    from monitor.lease import Lease

LOOK = 0.2  # seconds between two looks at what another process does
GIVE_WAY = 3.0  # seconds in which one who wants to poll takes the lease that is held out to it
OURS = "temp.meant"  # the trials that a command is about


def go_on(app: App, session: Session) -> None:
    """After a check, with `backfill = true`: bring what waits until the next poll is due."""
    from monitor.lease import Lease, LeaseHeld
    from monitor.past import backlog

    name = session.registry_name
    if not app.config.registries.ctgov.backfill or not backlog.waits(app.db, name):
        return
    from monitor.schedule import Moments

    until = Moments(app.config.schedule).after(clock())
    if backlog.paused(app.db, name, now=clock()):
        return
    try:
        with (
            Lease(session.database, command="check", now=clock()) as lease,
            _progress(app, session, None) as further,
        ):
            _work(app, session, lease, further, more=lambda: clock() < until and backlog.waits(app.db, name))
    except (LeaseHeld, WorldError):
        return  # the holder does it, or the next check


def keep(db: Database, trials: Sequence[str]) -> None:
    """Remember for this connection which trials are meant, in their order."""
    db.execute(f"create table if not exists {OURS} (place integer primary key, trial text unique)")
    with db.atomic():
        db.conn.executemany(f"insert into {OURS} (trial) values (?)", [(trial,) for trial in trials])


def follow(app: App, session: Session) -> None:
    """Until all that was meant has ended: done here while the lease is free, else by the process that holds it."""
    from monitor.lease import Lease, LeaseHeld, holder
    from monitor.past import backlog

    name = session.registry_name
    said = False

    def more() -> bool:
        return backlog.waits(app.db, name, of=OURS)

    with _progress(app, session, OURS) as further:
        while more():
            if holder(session.database) is None:
                try:
                    with Lease(session.database, command="backfill", now=clock()) as lease:
                        _work(app, session, lease, further, more=more)
                        app.index()
                    continue
                except LeaseHeld:
                    pass
            if not said:
                who = holder(session.database)
                done = "does it, between polls" if who and who.command == "run" else "is waited for"
                session.say(f"{who or 'another process'} {done}")
                said = True
            if pause := backlog.paused(app.db, name, now=clock()):
                raise WorldError(
                    f"paused until {pause[0]:%H:%M} UTC: {pause[1]}",
                    hint="what came is stored; the service goes on by itself",
                )
            further()
            time.sleep(LOOK)


def _work(
    app: App, session: Session, lease: Lease, further: Callable[[], None], *, more: Callable[[], bool]
) -> None:
    """Step by step, holding the lease out to whoever wants to poll between two requests."""
    from monitor import requests
    from monitor.past.backfill import Backfill, Paused

    work = Backfill(
        app.db,
        app.registries[session.registry_name],
        clock=clock,
        keep_for=app.config.store.keep_versions_for,
    )
    passed = 0  # requests of others that nobody followed any more
    while more():
        try:
            work.step()
        except Paused as error:
            raise WorldError(str(error), hint=error.hint) from None
        further()
        asked = requests.waiting(app.db)
        if asked > passed:
            passed = max(passed, _give_way(app, session, lease, asked))


def _give_way(app: App, session: Session, lease: Lease, asked: int) -> int:
    """Let go of the lease until what was asked is answered. Returns the request that nobody came for, or 0."""
    from monitor import requests
    from monitor.lease import LeaseHeld, holder

    lease.release()
    deadline = time.monotonic() + GIVE_WAY
    came = False
    while True:
        held = holder(session.database) is not None
        came = came or held
        if not held and (came or time.monotonic() > deadline or requests.waiting(app.db) < asked):
            try:
                lease.take()
                return asked if not came and requests.waiting(app.db) >= asked else 0
            except LeaseHeld:
                came = True
        time.sleep(LOOK / 4)


@contextmanager
def _progress(app: App, session: Session, of: str | None) -> Iterator[Callable[[], None]]:
    """Says once how long it will take; on a terminal, a bar. Call it often: it looks at most once a second."""
    from monitor.past import backlog

    name, rate = session.registry_name, app.config.registries.ctgov.requests_per_minute
    began = backlog.answered(app.db, name, of=of) if of else 0
    looked, estimated = 0.0, False
    bar, task = _bar()

    def further() -> None:
        nonlocal looked, estimated
        if time.monotonic() - looked < 1.0 and estimated:
            return
        now = backlog.standing(app.db, name, of=of)
        if not estimated and now.waiting and (now.unknown == 0 or now.waiting - now.unknown >= backlog.AHEAD):
            session.say(f"{many(now.waiting, 'trial')}: {estimate(now.requests or 0, rate)}")
            estimated = True
        if time.monotonic() - looked < 1.0:
            return
        looked = time.monotonic()
        if bar is not None:
            made = backlog.answered(app.db, name, of=of) - began if of else 0
            left = now.requests
            words = f"{many(now.waiting, 'trial')} left"
            if left is not None:
                words += f", about {duration(left / rate)}"
            bar.update(task, description=words, completed=made, total=None if left is None else made + left)

    if bar is None:
        further()
        yield further
        return
    with bar:
        further()
        yield further


def _bar() -> tuple[Any, Any]:
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return None, None
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("the past"),
        BarColumn(bar_width=10),
        MofNCompleteColumn(),
        TextColumn("requests,"),
        TextColumn("{task.description}"),
        console=Console(stderr=True),
        transient=True,
    )
    return bar, bar.add_task("", total=None)


def estimate(requests: int, rate: int) -> str:
    """What so many take. rate: requests a minute."""
    return f"about {many(requests, 'request')}, which takes about {duration(requests / rate)}"


def duration(minutes: float) -> str:
    if minutes < 1.5:
        return "a minute"
    if minutes < 90:
        return f"{minutes:.0f} minutes"
    hours = minutes / 60
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"

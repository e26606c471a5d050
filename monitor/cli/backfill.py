"""`trialbell backfill`: the versions before our first snapshot, from the registry's own record history."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.errors import DONE, WORLD, UseError, WorldError
from monitor.cli.session import Session, clock, shared_options
from snapshots.terms import counted

if TYPE_CHECKING:
    from sqlite_utils import Database

    from monitor.app import App
    from monitor.backlog import Bounds, Ended, Standing
    from monitor.lease import Lease
    from monitor.registries.base import Registry

LOOK = 0.2  # seconds between two looks at what another process does
GIVE_WAY = 3.0  # seconds in which one who wants to poll takes the lease that is held out to it
SAMPLE = 20  # histories that a dry run asks for
OURS = "temp.meant"  # the trials that this command is about


@click.command(
    epilog="""\b
Examples:
  trialbell backfill                        everything watched
  trialbell backfill "MSC exosomes"         one watch
  trialbell backfill NCT07146087            one trial that a watch holds
  trialbell backfill --since 2024-01-01     what stood on that day and came after, and the first version
  trialbell backfill --limit 10             the ten newest versions of each trial, and the first
  trialbell backfill --dry-run              what it would ask for
  trialbell backfill --drop                 ask for no more of it; what is stored stays

\b
One request for each trial's history and one for each version, at the registry's rate; polls go first. Stopped or
killed, the same command goes on where it was. Nobody is told of what changed in the past: `trialbell history`,
`field` and `changes --archive` show it.

\b
Exit codes: 0 done, 2 wrong use or an id that no watch holds, 3 the registry could not be reached or trials were
set aside (each with its reason; what came is stored), 130 Ctrl-C."""
)
@click.argument("what", nargs=-1, metavar="[WATCH|ID]...")
@click.option(
    "--since", metavar="DAY", help="Only what stood on that day, and what was submitted from it on."
)
@click.option("--limit", type=click.IntRange(min=1), help="Only so many of a trial's newest versions.")
@click.option("--dry-run", is_flag=True, help="Store nothing, say what would be asked for.")
@click.option("--drop", is_flag=True, help="Let go of what waits or was set aside.")
@shared_options
def backfill(
    session: Session, what: tuple[str, ...], since: str | None, limit: int | None, dry_run: bool, drop: bool
) -> int:
    """Bring the past of watched trials from the registry's own record history. Tells nobody."""
    import logging

    from monitor import backlog, logs
    from monitor.assembly import app_of
    from monitor.cli.check import selection
    from snapshots.database import immediate

    session.needed_config()
    logs.configure(level=logging.CRITICAL)  # this command says itself what a log would
    bounds = backlog.Bounds(since=_day(since), newest=limit)
    app = app_of(session.config, database=session.database, environ=os.environ, clock=clock, send=False)
    try:
        trials = _meant(app, selection(app, session, what, command="backfill"))
        name = session.registry_name
        if drop:
            with immediate(app.db):
                gone = backlog.drop(app.db, name, trials if what else None)
            session.say(f"{counted(gone, 'trial')} let go" if gone else "nothing waits")
            return DONE
        if dry_run:
            return _show_plan(app, session, trials, bounds)
        with immediate(app.db):
            backlog.ask(app.db, name, trials, bounds, named=bool(what), now=clock())
            backlog.succeeded(app.db, name)  # whoever asks wants it tried now
        _keep(app.db, trials)
        try:
            _follow(app, session)
        except KeyboardInterrupt:
            session.say("what came is stored; `trialbell backfill` goes on from there, `--drop` ends it")
            raise
        return _show(session, backlog.ended(app.db, name, of=OURS))
    finally:
        app.close()


def go_on(app: App, session: Session) -> None:
    """After a check, with `backfill = true`: bring what waits until the next poll is due."""
    from monitor import backlog
    from monitor.lease import Lease, LeaseHeld

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


def _day(text: str | None) -> str | None:
    try:
        return None if text is None else date.fromisoformat(text).isoformat()
    except ValueError:
        raise UseError(f"no such day: `{text}`", hint="write it as 2026-01-31") from None


def _meant(app: App, selected: Any) -> list[str]:
    """The trials of a selection, each once: those that a watch holds, and those that it names and no poll has seen."""
    from monitor import watches

    if selected.trials is not None:
        return list(dict.fromkeys(selected.trials))
    found: dict[str, None] = {}
    for watch in watches.active(app.db):
        if selected.watches is None or watch.name in selected.watches:
            found.update(dict.fromkeys(watches.held_trials(app.db, watch.row)))
            if watch.baseline and watch.definition.ids is not None:
                found.update(dict.fromkeys(watch.definition.ids))
    return list(found)


def _keep(db: Database, trials: Sequence[str]) -> None:
    db.execute(f"create table if not exists {OURS} (place integer primary key, trial text unique)")
    with db.atomic():
        db.conn.executemany(f"insert into {OURS} (trial) values (?)", [(trial,) for trial in trials])


def _follow(app: App, session: Session) -> None:
    """Until all that was meant has ended: done here while the lease is free, else by the process that holds it."""
    from monitor import backlog
    from monitor.lease import Lease, LeaseHeld, holder

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
                    continue
                except LeaseHeld:
                    pass
            if not said:
                session.say(f"{holder(session.database) or 'another process'} does it, between polls")
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
    from monitor.backfill import Backfill, Paused

    work = Backfill(app.db, app.registries[session.registry_name], clock=clock)
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
    from monitor import backlog

    name, rate = session.registry_name, app.config.registries.ctgov.requests_per_minute
    began = backlog.standing(app.db, name, of=of)
    looked, estimated = 0.0, False
    bar, task = _bar()

    def further() -> None:
        nonlocal looked, estimated
        if time.monotonic() - looked < 1.0 and estimated:
            return
        now = backlog.standing(app.db, name, of=of)
        if not estimated and now.waiting and (now.unknown == 0 or now.waiting - now.unknown >= backlog.AHEAD):
            session.say(f"{counted(now.waiting, 'trial')}: {_estimate(now, rate)}")
            estimated = True
        if time.monotonic() - looked < 1.0:
            return
        looked = time.monotonic()
        if bar is not None:
            made, left = max(0, now.asked - began.asked), now.requests
            words = f"{counted(now.waiting, 'trial')} left"
            if left is not None:
                words += f", about {_duration(left / rate)}"
            bar.update(task, description=words, completed=made, total=None if left is None else made + left)

    if bar is None:
        further()
        yield further
        return
    with bar:
        further()
        yield further


def _bar() -> tuple[Any, Any]:
    import sys

    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return None, None
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("bringing the past"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        console=Console(stderr=True),
        transient=True,
    )
    return bar, bar.add_task("", total=None)


def _estimate(left: Standing, rate: int) -> str:
    requests = left.requests or 0
    return f"about {counted(requests, 'request')}, {_duration(requests / rate)}"


def _duration(minutes: float) -> str:
    if minutes < 1.5:
        return "a minute"
    if minutes < 90:
        return f"{minutes:.0f} minutes"
    hours = minutes / 60
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"


def _show(session: Session, ended: Sequence[Ended]) -> int:
    for one in ended:
        if session.as_json:
            session.emit(
                {
                    "trial": one.trial,
                    "state": one.state,
                    "versions": one.versions,
                    "stored": one.stored,
                    "changes": one.changes,
                    "reason": one.reason,
                }
            )
        elif one.state == "aside":
            click.echo(f"{one.trial}  set aside: {one.reason}")
        else:
            click.echo(f"{one.trial}  {_brought(one)}")
    aside = sum(one.state == "aside" for one in ended)
    stored, changes = (sum(getattr(one, name) for one in ended) for name in ("stored", "changes"))
    words = f"{counted(len(ended), 'trial')}: {counted(stored, 'version')} stored, {counted(changes, 'change set')}"
    session.say(words + (f"; {counted(aside, 'trial')} set aside" if aside else ""))
    if aside:
        session.say("hint: the same command tries those set aside once more")
    return WORLD if aside else DONE


def _brought(one: Ended) -> str:
    of = f" of the registry's {one.versions}" if one.versions not in (None, one.stored) else ""
    return f"{counted(one.stored, 'version')} stored{of}, {counted(one.changes, 'change set')}"


def _show_plan(app: App, session: Session, trials: Sequence[str], bounds: Bounds) -> int:
    """What would be asked for. The histories of some are, to say so: they are stored nowhere."""
    from monitor import backlog
    from monitor.archive import Archive
    from monitor.registries.base import NoHistory

    registry: Registry = app.registries[session.registry_name]
    archive = Archive(app.db, registry)
    missing = known = 0
    for trial in trials[:SAMPLE]:
        try:
            entries = registry.history(trial)
        except NoHistory as error:
            click.echo(f"{trial}  {error}", err=session.as_json)
            continue
        stored, booked = archive.held(trial)
        planned, _ = backlog.plan(entries, bounds, stored=stored, booked=booked)
        asked = sum(one.number not in stored for one in planned)
        known += 1
        missing += asked
        if session.as_json:
            session.emit({"trial": trial, "versions": len(entries), "to_ask": asked})
        else:
            click.echo(f"{trial}  {counted(asked, 'version')} of the registry's {len(entries)} to ask for")
    others = len(trials) - min(SAMPLE, len(trials))
    mean = missing / known if known else 0.0
    requests = len(trials) + missing + round(others * mean)
    rate = app.config.registries.ctgov.requests_per_minute
    more = f", judged by {known} of them" if others else ""
    session.say(
        f"{counted(len(trials), 'trial')}: about {counted(requests, 'request')}, {_duration(requests / rate)}{more};"
        " nothing was stored"
    )
    return DONE

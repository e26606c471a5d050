"""`trialbell check`: one poll now, delivered at once. Beside a running service the service does it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.errors import DIFFERS, DONE, INTERRUPTED, WORLD, UseError, WorldError
from monitor.cli.session import Session, clock, shared_options
from snapshots.terms import many

if TYPE_CHECKING:
    from monitor.acting.mutes import Silence


@click.command(
    epilog="""\b
Examples:
  trialbell check                     all watches
  trialbell check "MSC exosomes"      one watch
  trialbell check NCT07146087         one trial that a watch holds
  trialbell check --dry-run --json    what would be told; stores and sends nothing

\b
Exit codes: 0 done, 1 with --exit-code when something changed, 2 wrong use or an id that no watch holds,
3 the registry or a notifier could not be reached (what was done is kept; what waits for a digest or quiet hours is
no trouble), 130 Ctrl-C (the next one goes on)."""
)
@click.argument("what", nargs=-1, metavar="[WATCH|ID]...")
@click.option("--dry-run", is_flag=True, help="Store nothing, send nothing, say what would be told.")
@click.option("--exit-code", is_flag=True, help="Exit 1 when something changed.")
@shared_options
def check(session: Session, what: tuple[str, ...], dry_run: bool, exit_code: bool) -> int:
    """Poll once now and deliver what it finds. Without arguments, every watch."""
    import logging

    from monitor import logs

    session.needed_config()
    logs.configure(level=logging.ERROR)  # this command says itself what a log would
    if dry_run:
        import tempfile

        with tempfile.TemporaryDirectory(prefix="trialbell-dry-run-") as folder:
            return _run(session, what, exit_code, copy_to=Path(folder) / "copy.db")
    session.refuse_mixed_output()
    return _run(session, what, exit_code, copy_to=None)


def _run(session: Session, what: Sequence[str], exit_code: bool, *, copy_to: Path | None) -> int:
    from monitor.assembly import app_of
    from monitor.cli.following import do_or_ask
    from monitor.polling.pace import Pace, Plainly, bar, page_seconds
    from monitor.requests import Request

    app = app_of(session.config, database=session.database, environ=os.environ, clock=clock)
    if not app.config.watches and not session.database.exists():
        raise UseError(
            "nothing is watched", hint="add a [[watch]] to config.toml, or `trialbell watch add ID…`"
        )
    if copy_to is not None:
        if session.database.exists():
            _copy(session.database, copy_to)
        app = app_of(session.config, database=copy_to, environ=os.environ, clock=clock, send=False)
    try:
        selected = selection(app, session, what)
        arguments = {
            "watches": sorted(selected.watches) if selected.watches is not None else None,
            "trials": list(selected.trials) if selected.trials is not None else None,
        }
        page = page_seconds(app.config.registries.ctgov.requests_per_minute)
        plainly = Plainly(session.say, clock=clock, page=page)
        with session.at_work("polling") as show:

            def watching(pace: Pace) -> None:
                if session.on_a_terminal:
                    show(bar(pace, page))
                else:
                    plainly(pace)

            app.watching = watching
            if copy_to is not None:
                answer = app.answer(Request(row=0, kind="check", arguments=arguments))
            else:
                answer = do_or_ask(app, session, "check", arguments, command="check", watching=watching)
        if "error" in answer:
            raise WorldError(answer["error"], hint="`trialbell status` and the service's own log say more")
        code = _show(app, session, answer, exit_code)
        if copy_to is None and app.lookout.pings:
            _ping(app, session, answer)
        if copy_to is None and app.config.registries.ctgov.backfill:
            from monitor.cli.bringing import go_on

            go_on(app, session)
        return code
    except KeyboardInterrupt:
        if copy_to is not None:
            raise
        session.say(_stopped(app, session))
        return INTERRUPTED
    finally:
        app.close()


def _ping(app: Any, session: Session, answer: dict[str, Any]) -> None:
    """Let an outside watcher know, unless a service does."""
    from monitor.lease import holder

    if holder(session.database) is None:
        app.lookout.ping(well=not any(report["problems"] for report in answer["reports"]))


def _stopped(app: Any, session: Session) -> str:
    """By a person: what is kept, and who goes on."""
    from monitor.lease import holder
    from monitor.polling import under_way

    if other := holder(session.database):
        return f"stopped waiting; {other} goes on"
    far = [f"{one.arrived:,} of {one.total:,}" for one in under_way.paces(app.db) if one.total is not None]
    if not far:
        return "stopped; what came is stored, the next `check` finds the rest"
    return f"stopped at {' and '.join(far)}; the next `check` goes on from there"


def selection(app: Any, session: Session, what: Sequence[str], *, command: str = "check") -> Any:
    """What a command's arguments name: watches, or trials that a watch holds; everything when they name nothing."""
    from monitor import watches
    from monitor.config.errors import suggestion
    from monitor.polling.report import EVERYTHING, Selection
    from monitor.registries.base import MalformedId

    app.reconcile()
    if not watches.registries(app.db):
        raise UseError(
            "nothing is watched", hint="add a [[watch]] to config.toml, or `trialbell watch add ID…`"
        )
    if not what:
        return EVERYTHING
    active = watches.active(app.db)
    names = {watch.name for watch in active}
    chosen, trials = set(), []
    for text in what:
        if text in names:
            chosen.add(text)
            continue
        try:
            trial = session.trial_id(text)
        except MalformedId as error:
            raise UseError(
                f"neither a watch nor an id: `{text}`", hint=suggestion(text, sorted(names))
            ) from error
        held_by = watches.holding(app.db, trial, registry=session.registry_name)
        named = [watch for watch in active if watch.definition.ids and trial in watch.definition.ids]
        if not held_by and not named:
            raise UseError(
                f"no watch holds `{trial}`",
                hint=f"`trialbell watch add {trial}`, or `trialbell diff {trial}`",
            )
        trials.append(trial)
    if chosen and trials:
        raise UseError("watches and ids at once", hint=f"one `trialbell {command}` for each kind")
    if chosen:
        return Selection(watches=frozenset(chosen))
    return Selection(trials=tuple(trials))


def _show(app: Any, session: Session, answer: dict[str, Any], exit_code: bool) -> int:
    reports = answer["reports"]
    looked = answer.get("deadlines") or {"trials": 0, "events": [], "problems": []}
    events = [*(one for report in reports for one in report["events"]), *looked["events"]]
    changed = _tell(app, session, events) if events else 0
    for report in reports:
        for line in report["problems"]:
            session.say(f"error: not concluded: {line}")
        session.say(summary(report))
        for line in [*report["held"], *report["notices"]]:
            session.say(line)
        for trial in report["unknown"]:
            session.say(f"not in the registry: {trial}")
        if report["hint"]:
            session.say(f"hint: {report['hint']}")
    for line in looked["problems"]:
        session.say(f"warning: {line}")
    if looked["events"]:
        session.say(f"with time, no record changed: {many(len(looked['events']), 'event')}")
    told = answer["told"]
    for name, count in told["sent"].items():
        if count:
            session.say(f"{name}: {count} sent")
    for name, count in told["waiting"].items():
        if count:
            session.say(f"{name}: {count} held up (`trialbell outbox` says why)")
    for name, plan in told.get("planned", {}).items():  # a service of an older version does not say it
        session.say(f"{name}: {_waits(plan)}")
    for name, count in told["failed"].items():
        if count:
            session.say(f"{name}: {count} failed (`trialbell outbox --failed` says why)")
    for line in told["notices"]:
        session.say(line)
    undone = any(told["waiting"].values()) or any(told["failed"].values())
    if undone or any(report["problems"] for report in reports):
        return WORLD
    return DIFFERS if exit_code and changed else DONE


def _waits(plan: dict[str, Any]) -> str:
    """`4 wait, the next at 2026-11-30 07:00 UTC (digest mon 08:00)`."""
    at = datetime.fromisoformat(plan["next_at"])
    count = plan["count"]
    words = f"{count} waits until" if count == 1 else f"{count} wait, the next at"
    return f"{words} {at:%Y-%m-%d %H:%M} UTC" + (f" ({plan['why']})" if plan["why"] else "")


def _tell(app: Any, session: Session, events: Sequence[str]) -> int:
    """How many of them there are to tell."""
    from monitor.acting import mutes
    from monitor.cli.telling import event_lines
    from snapshots.event import event_json

    reader = app.reader()
    silent = mutes.standing(app.db, now=clock())
    told = 0
    for event_id in events:
        event = reader.event(event_id)
        if event is None:
            continue
        event = app.effective(event)
        told += 1
        if session.as_json:
            session.emit(event_json(event))
        else:
            lines = event_lines(event)
            silence = mutes.silencing(silent, event) if silent else None
            if silence is not None:
                lines[0] += "  (muted)" if silence.until is None else f"  ({_silent_until(silence)})"
            click.echo("\n".join(lines))
    return told


def _silent_until(silence: Silence) -> str:
    return f"{'muted' if silence.kind == 'mute' else 'snoozed'} until {silence.until:%Y-%m-%d %H:%M} UTC"


def summary(report: dict[str, Any]) -> str:
    """A poll in one line."""
    where = f"{report['registry']}, build of {report['build']}" if report["build"] else report["registry"]
    if report["quiet"]:
        return f"{where}: seen before, nothing to do"
    if report["build"] is None:
        return f"{where}: not polled"
    parts = [many(report["records"], "record")]
    for name, trials in report["first_looks"].items():
        parts.append(f"first look at {name}: {many(trials, 'trial')}, none told")
    parts.append(many(len(report["events"]), "event"))
    if report["quiet_versions"]:
        parts.append(many(report["quiet_versions"], "quiet version"))
    return f"{where}: " + ", ".join(parts)


def _copy(source: Path, target: Path) -> None:
    """A consistent copy while others may write; the file's own backup interface knows how."""
    import shutil
    import sqlite3

    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    shutil.copymode(source, target)

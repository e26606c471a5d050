"""`trialbell backfill`: the versions before our first snapshot, from the registry's own record history."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.errors import DONE, WORLD, UseError
from monitor.cli.session import Session, clock, shared_options
from monitor.config.durations import WrongDuration, parse_duration
from snapshots.terms import many

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.past.backlog import Ended
    from monitor.past.planned import Bounds
    from monitor.registries.base import Registry

SAMPLE = 20  # histories that a dry run asks for


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
    "--since",
    metavar="DAY",
    help="Only what stood on that day (or `30d` ago), and what was submitted from it on.",
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

    from monitor import logs
    from monitor.assembly import app_of
    from monitor.cli.bringing import OURS, follow, keep
    from monitor.cli.check import selection
    from monitor.past import backlog
    from monitor.past.planned import Bounds
    from monitor.retention import kept_from
    from snapshots.database import immediate

    session.needed_config()
    logs.configure(level=logging.ERROR)  # this command says itself what a log would
    bounds = Bounds(since=_day(since), newest=limit)
    app = app_of(session.config, database=session.database, environ=os.environ, clock=clock, send=False)
    try:
        trials = _meant(app, selection(app, session, what, command="backfill"))
        name = session.registry_name
        if not trials and not drop:
            session.say("nothing to bring: no poll has found a trial yet; run `trialbell check` first")
            return DONE
        if drop:
            gone = backlog.drop(app.db, name, trials if what else None)
            session.say(f"{many(gone, 'trial')} let go" if gone else "nothing waits")
            if gone and session.config.registries.ctgov.backfill:
                session.say("hint: `backfill = true` in config.toml puts in again what a watch holds")
            return DONE
        kept = kept_from(app.config.store.keep_versions_for, now=clock())
        if kept is not None:
            session.say(
                f"not brought: what was replaced before {kept}, `keep_versions_for` would remove it at once"
            )
        if dry_run:
            return _show_plan(app, session, trials, bounds, kept)
        rank = backlog.front(app.db, name) if what else 0
        backlog.ask(app.db, name, trials, bounds, rank=rank, now=clock())
        with immediate(app.db):
            backlog.succeeded(app.db, name)  # whoever asks wants it tried now
        keep(app.db, trials)
        before = {one.trial: one.stored for one in backlog.ended(app.db, name, of=OURS)}
        try:
            follow(app, session)
        except KeyboardInterrupt:
            session.say("what came is stored; `trialbell backfill` goes on from there, `--drop` ends it")
            raise
        return _show(session, backlog.ended(app.db, name, of=OURS), before)
    finally:
        app.close()


def _day(text: str | None) -> str | None:
    if text is None:
        return None
    today = clock().astimezone(UTC).date()
    try:
        day = (clock() - parse_duration(text)).date()
    except WrongDuration:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise UseError(f"no such day: `{text}`", hint="write it as 2026-01-31, or 30d") from None
    if day > today:
        raise UseError(f"a day yet to come: `{text}`", hint="`--since` takes a day of the past")
    return day.isoformat()


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


def _show(session: Session, ended: Sequence[Ended], before: dict[str, int]) -> int:
    """before: versions stored of each when the command began: what it did itself is the news."""
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
            old = one.stored and one.stored == before.get(one.trial)
            click.echo(
                f"{one.trial}  {'nothing new: ' if old else ''}{_brought(one)}{' before' if old else ''}"
            )
    aside = sum(one.state == "aside" for one in ended)
    stored, changes = (sum(getattr(one, name) for one in ended) for name in ("stored", "changes"))
    words = f"{many(len(ended), 'trial')}: "
    what = f"{many(stored, 'version')} stored, {many(changes, 'change set')}"
    words += what if stored > sum(before.values()) or not stored else f"nothing new; {what} before"
    session.say(words + (f"; {many(aside, 'trial')} set aside" if aside else ""))
    if aside:
        session.say("hint: the same command tries those set aside once more")
    return WORLD if aside else DONE


def _brought(one: Ended) -> str:
    if not one.stored:
        return "nothing new: what was asked for is stored"
    of = f" of the registry's {one.versions}" if one.versions not in (None, one.stored) else ""
    return f"{many(one.stored, 'version')} stored{of}, {many(one.changes, 'change set')}"


def _show_plan(app: App, session: Session, trials: Sequence[str], bounds: Bounds, kept: str | None) -> int:
    """What would be asked for. The histories of some are, to say so: they are stored nowhere."""
    from monitor.cli.bringing import estimate
    from monitor.past import backlog
    from monitor.past.archive import Archive
    from monitor.past.planned import plan
    from monitor.registries.base import NoHistory

    registry: Registry = app.registries[session.registry_name]
    archive = Archive(app.db, registry)
    missing = known = planned_for = 0
    unknown = []
    for trial in trials:
        to_come = backlog.to_come(app.db, registry.name, trial, bounds, now=clock())
        if to_come is None:
            unknown.append(trial)
        else:
            planned_for += to_come
    for trial in unknown[:SAMPLE]:
        try:
            entries = registry.history(trial)
        except NoHistory as error:
            click.echo(f"{trial}  {error}", err=session.as_json)
            continue
        stored, booked = archive.held(trial)
        planned, _ = plan(entries, bounds, stored=stored, booked=booked, kept_from=kept)
        asked = sum(one.number not in stored for one in planned)
        known += 1
        missing += asked
        if session.as_json:
            session.emit({"trial": trial, "versions": len(entries), "to_ask": asked})
        else:
            click.echo(f"{trial}  {many(asked, 'version')} of the registry's {len(entries):,} to ask for")
    others = max(0, len(unknown) - SAMPLE)
    mean = missing / known if known else 0.0
    requests = len(unknown) + planned_for + missing + round(others * mean)
    rate = app.config.registries.ctgov.requests_per_minute
    more = f", judged by {known} of them" if others else ""
    if not requests:
        session.say(f"{many(len(trials), 'trial')}: nothing would be asked for, all of it is stored")
        return DONE
    session.say(f"{many(len(trials), 'trial')}: {estimate(requests, rate)}{more}; nothing was stored")
    return DONE

"""`trialbell status`: how the watching goes, for people and for cron."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from monitor.cli.errors import DONE, WORLD, WRONG_USE
from monitor.cli.session import Session, clock, shared_options
from snapshots.terms import listed, many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.acting.mutes import Mute
    from monitor.health import ConditionHealth, Health


@click.command(
    epilog="""\b
Examples:
  trialbell status
  trialbell status --json
  trialbell status --quiet || mail -s "trialbell" me    in cron

\b
Exit codes: 0 all is well, 2 wrong configuration or no database yet, 3 something needs a person."""
)
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
@shared_options
def status(session: Session, quiet: bool) -> int:
    """Data build, last success per watch, next poll, outbox, held sweeps."""
    from monitor.acting import mutes
    from monitor.database import open_for_writing
    from monitor.diagnosis import Look, read_by_older
    from monitor.health import health_json
    from monitor.lease import holder

    wrong = _wrong_config(session)
    if session.database.exists():
        open_for_writing(session.database).close()  # brings an older file up to date
    session.needed_reader()
    assert session.db is not None
    poller = holder(session.database)
    look = Look.by(session.config, lease=session.database)
    health = look.health(session.db, clock(), configured=[watch.name for watch in session.config.watches])
    silenced = mutes.standing(session.db, now=clock())
    if session.as_json:
        counts = {kind.value: sum(one.kind is kind for one in silenced) for kind in mutes.Kind}
        session.emit(health_json(health, at=clock()) | {"silenced": counts, "config": [*wrong]})
        return _ended(session, health, wrong)
    if quiet and health.ok and not wrong:
        return DONE
    click.echo(f"database    {session.database}")
    click.echo(f"service     {poller or 'not running'}")
    click.echo(f"data build  {health.build or 'none seen yet'}")
    if health.next_poll:
        click.echo(f"next poll   {_when(max(health.next_poll, clock()))}")
    for sweep in health.sweeps:
        click.echo(f"sweep       {sweep.words}")
    for watch in health.watches:
        last = "never polled completely"
        if watch.last_success:
            last = f"polled {_when(watch.last_success)}, build of {(watch.build or '')[:10]}"
        click.echo(f"watch       {watch.name}: {many(watch.trials or 0, 'trial')}, {last}")
        if watch.unknown:
            click.echo(f"            not in the registry: {listed(list(watch.unknown), 8)}")
        if watch.problem:
            click.echo(f"            last try: {watch.problem}")
    box = health.outbox
    click.echo(
        f"events      {box.pending:,} to be told, {box.sent:,} told, {box.failed:,} failed, {box.dropped:,} dropped"
    )
    if box.others_pending or box.others_sent:
        waiting = f", {box.others_pending:,} to be sent" if box.others_pending else ""
        click.echo(f"messages    of no event (first looks, notices): {box.others_sent:,} sent{waiting}")
    if silenced:
        click.echo(f"muted       {_silenced(silenced)}")
    if health.held:
        click.echo(f"held        {many(len(health.held), 'sweep')} (`trialbell held` says which)")
    for condition in health.conditions:
        if condition.problem is None:  # else its line stands below
            click.echo(f"operator    {condition.text} ({_stands(condition)})")
    if health.ping is not None and health.ping.failing_since is None:
        click.echo(f"ping        heard at {_when(health.ping.heard_at)}")
    for notice in health.notices:
        click.echo(f"notice      {notice}")
    past = health.backfill
    if past.waiting:
        more = "" if past.requests is None else f", about {many(past.requests, 'request')}"
        click.echo(f"backfill    {many(past.waiting, 'trial')} to go{more}")
    if past.waiting and past.paused:
        click.echo(f"            paused {past.paused}")
    if past.aside:
        click.echo(f"backfill    {many(past.aside, 'trial')} set aside: `trialbell backfill` tries again")
    for trial, why in past.reasons:
        click.echo(f"            {trial}: {why}")
    if older := read_by_older(session.needed_reader().outdated()):
        click.echo(f"changes     {older}")
    known = {one.problem: f" ({_stands(one)})" for one in health.conditions if one.problem is not None}
    for problem in health.problems:
        session.say(f"not well: {problem}{known.get(problem, '')}")
    if health.ok and not wrong:
        tried = f"nothing needs a person yet: {listed(list(health.unreached), 8)} is tried again by itself"
        session.say(tried if health.unreached else "all is well")
    if wrong and poller is not None:
        session.say("the service goes on by config.toml as it was when it last read it")
    return _ended(session, health, wrong)


def _wrong_config(session: Session) -> tuple[str, ...]:
    """What is wrong with the configuration: then its database and schedule are taken from what is left of it.

    Raises ConfigError where that leads to no database.
    """
    from monitor.config import ConfigError, remnant

    try:
        _ = session.config
    except ConfigError as error:
        assert session.found_config is not None
        session.config = remnant(session.found_config)
        if not session.database.exists():
            raise
        return tuple(str(problem) for problem in error.problems)
    return ()


def _ended(session: Session, health: Health, wrong: tuple[str, ...]) -> int:
    for line in wrong:
        session.say(f"error: {line}")
    if wrong:
        return WRONG_USE
    return DONE if health.ok else WORLD


def _silenced(silenced: Sequence[Mute]) -> str:
    """`2 trials, 1 watch; snoozed: 1 trial (`trialbell mute` lists them)`."""
    words = []
    for kind in ("mute", "snooze"):
        counts = Counter(one.scope.value for one in silenced if one.kind.value == kind)
        if counts:
            parts = [
                many(count, scope, "watches" if scope == "watch" else None) for scope, count in counts.items()
            ]
            words.append(f"{'snoozed: ' if kind == 'snooze' else ''}{', '.join(parts)}")
    return f"{'; '.join(words)} (`trialbell mute` lists them)"


def _stands(condition: ConditionHealth) -> str:
    state = "not told yet: it may pass"
    if condition.clear_since is not None:
        state = f"over since {_when(condition.clear_since)}, told when it stays so"
    elif condition.told_at is not None:
        state = f"told at {_when(condition.told_at)}"
    if " since " in condition.text:  # many say it themselves
        return state
    return f"since {_when(condition.since)}; {state}"


def _when(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"

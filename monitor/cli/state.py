"""`trialbell status`: how the watching goes, for people and for cron."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.errors import DONE, WORLD
from monitor.cli.session import Session, clock, shared_options
from snapshots.terms import listed, many

if TYPE_CHECKING:
    from monitor.health import ConditionHealth


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
    from monitor.database import open_for_writing
    from monitor.diagnosis import health_of, read_by_older
    from monitor.health import health_json
    from monitor.lease import holder
    from monitor.polling.pace import page_seconds
    from monitor.schedule import Moments

    if session.database.exists():
        open_for_writing(session.database).close()  # brings an older file up to date
    session.needed_reader()
    assert session.db is not None
    poller = holder(session.database)
    moments = Moments(session.config.schedule)
    health = health_of(
        session.db,
        after=moments.after,
        every=moments.every,
        now=clock(),
        polling=poller is not None,
        configured=[watch.name for watch in session.config.watches],
        page_seconds=page_seconds(session.config.registries.ctgov.requests_per_minute),
    )
    if session.as_json:
        session.emit(health_json(health, at=clock()))
        return DONE if health.ok else WORLD
    if quiet and health.ok:
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
        f"deliveries  {box.pending:,} pending, {box.sent:,} sent, {box.failed:,} failed, {box.dropped:,} dropped"
    )
    for one in health.held:
        click.echo(f"held        {one.reason}")
    for condition in health.conditions:
        click.echo(f"operator    {_stands(condition)}")
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
    for problem in health.problems:
        session.say(f"not well: {problem}")
    if health.ok:
        session.say("all is well")
    return DONE if health.ok else WORLD


def _stands(condition: ConditionHealth) -> str:
    state = "not told yet: it may pass"
    if condition.clear_since is not None:
        state = f"over since {_when(condition.clear_since)}, told when it stays so"
    elif condition.told_at is not None:
        state = f"told at {_when(condition.told_at)}"
    return f"{condition.text} (since {_when(condition.since)}; {state})"


def _when(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"

"""`trialbell changes`: what happened over all trials, newest first."""

from __future__ import annotations

import click

from monitor.cli.errors import DONE
from monitor.cli.session import Session, shared_options, span_of

_SEVERITIES = click.Choice(["noise", "minor", "major", "critical"])


@click.command(
    epilog="""\b
Examples:
  trialbell changes                                   the last ones
  trialbell changes --since 7d --min-severity major
  trialbell changes --since 2026-01-01 --until 2026-01-31
  trialbell changes --field overall-status --tag stopped --json
  trialbell changes --archive --since 2020-01-01 --until 2020-12-31     submitted then

\b
Exit codes: 0 done (also when there is nothing), 2 wrong use or no database."""
)
@click.option("--since", help="A day, an instant, or 7d, 12h before now.")
@click.option("--until", help="The same, its end: a day is included.")
@click.option("--watch", help="Only trials that this watch held.")
@click.option("--trial", metavar="ID", help="Only this trial.")
@click.option("--min-severity", type=_SEVERITIES, default="minor", show_default=True)
@click.option(
    "--field",
    help="Only where this field changed or this state was entered, e.g. overall-status, results-overdue.",
)
@click.option("--tag", help="Only with this tag, e.g. stopped, results, integrity.")
@click.option(
    "--archive",
    is_flag=True,
    help="Also what changed between versions of the registry's own history; its day is that of submission.",
)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@shared_options
def changes(
    session: Session,
    since: str | None,
    until: str | None,
    watch: str | None,
    trial: str | None,
    min_severity: str,
    field: str | None,
    tag: str | None,
    archive: bool,
    limit: int,
) -> int:
    """What happened, newest first."""
    from monitor.acting.acknowledgements import Seen
    from monitor.alerting import routes
    from monitor.cli.telling import event_lines, plain
    from monitor.happened import Wanted, happened
    from snapshots.changeset import Severity

    reader = session.needed_reader()
    trial = session.trial_id(trial) if trial else None
    session.check_names(watch=watch, told=field, tag=tag, trial=trial)
    begin, end = span_of(since, until)
    least = Severity(min_severity)
    wanted = Wanted(
        since=begin, until=end, watch=watch, trial=trial, least=least, field=field, tag=tag, archive=archive
    )
    shown = 0
    pages = happened(
        reader,
        wanted,
        effective=lambda event: routes.severities(event, session.config.severity),
        overridden=bool(session.config.severity),
        at_once=min(200, limit),
    )
    for _, page in pages:
        assert session.db is not None  # there is a reader
        seen = Seen(session.db, {event.trial for _, event in page})
        for sequence, event in page[: limit - shown]:
            shown += 1
            if session.as_json:
                session.emit(seen.as_json(sequence, event, with_noise=least is Severity.NOISE))
            else:
                click.echo("\n".join(event_lines(event)))
                for one in seen.of(sequence, event):
                    click.echo(f"   {'':<8} {plain(str(one))}")
        if shown >= limit:
            break
    if not shown:
        session.say(
            "nothing happened that fits"
            if any((since, until, watch, trial, field, tag))
            else "nothing happened yet"
        )
    return DONE

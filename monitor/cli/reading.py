"""`history`, `show`, `changes`, `field`: reading what is stored, or what the registry itself keeps."""

from __future__ import annotations

from typing import Any

import click

from monitor.cli.main import DONE, UseError
from monitor.cli.operands import Operands
from monitor.cli.session import Session, moment, shared_options

_SEVERITIES = click.Choice(["noise", "minor", "major", "critical"])


@click.command(
    epilog="""\b
Examples:
  trialbell history NCT07146087
  trialbell history NCT07146087 --registry     the registry's own versions
  trialbell history NCT07146087 --json

\b
Exit codes: 0 done, 2 unknown id or nothing stored, 3 the registry could not be reached (--registry)."""
)
@click.argument("trial", metavar="ID")
@click.option(
    "--registry", "from_registry", is_flag=True, help="Ask the registry for its own record history."
)
@click.option(
    "--all", "everything", is_flag=True, help="Show quiet versions too, which hold nothing but noise."
)
@shared_options
def history(session: Session, trial: str, from_registry: bool, everything: bool) -> int:
    """The versions of a trial, newest first, with what each changed."""
    trial = session.trial_id(trial)
    if from_registry:
        return _registry_history(session, trial)
    from monitor.cli.telling import coloured, plain
    from snapshots.event import stamp

    reader = session.needed_reader()
    versions = reader.versions(session.registry_name, trial)
    if not versions:
        raise UseError(
            f"nothing stored: `{trial}`",
            hint=f"`trialbell history {trial} --registry` asks the registry; `trialbell watch add {trial}` watches it",
        )
    told = {
        (event.to.source, event.to.version): event
        for _, event in _events(reader, trial)
        if event.to is not None and event.kind == "changed"
    }
    others = [event for _, event in _events(reader, trial) if event.kind != "changed"]
    folded = 0
    for version in reversed(versions):
        if version.quiet and not everything:
            folded += 1
            continue
        event = told.get((version.ref.source, version.ref.version))
        if session.as_json:
            session.emit(
                {
                    "trial": trial,
                    "source": version.ref.source.value,
                    "version": version.ref.version,
                    "seen_at": stamp(version.ref.seen_at),
                    "updated": version.ref.updated,
                    "build": version.ref.build,
                    "quiet": version.quiet,
                    "sha256": version.sha256.hex(),
                    "severity": event.severity.value if event else None,
                    "headline": event.headline if event else None,
                    "event": event.id if event else None,
                }
            )
            continue
        mark = ("r" if version.ref.source == "archive" else "") + str(version.ref.version)
        day = version.ref.build or version.ref.updated
        said = (
            plain(event.headline)
            if event
            else ("first version stored" if not version.quiet else "noise only")
        )
        if event is not None:
            said = coloured(event.severity, f"{event.severity.value}: ") + said
        click.echo(f"{mark:>5}  {day}  {said}")
    for event in others:
        if not session.as_json and event.at is not None:
            click.echo(
                f"    -  {event.build or event.at:%Y-%m-%d}  {event.severity.value}: {plain(event.headline)}"
            )
    if folded:
        session.say(f"{folded} quiet versions not shown (`--all` shows them)")
    return DONE


def _events(reader: Any, trial: str) -> list[Any]:
    from snapshots.changeset import Severity

    found: list[Any] = []
    before = None
    while True:
        page = reader.events(trial=trial, min_severity=Severity.NOISE, limit=200, before=before)
        found += page
        if len(page) < 200:
            return found
        before = page[-1][0]


def _registry_history(session: Session, trial: str) -> int:
    for entry in reversed(session.registry.history(trial)):
        if session.as_json:
            session.emit(
                {
                    "trial": trial,
                    "source": "archive",
                    "version": entry.number,
                    "updated": entry.submitted,
                    "status": entry.status,
                    "modules": list(entry.modules),
                }
            )
        else:
            modules = ", ".join(entry.modules)
            click.echo(
                f"{'r' + str(entry.number):>5}  {entry.submitted}  {entry.status or ''}  {modules}".rstrip()
            )
    return DONE


@click.command(
    epilog="""\b
Examples:
  trialbell show NCT07146087               as stored last, else as published now
  trialbell show NCT07146087@3             our 3rd version
  trialbell show NCT07146087@2026-01-31    as of a day
  trialbell show NCT07146087@r1 --json     the registry's first version, as it came

\b
Exit codes: 0 done, 2 unknown id or version, 3 the registry could not be reached."""
)
@click.argument("what", metavar="ID[@WHEN]")
@shared_options
def show(session: Session, what: str) -> int:
    """One record, readable or as JSON."""
    from monitor.cli.record_text import record_lines

    operands = Operands(session)
    trial, when = operands.split(what)
    side = operands.at(trial, when) if when is not None else operands.newest(trial) or operands.live(trial)
    if session.as_json:
        import sys

        from snapshots.record import canonical

        sys.stdout.write(canonical(side.record).decode() + "\n")
        return DONE
    click.echo("\n".join(record_lines(side.record)))
    session.say(f"{trial}: {side.words}")
    return DONE


@click.command(
    epilog="""\b
Examples:
  trialbell changes                                   the last ones
  trialbell changes --since 7d --min-severity major
  trialbell changes --field overall-status --tag stopped --json

\b
Exit codes: 0 done (also when there is nothing), 2 wrong use or no database."""
)
@click.option("--since", help="A day, an instant, or 7d, 12h before now.")
@click.option("--watch", help="Only trials that this watch held.")
@click.option("--trial", metavar="ID", help="Only this trial.")
@click.option("--min-severity", type=_SEVERITIES, default="minor", show_default=True)
@click.option("--field", help="Only where this field changed, e.g. overall-status.")
@click.option("--tag", help="Only with this tag, e.g. stopped, results, integrity.")
@click.option(
    "--archive", is_flag=True, help="Also between the registry's own versions (else steps of a change)."
)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@shared_options
def changes(
    session: Session,
    since: str | None,
    watch: str | None,
    trial: str | None,
    min_severity: str,
    field: str | None,
    tag: str | None,
    archive: bool,
    limit: int,
) -> int:
    """What happened, newest first."""
    from monitor import routes
    from monitor.cli.telling import event_lines
    from snapshots.changeset import Severity
    from snapshots.event import event_json

    reader = session.needed_reader()
    check_filters(session, watch, field)
    shown = 0
    before = None
    least = Severity(min_severity)
    floor = Severity.NOISE if session.config.severity else least  # an override may raise what is stored lower
    while shown < limit:
        page = reader.events(
            since=moment(since),
            watch=watch,
            trial=session.trial_id(trial) if trial else None,
            min_severity=floor,
            field=field,
            tag=tag,
            archive=archive,
            limit=min(200, limit - shown),
            before=before,
        )
        if not page:
            break
        before = page[-1][0]
        for _, event in page:
            event = routes.severities(event, session.config.severity)
            if event.severity < least:
                continue
            shown += 1
            if session.as_json:
                session.emit(event_json(event, with_noise=least is Severity.NOISE))
            else:
                click.echo("\n".join(event_lines(event)))
    if not shown:
        session.say(
            "nothing happened that fits" if any((since, watch, trial, field, tag)) else "nothing happened yet"
        )
    return DONE


def check_filters(session: Session, watch: str | None, field: str | None) -> None:
    """A misspelt filter would look like silence."""
    from monitor import watches
    from monitor.config.errors import suggestion
    from snapshots.fields import table

    if watch is not None and session.db is not None:
        names = [one.name for one in watches.active(session.db)]
        if watch not in names:
            raise UseError(f"no such watch: `{watch}`", hint=suggestion(watch, names) if names else None)
    if field is not None:
        slugs = sorted(table("ctgov").slugs())
        if field not in slugs:
            raise UseError(f"no such field: `{field}`", hint=suggestion(field, slugs))


@click.command(
    epilog="""\b
Examples:
  trialbell field NCT07146087 overall-status
  trialbell field NCT07146087 enrollment --json

\b
Exit codes: 0 done, 2 unknown id or field, or nothing stored."""
)
@click.argument("trial", metavar="ID")
@click.argument("field_name", metavar="FIELD")
@shared_options
def field(session: Session, trial: str, field_name: str) -> int:
    """One field of a trial through time, oldest first."""
    from monitor.cli.telling import plain
    from snapshots.changeset import Severity

    reader = session.needed_reader()
    check_filters(session, None, field_name)
    trial = session.trial_id(trial)
    if not reader.versions(session.registry_name, trial):
        raise UseError(f"nothing stored: `{trial}`", hint=f"`trialbell watch add {trial}` watches it")
    told = 0
    for _, event in reversed(_events(reader, trial)):
        for change in event.changes:
            if change.field != field_name or change.severity is Severity.NOISE:
                continue
            told += 1
            day = (event.to.build or event.to.updated) if event.to else None
            if session.as_json:
                session.emit(
                    {
                        "trial": trial,
                        "field": change.field,
                        "day": day,
                        "event": event.id,
                        "action": change.action.value,
                        "item": change.item,
                        "before": change.before,
                        "after": change.after,
                        "severity": change.severity.value,
                        "summary": change.summary,
                    }
                )
            else:
                click.echo(f"{day}  {change.severity.value:<8}  {plain(change.summary)}")
    if not told:
        session.say(f"{field_name} of {trial} has not changed since it was first stored")
    return DONE

"""`history`, `show`, `field`: reading one trial, as stored or as the registry itself keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from monitor.cli.errors import DONE, UseError
from monitor.cli.operands import Operands
from monitor.cli.session import Session, shared_options

if TYPE_CHECKING:
    from snapshots.event import Event


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
    from snapshots.terms import counted

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
            day = event.build or event.at.date().isoformat()
            click.echo(f"    -  {day}  {event.severity.value}: {plain(event.headline)}")
    for gone in reader.removed(session.registry_name, trial):
        mark = "r" if gone.source == "archive" else ""
        session.say(f"{mark}{gone.first} to {mark}{gone.last}: removed by retention on {gone.day}")
    if folded:
        session.say(f"{counted(folded, 'quiet version')} not shown (`--all` shows them)")
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
    from snapshots.terms import said

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
            modules, status = ", ".join(entry.modules), said(entry.status) if entry.status else ""
            click.echo(f"{'r' + str(entry.number):>5}  {entry.submitted}  {status}  {modules}".rstrip())
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
    from monitor.cli.telling import plain

    operands = Operands(session)
    trial, when = operands.split(what)
    with session.at_work("asking the registry"):
        side = (
            operands.at(trial, when) if when is not None else operands.newest(trial) or operands.live(trial)
        )
    if session.as_json:
        import sys

        from snapshots.record import canonical

        sys.stdout.write(canonical(side.record).decode() + "\n")
        return DONE
    click.echo(f"{trial}  {plain(side.facts.title)}")
    click.echo(f"{side.words}\n")
    click.echo("\n".join(record_lines(side.record)))
    return DONE


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
    session.check_names(field=field_name)
    trial = session.trial_id(trial)
    if not reader.versions(session.registry_name, trial):
        raise UseError(f"nothing stored: `{trial}`", hint=f"`trialbell watch add {trial}` watches it")
    told = 0
    _first_value(session, reader, trial, field_name)
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
                click.echo(f"{day}  {change.severity.value:<8}  {plain(change.summary)}{_archived(event)}")
    if not told:
        session.say(f"{field_name} of {trial} has not changed since it was first stored")
    return DONE


def _archived(event: Event) -> str:
    """The registry's own steps stand beside the change between two snapshots that holds them: no further change."""
    if event.from_ is None or event.to is None or event.to.source != "archive":
        return ""
    return f" (the registry's own version r{event.from_.version} → r{event.to.version})"


def _first_value(session: Session, reader: Any, trial: str, field_name: str) -> None:
    """What the field was when the trial was first stored: a history of changes alone does not show a value."""
    from monitor.cli.telling import plain
    from snapshots.changeset import Source
    from snapshots.fields import table
    from snapshots.terms import said, short

    first = next(
        (one for one in reader.versions(session.registry_name, trial) if one.ref.source is Source.SNAPSHOT),
        None,
    )
    named = table(session.registry_name).field(field_name)
    if any(one.source is Source.SNAPSHOT for one in reader.removed(session.registry_name, trial)):
        return  # what was stored first is not kept
    if first is None or named is None or named.rule == "people":
        return
    value = reader.record(session.registry_name, trial, Source.SNAPSHOT, first.ref.version)
    for key in named.keys:
        value = value.get(key) if isinstance(value, dict) else None
    if session.as_json:
        session.emit(
            {
                "trial": trial, "field": field_name, "day": first.ref.build, "event": None, "action": None,
                "item": None, "before": None, "after": value, "severity": None, "summary": "as first stored",
            }
        )  # fmt: skip
        return
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        shown = f"{len(value)} listed"
    else:
        shown = "not given" if value is None else plain(short(said(value), 200))
    click.echo(f"{first.ref.build}  {'first':<8}  {shown}")

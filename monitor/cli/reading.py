"""`history`, `show`, `field`: reading one trial, as stored or as the registry itself keeps it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.days import day_of
from monitor.cli.errors import DONE, UseError
from monitor.cli.operands import Operands, words_of
from monitor.cli.session import Session, clock, shared_options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from snapshots.changeset import FieldChange, VersionRef
    from snapshots.event import Event
    from snapshots.query import Version
    from snapshots.timeline import Stood


@click.command(
    epilog="""\b
Examples:
  trialbell history NCT07146087
  trialbell history NCT07146087 --registry     the registry's own versions
  trialbell history NCT07146087 --as-of 2026-01-31 --json

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
@click.option("--as-of", metavar="DAY", help="Only versions up to a day, and which of them stood on it.")
@shared_options
def history(session: Session, trial: str, from_registry: bool, everything: bool, as_of: str | None) -> int:
    """The versions of a trial, newest first, with what each changed."""
    trial = session.trial_id(trial)
    day = None if as_of is None else day_of(as_of, now=clock())
    if from_registry:
        return _registry_history(session, trial, day)
    from monitor.cli.telling import coloured, plain
    from snapshots.instants import stamp
    from snapshots.terms import counted

    reader = session.needed_reader()
    versions = reader.versions(session.registry_name, trial)
    if not versions:
        raise UseError(
            f"nothing stored: `{trial}`",
            hint=f"`trialbell history {trial} --registry` asks the registry; `trialbell watch add {trial}` watches it",
        )
    stood = None if day is None else _stood(session, trial, day)
    if day is not None:
        versions = [one for one in versions if _until(_day(one.ref), day)]
    told = {
        (event.to.source, event.to.version): event
        for _, event in _events(reader, trial)
        if event.to is not None and event.kind == "changed"
    }
    others = [event for _, event in _events(reader, trial) if event.kind != "changed"]
    shown = {version.ref for version in versions if everything or not version.quiet}
    folded = 0
    for version in reversed(versions):
        if version.quiet and not everything:
            folded += 1
            continue
        event = told.get((version.ref.source, version.ref.version))
        twin = version.equal_to
        stands = stood is not None and (stood.source, stood.number) == (
            version.ref.source,
            version.ref.version,
        )
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
                    "equal_to": {"source": twin.source.value, "version": twin.version} if twin else None,
                    "sha256": version.sha256.hex(),
                    "severity": event.severity.value if event else None,
                    "headline": event.headline if event else None,
                    "event": event.id if event else None,
                    **({"stood": stands} if day is not None else {}),
                }
            )
            continue
        mark = ("r" if version.ref.source == "archive" else "") + str(version.ref.version)
        if twin in shown:
            if version.ref.source == "archive":
                continue  # one line with the snapshot that it equals
            mark, event = f"{mark} = r{twin.version}", event or told.get((twin.source, twin.version))
        said = (
            plain(event.headline)
            if event
            else ("first version stored" if not version.quiet else "noise only")
        )
        if event is not None:
            said = coloured(event.severity, f"{event.severity.value}: ") + said
        click.echo(f"{mark:>8}  {_day(version.ref)}  {said}")
    for event in others:
        if not session.as_json and event.at is not None:
            happened = event.build or event.at.date().isoformat()
            if day is None or _until(happened, day):
                click.echo(f"{'-':>8}  {happened}  {event.severity.value}: {plain(event.headline)}")
    for gone in reader.removed(session.registry_name, trial):
        mark = "r" if gone.source == "archive" else ""
        session.say(f"{mark}{gone.first} to {mark}{gone.last}: removed by retention on {gone.day}")
    if folded:
        session.say(f"{counted(folded, 'quiet version')} not shown (`--all` shows them)")
    if stood is not None:
        session.say(f"as of {day}: {words_of(stood.source, stood.number, stood.since)}")
    return DONE


def _stood(session: Session, trial: str, day: date) -> Stood:
    """The version that stood on a day. UseError, naming the first day that is known, when none did."""
    from snapshots.timeline import stood_on

    timeline = session.needed_reader().timeline(session.registry_name, trial)
    found = stood_on(timeline, day)
    if found is None:
        first = f": the first that is stored is of {timeline[0].since}" if timeline else ""
        raise UseError(
            f"no version of `{trial}` as of {day}{first}",
            hint=f"`trialbell history {trial} --registry` has the registry's own versions",
        )
    return found


def _day(ref: VersionRef) -> str | None:
    """The day of a version, by which `snapshots.timeline` goes: of the build, in the archive of the submission."""
    return ref.build or ref.updated


def _until(day: str | None, last: date) -> bool:
    return day is not None and day <= last.isoformat()


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


def _registry_history(session: Session, trial: str, day: date | None) -> int:
    from snapshots.terms import said

    entries = session.registry.history(trial)
    until = [entry for entry in entries if day is None or _until(entry.submitted, day)]
    if entries and not until:
        raise UseError(
            f"no version of `{trial}` as of {day}: its first was submitted on {entries[0].submitted}"
        )
    for entry in reversed(until):
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
  trialbell show NCT07146087@2026-01-31    as of a day; @2026-01 is its last one
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
        if when is not None:
            session.say(f"{trial} {side.words}")
        return DONE
    click.echo(f"{trial}  {plain(side.facts.title)}")
    click.echo(f"{side.words}\n")
    click.echo("\n".join(record_lines(side.record)))
    return DONE


@click.command(
    epilog="""\b
Examples:
  trialbell field NCT07146087 overall-status
  trialbell field NCT07146087 enrollment --as-of 2026-01-31 --json

\b
Exit codes: 0 done, 2 unknown id or field, or nothing stored."""
)
@click.argument("trial", metavar="ID")
@click.argument("field_name", metavar="FIELD")
@click.option("--as-of", metavar="DAY", help="Only up to a day, and the value on it.")
@shared_options
def field(session: Session, trial: str, field_name: str, as_of: str | None) -> int:
    """One field of a trial through time, oldest first."""
    from monitor.cli.telling import plain
    from snapshots.changeset import Severity

    reader = session.needed_reader()
    session.check_names(field=field_name)
    trial = session.trial_id(trial)
    day = None if as_of is None else day_of(as_of, now=clock())
    session.check_names(trial=trial)
    stood = None if day is None else _stood(session, trial, day)
    timeline = reader.timeline(session.registry_name, trial)
    if timeline and not reader.removed(session.registry_name, trial):  # else nobody knows what was first
        _value(session, trial, field_name, timeline[0], timeline[0].since, first=True)
    told = 0
    events = _in_time([event for _, event in _events(reader, trial) if event.kind == "changed"])
    seen = _said_twice(events, reader.versions(session.registry_name, trial))
    for event in events:
        assert event.to is not None
        if day is not None and not _until(_day(event.to), day):
            continue
        for change in event.changes:
            if change.field != field_name or change.severity is Severity.NOISE or seen(event, change):
                continue
            told += 1
            if session.as_json:
                session.emit(
                    {
                        "trial": trial,
                        "field": change.field,
                        "day": _day(event.to),
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
                summary = f"{plain(change.summary)}{_archived(event)}"
                click.echo(f"{_day(event.to)}  {change.severity.value:<8}  {summary}")
    if stood is not None:
        assert day is not None
        _value(session, trial, field_name, stood, day.isoformat(), first=False)
        session.say(f"as of {day}: {words_of(stood.source, stood.number, stood.since)}")
    if not told:
        until = f" until {day}" if day is not None else ""
        session.say(f"{field_name} of {trial} has not changed since it was first stored{until}")
    return DONE


def _in_time(events: Sequence[Event]) -> list[Event]:
    """Both lines, oldest first: each in the order of its numbers, whatever its dates say."""
    from heapq import merge

    def number(event: Event) -> int:
        return event.to.version or 0 if event.to else 0

    def day(event: Event) -> str:
        return (_day(event.to) if event.to else None) or ""

    archive = sorted((one for one in events if one.to and one.to.source == "archive"), key=number)
    ours = sorted((one for one in events if not (one.to and one.to.source == "archive")), key=number)
    return list(merge(archive, ours, key=day))


def _said_twice(events: Sequence[Event], versions: Sequence[Version]) -> Callable[[Event, FieldChange], bool]:
    """Whether a change of the archive's is the one that led to the snapshot equal to its version."""
    twins = {one.ref.version: one.equal_to for one in versions if one.ref.source == "archive"}
    ours = {
        event.to.version: [(one.field, one.item, one.before, one.after) for one in event.changes]
        for event in events
        if event.to is not None and event.to.source == "snapshot"
    }

    def said(event: Event, change: FieldChange) -> bool:
        if event.to is None or event.to.source != "archive":
            return False
        twin = twins.get(event.to.version)
        own = ours.get(twin.version, []) if twin is not None else []
        return (change.field, change.item, change.before, change.after) in own

    return said


def _archived(event: Event) -> str:
    """The registry's own steps stand beside the change between two snapshots that holds them: no further change."""
    if event.from_ is None or event.to is None or event.to.source != "archive":
        return ""
    return f" (the registry's own version r{event.from_.version} → r{event.to.version})"


def _value(session: Session, trial: str, field_name: str, stood: Stood, day: str, *, first: bool) -> None:
    """What the field was when the trial was first stored, or on a day: changes alone do not show a value."""
    from monitor.cli.telling import plain
    from snapshots.fields import table
    from snapshots.terms import said, short

    named = table(session.registry_name).field(field_name)
    if named is None or named.rule == "people":
        return
    reader = session.needed_reader()
    value: Any = reader.record(session.registry_name, trial, stood.source, stood.number)
    for key in named.keys:
        value = value.get(key) if isinstance(value, dict) else None
    if session.as_json:
        session.emit(
            {
                "trial": trial, "field": field_name, "day": day, "event": None, "action": None, "item": None,
                "before": None, "after": value, "severity": None,
                "summary": "as first stored" if first else "as of the day",
            }
        )  # fmt: skip
        return
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        shown = f"{len(value)} listed"
    else:
        shown = "not given" if value is None else plain(short(said(value), 200))
    click.echo(f"{day}  {'first' if first else 'as of':<8}  {shown}")

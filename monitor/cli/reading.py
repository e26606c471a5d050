"""`history`, `show`: reading one trial, as stored or as the registry itself keeps it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.days import day_of
from monitor.cli.errors import DONE, UseError
from monitor.cli.operands import Operands, words_of
from monitor.cli.session import Session, clock, shared_options
from monitor.field_course import day_told, until_day

if TYPE_CHECKING:
    from monitor.acting.acknowledgements import Acknowledgement
    from snapshots.event import Event
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
    from monitor.unread import mark, missing, numbers_said
    from snapshots.instants import stamp
    from snapshots.terms import counted

    reader = session.needed_reader()
    versions = reader.versions(session.registry_name, trial)
    if not versions:
        raise UseError(
            f"nothing stored: `{trial}`",
            hint=f"`trialbell history {trial} --registry` asks the registry; `trialbell watch add {trial}` watches it",
        )
    stood = None if day is None else stood_then(session, trial, day)
    if day is not None:
        versions = [one for one in versions if until_day(day_told(one.ref), day)]
    found = all_events(reader, trial)
    events = [event for _, event in found]
    seen = _seen(session, trial, found)
    told = {
        (event.to.source, event.to.version): event
        for event in events
        if event.to is not None and event.kind == "changed"
    }
    others = [event for event in events if event.kind != "changed"]
    by_ref = {version.ref: version for version in versions}
    folded = 0
    for version in reversed(versions):
        ref = version.ref
        twin = by_ref.get(version.equal_to) if version.equal_to is not None else None
        if twin is not None and ref.source == "archive" and not session.as_json:
            continue  # one line with the snapshot that it equals
        if version.quiet and (twin is None or twin.quiet or session.as_json) and not everything:
            folded += 1
            continue
        event = told.get((ref.source, ref.version))
        if session.as_json:
            equal = version.equal_to
            stands = stood is not None and (stood.source, stood.number) == (ref.source, ref.version)
            session.emit(
                {
                    "trial": trial,
                    "source": ref.source.value,
                    "version": ref.version,
                    "seen_at": stamp(ref.seen_at),
                    "updated": ref.updated,
                    "build": ref.build,
                    "quiet": version.quiet,
                    "equal_to": {"source": equal.source.value, "version": equal.version} if equal else None,
                    "sha256": version.sha256.hex(),
                    "severity": event.severity.value if event else None,
                    "headline": event.headline if event else None,
                    "event": event.id if event else None,
                    "acknowledged": [one.as_json() for one in seen.get(event.id, ())] if event else [],
                    **({"stood": stands} if day is not None else {}),
                }
            )
            continue
        name, happened, first_seen = mark(ref.source, ref.version), day_told(ref), ""
        quiet = version.quiet
        if twin is not None:  # dated by the registry's own day
            name, happened = f"{name} = {mark(twin.ref.source, twin.ref.version)}", twin.ref.updated
            first_seen = f" (seen {ref.build})" if ref.build != happened else ""
            if event is None or quiet:
                event, quiet = told.get((twin.ref.source, twin.ref.version)) or event, twin.quiet and quiet
        said = plain(event.headline) if event else ("noise only" if quiet else "first version stored")
        if event is not None:
            said = coloured(event.severity, f"{event.severity.value}: ") + said
        click.echo(f"{name:>8}  {happened}  {said}{first_seen}")
        _say_seen(seen, event)
    for event in others:
        if not session.as_json and event.at is not None:
            happened = event.build or event.at.date().isoformat()
            if day is None or until_day(happened, day):
                click.echo(f"{'-':>8}  {happened}  {event.severity.value}: {plain(event.headline)}")
                _say_seen(seen, event)
    removed = reader.removed(session.registry_name, trial)
    for gone in removed:
        first, last = mark(gone.source, gone.first), mark(gone.source, gone.last)
        session.say(f"{first} to {last}: removed by retention on {gone.day}")
    if gaps := missing(versions, events, removed):
        session.say(f"{numbers_said(gaps)} not stored (`trialbell backfill {trial}` brings them)")
    if folded:
        session.say(f"{counted(folded, 'quiet version')} not shown (`--all` shows them)")
    if stood is not None:
        session.say(f"as of {day}: {words_of(stood.source, stood.number, stood.since)}")
    return DONE


def _seen(session: Session, trial: str, found: Any) -> dict[str | None, list[Acknowledgement]]:
    """By the id of an event, who has seen it."""
    from monitor.acting.acknowledgements import Seen

    assert session.db is not None
    seen = Seen(session.db, [trial])
    return {event.id: seen.of(sequence, event) for sequence, event in found}


def _say_seen(seen: dict[str | None, list[Acknowledgement]], event: Event | None) -> None:
    from monitor.cli.telling import plain

    for one in seen.get(event.id, ()) if event is not None else ():
        click.echo(f"{'':>8}  {'':<10}  {plain(str(one))}")


def stood_then(session: Session, trial: str, day: date) -> Stood:
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


def all_events(reader: Any, trial: str) -> list[Any]:
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
    shown = [entry for entry in entries if day is None or until_day(entry.submitted, day)]
    if entries and not shown:
        raise UseError(
            f"no version of `{trial}` as of {day}: its first was submitted on {entries[0].submitted}"
        )
    for entry in reversed(shown):
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

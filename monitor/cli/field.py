"""`trialbell field`: one field of a trial through time.

A change is dated by the registry's day of submission where the archive's line has it, and says when it was seen.
Where versions between two are not stored, both are read: what differs is told as that, and never passed over.
"""

from __future__ import annotations

from heapq import merge
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.days import day_of
from monitor.cli.errors import DONE
from monitor.cli.operands import words_of
from monitor.cli.reading import all_events, day_told, stood_then, until
from monitor.cli.session import Session, clock, shared_options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from snapshots.changeset import FieldChange
    from snapshots.event import Event
    from snapshots.query import Version
    from snapshots.timeline import Stood


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
    from monitor.cli.unread import between, mark, neighbours, unread
    from snapshots.changeset import Severity

    reader = session.needed_reader()
    session.check_names(field=field_name)
    trial = session.trial_id(trial)
    day = None if as_of is None else day_of(as_of, now=clock())
    session.check_names(trial=trial)
    stood = None if day is None else stood_then(session, trial, day)
    timeline = reader.timeline(session.registry_name, trial)
    if timeline and not reader.removed(session.registry_name, trial):  # else nobody knows what was first
        _value(session, trial, field_name, timeline[0], timeline[0].since, first=True)
    events = _in_time([event for _, event in all_events(reader, trial) if event.kind == "changed"])
    versions = reader.versions(session.registry_name, trial)
    gaps = [pair for pair in unread(timeline, events, versions) if day is None or until(pair[1].since, day)]
    said_twice = _said_twice(events, versions)
    submitted = {
        one.ref.version: one.equal_to.updated
        for one in versions
        if one.ref.source == "snapshot" and one.equal_to is not None
    }
    told = 0

    def tell(on: str | None, change: FieldChange, event: Event | None, seen: str | None, beside: str) -> None:
        nonlocal told
        told += 1
        if not session.as_json:
            click.echo(f"{on}  {change.severity.value:<8}  {plain(change.summary)}{beside}")
            return
        session.emit(
            {
                "trial": trial,
                "field": change.field,
                "day": on,
                "seen": seen,
                "event": event.id if event else None,
                "action": change.action.value,
                "item": change.item,
                "before": change.before,
                "after": change.after,
                "severity": change.severity.value,
                "summary": f"{change.summary}{beside}" if event is None else change.summary,
            }
        )

    refs = {(one.ref.source, one.ref.version): one.ref for one in versions}
    lines: tuple[Sequence[Event | tuple[Stood, Stood]], ...] = (gaps, events)
    for place in merge(*lines, key=_place):
        if isinstance(place, tuple):
            older, newer = place
            names = mark(older.source, older.number), mark(newer.source, newer.number)
            beside = f" (between {names[0]} and {names[1]}; when is not stored)"
            if neighbours(older, newer):
                beside = f" ({names[0]} → {names[1]})"
            found = between(
                reader,
                session.registry_name,
                trial,
                *((one, refs[one.source, one.number]) for one in place),
            )
            for change in found.changes:
                if change.field == field_name and change.severity is not Severity.NOISE:
                    tell(newer.since, change, None, None, beside)
            continue
        event = place
        assert event.to is not None
        if day is not None and not until(day_told(event.to), day):
            continue
        own, seen = day_told(event.to), event.to.build
        on = (submitted.get(event.to.version) if event.to.source == "snapshot" else None) or own
        for change in event.changes:
            noise = change.severity is Severity.NOISE
            if change.field == field_name and not noise and not said_twice(event, change):
                beside = _archived(event) or (f" (seen {seen})" if on != own else "")
                tell(on, change, event, seen, beside)
    if stood is not None:
        assert day is not None
        _value(session, trial, field_name, stood, day.isoformat(), first=False)
        session.say(f"as of {day}: {words_of(stood.source, stood.number, stood.since)}")
    _say_rest(session, trial, field_name, told=told, gaps=gaps, day=day)
    return DONE


def _say_rest(
    session: Session,
    trial: str,
    field_name: str,
    *,
    told: int,
    gaps: Sequence[tuple[Stood, Stood]],
    day: date | None,
) -> None:
    """What the lines do not show: that nothing changed, or that nobody can say so."""
    from monitor.cli.unread import mark, neighbours

    until_day = f" until {day}" if day is not None else ""
    gaps = [pair for pair in gaps if not neighbours(*pair)]
    if not gaps:
        if not told:
            session.say(f"{field_name} of {trial} has not changed since it was first stored{until_day}")
        return
    spans = ", ".join(
        f"{mark(older.source, older.number)} and {mark(newer.source, newer.number)}" for older, newer in gaps
    )
    same = "" if told else f"{field_name} of {trial} is the same in every version stored{until_day}; "
    session.say(f"{same}what came and went between {spans} is not stored")
    session.say(
        f"hint: `trialbell backfill {trial}` brings the versions between, as far as the registry has them"
    )


def _place(one: Event | tuple[Stood, Stood]) -> str:
    if isinstance(one, tuple):
        return one[1].since
    return (day_told(one.to) if one.to else None) or ""


def _in_time(events: Sequence[Event]) -> list[Event]:
    """Both lines, oldest first: each in the order of its numbers, whatever its dates say."""

    def number(event: Event) -> int:
        return event.to.version or 0 if event.to else 0

    archive = sorted((one for one in events if one.to and one.to.source == "archive"), key=number)
    ours = sorted((one for one in events if not (one.to and one.to.source == "archive")), key=number)
    return list(merge(archive, ours, key=_place))


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
                "trial": trial, "field": field_name, "day": day, "seen": None, "event": None, "action": None,
                "item": None, "before": None, "after": value, "severity": None,
                "summary": "as first stored" if first else "as of the day",
            }
        )  # fmt: skip
        return
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        shown = f"{len(value)} listed"
    else:
        shown = "not given" if value is None else plain(short(said(value), 200))
    click.echo(f"{day}  {'first' if first else 'as of':<8}  {shown}")

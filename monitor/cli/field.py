"""`trialbell field`: one field of a trial through time, as `field_course` has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from monitor.cli.days import day_of
from monitor.cli.errors import DONE
from monitor.cli.operands import words_of
from monitor.cli.reading import stood_then
from monitor.cli.session import Session, clock, shared_options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from monitor.field_course import Gap, Step
    from snapshots.changeset import FieldChange
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
    from monitor.field_course import course, fields_read
    from monitor.unread import between
    from snapshots.fields import table

    reader = session.needed_reader()
    session.check_names(field=field_name)
    if parts := table("ctgov").within(field_name)[1:]:
        session.say(f"{field_name} is made of fields that are told as their own: {', '.join(parts)}")
    trial = session.trial_id(trial)
    day = None if as_of is None else day_of(as_of, now=clock())
    session.check_names(trial=trial)
    stood = None if day is None else stood_then(session, trial, day)
    registry = session.registry_name
    timeline = reader.timeline(registry, trial)
    if timeline and not reader.removed(registry, trial):  # else nobody knows what was first
        _value(session, trial, field_name, timeline[0], timeline[0].since, first=True)
    versions = reader.versions(registry, trial)
    refs = {(one.ref.source, one.ref.version): one.ref for one in versions}
    found = course(
        field_name,
        timeline=timeline,
        events=reader.led(registry, trial, fields_read(field_name)),
        versions=versions,
        until=day,
    )

    def read(gap: Gap) -> Sequence[FieldChange]:
        pair = ((one, refs[one.source, one.number]) for one in (gap.older, gap.newer))
        return between(reader, registry, trial, *pair).changes

    told = 0
    for step in found.steps(until=day, between=read):
        told += 1
        _tell(session, trial, step)
    if stood is not None:
        assert day is not None
        _value(session, trial, field_name, stood, day.isoformat(), first=False)
        session.say(f"as of {day}: {words_of(stood.source, stood.number, stood.since)}")
    _say_rest(session, trial, field_name, told=told, gaps=found.gaps, day=day)
    return DONE


def _tell(session: Session, trial: str, step: Step) -> None:
    from monitor.cli.telling import plain

    change = step.change
    assert change is not None  # all that is asked for here is read
    if not session.as_json:
        click.echo(f"{step.day}  {change.severity.value:<8}  {plain(change.summary)}{step.beside}")
        return
    session.emit(
        {
            "trial": trial,
            "field": change.field,
            "day": step.day,
            "seen": step.seen,
            "event": step.event.id if step.event else None,
            "action": change.action.value,
            "item": change.item,
            "before": change.before,
            "after": change.after,
            "severity": change.severity.value,
            "summary": f"{change.summary}{step.beside}" if step.event is None else change.summary,
        }
    )


def _say_rest(
    session: Session,
    trial: str,
    field_name: str,
    *,
    told: int,
    gaps: Sequence[Gap],
    day: date | None,
) -> None:
    """What the lines do not show: that nothing changed, or that nobody can say so."""
    from monitor.unread import mark

    until_day = f" until {day}" if day is not None else ""
    gaps = [one for one in gaps if not one.neighbours]
    if not gaps:
        if not told:
            session.say(f"{field_name} of {trial} has not changed since it was first stored{until_day}")
        return
    spans = ", ".join(
        " and ".join(mark(one.source, one.number) for one in (gap.older, gap.newer)) for gap in gaps
    )
    same = "" if told else f"{field_name} of {trial} is the same in every version stored{until_day}; "
    session.say(f"{same}what came and went between {spans} is not stored")
    session.say(
        f"hint: `trialbell backfill {trial}` brings the versions between, as far as the registry has them"
    )


def _value(session: Session, trial: str, field_name: str, stood: Stood, day: str, *, first: bool) -> None:
    """What the field was when the trial was first stored, or on a day: changes alone do not show a value."""
    from monitor.cli.telling import plain
    from monitor.field_course import value_in
    from snapshots.fields import table
    from snapshots.terms import said, short

    named = table(session.registry_name).field(field_name)
    if named is None or named.rule == "people":
        return
    record = session.needed_reader().record(session.registry_name, trial, stood.source, stood.number)
    value: Any = value_in(record, named)
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

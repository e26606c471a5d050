"""All that the store knows of one field of a trial: its changes, what it was first and what it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.field_course import Gap, Step, course, fields_read, value_in
from monitor.unread import between
from monitor.web.answers import NoSuchPage
from monitor.web.field.members import Member, members
from monitor.web.finding import newest_of
from monitor.web.reading import Reading
from snapshots.changeset import FieldChange, Kind, VersionRef
from snapshots.fields import Field, table
from snapshots.query import Version

MOST_READ = 6  # gaps, the newest, whose two versions are read; of others it is said that they are not


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """steps: the oldest first. first_day, first: None where retention took the versions that were first."""

    field: Field
    newest: Version
    steps: tuple[Step, ...]
    anchors: Mapping[int, str]  # by the step's identity: its day, numbered where several are of one
    now: Any
    first: Any
    first_day: str | None
    first_ref: VersionRef | None
    members: tuple[Member, ...] | None

    @property
    def count(self) -> int:
        return sum(one.change is not None for one in self.steps)

    @property
    def unread(self) -> int:
        return len(self.steps) - self.count


def read(reader: Reading, registry: str, trial: str, field: Field) -> Read:
    """At most two bodies are read, and those of MOST_READ gaps. NoSuchPage where no version is stored."""
    versions = reader.versions(registry, trial, by_day=True)
    newest = newest_of(versions)
    if newest is None:
        raise NoSuchPage(f"no version of this trial is stored: `{trial}`")
    refs = {(one.ref.source, one.ref.version): one.ref for one in versions}
    timeline = reader.timeline(registry, trial)
    found = course(
        field.slug,
        timeline=timeline,
        events=reader.led(registry, trial, fields_read(field.slug)),
        versions=versions,
    )
    near = found.gaps[-MOST_READ:]
    alone = sum(one.slug == field.slug for one in table(registry)) == 1  # all of it stands at one path

    def changes(gap: Gap) -> Sequence[FieldChange] | None:
        if gap not in near:
            return None
        older, newer = ((one, refs[one.source, one.number]) for one in (gap.older, gap.newer))
        if alone and _value(reader, registry, trial, older[1], field) == _value(
            reader, registry, trial, newer[1], field
        ):
            return ()
        return between(reader, registry, trial, older, newer).changes

    steps = tuple(found.steps(between=changes))
    stood = timeline[0] if timeline and not reader.removed(registry, trial) else None
    first_ref = None if stood is None else refs.get((stood.source, stood.number))
    now = _value(reader, registry, trial, newest.ref, field)
    first = now if first_ref == newest.ref else None
    if first_ref is not None and first_ref != newest.ref:
        first = _value(reader, registry, trial, first_ref, field)
    listed = field.kind is Kind.LIST and field.rule != "people" and field.slug != "locations"
    return Read(
        field=field,
        newest=newest,
        steps=steps,
        anchors=_anchors(steps),
        now=now,
        first=first,
        first_day=None if stood is None else stood.since,
        first_ref=first_ref,
        members=members(first, steps, now) if listed else None,
    )


def _value(reader: Reading, registry: str, trial: str, ref: VersionRef, field: Field) -> Any:
    return value_in(reader.record(registry, trial, ref.source, ref.version or 0), field)


def _anchors(steps: Sequence[Step]) -> dict[int, str]:
    """`2026-03-14`, then `2026-03-14-2`: the oldest keeps its own when more are found."""
    counts: dict[str, int] = {}
    found: dict[int, str] = {}
    for step in steps:
        day = step.day or "undated"
        counts[day] = counts.get(day, 0) + 1
        found[id(step)] = day if counts[day] == 1 else f"{day}-{counts[day]}"
    return found

"""Stored change sets anew, from their versions, after the change engine learnt to read better.

An event stays what it is: its id, its place, when it was learnt and by which watches it was held. What it says is
written anew, in the order of each line, so that each is read in the light of a past that was read alike. Whoever
writes is resumable: what is done bears the new engine's number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sqlite_utils import Database

from snapshots import events
from snapshots.changes import compare
from snapshots.changeset import ENGINE, FieldChange, Severity, Source, VersionRef
from snapshots.database import immediate
from snapshots.errors import RemovedVersion, SnapshotsError
from snapshots.event import Event, event_json
from snapshots.past import MOST, Past, earlier
from snapshots.query import Reader
from snapshots.steps import step_of, with_steps
from snapshots.store import Store

AT_ONCE = 50  # events written in one transaction: others want to write between


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What became of one stored change set."""

    was: Event
    now: Event | None  # None: left as it is
    why: str | None = None  # it was left, in one line

    @property
    def differs(self) -> bool:
        """Whether a person reads anything else now, noise included."""
        return self.now is not None and event_json(self.was, with_noise=True) != event_json(
            self.now, with_noise=True
        )


def rebuilt(
    db: Database, *, trials: Sequence[str] | None = None, everything: bool = False
) -> Iterator[Rebuilt]:
    """Each change set of an older engine (everything: of any), read anew. Writes nothing.

    trials: these alone. A line is told oldest first, the archive's before ours.
    """
    reader = Reader(db)
    found = db.execute(
        "select distinct registry, trial from event where kind = 'changed' and from_version is not null"
        " and engine < ?",
        [ENGINE + everything],
    ).fetchall()
    wanted = None if trials is None else set(trials)
    for registry, trial in sorted(found):
        if wanted is None or trial in wanted:
            yield from _of_trial(db, reader, registry, trial, everything=everything)


def recompute(
    db: Database,
    *,
    trials: Sequence[str] | None = None,
    everything: bool = False,
) -> Iterator[Rebuilt]:
    """The same, written: some events a transaction. Each is given out after it was, with no transaction open.

    The caller holds off every other writer of events, and has no transaction of its own.
    """
    store = Store(db)
    found = rebuilt(db, trials=trials, everything=everything)
    while batch := list(islice(found, AT_ONCE)):
        with immediate(db):
            for one in batch:
                if one.now is not None:
                    store.rewrite_event(one.now)
        yield from batch


def _of_trial(
    db: Database, reader: Reader, registry: str, trial: str, *, everything: bool
) -> Iterator[Rebuilt]:
    rows = db.execute(
        "select sequence from event indexed by event_trial where trial = ? and registry = ? and kind = 'changed'"
        " and from_version is not null order by to_source, to_version",  # `archive` is before `snapshot`
        [trial, registry],
    ).fetchall()
    lines: dict[Source, list[Event]] = {Source.ARCHIVE: [], Source.SNAPSHOT: []}
    for _, was in events.read(db, [row[0] for row in rows]):
        assert was.to is not None
        line = lines[was.to.source]
        if was.engine >= ENGINE and not everything:
            line.append(was)
            continue
        try:
            now = _anew(reader, was, line, lines[Source.ARCHIVE])
        except RemovedVersion:
            line.append(was)  # it is kept as it was read, for good
            continue
        except SnapshotsError as error:
            line.append(was)
            yield Rebuilt(was=was, now=None, why=f"{was.id} stays as it is: {error}")
            continue
        line.append(now)
        yield Rebuilt(was=was, now=now)


def _anew(reader: Reader, was: Event, line: Sequence[Event], archive: Sequence[Event]) -> Event:
    """line: what came before in its line, oldest first. archive: the registry's, for the steps."""
    assert was.from_ is not None and was.to is not None
    changes = compare(
        _record(reader, was, was.from_),
        _record(reader, was, was.to),
        registry=was.registry,
        from_=was.from_,
        to=was.to,
        past=_past(line, was.from_),
    )
    by_number = {event.to.version: event for event in archive if event.to is not None}
    steps = [
        step_of(by_number[step.version], version=step.version, submitted=step.submitted)
        if step.version in by_number
        else step
        for step in was.steps
    ]
    now = with_steps(
        replace(
            was,
            headline=changes.headline,
            severity=changes.severity,
            tags=changes.tags,
            changes=_drifting_as_before(changes.changes, was),
            engine=changes.engine,
        ),
        steps,
    )
    return replace(now, severity=min(now.severity, was.severity)) if _was_damped(was) else now


def _drifting_as_before(changes: Sequence[FieldChange], was: Event) -> tuple[FieldChange, ...]:
    """What most records of its sweep shared is known from that sweep alone."""
    drifted = {(one.field, one.item) for one in was.changes if one.drift}
    return tuple(replace(one, drift=(one.field, one.item) in drifted) for one in changes)


def _past(line: Sequence[Event], until: VersionRef) -> Past:
    """As `past_of` would have it, were the line written already."""
    led = [
        (event, event.to)
        for event in line
        if event.severity is not Severity.NOISE
        and event.to is not None
        and (event.to.version or 0) <= (until.version or 0)
    ]
    return tuple(
        one for event, to in reversed(led[-MOST:]) for one in earlier(event.changes, event.from_, to)
    )


def _was_damped(event: Event) -> bool:
    """Whether it was booked below what changed in it: it happened to most records of a sweep at once."""
    return Severity.NOISE < event.severity < max((one.severity for one in event.news), default=Severity.NOISE)


def _record(reader: Reader, event: Event, ref: VersionRef) -> dict[str, object]:
    assert ref.version is not None
    return reader.record(event.registry, event.trial, ref.source, ref.version)

"""Which events a reader wants, and the search for them: sequence numbers, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from snapshots.changeset import Severity
from snapshots.event import EventKind
from snapshots.instants import bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events a reader asks for; None means any.

    since is included, until is not, both to the second: of when we found it; of what the registry's own versions
    changed, of the day of submission, which fits when any of it lies between. fields: any of these changed.
    """

    since: datetime | None = None
    until: datetime | None = None
    watch: str | None = None
    trial: str | None = None
    registry: str | None = None
    min_severity: Severity = Severity.MINOR
    fields: Sequence[str] | None = None
    tag: str | None = None
    kinds: Sequence[EventKind] | None = None
    detail: str | None = None  # of a deadline, its state
    archive: bool = (
        True  # also what lay between two of the registry's own versions, which may be a step of another
    )
    before: int | None = None  # sequence number of the last event that the reader has
    after: int | None = None  # of the newest that it knew before: only what was stored since


def find(db: Database, wanted: Wanted, *, limit: int) -> list[tuple[int, Severity]]:
    """Sequence numbers with their severity, newest first.

    Read along an index that is in the order of events, so that the work is bounded by what is asked for and
    not by how many others (quiet versions, and what the registry's own versions changed) lie between.
    """
    found: dict[int, str] = {}
    if wanted.kinds is not None and not wanted.kinds:
        return []
    for lead in _leads(wanted):
        conditions, values = _conditions(wanted, lead)
        levels = [level.value for level in Severity if level >= wanted.min_severity]
        for part in [[level] for level in levels] if lead.by_severity else [levels]:
            for field in wanted.fields or () if lead.by_field else (None,):
                where = " and ".join([f"{lead.severity} in ({','.join('?' * len(part))})", *conditions])
                columns = lead.sequence if lead.by_severity else f"{lead.sequence}, {lead.severity}"
                rows = db.execute(
                    f"select {columns} from {lead.tables} where {where}"
                    # Of an event that changed several of a kind, one row.
                    + (f" and change.field = ? group by {lead.sequence}" if lead.by_field else "")
                    + f" order by {lead.sequence} desc limit ?",
                    [*part, *values, *((field,) if lead.by_field else ()), limit],
                ).fetchall()
                found.update([(number, part[0]) for (number,) in rows] if lead.by_severity else rows)
    return [(number, _LEVELS[found[number]]) for number in sorted(found, reverse=True)[:limit]]


_LEVELS = {level.value: level for level in Severity}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lead:
    """The index that the search goes along: what is read, and where in it severity and order are.

    by_severity, by_field: the index has that before the order, so that each one is looked up by itself.
    only: what the index holds alone, as a condition; None where it holds all.
    """

    name: str
    tables: str
    severity: str
    sequence: str
    by_severity: bool
    by_field: bool = False
    only: str | None = None


_BY_TRIAL = _Lead(
    name="trial",
    tables="event indexed by event_trial",
    severity="event.severity",
    sequence="event.sequence",
    by_severity=False,
)
_BY_WATCH = _Lead(  # nobody watched what the archive tells of
    name="watch",
    tables="event_watch cross join event on event.sequence = event_watch.event",
    severity="event_watch.severity",
    sequence="event_watch.event",
    by_severity=True,
)


def _by_tag(archive: bool) -> _Lead:
    return _Lead(
        name="tag",
        tables="event_tag cross join event on event.sequence = event_tag.event",
        severity="event_tag.severity",
        sequence="event_tag.event",
        by_severity=True,
        only=f"event_tag.archive = {int(archive)}",
    )


def _by_field(archive: bool) -> _Lead:
    index = "change_archive" if archive else "change_own"
    return _Lead(
        name="field",
        tables=f"change indexed by {index} cross join event on event.sequence = change.event",
        severity="event.severity",
        sequence="change.event",
        by_severity=False,
        by_field=True,
        only=f"change.archive = {int(archive)}",
    )


def _by_severity(archive: bool) -> _Lead:
    return _Lead(
        name="severity",
        tables=f"event indexed by {'event_archive' if archive else 'event_own'}",
        severity="event.severity",
        sequence="event.sequence",
        by_severity=True,
        only=f"event.to_source is {'' if archive else 'not '}'archive'",
    )


_BY_SUBMISSION = _Lead(  # of the archive's, those of some days: however many there are of others
    name="submission",
    tables="event indexed by event_submitted",
    severity="event.severity",
    sequence="event.sequence",
    by_severity=True,
    only="event.to_source is 'archive'",
)


def _leads(wanted: Wanted) -> list[_Lead]:
    """One, or one for what is ours and one for the archive's."""
    if wanted.trial is not None:
        return [_BY_TRIAL]
    if wanted.watch is not None:
        return [_BY_WATCH]
    lead = _by_tag if wanted.tag is not None else _by_field if wanted.fields is not None else _by_severity
    if not wanted.archive:
        return [lead(False)]
    bounded = wanted.since is not None or wanted.until is not None
    return [lead(False), _BY_SUBMISSION if bounded else lead(True)]


def _conditions(wanted: Wanted, lead: _Lead) -> tuple[list[str], list[Any]]:
    """All but the severity, each with its value."""
    conditions: list[str] = []
    values: list[Any] = []

    def require(condition: str, *more: Any) -> None:
        conditions.append(condition)
        values.extend(more)

    if lead.only is not None:
        require(lead.only)
    for kind, value in (("watch", wanted.watch), ("tag", wanted.tag)):
        if value is not None and lead.name == kind:
            require(f"event_{kind}.{kind} = ?", value)
        elif value is not None:
            apart = " and other.archive = (event.to_source is 'archive')" if kind == "tag" else ""
            require(
                f"exists (select 1 from event_{kind} as other where other.{kind} = ?{apart}"
                " and other.severity = event.severity and other.event = event.sequence)",
                value,
            )
    if wanted.fields is not None and not lead.by_field:
        marks = ",".join("?" * len(wanted.fields))
        require(
            f"exists (select 1 from change where change.field in ({marks}) and change.event = event.sequence)",
            *wanted.fields,
        )
    if wanted.trial is not None:
        require("event.trial = ?", wanted.trial)
    if wanted.registry is not None:
        require("event.registry = ?", wanted.registry)
    if wanted.kinds is not None:
        marks = ",".join("?" * len(wanted.kinds))
        require(f"event.kind in ({marks})", *(EventKind(kind).value for kind in wanted.kinds))
    if wanted.detail is not None:
        require("event.detail = ?", wanted.detail)
    if not wanted.archive and lead.only is None:
        require("event.to_source is not 'archive'")
    if wanted.before is not None:
        require(f"{lead.sequence} < ?", wanted.before)
    if wanted.after is not None:
        require(f"{lead.sequence} > ?", wanted.after)
    ours, archived = _between(wanted, lead)
    if lead is _BY_TRIAL and wanted.archive and ours:
        both = f"case when event.to_source is 'archive' then {' and '.join(archived)} else {' and '.join(ours)} end"
        require(both, *archived.values(), *ours.values())
    else:
        for condition, value in (archived if lead is _BY_SUBMISSION else ours).items():
            require(condition, value)
    return conditions, values


def _between(wanted: Wanted, lead: _Lead) -> tuple[dict[str, str], dict[str, str]]:
    """Conditions on when it was, each with its value: for what we found, and for what was submitted."""
    ours, archived = {}, {}
    if wanted.since is not None:
        if not (lead is _BY_TRIAL and wanted.archive):
            # No event before the first of these is one of them: where to stop, as well as what to take.
            ours[
                f"{lead.sequence} >= (select min(sequence) from event indexed by event_at where at >= ?)"
            ] = bound(wanted.since)
        ours["event.at >= ?"] = bound(wanted.since)
        archived["event.to_updated >= ?"] = wanted.since.astimezone(UTC).date().isoformat()
    if wanted.until is not None:
        ours["event.at < ?"] = bound(wanted.until)
        last = wanted.until.astimezone(UTC) - timedelta(microseconds=1)
        archived["event.to_updated <= ?"] = last.date().isoformat()
    return ours, archived

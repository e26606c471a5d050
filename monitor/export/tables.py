"""The tables that are exported, as data: which columns each has, and where their values come from.

The same columns in every format, but for JSON lines of changes: these are events, as `trialbell changes --json`
has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from snapshots.changeset import FieldChange, Severity, Source
from snapshots.event import Event
from snapshots.facts import Facts, facts
from snapshots.instants import stamp
from snapshots.posting import Results, results_of
from snapshots.stored import Trial
from snapshots.whole import Read


class Kind(StrEnum):
    """Of a column's values; any may be absent."""

    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    DAY = "day"  # ISO text as it is published
    MOMENT = "moment"  # aware UTC
    LIST = "list"  # of texts
    JSON = "json"  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    name: str
    kind: Kind
    of: Callable[[Any], Any]  # from what the table's rows are made of
    words: str
    body: bool = False  # of a version: it must be unpacked for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """day: of which a row is, ISO, for partitions; None where rows have none. more: columns given when asked for."""

    name: str
    columns: tuple[Column, ...]
    day: Callable[[Any], str | None] | None = None
    more: tuple[Column, ...] = ()

    def chosen(self, names: tuple[str, ...]) -> tuple[Column, ...]:
        """These columns, in this order; KeyError of one that is not there."""
        known = {column.name: column for column in (*self.columns, *self.more)}
        return tuple(known[name] for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """facts: None where the body was not asked for, or is damaged."""

    read: Read
    facts: Facts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A field change of an event, or an event that has none. position: from 1, None without a change."""

    event: Event
    position: int | None
    change: FieldChange | None


def version_row(read: Read) -> VersionRow:
    if read.body is None:
        return VersionRow(read=read, facts=None)
    record = msgspec.json.decode(read.body)
    found = facts(record)
    if read.version.ref.source is Source.ARCHIVE:  # where results show before they are posted
        found = replace(found, has_results=results_of(record, Source.ARCHIVE) is Results.POSTED)
    return VersionRow(read=read, facts=found)


def change_rows(event: Event, *, noise: bool, fields: Sequence[str] | None) -> Iterator[ChangeRow]:
    """One a change; one for an event without any, as when a trial entered a watch."""
    if not event.changes and fields is None:
        yield ChangeRow(event=event, position=None, change=None)
    for position, change in enumerate(event.changes, 1):
        if (noise or change.severity is not Severity.NOISE) and (fields is None or change.field in fields):
            yield ChangeRow(event=event, position=position, change=change)


def row_json(row: Any, columns: tuple[Column, ...]) -> dict[str, Any]:
    """A row as JSON: instants as everything of ours writes them, a record as it is stored."""
    found = {}
    for column in columns:
        value = column.of(row)
        if value is not None and column.kind is Kind.MOMENT:
            value = stamp(value)
        elif value is not None and column.kind is Kind.JSON:
            value = msgspec.Raw(value)
        found[column.name] = value
    return found


def day(text: str | None) -> date | None:
    """`2026-10-05` as it is, `2026-10` as its first day; None for what is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text if len(text) == 10 else f"{text}-01" if len(text) == 7 else "")
    except ValueError:
        return None


def _said(value: Any) -> str | None:
    """A value before or after a change: text as it is, all else as JSON."""
    return value if value is None or isinstance(value, str) else msgspec.json.encode(value).decode()


def _facts(found: Callable[[Any], Facts | Trial | None]) -> tuple[Column, ...]:
    """The columns that a trial has by its newest record, and each version by its own."""

    def column(name: str, kind: Kind, words: str) -> Column:
        def of(row: Any) -> Any:
            read = found(row)
            return None if read is None else getattr(read, name)

        return Column(name=name, kind=kind, of=of, words=words, body=True)

    def first_day(name: str, words: str) -> Column:
        def of(row: Any) -> Any:
            known = day(getattr(found(row), name, None))
            return None if known is None else known.isoformat()

        return Column(
            name=f"{name}_date", kind=Kind.DAY, of=of, words=f"{words}, as a day: its month's first"
        )

    return (
        column("title", Kind.TEXT, "Brief title, else the official one"),
        column("status", Kind.TEXT, "Recruitment status, in the registry's words"),
        column("why_stopped", Kind.TEXT, "Why it was stopped, in the sponsor's words"),
        column("phase", Kind.TEXT, "Phase 1 to Phase 4; empty where none applies"),
        column("study_type", Kind.TEXT, "INTERVENTIONAL, OBSERVATIONAL or EXPANDED_ACCESS"),
        column("sponsor", Kind.TEXT, "Lead sponsor"),
        column("sponsor_class", Kind.TEXT, "INDUSTRY, NIH, OTHER and so on"),
        column("enrollment", Kind.NUMBER, "Participants, planned or actual"),
        column("start", Kind.TEXT, "Start as published, a day or a month"),
        first_day("start", "Start"),
        column("primary_completion", Kind.TEXT, "Primary completion as published, a day or a month"),
        first_day("primary_completion", "Primary completion"),
        column("completion", Kind.TEXT, "Completion as published, a day or a month"),
        first_day("completion", "Completion"),
        column("has_results", Kind.TRUTH, "Whether results are posted"),
        column("conditions", Kind.LIST, "Conditions"),
        column("countries", Kind.LIST, "Countries of its sites"),
        column("aliases", Kind.LIST, "Ids that it had before"),
    )


def _of_version(row: VersionRow) -> Facts | None:
    return row.facts


def _of_trial(row: Trial) -> Trial:
    return row


def _moment(text: str, words: str, of: Callable[[Any], datetime | None]) -> Column:
    return Column(name=text, kind=Kind.MOMENT, of=of, words=words)


def _text(name: str, words: str, of: Callable[[Any], Any]) -> Column:
    return Column(name=name, kind=Kind.TEXT, of=of, words=words)


def _day(name: str, words: str, of: Callable[[Any], Any]) -> Column:
    return Column(name=name, kind=Kind.DAY, of=of, words=words)


def _number(name: str, words: str, of: Callable[[Any], Any]) -> Column:
    return Column(name=name, kind=Kind.NUMBER, of=of, words=words)


def _list(name: str, words: str, of: Callable[[Any], Any]) -> Column:
    return Column(name=name, kind=Kind.LIST, of=of, words=words)


_REGISTRY = _text("registry", "Registry, e.g. ctgov", lambda row: row.registry)
_TRIAL = _text("trial", "The registry's id", lambda row: row.trial)

TRIALS = Table(
    name="trials",
    columns=(
        _REGISTRY,
        _TRIAL,
        *_facts(_of_trial),
        _day("updated", "Last update posted", lambda row: row.updated),
        _day("submitted", "Last update submitted", lambda row: row.submitted),
        _text("state", "present, gone or merged", lambda row: row.state),
        _moment(
            "state_since", "Since when, if it was ever anything but present", lambda row: row.state_since
        ),
        _text("merged_into", "The id that it was merged into", lambda row: row.merged_into),
        _moment("first_seen", "When we first stored it", lambda row: row.first_seen),
        _number("snapshots", "Versions that we saw ourselves", lambda row: row.snapshots),
        _number("archived", "Versions from the registry's history", lambda row: row.archived),
    ),
)

VERSIONS = Table(
    name="versions",
    columns=(
        _text("registry", _REGISTRY.words, lambda row: row.read.registry),
        _text("trial", _TRIAL.words, lambda row: row.read.trial),
        _text(
            "source",
            "snapshot: seen by us; archive: of the registry's own history",
            lambda row: row.read.version.ref.source.value,
        ),
        _number("version", "Its number in that source", lambda row: row.read.version.ref.version),
        _day(
            "build", "Data build it was first seen in; snapshots only", lambda row: row.read.version.ref.build
        ),
        _day("updated", "Last update posted; archive: submitted", lambda row: row.read.version.ref.updated),
        _day("submitted", "Last update submitted", lambda row: row.read.version.submitted),
        _moment("seen_at", "When we stored it", lambda row: row.read.version.ref.seen_at),
        _number("size", "Bytes of the canonical record", lambda row: row.read.version.size),
        _text("sha256", "Of the canonical record's bytes", lambda row: row.read.version.sha256.hex()),
        *_facts(_of_version),
    ),
    day=lambda row: row.read.version.ref.build or row.read.version.ref.updated,
    more=(
        Column(
            name="record",
            kind=Kind.JSON,
            of=lambda row: row.read.body,
            words="The whole record, byte for byte the canonical JSON that `sha256` is of",
            body=True,
        ),
    ),
)


def _happened(event: Event) -> str:
    """The day, ISO, by which a change is asked for; empty where none is known."""
    submitted = (event.to.updated if event.to else None) or ""
    if event.to is not None and event.to.source is Source.ARCHIVE:
        return submitted
    return (stamp(event.at) or submitted)[:10]


def _event(name: str, kind: Kind, words: str, of: Callable[[Event], Any]) -> Column:
    return Column(name=name, kind=kind, of=lambda row: of(row.event), words=words)


_VALUE = "Text as it is, all else as JSON; of enrolment and dates with what they are: `263 ESTIMATED`"


def _change(name: str, kind: Kind, words: str, of: Callable[[FieldChange], Any]) -> Column:
    return Column(
        name=name,
        kind=kind,
        of=lambda row: None if row.change is None else of(row.change),
        words=words,
    )


CHANGES = Table(
    name="changes",
    columns=(
        _event("registry", Kind.TEXT, _REGISTRY.words, lambda event: event.registry),
        _event("trial", Kind.TEXT, _TRIAL.words, lambda event: event.trial),
        _event("id", Kind.TEXT, "The event's; with `position` a row's", lambda event: event.id),
        _number("position", "Of the change in its event, from 1", lambda row: row.position),
        _event(
            "event",
            Kind.TEXT,
            "changed, entered, left, returned, gone and so on",
            lambda event: event.kind.value,
        ),
        _event("seen_at", Kind.MOMENT, "When we found it", lambda event: event.at),
        _event("build", Kind.DAY, "Data build that shows it", lambda event: event.build),
        _event(
            "source",
            Kind.TEXT,
            "Of the newer version",
            lambda event: event.to.source.value if event.to else None,
        ),
        _event(
            "from_version",
            Kind.NUMBER,
            "The older",
            lambda event: event.from_.version if event.from_ else None,
        ),
        _event("to_version", Kind.NUMBER, "The newer", lambda event: event.to.version if event.to else None),
        _event(
            "updated",
            Kind.DAY,
            "Last update posted, by the newer; archive: submitted",
            lambda event: event.to.updated if event.to else None,
        ),
        _event("title", Kind.TEXT, "The trial's", lambda event: event.title),
        _event("status", Kind.TEXT, "Recruitment status by the newer", lambda event: event.status),
        _event("phase", Kind.TEXT, "Phase by the newer", lambda event: event.phase),
        _event("sponsor", Kind.TEXT, "Lead sponsor by the newer", lambda event: event.sponsor),
        _event("sponsor_class", Kind.TEXT, "Its class", lambda event: event.sponsor_class),
        _change("field", Kind.TEXT, "Which field changed", lambda change: change.field),
        _change("label", Kind.TEXT, "Its name for people", lambda change: change.label),
        _change(
            "action", Kind.TEXT, "changed, added, removed, edited, moved", lambda change: change.action.value
        ),
        _change("item", Kind.TEXT, "Which member of a list", lambda change: change.item),
        _change("before", Kind.TEXT, _VALUE, lambda change: _said(change.before)),
        _change("after", Kind.TEXT, _VALUE, lambda change: _said(change.after)),
        _change(
            "severity", Kind.TEXT, "Of the change: noise to critical", lambda change: change.severity.value
        ),
        _change("reason", Kind.TEXT, "Why it weighs that", lambda change: change.reason),
        _change("summary", Kind.TEXT, "The change in a line", lambda change: change.summary),
        _change("tags", Kind.LIST, "The change's tags", lambda change: change.tags),
        _event("headline", Kind.TEXT, "The event in a line", lambda event: event.headline),
        _event("event_severity", Kind.TEXT, "The highest of its changes", lambda event: event.severity.value),
        _event("event_tags", Kind.LIST, "The event's tags", lambda event: event.tags),
        _event("watches", Kind.LIST, "The watches that held the trial", lambda event: event.watches),
        _event(
            "detail", Kind.TEXT, "Which state began or ended, which id it became", lambda event: event.detail
        ),
        _event("url", Kind.TEXT, "The record's page at the registry", lambda event: event.url),
    ),
    day=lambda row: _happened(row.event),
)

TABLES = {table.name: table for table in (VERSIONS, CHANGES, TRIALS)}

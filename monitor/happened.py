"""What happened, newest first, as the user weighs it: what `trialbell changes` lists and `trialbell mcp` tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from snapshots.changeset import Severity
from snapshots.deadlines.states import STATE_SLUGS
from snapshots.event import Event, EventKind
from snapshots.fields import table
from snapshots.query import Reader

_AT_ONCE = 200  # events read at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events. since, until: aware UTC, the second not included. field: of what changed, or a state."""

    since: datetime | None = None
    until: datetime | None = None
    watch: str | None = None
    trial: str | None = None
    least: Severity = Severity.MINOR
    field: str | None = None
    tag: str | None = None
    archive: bool = False  # also between two of the registry's own versions


def happened(
    reader: Reader,
    wanted: Wanted,
    *,
    effective: Callable[[Event], Event],
    overridden: bool,
    before: int | None = None,
    at_once: int = _AT_ONCE,
) -> Iterator[tuple[int, list[tuple[int, Event]]]]:
    """Pages of (number, event) with the number to go on from, each read when it is asked for; one may be empty, and
    others follow.

    effective: applies the user's own severities. overridden: they may raise what is stored lower, so that all is read.
    before: the number of the event to go on from.
    """
    state = wanted.field if wanted.field in STATE_SLUGS else None
    while True:
        page = reader.events(
            since=wanted.since,
            until=wanted.until,
            watch=wanted.watch,
            trial=wanted.trial,
            min_severity=Severity.NOISE if overridden else wanted.least,
            fields=table("ctgov").within(wanted.field) if wanted.field and not state else None,
            tag=wanted.tag,
            kinds=[EventKind.DEADLINE] if state else None,
            detail=state,
            archive=wanted.archive,
            limit=at_once,
            before=before,
        )
        if not page:
            return
        before = page[-1][0]
        weighed = [(number, effective(event)) for number, event in page]
        yield before, [(number, event) for number, event in weighed if event.severity >= wanted.least]

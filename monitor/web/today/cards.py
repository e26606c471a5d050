"""An event as it stands in a list of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor import addresses
from monitor.alerting.text import is_said
from monitor.web.compare.marks import headline_of, summary_of
from monitor.web.trial.history import KINDS
from snapshots.changeset import FieldChange, Severity
from snapshots.event import Event, EventKind

LINES = 3  # changes of an event named on its card


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An event as it stands in a list."""

    severity: Severity
    at: datetime | None
    headline: str
    href: str
    trial: str
    trial_href: str
    related_href: str
    title: str
    lines: tuple[tuple[Severity, str], ...]
    more: int
    note: str | None
    meta: tuple[str, ...]
    tags: tuple[str, ...]


def card(sequence: int, event: Event, seen: Sequence[str] = ()) -> Card:
    told = [change for change in event.changes if change.severity is not Severity.NOISE]
    lines = [(one.severity, summary_of(one)) for one in told if not _is_said(one, event.headline)]
    posted = event.to.updated if event.to else None
    meta = [
        KINDS[event.kind] if event.kind is not EventKind.CHANGED else "",
        f"posted by the registry {posted}" if posted else "",
        *(f"watch {name}" for name in event.watches[:4]),
        *seen,
    ]
    pair = compared(event)
    return Card(
        severity=event.severity,
        at=event.at,
        headline=headline_of(event.headline, event.changes),
        href=pair or addresses.event(sequence),
        trial=event.trial,
        trial_href=addresses.trial(event.registry, event.trial),
        related_href=addresses.related(event.registry, event.trial),
        title=event.title,
        lines=tuple(lines[:LINES]),
        more=max(0, len(lines) - LINES),
        note=event.note,
        meta=tuple(one for one in meta if one),
        tags=event.tags,
    )


def _is_said(change: FieldChange, headline: str) -> bool:
    """Also where the headline goes on behind a reason that ends with a full stop in the record."""
    if isinstance(change.after, str):
        change = replace(change, after=change.after.rstrip(". "))
    return is_said(change, headline)


def compared(event: Event) -> str | None:
    """The page that shows both versions; None where there are not two that are stored."""
    if event.from_ is None or event.to is None:
        return None
    return addresses.compare(event.registry, event.trial, event.from_, event.to)

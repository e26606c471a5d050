"""A feed and its entries, as values that any format can be written from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from snapshots.changeset import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event. All texts are plain and hold no control characters; `html` alone is markup."""

    id: str
    title: str
    at: datetime  # aware UTC: when we learnt of it
    summary: str  # one line
    text: str
    html: str
    page: str  # address of the page that shows it
    record: str | None  # of the registry's own page
    severity: Severity
    tags: tuple[str, ...]
    event: str  # the event's own id
    kind: str
    registry: str
    trial: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One page of a feed. Addresses are whole."""

    id: str  # of the feed, the same on all its pages
    title: str
    subtitle: str
    home: str  # the page that it goes with
    address: str  # of this page of it
    first: str | None  # of its first page; None on that
    next: str | None  # of the page with what is older; None on the last
    icon: str
    updated: datetime  # aware UTC: of the newest entry here; of the database's beginning when there is none
    entries: tuple[Entry, ...]  # newest first
    severities: str  # the tag URI that says that a category is a severity

"""Versions as a poll books them: statuses that turn, compared before the transaction that writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from snapshots.changes import compare
from snapshots.event import changed_event
from snapshots.query import Reader
from snapshots.store import Store

STATUSES = ("RECRUITING", "SUSPENDED", "ACTIVE_NOT_RECRUITING")

Pair = tuple[dict[str, Any], dict[str, Any]]  # the record as stored, and the one to book


def turned(store: Store, reader: Reader, trials: Iterable[str]) -> list[Pair]:
    """The newest record of each, and the same with its next status."""
    pairs = []
    for trial in trials:
        newest = store.newest("ctgov", trial)
        assert newest is not None and newest.ref.version is not None
        old = _named(reader.record("ctgov", trial, newest.ref.source, newest.ref.version), trial)
        status = old["protocolSection"]["statusModule"]
        now = status.get("overallStatus")
        moved = STATUSES[(STATUSES.index(now) + 1) % 3] if now in STATUSES else STATUSES[0]
        protocol = old["protocolSection"] | {"statusModule": status | {"overallStatus": moved}}
        pairs.append((old, old | {"protocolSection": protocol}))
    return pairs


def _named(record: dict[str, Any], trial: str) -> dict[str, Any]:
    """By its trial: `many_trials` copies records with the id of the first."""
    protocol = record["protocolSection"]
    identification = protocol["identificationModule"] | {"nctId": trial}
    return record | {"protocolSection": protocol | {"identificationModule": identification}}


def book(store: Store, pairs: Sequence[Pair], *, day: datetime) -> None:
    """In the caller's transaction. day: aware UTC."""
    for old, new in pairs:
        added = store.add_snapshot("ctgov", new, seen_at=day, build=day.date().isoformat(), fingerprint=None)
        assert added.previous is not None
        changes = compare(old, new, from_=added.previous, to=added.ref)
        store.add_event(changed_event(changes, at=day, url=None, watches=("all",)))

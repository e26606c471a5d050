"""A database whose change sets an older engine read, and wrongly: what `recompute` is to mend, and what to leave."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path

from doubles.small_records import small_record
from sqlite_utils import Database

from monitor.database import open_for_reading, open_for_writing
from snapshots.changes import compare
from snapshots.database import immediate
from snapshots.event import Event, changed_event
from snapshots.query import Reader
from snapshots.store import Store

NOW = datetime(2026, 11, 20, 9, 12, 44, tzinfo=UTC)
STATUSES = ("RECRUITING", "SUSPENDED", "ACTIVE_NOT_RECRUITING")


def fill(path: Path, *, trials: int, versions: int) -> None:
    """Each version has another status, and is told with the past that it has."""
    db = open_for_writing(path)
    store, reader = Store(db), Reader(db)
    with immediate(db):
        for number in range(1, trials + 1):
            trial = f"NCT{number:08}"
            old, before = {}, None
            for day in range(versions):
                record = small_record(trial, status=STATUSES[day % 3], holder=None)
                dates = record["protocolSection"]["statusModule"]
                dates["lastUpdatePostDateStruct"]["date"] = f"2026-10-{day + 1:02}"
                seen_at = NOW + timedelta(days=day)
                added = store.add_snapshot(
                    "ctgov", record, seen_at=seen_at, build=f"2026-10-{day + 1:02}", fingerprint=None
                )
                if before is not None:
                    past = reader.past("ctgov", trial, before)
                    changes = compare(old, record, from_=before, to=added.ref, past=past)
                    event = changed_event(
                        changes, at=seen_at, url=None, watches=("w",), status=STATUSES[day % 3]
                    )
                    store.add_event(event)
                old, before = copy.deepcopy(record), added.ref
    db.close()


def spoil(db: Database) -> None:
    """As if an engine 0 had read every change set, and everything wrongly."""
    with immediate(db):
        db.execute(
            "update event set engine = 0, headline = 'old words', severity = 'minor', tags = '[\"sites\"]'"
            " where kind = 'changed'"
        )
        db.execute("update change set summary = 'old words', severity = 'minor', tags = '[]'")
        db.execute("delete from event_tag")
        db.execute(
            "insert into event_tag (tag, archive, severity, event)"
            " select 'sites', to_source is 'archive', 'minor', sequence from event"
        )
        db.execute("update or ignore event_watch set severity = 'minor'")


def everything(path: Path) -> list[tuple[int, Event]]:
    """All events in their order, changes and all, with what the tables beside them say."""
    db = open_for_reading(path)
    try:
        rows = db.execute("select sequence, id from event order by sequence").fetchall()
        reader = Reader(db)
        found = []
        for sequence, event_id in rows:
            event = reader.event(event_id)
            assert event is not None
            for table, name, entries in (
                ("event_tag", "tag", event.tags),
                ("event_watch", "watch", event.watches),
            ):
                beside = db.execute(
                    f"select {name}, severity from {table} where event = ? order by {name}", [sequence]
                ).fetchall()
                assert beside == [(one, event.severity.value) for one in sorted(entries)], event_id
            found.append((sequence, event))
        return found
    finally:
        db.close()


def older(events: list[tuple[int, Event]]) -> int:
    return sum(event.engine == 0 for _, event in events)

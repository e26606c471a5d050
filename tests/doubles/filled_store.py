"""A store filled as polls would, in an order that the test chooses: trials with snapshots, archive versions, events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from doubles.study_records import edited, possible_edits, study_record
from sqlite_utils import Database

from monitor.database import open_for_writing
from snapshots.changes import compare
from snapshots.database import immediate
from snapshots.event import changed_event
from snapshots.query import Reader
from snapshots.store import Store

FIRST_DAY = date(2025, 12, 1)
Step = tuple[int, int]  # number of the trial, number of the version from 1


def nct(record: dict[str, Any]) -> str:
    found: str = record["protocolSection"]["identificationModule"]["nctId"]
    return found


def line(number: int, count: int) -> list[dict[str, Any]]:
    """The versions of one study, always the same ones."""
    random = Random(number)
    records = [study_record(number)]
    while len(records) < count:
        possible = possible_edits(records[-1])
        if not possible:  # an empty one, of which the sponsor gave nothing but a title
            records.append(retitled(records[-1]))
            continue
        record = edited(records[-1], random.choice(possible), random)
        if record != records[-1]:
            records.append(record)
    return records


def retitled(record: dict[str, Any]) -> dict[str, Any]:
    protocol = record["protocolSection"]
    identification = protocol["identificationModule"]
    named = identification | {"briefTitle": f"{identification.get('briefTitle', '')} again"}
    return record | {"protocolSection": protocol | {"identificationModule": named}}


def steps(trials: int, versions: int) -> list[Step]:
    """Trial by trial."""
    return [(trial, version) for trial in range(1, trials + 1) for version in range(1, versions + 1)]


def store(db: Database, order: Iterable[Step], versions: int, *, archived: int = 0) -> Iterator[str]:
    """One transaction a step; yields the id when it is stored. archived: versions of the registry's own, before."""
    lines: dict[int, list[dict[str, Any]]] = {}
    writing, reading = Store(db), Reader(db)
    for trial, version in order:
        records = lines.setdefault(trial, line(trial, versions))
        record = records[version - 1]
        day = FIRST_DAY + timedelta(days=7 * version)
        seen_at = datetime(day.year, day.month, day.day, 9, 12, 44, trial, tzinfo=UTC)
        with immediate(db):
            for number in range(1, archived + 1) if version == 1 else ():
                submitted = date(2020 + number, 3, 1).isoformat()
                old = records[number % len(records)]
                writing.add_archived(
                    "ctgov", nct(record), old, number=number, submitted=submitted, seen_at=seen_at
                )
            added = writing.add_snapshot(
                "ctgov", record, seen_at=seen_at, build=day.isoformat(), fingerprint=None
            )
            if added.new and added.previous is not None and added.previous.version is not None:
                before = reading.record("ctgov", nct(record), added.previous.source, added.previous.version)
                changes = compare(before, record, from_=added.previous, to=added.ref)
                url = f"https://clinicaltrials.gov/study/{nct(record)}"
                writing.add_event(changed_event(changes, at=seen_at, url=url, watches=("all",)))
        yield nct(record)


def fill(
    path: Path, trials: int, versions: int, *, archived: int = 0, shuffled: int | None = None
) -> list[str]:
    """The file is made. shuffled: a seed for the order among trials. Returns the ids, sorted."""
    order = steps(trials, versions)
    if shuffled is not None:
        random = Random(shuffled)
        turns = [trial for trial, _ in order]
        random.shuffle(turns)
        behind: dict[int, int] = {}
        order = []
        for trial in turns:
            behind[trial] = behind.get(trial, 0) + 1
            order.append((trial, behind[trial]))
    with closing(open_for_writing(path)) as db:
        return sorted(set(store(db, order, versions, archived=archived)))

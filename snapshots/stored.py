"""What the store holds, as values: a trial and a version; and how a row of the database becomes one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from snapshots.changeset import Source, VersionRef
from snapshots.instants import instant

TRIAL_COLUMNS = (
    "registry, trial, title, status, why_stopped, phase, sponsor, sponsor_class, study_type, enrollment, updated,"
    " submitted, has_results, start, primary_completion, completion, conditions, countries, aliases, state,"
    " state_since, merged_into, first_seen, snapshots, archived"
)
VERSION_COLUMNS = (
    "version.line, version.number, version.seen_at, version.updated, version.build,"
    " ifnull(version.content, substr(ledger.sha256, 1, 16)), ledger.sha256, version.size, version.submitted"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A trial as its newest record has it, and what we hold of it. For the facts see `facts.Facts`."""

    registry: str
    trial: str
    title: str
    status: str | None
    why_stopped: str | None
    phase: str | None
    sponsor: str | None
    sponsor_class: str | None
    study_type: str | None
    enrollment: int | None
    updated: str | None
    submitted: str | None
    has_results: bool
    start: str | None
    primary_completion: str | None
    completion: str | None
    conditions: tuple[str, ...]
    countries: tuple[str, ...]
    aliases: tuple[str, ...]
    state: str  # "present", "gone" or "merged"
    state_since: datetime | None  # None while it was never anything but present
    merged_into: str | None  # the surviving id, when merged
    first_seen: datetime
    snapshots: int  # versions stored of each line
    archived: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One stored version. Its body is read by `Reader.body` or `Reader.record`."""

    ref: VersionRef
    content: bytes  # identity: see `record.content_hash`
    sha256: bytes  # of the stored canonical bytes
    size: int  # of the canonical bytes
    submitted: str | None  # ISO day of the submission to the registry that it shows
    quiet: bool = False  # nothing but noise changed since the version before it
    equal_to: VersionRef | None = None  # the same version in the other line


def trial_of(row: Sequence[Any]) -> Trial:
    return Trial(
        registry=row[0],
        trial=row[1],
        title=row[2],
        status=row[3],
        why_stopped=row[4],
        phase=row[5],
        sponsor=row[6],
        sponsor_class=row[7],
        study_type=row[8],
        enrollment=row[9],
        updated=row[10],
        submitted=row[11],
        has_results=bool(row[12]),
        start=row[13],
        primary_completion=row[14],
        completion=row[15],
        conditions=tuple(msgspec.json.decode(row[16])),
        countries=tuple(msgspec.json.decode(row[17])),
        aliases=tuple(msgspec.json.decode(row[18])),
        state=row[19],
        state_since=instant(row[20]),
        merged_into=row[21],
        first_seen=instant(row[22]),
        snapshots=row[23],
        archived=row[24],
    )


def version_of(row: Sequence[Any], quiet: dict[tuple[str, int], bool]) -> Version:
    return Version(
        ref=VersionRef(
            source=Source(row[0]), version=row[1], seen_at=instant(row[2]), updated=row[3], build=row[4]
        ),
        content=row[5],
        sha256=row[6],
        size=row[7],
        submitted=row[8],
        quiet=quiet.get((row[0], row[1]), False),
    )

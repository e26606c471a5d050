"""Versions that need not be kept any longer: which they are, and how they go.

A version goes when another took its place before the day up to which everything is kept: each day since then can
still be asked for. The oldest of a line first, without a gap, so that what stays never leans on what went; the newest
never. Events, their change sets and the ledger's entries stay, and what went is written down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from snapshots.changeset import Source
from snapshots.instants import microseconds

TRIALS_AT_ONCE = 1_000
ROW_SIZE = 75  # bytes that a version takes beside its body, in the middle

# Each line's oldest version, and the oldest that stays: the newest, or one whose successor came after ?3. The archive's
# are dated by the day of submission; one that is no full day says nothing, and what it would date stays.
_STAYING = """
    select one.trial, one.archive, trial.registry, trial.trial, min(number),
           min(case when until is null or until > ?3 then number end) as staying
    from (select version.trial, archive, number,
                 lead(case when archive = 0 then seen when typeof(updated_day) = 'integer'
                      then updated_day * 86400000000 else 9223372036854775807 end)
                 over (partition by version.trial, archive order by number) as until
          from version where version.trial > ?1 and version.trial <= ?2) as one
    join trial on trial.key = one.trial
    group by one.trial, one.archive having staying > min(number)"""

Needed = Mapping[tuple[str, str, Source], int]  # (registry, trial, line) → the oldest number that must stay


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Versions of one line that can go: from its oldest up to and with `last`."""

    registry: str
    trial: str
    source: Source
    key: int
    first: int
    last: int
    versions: int
    size: int  # bytes of room, about


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """Versions that went: of the numbers from first to last, those that were stored."""

    source: Source
    first: int
    last: int
    day: str  # when, ISO


def can_go(db: Database, *, before: datetime, needed: Needed) -> Iterator[Span]:
    """What another version replaced by `before`, line by line. Some trials a read; writes nothing."""
    end = db.execute("select ifnull(max(key), 0) from trial").fetchone()[0]
    for start in range(0, end, TRIALS_AT_ONCE):
        rows = db.execute(_STAYING, [start, start + TRIALS_AT_ONCE, microseconds(before)]).fetchall()
        for key, archive, registry, trial, first, staying in rows:
            source = Source.ARCHIVE if archive else Source.SNAPSHOT
            staying = min(staying, needed.get((registry, trial, source), staying))
            last, versions, size = db.execute(
                "select max(number), count(*), sum(length(body)) from body"
                " where trial = ? and archive = ? and number < ?",
                [key, archive, staying],
            ).fetchone()
            if versions:
                yield Span(
                    registry=registry,
                    trial=trial,
                    source=source,
                    key=key,
                    first=first,
                    last=last,
                    versions=versions,
                    size=size + versions * ROW_SIZE,
                )


def remove(db: Database, spans: Sequence[Span], *, day: date) -> None:
    """Take these versions out. The caller owns the transaction, and has seen to it that nothing needs them."""
    for span in spans:
        place = [span.key, span.source.archive, span.last]
        newest = db.execute(
            "select number from head where trial = ? and line = ?", [span.key, span.source.value]
        ).fetchone()
        if newest is None or newest[0] <= span.last:
            raise ValueError(
                f"the newest version of a line stays: {span.trial} {span.source.value} {span.last}"
            )
        db.execute("delete from body where trial = ? and archive = ? and number <= ?", place)
        gone = db.execute(
            "delete from version where trial = ? and archive = ? and number <= ?", place
        ).rowcount
        counted = "archived" if span.source is Source.ARCHIVE else "snapshots"
        db.execute(f"update trial set {counted} = {counted} - ? where key = ?", [gone, span.key])
        db.execute(
            "insert or replace into removed (trial, archive, last, first, day) values (?, ?, ?, ?, ?)",
            [*place, span.first, day.isoformat()],
        )


def removed(db: Database, key: int) -> list[Removed]:
    """What went of a trial, the archive's before ours, the oldest first."""
    rows = db.execute(
        "select archive, first, last, day from removed where trial = ? order by archive desc, last", [key]
    ).fetchall()
    return [
        Removed(source=Source.ARCHIVE if row[0] else Source.SNAPSHOT, first=row[1], last=row[2], day=row[3])
        for row in rows
    ]


def removal_of(db: Database, key: int, source: Source, number: int) -> Removed | None:
    """What took a version, or one beside it whose number the registry never gave us. None: nothing did."""
    return next(
        (one for one in removed(db, key) if one.source is source and one.first <= number <= one.last), None
    )

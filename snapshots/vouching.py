"""What vouches for one stored version: its entry in the ledger, and whether the database still agrees with it.

Cheap enough for every look at a version: its own rows, those of its line, and the ledger around its entry. An edit
that leaves no trace there needs the whole chain behind it written anew, which nobody can do to a chain hash that was
kept elsewhere. Everything at once is `integrity`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlite_utils import Database

from snapshots import ledger
from snapshots.changeset import Source
from snapshots.facts import facts
from snapshots.record import content_of
from snapshots.retention import removal_of

_ROW = (
    "select version.entry, ifnull(version.content, substr(ledger.sha256, 1, 16)), version.size, version.seen_at,"
    " version.build, version.updated, version.submitted, ledger.trial, ledger.archive, ledger.number,"
    " ledger.times from version left join ledger on ledger.entry = version.entry"
    " where version.trial = ? and version.archive = ? and version.number = ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """entry: its number in the ledger. said: the four times as they were sealed, in the order of `ledger.times_hash`,
    "" where there is none. previous, chain: the chain hashes before and at the entry; None where they cannot be had.
    """

    entry: int
    said: tuple[str, str, str, str]
    times: bytes | None  # their hash in the ledger; None in entries that are older than the sealing of times
    previous: bytes | None
    chain: bytes | None
    problems: tuple[str, ...]  # a sentence each, without a full stop; empty when all agrees


def voucher(db: Database, key: int, source: Source, number: int, body: bytes) -> Voucher:
    """key: the trial's. body: the stored bytes, whose hash was found to be the ledger's (`Reader.body`)."""
    row: Sequence[Any] = db.execute(_ROW, [key, source.archive, number]).fetchone()
    entry, content, size, seen_at, build, updated, submitted, *named, sealed = row
    problems: list[str] = []
    if named != [key, int(source.archive), number]:
        problems.append(f"entry {entry} of the ledger, which its row names, is of another version")
    record = msgspec.json.decode(body)
    if sealed is not None:
        if ledger.times_hash(seen_at, build, updated, submitted) != sealed:
            problems.append(
                "its dates (when it was seen, the data build, posted, submitted) are not those that were sealed in the"
                " ledger when it was stored"
            )
    else:
        read = facts(record)
        if submitted != read.submitted or (source is Source.SNAPSHOT and updated != read.updated):
            problems.append("its dates are not those that its record has")
    if size != len(body):
        problems.append(f"its row says {size:,} bytes, and it has {len(body):,}")
    if content_of(record, body) != content:
        problems.append("the content hash in its row is not that of its bytes")
    problems += line_problems(db, key, source)
    problems += ledger.problems_at(db, entry)
    previous, chain = _around(db, entry)
    return Voucher(
        entry=entry,
        said=(seen_at, build or "", updated or "", submitted or ""),
        times=sealed,
        previous=previous,
        chain=chain,
        problems=tuple(problems),
    )


def line_problems(db: Database, key: int, source: Source) -> list[str]:
    """Versions of one line of a trial that are no longer there, though nobody removed them."""
    line = [key, source.archive]
    count, lowest, highest = db.execute(
        "select count(*), min(number), max(number) from version where trial = ? and archive = ?", line
    ).fetchone()
    counted = db.execute(
        "select iif(?2, archived, snapshots) from trial where key = ?1", [key, source.archive]
    ).fetchone()[0]
    newest = db.execute(
        "select number from head where trial = ? and line = ?", [key, source.value]
    ).fetchone()
    ours = "snapshots" if source is Source.SNAPSHOT else "versions of the registry's history"
    problems = []
    if count != counted:
        problems.append(f"the trial has {count} {ours}, and {counted} were stored and not removed")
    if newest is not None and newest[0] != (highest or 0):
        problems.append(f"its {ours} end with {highest or 'none'}, and {newest[0]} was stored last")
    if source is Source.SNAPSHOT and count:
        if highest - lowest + 1 != count:
            problems.append(
                f"of its {ours} {lowest} to {highest}, {highest - lowest + 1 - count} are missing"
            )
        if lowest > 1 and removal_of(db, key, source, lowest - 1) is None:
            problems.append(f"its {ours} begin with {lowest}, and nobody removed those before")
    return problems


def lost(db: Database, key: int, source: Source, number: int) -> str | None:
    """Of a version that cannot be found: why it should be there; None when there is no reason to think so."""
    row = db.execute(
        "select entry from version where trial = ? and archive = ? and number = ?",
        [key, source.archive, number],
    ).fetchone()
    if row is not None:
        return f"its entry {row[0]} is no longer in the ledger"
    if removal_of(db, key, source, number) is not None:
        return None
    newest = db.execute(
        "select max(ifnull((select number from head where trial = ?1 and line = ?2), 0),"
        " ifnull((select max(number) from version where trial = ?1 and archive = ?3), 0))",
        [key, source.value, source.archive],
    ).fetchone()[0]
    problems = line_problems(db, key, source)
    if problems and (source is Source.ARCHIVE or number <= newest + 1):
        return problems[0]
    return None


def _around(db: Database, entry: int) -> tuple[bytes | None, bytes | None]:
    """The chain hashes before an entry and at it."""
    start = (entry - 1) // ledger.EVERY * ledger.EVERY
    before, rows = ledger.entries(db, start, entry - start)
    chains = {start: before, **{row[0]: row[7] for row in rows}}
    return chains.get(entry - 1), chains.get(entry)

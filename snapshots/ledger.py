"""The ledger: every version ever stored, in the order of storing, each entry sealed into the next.

Entry n's chain hash is sha256(chain hash n-1 ‖ registry ‖ trial ‖ line ‖ number ‖ sha256 of the canonical
bytes ‖ hash of its times), the texts each followed by a line end, the first chain hash 32 zero bytes. Who keeps one
chain hash elsewhere can prove that nothing stored before it was altered since. Each follows from the one before it,
so it is kept in the newest entry and in every 64th alone. Entries outlive the versions that they name. Those written
before the times were sealed have no hash of them, and nothing stands in its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from snapshots.changeset import Source

START = bytes(32)
TIMES_SIZE = 16  # bytes of the hash of a version's times
EVERY = 64  # entries of which one keeps its chain hash; part of migration 0002
_AT_ONCE = 5_000  # entries read in one statement: a reader that stays long holds up the write-ahead log


def entry_hash(
    previous: bytes,
    registry: str,
    trial: str,
    line: str,
    number: int,
    sha256: bytes,
    times: bytes | None = None,
) -> bytes:
    """The chain hash of the entry after `previous`."""
    named = f"{registry}\n{trial}\n{line}\n{number}\n".encode()
    return hashlib.sha256(previous + named + sha256 + (times or b"")).digest()


def times_hash(seen_at: str, build: str | None, updated: str | None, submitted: str | None) -> bytes:
    """Of a version's times as its row has them in text, each followed by a line end; the first half of a SHA-256."""
    said = "".join(f"{one or ''}\n" for one in (seen_at, build, updated, submitted))
    return hashlib.sha256(said.encode()).digest()[:TIMES_SIZE]


def append(
    db: Database,
    key: int,
    registry: str,
    trial: str,
    line: Source,
    number: int,
    sha256: bytes,
    times: bytes | None = None,
) -> int:
    """Write the next entry, in the caller's transaction; returns its number. times: `times_hash`."""
    last = db.conn.execute("select entry, chain from ledger order by entry desc limit 1").fetchone()
    previous = START if last is None else last[1] or _followed(db, last[0])
    chain = entry_hash(previous, registry, trial, line.value, number, sha256, times)
    cursor = db.conn.execute(
        "insert into ledger (trial, archive, number, sha256, times, chain) values (?, ?, ?, ?, ?, ?)",
        [key, line.archive, number, sha256, times, chain],
    )
    if last is not None and last[0] % EVERY:
        db.conn.execute("update ledger set chain = null where entry = ?", [last[0]])
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _followed(db: Database, entry: int) -> bytes:
    """The chain hash of an entry that does not keep it any more: what came behind it was taken away."""
    kept = db.execute(
        "select entry, chain from ledger where entry <= ? and chain is not null order by entry desc limit 1",
        [entry],
    ).fetchone() or (0, START)
    chain: bytes = kept[1]
    for row in db.execute(_ENTRIES, [kept[0], EVERY]).fetchall():
        chain = entry_hash(chain, *row[1:7])
    return chain


def problems(db: Database, *, newest: int | None = None) -> Iterator[str]:
    """What does not fit in the chain: an entry that does not follow, one that is missing.

    newest: only so many of the newest entries, and what they need to begin with.
    """
    last, given = ends(db)
    start = 0 if newest is None else max(0, last - newest) // EVERY * EVERY
    yield from problems_between(db, start, None)
    if given > last:
        yield f"ledger: entries {last + 1} to {given} were written once and are missing"


def sealed_since(db: Database) -> int | None:
    """The first entry in which a version's times are sealed too; None when there is none. In every later one they are:
    found by halving, some twenty rows are read."""
    low, high = 1, ends(db)[0]
    found = None
    while low <= high:
        middle = (low + high) // 2
        row = db.execute(
            "select entry, times is not null from ledger where entry >= ? order by entry limit 1", [middle]
        ).fetchone()
        if row is None or row[1]:
            found = row[0] if row else found
            high = middle - 1
        else:
            low = row[0] + 1
    return found


def ends(db: Database) -> tuple[int, int]:
    """The newest entry's number, and the highest that one was ever given here: SQLite remembers it when the entry is
    gone. 0 when there is none. One statement: others may write meanwhile."""
    row = db.execute(
        "select (select ifnull(max(entry), 0) from ledger),"
        " ifnull((select seq from sqlite_sequence where name = 'ledger'), 0)"
    ).fetchone()
    return int(row[0]), int(row[1])


def problems_at(db: Database, entry: int) -> list[str]:
    """What does not fit around one entry: in its piece of the chain, from one kept chain hash to the next, and in the
    piece behind, which vouches for where this one ends. At most 128 entries are read."""
    start = (entry - 1) // EVERY * EVERY
    return list(problems_between(db, start, start + 2 * EVERY))


def entries(db: Database, start: int, limit: int) -> tuple[bytes | None, list[tuple[Any, ...]]]:
    """Entries after `start`, a multiple of EVERY, in order: (entry, registry, trial, line, number, sha256, times,
    chain), each with its chain hash worked out; before them the one that they go on from.

    None for that, and for a chain hash, where it cannot be known: the kept one is lost.
    """
    assert start % EVERY == 0
    chain = _kept(db, start)
    first, found = chain, []
    for row in db.execute(_ENTRIES, [start, limit]).fetchall():
        chain = row[7] if chain is None else entry_hash(chain, *row[1:7])
        found.append((*row[:7], chain))
    return first, found


def _kept(db: Database, entry: int) -> bytes | None:
    if entry == 0:
        return START
    row = db.execute("select chain from ledger where entry = ?", [entry]).fetchone()
    return None if row is None else row[0]


def problems_between(db: Database, start: int, end: int | None) -> Iterator[str]:
    """What does not fit from `start`, a multiple of EVERY, up to and with `end`; None: to the newest entry."""
    # previous: None where it is not known, until an entry that keeps it.
    previous, expected, since = (START, 1, 1) if start == 0 else (None, start, start)
    at_once = _AT_ONCE if end is None else end - expected + 1
    while rows := db.execute(_ENTRIES, [expected - 1, at_once]).fetchall():
        for entry, *named, chain in rows:
            if end is not None and entry > end:
                if expected <= end:
                    yield f"ledger: entries {expected} to {entry - 1} are missing"
                return
            if entry != expected:
                yield f"ledger: entries {expected} to {entry - 1} are missing"
                previous = None
            if previous is not None:
                previous = entry_hash(previous, *named)
            if chain is not None:
                if previous not in (None, chain):
                    yield f"ledger: one of the entries {since} to {entry} was altered after it was written"
                previous, since = chain, entry + 1
            elif entry % EVERY == 0:
                yield f"ledger: entry {entry} has lost its chain hash"
            expected = entry + 1
        if end is not None:
            break
    if expected > 1 and since != expected and (end is None or expected <= end):
        yield f"ledger: the newest entry, {expected - 1}, has lost its chain hash"


_ENTRIES = (
    "select entry, registry, trial.trial, line, number, sha256, times, chain"
    " from ledger left join trial on trial.key = ledger.trial where entry > ? order by entry limit ?"
)

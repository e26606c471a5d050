"""The ledger: every version ever stored, in the order of storing, each entry sealed into the next.

Entry n's chain hash is sha256(chain hash n-1 ‖ registry ‖ trial ‖ line ‖ number ‖ sha256 of the canonical
bytes), the texts each followed by a line end, the first chain hash 32 zero bytes. Who keeps one chain hash
elsewhere can prove that nothing stored before it was altered since. Each follows from the one before it, so it
is kept in the newest entry and in every 64th alone. Entries outlive the versions that they name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlite_utils import Database

from snapshots.changeset import Source

START = bytes(32)
EVERY = 64  # entries of which one keeps its chain hash; part of migration 0002
_AT_ONCE = 5_000  # entries read in one statement: a reader that stays long holds up the write-ahead log


def entry_hash(previous: bytes, registry: str, trial: str, line: str, number: int, sha256: bytes) -> bytes:
    """The chain hash of the entry after `previous`."""
    named = f"{registry}\n{trial}\n{line}\n{number}\n".encode()
    return hashlib.sha256(previous + named + sha256).digest()


def append(
    db: Database, key: int, registry: str, trial: str, line: Source, number: int, sha256: bytes
) -> int:
    """Write the next entry, in the caller's transaction; returns its number."""
    last = db.conn.execute("select entry, chain from ledger order by entry desc limit 1").fetchone()
    previous = START if last is None else last[1] or _followed(db, last[0])
    chain = entry_hash(previous, registry, trial, line.value, number, sha256)
    cursor = db.conn.execute(
        "insert into ledger (trial, archive, number, sha256, chain) values (?, ?, ?, ?, ?)",
        [key, line.archive, number, sha256, chain],
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
    for _, registry, trial, line, number, sha256, _ in db.execute(_ENTRIES, [kept[0], EVERY]).fetchall():
        chain = entry_hash(chain, registry, trial, line, number, sha256)
    return chain


def problems(db: Database, *, newest: int | None = None) -> Iterator[str]:
    """What does not fit in the chain: an entry that does not follow, one that is missing.

    newest: only so many of the newest entries, and what they need to begin with.
    """
    start = 0
    if newest is not None:
        row = db.execute("select max(entry) from ledger").fetchone()
        start = max(0, (row[0] or 0) - newest) // EVERY * EVERY
    # previous: None where it is not known, until an entry that keeps it.
    previous, expected, since = (START, 1, 1) if start == 0 else (None, start, start)
    while rows := db.execute(_ENTRIES, [expected - 1, _AT_ONCE]).fetchall():
        for entry, registry, trial, line, number, sha256, chain in rows:
            if entry != expected:
                yield f"ledger: entries {expected} to {entry - 1} are missing"
                previous = None
            if previous is not None:
                previous = entry_hash(previous, registry, trial, line, number, sha256)
            if chain is not None:
                if previous not in (None, chain):
                    yield f"ledger: one of the entries {since} to {entry} was altered after it was written"
                previous, since = chain, entry + 1
            elif entry % EVERY == 0:
                yield f"ledger: entry {entry} has lost its chain hash"
            expected = entry + 1
    if expected > 1 and since != expected:
        yield f"ledger: the newest entry, {expected - 1}, has lost its chain hash"


_ENTRIES = (
    "select entry, registry, trial.trial, line, number, sha256, chain"
    " from ledger left join trial on trial.key = ledger.trial where entry > ? order by entry limit ?"
)

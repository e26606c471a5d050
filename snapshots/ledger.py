"""The ledger: every version ever stored, in the order of storing, each entry sealed into the next.

Entry n's chain hash is sha256(chain hash n-1 ‖ registry ‖ trial ‖ line ‖ number ‖ sha256 of the canonical
bytes), the texts each followed by a line end, the first chain hash 32 zero bytes. Who keeps one chain hash
elsewhere can prove that nothing stored before it was altered since. Entries outlive the versions that they
name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlite_utils import Database

from snapshots.changeset import Source

START = bytes(32)


def entry_hash(previous: bytes, registry: str, trial: str, line: str, number: int, sha256: bytes) -> bytes:
    """The chain hash of the entry after `previous`."""
    named = f"{registry}\n{trial}\n{line}\n{number}\n".encode()
    return hashlib.sha256(previous + named + sha256).digest()


def append(
    db: Database, key: int, registry: str, trial: str, line: Source, number: int, sha256: bytes
) -> int:
    """Write the next entry, in the caller's transaction; returns its number."""
    last = db.execute("select chain from ledger order by entry desc limit 1").fetchone()
    chain = entry_hash(START if last is None else last[0], registry, trial, line.value, number, sha256)
    cursor = db.execute(
        "insert into ledger (trial, line, number, sha256, chain) values (?, ?, ?, ?, ?)",
        [key, line.value, number, sha256, chain],
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def problems(db: Database) -> Iterator[str]:
    """What does not fit: a broken chain, a missing entry, a version that no entry vouches for."""
    previous, expected = START, 1
    rows = db.execute(
        "select entry, registry, trial.trial, line, number, sha256, chain"
        " from ledger left join trial on trial.key = ledger.trial order by entry"
    )
    for entry, registry, trial, line, number, sha256, chain in rows:
        if entry != expected:
            yield f"ledger: entries {expected} to {entry - 1} are missing"
        elif entry_hash(previous, registry, trial, line, number, sha256) != chain:
            yield f"ledger: entry {entry} does not follow from the one before it ({trial}, {line} {number})"
        previous, expected = chain, entry + 1
    orphans = db.execute(
        "select registry, trial.trial, version.line, version.number from version"
        " join trial on trial.key = version.trial left join ledger on ledger.entry = version.entry"
        " and ledger.trial = version.trial and ledger.line = version.line and ledger.number = version.number"
        " where ledger.entry is null"
    )
    for registry, trial, line, number in orphans:
        yield f"{registry} {trial}: {line} {number} has no entry in the ledger"

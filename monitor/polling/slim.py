"""Slim records beside what is stored: one digest for each trial's newest version, made once and kept.

Kept with the version's number, so that one that was stored by whomever since is seen to have none yet.
"""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from monitor.registries.base import Absurd, Page, Registry
from snapshots.changeset import Source
from snapshots.database import immediate
from snapshots.errors import SnapshotsError
from snapshots.query import Reader
from snapshots.store import Store

_PARAMETERS = 900  # in one statement: below SQLite's least limit of 999


class Slims:
    def __init__(self, db: Database, registry: Registry) -> None:
        self._db = db
        self._registry = registry
        self._store = Store(db)
        self._reader = Reader(db)

    def differing(self, page: Page) -> set[str]:
        """The trials of a page of slim records of which another version is stored, or none."""
        held = self._store.newest_numbers(self._registry.name, page.ids)
        kept = self._kept([key for key, _ in held.values()])
        made: list[tuple[int, int, bytes]] = []
        found: set[str] = set()
        for trial, record in zip(page.ids, page.records, strict=True):
            if trial not in held:
                found.add(trial)
                continue
            key, number = held[trial]
            at, digest = kept.get(key, (0, b""))
            if at != number or not digest:  # or its version could not be read, and may have been put right
                digest = self._made(trial, number)
                made.append((key, number, digest))
            if digest != self._digest(record):
                found.add(trial)
        if made:
            with immediate(self._db):
                self._db.conn.executemany("insert or replace into slim values (?, ?, ?)", made)
        return found

    def keep(self, trial: str, number: int, record: dict[str, Any]) -> None:
        """This version was stored. Caller owns the transaction."""
        self._db.execute(
            "insert or replace into slim (trial, number, digest) select key, ?, ? from trial"
            " where trial = ? and registry = ?",
            [number, self._registry.slim_digest(record), trial, self._registry.name],
        )

    def _kept(self, keys: list[int]) -> dict[int, tuple[int, bytes]]:
        found: dict[int, tuple[int, bytes]] = {}
        for start in range(0, len(keys), _PARAMETERS):
            part = keys[start : start + _PARAMETERS]
            rows = self._db.execute(
                f"select trial, number, digest from slim where trial in ({','.join('?' * len(part))})", part
            )
            found.update({row[0]: (row[1], row[2]) for row in rows.fetchall()})
        return found

    def _made(self, trial: str, number: int) -> bytes:
        """Of a stored version; of one that cannot be read, none that any record has."""
        try:
            record = self._reader.record(self._registry.name, trial, Source.SNAPSHOT, number)
        except SnapshotsError:
            return b""
        return self._registry.slim_digest(record)

    def _digest(self, record: bytes | memoryview) -> bytes | None:
        try:
            return self._registry.slim_digest(record)
        except Absurd:
            return None  # the whole one is worth asking for

"""All that is stored, trial by trial, as it stood at one moment: what an export reads.

What is pinned is two numbers, the newest entry of the ledger and the newest event, and not a transaction: versions
and events below them are only ever added to, and a transaction held for minutes would keep the write-ahead log from
being emptied for as long. So each trial is read in a short one. A `recompute` meanwhile shows in the events that are
read after it, each whole; versions that a person lets go meanwhile are left out.

The order is that of registry, id, line, number: nothing in it depends on the order in which rows were written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlite_utils import Database

from snapshots import codec, events
from snapshots.bodies import Bodies
from snapshots.changeset import Source
from snapshots.errors import DamagedVersion
from snapshots.event import Event
from snapshots.instants import bound, written
from snapshots.stored import TRIAL_COLUMNS, VERSION_COLUMNS, Trial, Version, trial_of, version_of
from snapshots.wanted import Wanted, find

_AT_A_TIME = 64  # trials, or versions of one
_MOST_BYTES = 16 * 2**20  # of bodies held at a time, or one body
_ALL = 2**31  # as a limit: a trial's events are few
_LINES = (Source.ARCHIVE, Source.SNAPSHOT)  # in the order of their names


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A version of a trial, with its canonical bytes where these were asked for.

    damaged: why there are no bytes although they were asked for.
    """

    registry: str
    trial: str
    version: Version
    body: bytes | None = None
    damaged: str | None = None


class Whole:
    """The reading of one moment. One object a connection; its generators may be left at any place.

    ids: only these trials of the registry, sorted and each once; None for all.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._bodies = Bodies(db)
        self._entry, self._sequence, self._key = db.execute(
            "select (select ifnull(max(entry), 0) from ledger), (select ifnull(max(sequence), 0) from event),"
            " (select ifnull(max(key), 0) from trial)"
        ).fetchone()

    def registries(self) -> list[str]:
        """Of which anything is stored, sorted."""
        rows = self._db.execute("select registry from trial union select registry from event order by 1")
        return [row[0] for row in rows.fetchall()]

    def size(self, registry: str) -> int:
        """How many trials are stored."""
        row = self._db.execute("select count(*) from trial where registry = ?", [registry]).fetchone()
        count: int = row[0]
        return count

    def trials(self, registry: str, ids: Iterable[str] | None = None) -> Iterator[Trial]:
        """Each with the facts of its newest record, as they stand when it is read. None first stored later."""
        for keys in self._keys(registry, ids):
            marks = ",".join("?" * len(keys))
            yield from [
                trial_of(row)
                for row in self._db.execute(
                    f"select {TRIAL_COLUMNS} from trial where key in ({marks}) order by trial",
                    [key for key, _ in keys],
                ).fetchall()
            ]

    def versions(
        self,
        registry: str,
        ids: Iterable[str] | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        bodies: bool = False,
    ) -> Iterator[Read]:
        """since, until: of the moment at which they were stored, to the second; until is not included.

        A damaged body ends nothing: it is said in its place.
        """
        conditions, values = [], []
        for comparison, moment in ((">=", since), ("<", until)):
            if moment is not None:
                conditions.append(f" and version.seen_at {comparison} ?")
                values.append(bound(moment))
        for keys in self._keys(registry, ids):
            for key, trial in keys:
                for line in _LINES:
                    after: int | None = 0
                    while after is not None:
                        read, after = self._stretch(
                            (key, registry, trial, line), after, "".join(conditions), values, bodies=bodies
                        )
                        yield from read

    def events(
        self, registry: str, wanted: Wanted, ids: Iterable[str] | None = None
    ) -> Iterator[tuple[int, Event]]:
        """Those that `wanted` asks for with their numbers, each trial's in the order of their happening."""
        for trial in ids if ids is not None else self._with_events(registry):
            with self._one_state():
                asked = replace(wanted, registry=registry, trial=trial)
                found = [one for one, _ in find(self._db, asked, limit=_ALL) if one <= self._sequence]
                read = list(events.read(self._db, found))
            yield from sorted(read, key=lambda one: _happening(one[1]))

    def _keys(self, registry: str, ids: Iterable[str] | None) -> Iterator[list[tuple[int, str]]]:
        """(key, id) of trials, some at a time."""
        asked = None if ids is None else iter(ids)
        after = ""
        while True:
            if asked is None:
                rows = self._db.execute(
                    "select key, trial from trial where trial > ? and registry = ? order by trial limit ?",
                    [after, registry, _AT_A_TIME],
                ).fetchall()
                if not rows:
                    return
                after = rows[-1][1]
            else:
                some = list(islice(asked, _AT_A_TIME))
                if not some:
                    return
                rows = self._db.execute(
                    f"select key, trial from trial where trial in ({','.join('?' * len(some))})"
                    " and registry = ? order by trial",
                    [*some, registry],
                ).fetchall()
            yield [row for row in rows if row[0] <= self._key]

    def _with_events(self, registry: str) -> Iterator[str]:
        """The ids that events tell of, in order."""
        trial = ""
        while True:
            row = self._db.execute(
                "select min(trial) from event where trial > ? and registry = ?", [trial, registry]
            ).fetchone()
            if row[0] is None:
                return
            trial = row[0]
            yield trial

    def _stretch(
        self,
        line: tuple[int, str, str, Source],
        after: int,
        conditions: str,
        values: list[str],
        *,
        bodies: bool,
    ) -> tuple[list[Read], int | None]:
        """The next versions of a line behind a number, and the number to go on behind; None when these were all."""
        key, registry, trial, source = line
        with self._one_state():
            rows = self._db.execute(
                f"select {VERSION_COLUMNS} from version join ledger on ledger.entry = version.entry"
                " where version.trial = ? and version.archive = ? and version.number > ? and version.entry <= ?"
                f"{conditions} order by version.number limit ?",
                [key, source.archive, after, self._entry, *values, _AT_A_TIME],
            ).fetchall()
            versions = [version_of(row, {}) for row in rows]
            if bodies:
                versions = _bounded(versions)
            found = self._read(key, trial, versions) if bodies else {}
        read = []
        for version in versions:
            body, damaged = found.get(version.ref.version, (None, None))
            read.append(Read(registry=registry, trial=trial, version=version, body=body, damaged=damaged))
        last = not versions or (len(versions) == len(rows) < _AT_A_TIME)
        return read, None if last else versions[-1].ref.version

    def _read(
        self, key: int, trial: str, versions: list[Version]
    ) -> dict[int | None, tuple[bytes | None, str | None]]:
        """Number → (bytes, why there are none) of versions of one line. Walked from the newest down, so that what an
        older one leans on need not be put together again."""
        found: dict[int | None, tuple[bytes | None, str | None]] = {}
        leaning: dict[int, tuple[int, bytes]] = {}
        if len(versions) > 1:
            rows = self._db.execute(
                "select number, base, body from body where trial = ? and line = ? and number between ? and ?"
                " and base is not null",
                [key, versions[0].ref.source.value, versions[0].ref.version, versions[-1].ref.version],
            )
            leaning = {number: (base, body) for number, base, body in rows}
        for version in reversed(versions):
            number = version.ref.version
            assert number is not None
            base, packed = leaning.get(number, (None, b""))
            newer = found.get(base, (None, None))[0]
            found[number] = self._body(key, trial, version, packed, newer)
        return found

    def _body(
        self, key: int, trial: str, version: Version, packed: bytes, newer: bytes | None
    ) -> tuple[bytes | None, str | None]:
        number = version.ref.version
        assert number is not None
        try:
            if newer is not None:
                body = codec.unpack_against(packed, newer)
            else:
                body = self._bodies.read(key, version.ref.source, number)
        except (codec.CodecError, DamagedVersion) as error:
            return None, f"{version.ref.source.value} {number} of {trial} cannot be read: {error}"
        if hashlib.sha256(body).digest() != version.sha256:
            return None, f"{version.ref.source.value} {number} of {trial} is not as the hash beside it"
        return body, None

    @contextmanager
    def _one_state(self) -> Iterator[None]:
        """A version listed and its body, which a writer may be moving, are of one state. Short."""
        self._db.conn.execute("BEGIN")
        try:
            yield
        finally:
            self._db.conn.execute("ROLLBACK")


def _bounded(versions: list[Version]) -> list[Version]:
    """As many of them as may be held at a time; one at least, however large."""
    held = 0
    for place, version in enumerate(versions):
        held += version.size
        if place and held > _MOST_BYTES:
            return versions[:place]
    return versions


def _happening(event: Event) -> tuple[str, int, str]:
    """The same for the same events, whatever the order in which they were written."""
    happened = written(event.at)
    if event.to is not None and event.to.source is Source.ARCHIVE:
        happened = event.to.updated  # when it was submitted, not when we asked
    return happened or "", (event.to.version if event.to else None) or 0, event.id or ""

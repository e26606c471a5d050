"""Reading: trials, versions, bodies, events. Every body that is given out was checked against its hash.

A Reader never writes; it sees what was committed, or what its own connection's open transaction holds.
Unknown is an error where one thing was asked for by name, None where the answer may be that there is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from heapq import merge
from typing import Any

import msgspec
from sqlite_utils import Database

from snapshots import events, retention
from snapshots.bodies import Bodies
from snapshots.changeset import ENGINE, Severity, Source, VersionRef
from snapshots.deadlines.standing import last_standing
from snapshots.deadlines.states import State
from snapshots.errors import DamagedVersion, RemovedVersion, UnknownTrial, UnknownVersion
from snapshots.event import Event, EventKind
from snapshots.events import Led
from snapshots.integrity import damage
from snapshots.past import Past, past_of
from snapshots.retention import Removed
from snapshots.stored import TRIAL_COLUMNS, VERSION_COLUMNS, Trial, Version, trial_of, version_of
from snapshots.timeline import Stood, stood_on, timeline
from snapshots.twins import twins
from snapshots.vouching import Voucher, lost, voucher
from snapshots.wanted import Wanted, find

__all__ = ["Reader", "Trial", "Version"]
OUTDATED_COUNTED = 10_000  # past that it is enough to know that there are many


class Reader:
    """The reading side. One object a connection."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._bodies = Bodies(db)

    def trial(self, registry: str, trial: str) -> Trial | None:
        row = self._db.execute(
            f"select {TRIAL_COLUMNS} from trial where trial = ? and registry = ?", [trial, registry]
        ).fetchone()
        return None if row is None else trial_of(row)

    def trials(
        self, *, registry: str | None = None, limit: int = 100, after: str | None = None
    ) -> list[Trial]:
        """In the order of their ids. after: the id that the page before ended with."""
        conditions, values = ["trial > ?"], [after or ""]
        if registry is not None:
            conditions.append("registry = ?")
            values.append(registry)
        rows = self._db.execute(
            f"select {TRIAL_COLUMNS} from trial where {' and '.join(conditions)}"
            " order by trial, registry limit ?",
            [*values, limit],
        )
        return [trial_of(row) for row in rows.fetchall()]

    def versions(self, registry: str, trial: str, *, by_day: bool = False) -> list[Version]:
        """Both lines, oldest first: archive versions by the day of submission, snapshots by their build.

        by_day: twins are told by the day of submission alone, and no body is read (`twins`).
        UnknownTrial when nothing is stored under the id.
        """
        key = self._key(registry, trial)
        rows = self._db.execute(
            f"select {VERSION_COLUMNS} from version join ledger on ledger.entry = version.entry"
            " where version.trial = ? order by version.archive, version.number",
            [key],
        ).fetchall()
        quiet = self._quiet(registry, trial)
        lines: dict[Source, list[Version]] = {Source.ARCHIVE: [], Source.SNAPSHOT: []}
        for row in rows:
            version = version_of(row, quiet)
            lines[version.ref.source].append(version)
        paired = twins(
            lines[Source.ARCHIVE],
            lines[Source.SNAPSHOT],
            None if by_day else lambda version: self._value(key, trial, version),
        )
        # Merged, not sorted: within a line the order is that of the numbers, whatever the dates say.
        return list(
            merge(
                *(
                    [replace(one, equal_to=paired[one.ref]) if one.ref in paired else one for one in line]
                    for line in lines.values()
                ),
                key=_day,
            )
        )

    def version(self, registry: str, trial: str, source: Source, number: int) -> Version:
        """UnknownTrial, UnknownVersion. Its twin is told by `versions` only."""
        return self._find(self._key(registry, trial), registry, trial, source, number)

    def body(self, registry: str, trial: str, source: Source, number: int) -> bytes:
        """The canonical bytes as stored. UnknownTrial, UnknownVersion, DamagedVersion."""
        key = self._key(registry, trial)
        return self._checked(key, trial, self._find(key, registry, trial, source, number))

    def stored(self, key: int, trial: str, source: Source, number: int) -> tuple[Version, bytes | None]:
        """A version and its canonical bytes by the trial's key, for many one after the other; whether it is quiet
        or has a twin is not told. None for the bytes when they are damaged. UnknownVersion."""
        version = self._named(key, trial, source, number, {})
        try:
            return version, self._checked(key, trial, version)
        except DamagedVersion:
            return version, None

    def newest(self, keys: Sequence[int]) -> dict[int, Version]:
        """The newest snapshots of trials by their keys, each as `stored` gives it; none where it was lost."""
        rows = self._db.execute(
            f"select version.trial, {VERSION_COLUMNS} from json_each(?) as asked"
            " join version on version.trial = asked.value and version.archive = 0 and version.number ="
            " (select max(number) from version where trial = asked.value and archive = 0)"
            " join ledger on ledger.entry = version.entry",
            [msgspec.json.encode(keys).decode()],
        ).fetchall()
        return {row[0]: version_of(row[1:], {}) for row in rows}

    def voucher(self, registry: str, trial: str, source: Source, number: int, body: bytes) -> Voucher:
        """What vouches for a version, and whether the database agrees with it. body: what `body` gave."""
        return voucher(self._db, self._key(registry, trial), source, number, body)

    def record(self, registry: str, trial: str, source: Source, number: int) -> dict[str, Any]:
        """The record as it was given to the store."""
        value: dict[str, Any] = msgspec.json.decode(self.body(registry, trial, source, number))
        return value

    def as_of(self, registry: str, trial: str, day: date) -> Version | None:
        """As it stood on a day: the newest snapshot of a build not later, else the archive's version."""
        key = self._key(registry, trial)
        found = stood_on(timeline(self._db, key), day)
        return None if found is None else self._find(key, registry, trial, found.source, found.number)

    def timeline(self, registry: str, trial: str) -> list[Stood]:
        """Which version stood on which days, oldest first: what `as_of` goes by. UnknownTrial."""
        return timeline(self._db, self._key(registry, trial))

    def removed(self, registry: str, trial: str) -> list[Removed]:
        """Versions that retention took, the archive's before ours, the oldest first."""
        return retention.removed(self._db, self._key(registry, trial))

    def deadlines(self, registry: str, trial: str) -> tuple[State, ...]:
        """The states that time makes, as they stood when the trial was last looked at."""
        return last_standing(self._db, registry, trial)

    def past(self, registry: str, trial: str, until: VersionRef) -> Past:
        """What changed in a version's own line up to it, for `changes.compare`; bounded."""
        return past_of(self._db, registry, trial, until)

    def past_between(self, registry: str, trial: str, from_: VersionRef, to: VersionRef) -> Past:
        """The same for a comparison by hand: () unless both are stored versions of one line, in its order."""
        if from_.source is not to.source or (from_.version or 0) >= (to.version or 0):
            return ()
        return self.past(registry, trial, from_)

    def event(self, event_id: str) -> Event | None:
        return events.by_id(self._db, event_id)

    def number(self, event_id: str) -> int | None:
        """An event's place in the order of all; None when there is none with this id."""
        return events.number_of(self._db, event_id)

    def numbered(self, sequences: Sequence[int]) -> list[tuple[int, Event]]:
        """The events with these sequence numbers, in this order."""
        return events.read(self._db, sequences)

    def events(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        watch: str | None = None,
        trial: str | None = None,
        registry: str | None = None,
        min_severity: Severity = Severity.MINOR,
        fields: Sequence[str] | None = None,
        tag: str | None = None,
        kinds: Sequence[EventKind] | None = None,
        detail: str | None = None,
        archive: bool = True,
        limit: int = 50,
        before: int | None = None,
    ) -> list[tuple[int, Event]]:
        """(sequence number, event), the newest first. To page on, give the last number as `before`.

        archive: False leaves out changes between two of the registry's own versions. A poll that asked for the
        history tells of them as steps of its own event. fields: any of these changed.

        since is included, until is not, both to the second; of changes between the registry's own versions they are
        of the day of submission. min_severity is by the severity as computed: a
        user's overrides are applied to what comes out.
        """
        wanted = Wanted(
            since=since,
            until=until,
            watch=watch,
            trial=trial,
            registry=registry,
            min_severity=min_severity,
            fields=fields,
            tag=tag,
            kinds=kinds,
            detail=detail,
            archive=archive,
            before=before,
        )
        return events.read(self._db, [number for number, _ in find(self._db, wanted, limit=limit)])

    def led(self, registry: str, trial: str, fields: Sequence[str]) -> list[Led]:
        """Every change set of a trial, in the order of storing, with its changes of these fields alone."""
        return events.led(self._db, registry, trial, fields)

    def outdated(self) -> int:
        """How many stored change sets an older engine computed and `recompute` could rebuild: their versions are
        there. Counted up to OUTDATED_COUNTED.
        """
        count: int = self._db.execute(
            "select count(*) from (select 1 from event"
            " join trial on trial.trial = event.trial and trial.registry = event.registry"
            " join version as older on older.trial = trial.key and older.archive = (event.from_source = 'archive')"
            " and older.number = event.from_version"
            " join version as newer on newer.trial = trial.key and newer.archive = (event.to_source = 'archive')"
            " and newer.number = event.to_version"
            " where event.kind = 'changed' and event.engine < ? limit ?)",
            [ENGINE, OUTDATED_COUNTED],
        ).fetchone()[0]
        return count

    def check_ledger(self, *, bodies: bool = True) -> list[str]:
        """What is wrong with the stored versions, one line each; empty when all is sound.

        bodies: also read every body and hold it against the ledger's hash.
        """
        return list(damage(self._db, bodies=bodies))

    def _key(self, registry: str, trial: str) -> int:
        row = self._db.execute(
            "select key from trial where trial = ? and registry = ?", [trial, registry]
        ).fetchone()
        if row is None:
            raise UnknownTrial(
                f"nothing is stored under this id: `{trial}`",
                hint="`trialbell watch add` watches it from now on, `trialbell diff` asks the registry",
            )
        key: int = row[0]
        return key

    def _find(self, key: int, registry: str, trial: str, source: Source, number: int) -> Version:
        return self._named(key, trial, source, number, self._quiet(registry, trial))

    def _named(
        self, key: int, trial: str, source: Source, number: int, quiet: dict[tuple[str, int], bool]
    ) -> Version:
        row = self._db.execute(
            f"select {VERSION_COLUMNS} from version join ledger on ledger.entry = version.entry"
            " where version.trial = ? and version.archive = ? and version.number = ?",
            [key, source.archive, number],
        ).fetchone()
        if row is None:
            name = f"{trial}@{'r' if source is Source.ARCHIVE else ''}{number}"
            if (gone := retention.removal_of(self._db, key, source, number)) is not None:
                raise RemovedVersion(
                    f"removed by retention on {gone.day}: `{name}`",
                    hint=f"`trialbell history {trial}` lists what is kept; what changed is kept for all",
                )
            if (why := lost(self._db, key, source, number)) is not None:
                raise DamagedVersion(
                    f"this version was taken out of the database, or its entry in the ledger was, by something other"
                    f" than trialbell: `{name}`; {why}",
                    hint="put a copy of the database file made before in its place",
                )
            raise UnknownVersion(
                f"no such version is stored: `{name}`",
                hint=f"`trialbell history {trial}` lists those that are",
            )
        return version_of(row, quiet)

    def _checked(self, key: int, trial: str, version: Version) -> bytes:
        assert version.ref.version is not None
        name = f"{trial} {version.ref.source.value} {version.ref.version}"
        hint = "put a copy of the database file made before in its place"
        try:
            body = self._bodies.read(key, version.ref.source, version.ref.version)
        except DamagedVersion as error:
            raise DamagedVersion(f"{error} of {trial}", hint=hint) from error
        if hashlib.sha256(body).digest() != version.sha256:
            raise DamagedVersion(f"a stored body does not have the hash beside it: `{name}`", hint=hint)
        return body

    def _value(self, key: int, trial: str, version: Version) -> dict[str, Any]:
        value: dict[str, Any] = msgspec.json.decode(self._checked(key, trial, version))
        return value

    def _quiet(self, registry: str, trial: str) -> dict[tuple[str, int], bool]:
        """(line, number) → whether the change set that leads there is nothing but noise."""
        rows = self._db.execute(
            "select to_source, to_version, severity = 'noise' from event"
            " where trial = ? and registry = ? and kind = 'changed' order by sequence",
            [trial, registry],
        )
        return {(source, number): bool(quiet) for source, number, quiet in rows.fetchall()}


def _day(version: Version) -> str:
    return (version.ref.build if version.ref.source is Source.SNAPSHOT else version.ref.updated) or ""

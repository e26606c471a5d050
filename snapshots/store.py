"""Writing: trials, versions, events. The caller owns the transaction (`database.immediate`).

A version's number is given once. What is stored is the canonical form of the record, to the byte, and an
entry in the ledger that vouches for it. Storing what is already there changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlite_utils import Database

from snapshots import events, ledger
from snapshots.bodies import TRAIN_AT, Bodies
from snapshots.changeset import Source, VersionRef
from snapshots.deadlines.standing import Entered, settle
from snapshots.deadlines.turning import believed
from snapshots.errors import NotAStudyRecord, NotJSON, UnknownTrial
from snapshots.event import Event
from snapshots.facts import Facts, facts
from snapshots.instants import day_number, instant, microseconds, written
from snapshots.posting import Results, results_of
from snapshots.record import CONTENT_SIZE, canonical, content_of
from snapshots.retention import removal_of

STATES = ("present", "gone", "merged")
_PARAMETERS = 900  # in one statement: below SQLite's least limit of 999


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest snapshot of a trial: its name and its identity."""

    ref: VersionRef
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of a record that was given to the store."""

    ref: VersionRef  # the version that holds it now
    new: bool  # False: it was there already, or retention took it; nothing was written
    previous: VersionRef | None  # the version before it in its line; None unless new and not the first
    entered: tuple[Entered, ...] = ()  # states that time makes and that this snapshot newly is in


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What storing a record needs to know of it, worked out once."""

    facts: Facts
    body: bytes  # its canonical form
    content: bytes  # its identity

    @classmethod
    def of(cls, record: dict[str, Any]) -> Parsed:
        """NotAStudyRecord."""
        read = facts(record)
        body = canonical(record)
        return cls(facts=read, body=body, content=content_of(record, body))


class Store:
    """The writing side. One object a connection; it holds no state but the dictionaries that it read."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._bodies = Bodies(db)

    def known(self, registry: str, fingerprints: Sequence[bytes]) -> dict[bytes, str]:
        """fingerprint → the trial whose newest snapshot came in these bytes. Those not known are left out."""
        found: dict[bytes, str] = {}
        for start in range(0, len(fingerprints), _PARAMETERS):
            part = fingerprints[start : start + _PARAMETERS]
            rows = self._db.execute(
                "select head.fingerprint, trial.trial from head join trial on trial.key = head.trial"
                f" where head.fingerprint in ({','.join('?' * len(part))}) and trial.registry = ?",
                [*part, registry],
            )
            found.update(rows.fetchall())
        return found

    def newest_numbers(self, registry: str, trials: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Trial → (its key, the number of its newest snapshot). Those without one are left out."""
        found: dict[str, tuple[int, int]] = {}
        for start in range(0, len(trials), _PARAMETERS):
            part = trials[start : start + _PARAMETERS]
            rows = self._db.execute(
                "select trial.trial, trial.key, head.number from trial join head on head.trial = trial.key"
                f" and head.line = 'snapshot' where trial.trial in ({','.join('?' * len(part))})"
                " and trial.registry = ?",
                [*part, registry],
            )
            found.update({row[0]: (row[1], row[2]) for row in rows.fetchall()})
        return found

    def newest(self, registry: str, trial: str) -> Newest | None:
        """The newest snapshot; None when there is none (archive versions are no snapshots)."""
        return self._held(registry, trial)[1]

    def add_snapshot(
        self,
        registry: str,
        record: dict[str, Any],
        *,
        seen_at: datetime,
        build: str,
        fingerprint: bytes | None,
        parsed: Parsed | None = None,
    ) -> Added:
        """Store a record as it is published now.

        Equal content to the newest snapshot: nothing new; its fingerprint is renewed where it came in other
        bytes. build: ISO day of the data build it was seen in. parsed: of a record that `record.parse` gave, so that
        nothing is worked out twice. NotAStudyRecord, NotJSON (a value that JSON does not hold).
        """
        if parsed is None:
            parsed = Parsed.of(record)
            _canonical(record, parsed.facts.trial)
        read, body, content = parsed.facts, parsed.body, parsed.content
        if read.build is None:
            fingerprint = None  # it was taken of something else than the data build's date
        key, newest = self._held(registry, read.trial)
        if key is not None and newest is not None and newest.content == content:
            if fingerprint is not None:
                self._bodies.renew(key, Source.SNAPSHOT, fingerprint)
            return Added(ref=newest.ref, new=False, previous=None)
        previous = None if newest is None else newest.ref
        number = 1 if previous is None or previous.version is None else previous.version + 1
        ref = VersionRef(
            source=Source.SNAPSHOT, version=number, seen_at=seen_at, updated=read.updated, build=build
        )
        key = self._row(registry, read, ref, key, current=True)
        self._add(registry, read, key, ref, body, content, fingerprint)
        if number == 1 and key in TRAIN_AT:
            self._bodies.train()
        day = believed(seen_at.astimezone(UTC).date(), build)
        entered = settle(self._db, key, registry, record, day=day)
        return Added(ref=ref, new=True, previous=previous, entered=entered)

    def add_archived(
        self,
        registry: str,
        trial: str,
        record: dict[str, Any],
        *,
        number: int,
        submitted: str,
        seen_at: datetime,
    ) -> Added:
        """Store a version of the registry's own record history, in any order of numbers.

        A number that is there stays as it was first stored: the registry computes parts of old versions anew
        each time they are asked for. One that retention took is not taken up again. submitted: ISO day.
        """
        posted = results_of(record, Source.ARCHIVE) is Results.POSTED
        read = replace(facts(record), has_results=posted)
        if read.trial != trial:
            raise NotAStudyRecord(
                f"archive version {number} of {trial} holds another study: `{read.trial}`",
                hint="versions stay under the id they were seen as",
            )
        key, newest = self._held(registry, trial)
        if key is not None and (stored := self._archived(key, "number = ?", number)) is not None:
            return Added(ref=stored, new=False, previous=None)
        ref = VersionRef(
            source=Source.ARCHIVE, version=number, seen_at=seen_at, updated=submitted, build=None
        )
        if key is not None and removal_of(self._db, key, Source.ARCHIVE, number) is not None:
            return Added(ref=ref, new=False, previous=None)
        current = key is None or not (newest or self._archived(key, "number > ?", number))
        key = self._row(registry, read, ref, key, current=current)
        previous = self._archived(key, "number < ?", number)
        body = _canonical(record, trial)
        self._add(registry, read, key, ref, body, content_of(record, body), None)
        return Added(ref=ref, new=True, previous=previous)

    def add_event(self, event: Event) -> int | None:
        """Write an event and return its sequence number; None when its id is there already."""
        return events.insert(self._db, event)

    def rewrite_event(self, event: Event) -> bool:
        """Put an event computed anew in the place of the one with its id; False when there is none."""
        from snapshots.search import index  # which a poll does not need

        index.rewrite(self._db, event)
        return events.rewrite(self._db, event)

    def mark(self, registry: str, trial: str, state: str, *, at: datetime, into: str | None = None) -> None:
        """Whether the registry still has the record under this id. into: the survivor of a merge."""
        if state not in STATES:
            raise ValueError(f"no state of a trial: `{state}`")
        self._db.execute(
            "update trial set state = ?, state_since = ?, merged_into = ? where key = ?",
            [state, written(at), into if state == "merged" else None, self._key(registry, trial)],
        )

    def _held(self, registry: str, trial: str) -> tuple[int | None, Newest | None]:
        """(the trial's key, its newest snapshot), each None where there is none."""
        row = self._db.execute(
            "select trial.key, version.number, version.seen_at, version.updated, version.build,"
            " ifnull(version.content, (select substr(sha256, 1, 16) from ledger where ledger.entry = version.entry))"
            " from trial left join head on head.trial = trial.key and head.line = 'snapshot'"
            " left join version on version.trial = head.trial and version.archive = 0"
            " and version.number = head.number where trial.trial = ? and trial.registry = ?",
            [trial, registry],
        ).fetchone()
        if row is None:
            return None, None
        newest = None if row[1] is None else Newest(ref=_ref(Source.SNAPSHOT, *row[1:5]), content=row[5])
        return row[0], newest

    def _archived(self, key: int, condition: str, number: int) -> VersionRef | None:
        """The archive version with the highest number of which the condition holds."""
        row = self._db.execute(
            "select number, seen_at, updated, build from version where trial = ? and archive = 1"
            f" and {condition} order by number desc limit 1",
            [key, number],
        ).fetchone()
        return None if row is None else _ref(Source.ARCHIVE, *row)

    def _key(self, registry: str, trial: str) -> int:
        key, _ = self._held(registry, trial)
        if key is None:
            raise UnknownTrial(f"nothing is stored under this id: `{trial}`")
        return key

    def _row(self, registry: str, read: Facts, ref: VersionRef, key: int | None, *, current: bool) -> int:
        """The trial's row, one version richer: made when key is None; with these facts when they are current."""
        counted = "snapshots" if ref.source is Source.SNAPSHOT else "archived"
        if key is not None and not current:
            self._db.execute(f"update trial set {counted} = {counted} + 1 where key = ?", [key])
            return key
        facts_now = (
            *(read.title, read.status, read.why_stopped, read.phase, read.sponsor, read.sponsor_class),
            *(read.study_type, read.enrollment, read.updated, read.submitted, int(read.has_results)),
            *(read.start, read.primary_completion, read.completion),
            *(_json(read.conditions), _json(read.countries), _json(read.aliases)),
        )
        if key is None:
            assert ref.seen_at is not None
            cursor = self._db.execute(
                f"insert into trial ({_FACT_NAMES}, registry, trial, first_seen, {counted})"
                f" values ({_FACT_MARKS}, ?, ?, ?, 1)",
                [*facts_now, registry, read.trial, written(ref.seen_at)],
            )
            assert cursor.lastrowid is not None
            return cursor.lastrowid
        self._db.execute(
            f"update trial set ({_FACT_NAMES}, {counted}) = ({_FACT_MARKS}, {counted} + 1) where key = ?",
            [*facts_now, key],
        )
        return key

    def _add(
        self,
        registry: str,
        read: Facts,
        key: int,
        ref: VersionRef,
        body: bytes,
        content: bytes,
        fingerprint: bytes | None,
    ) -> None:
        assert ref.version is not None
        assert ref.seen_at is not None
        sha256 = hashlib.sha256(body).digest()
        times = ledger.times_hash(written(ref.seen_at), ref.build, ref.updated, read.submitted)
        entry = ledger.append(self._db, key, registry, read.trial, ref.source, ref.version, sha256, times)
        self._db.execute(
            "insert into version (trial, archive, number, content, entry, size, seen, build_day, updated_day,"
            " submitted_day) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                key,
                ref.source.archive,
                ref.version,
                None if content == sha256[:CONTENT_SIZE] else content,
                entry,
                len(body),
                microseconds(ref.seen_at),
                day_number(ref.build),
                day_number(ref.updated),
                day_number(read.submitted),
            ],
        )
        self._bodies.place(key, ref.source, ref.version, body, fingerprint=fingerprint)


_FACTS = (
    *(
        "title",
        "status",
        "why_stopped",
        "phase",
        "sponsor",
        "sponsor_class",
        "study_type",
        "enrollment",
        "updated",
    ),
    *(
        "submitted",
        "has_results",
        "start",
        "primary_completion",
        "completion",
        "conditions",
        "countries",
        "aliases",
    ),
)


_FACT_NAMES, _FACT_MARKS = ", ".join(_FACTS), ", ".join("?" * len(_FACTS))


def _ref(
    source: Source, number: int, seen_at: str | None, updated: str | None, build: str | None
) -> VersionRef:
    return VersionRef(source=source, version=number, seen_at=instant(seen_at), updated=updated, build=build)


def _canonical(record: dict[str, Any], trial: str) -> bytes:
    body = canonical(record)
    if msgspec.json.decode(body) != record:
        raise NotJSON(f"a record that JSON cannot hold as it is: `{trial}`")
    return body


def _json(values: tuple[str, ...]) -> str:
    return msgspec.json.encode(values).decode()

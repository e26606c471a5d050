"""What a person may name to compare or to show: a file, a trial, a trial at a version or on a day.

FILE.json          a record in a file; `-` is standard input
NCT07146087        as published now
NCT07146087@7      our 7th snapshot
NCT07146087@r12    the registry's own 12th version
NCT07146087@2026-01-31   as of that day: our snapshots, else the registry's history; also @2026-01 and @today
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from monitor.cli.days import day_of, names_day
from monitor.cli.errors import UseError
from monitor.cli.session import Session, clock
from monitor.registries.base import Found, MalformedId, Missing, Moved, NoHistory, Registry
from snapshots.changeset import Source, VersionRef
from snapshots.errors import NotAStudyRecord, NotJSON, SnapshotsError, UnknownTrial, UnknownVersion
from snapshots.facts import Facts, facts
from snapshots.record import parse
from snapshots.timeline import Stood, stood_on

if TYPE_CHECKING:
    from snapshots.query import Reader

_AT = re.compile(r"^(?P<id>[^@]+)@(?P<when>[^@]*)$")
BIGGEST_FILE = 64 * 1024 * 1024  # bytes; the registry's largest records are about 4 MB


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a comparison: a record, and which version of what it is."""

    record: dict[str, Any]
    facts: Facts
    ref: VersionRef
    words: str  # for people: "our version 7, build of 2026-11-20"


class Operands:
    """Resolves what a person named. A database is used where there is one."""

    def __init__(self, session: Session, *, stored: bool = True) -> None:
        """stored: False leaves the database unopened: two files need none."""
        self._session = session
        self._reader = session.reader if stored else None

    @property
    def _registry(self) -> Registry:
        return self._session.registry  # made when first asked for: two files need none

    def side(self, text: str) -> Side:
        if names_file(text):
            return self.file(text)
        try:
            trial, when = self.split(text)
        except MalformedId:
            if "@" in text or "://" in text or text[:3].upper() == "NCT":
                raise
            raise UseError(
                f"neither a file nor an id: `{text}`",
                hint="an id is NCT and eight digits, as NCT07146087; a record's web address will do too",
            ) from None
        if when is None:
            return self.live(trial)
        return self.at(trial, when)

    def split(self, text: str) -> tuple[str, str | None]:
        """`NCT…@WHEN` → id and WHEN. Raises MalformedId."""
        found = _AT.match(text)
        if found is None or "@" in text.partition("://")[2].partition("/")[0]:  # user@host is no version
            return self._session.trial_id(text), None
        return self._session.trial_id(found["id"]), found["when"]

    def at(self, trial: str, when: str) -> Side:
        """A trial at a version or on a day."""
        if when.isdigit():
            return self._stored(trial, int(when))
        if when[:1] in ("r", "R") and when[1:].isdigit():
            return self.archived(trial, int(when[1:]))
        if names_day(when):
            return self._on(trial, day_of(when, now=clock()))
        raise UseError(
            f"no version or day: `{when}` in `{trial}@{when}`",
            hint="write `@7` (our version), `@r12` (the registry's version) or `@2026-01-31` (a day)",
        )

    def file(self, name: str) -> Side:
        raw = read_file(name)
        try:
            record = parse(raw)
            read = facts(record)
        except (NotJSON, NotAStudyRecord) as error:
            raise UseError(f"{name}: {error}") from error
        ref = VersionRef(
            source=Source.FILE, version=None, seen_at=None, updated=read.updated, build=read.build
        )
        return Side(record=record, facts=read, ref=ref, words=f"file {name}")

    def live(self, trial: str) -> Side:
        """As published now. One request."""
        answer = self._registry.study(trial)
        if isinstance(answer, Moved):
            answer = self._registry.study(answer.to)
        if isinstance(answer, Missing | Moved):
            raise UseError(
                f"unknown id: {self._registry.label} has no record `{trial}`",
                hint=f"a trial that we stored can still be read: `trialbell history {trial}`"
                if self.newest(trial) is not None
                else "see whether the id is right on the registry's own site",
            )
        assert isinstance(answer, Found)
        record = parse(answer.raw)
        read = facts(record)
        ref = VersionRef(
            source=Source.LIVE, version=None, seen_at=clock(), updated=read.updated, build=read.build
        )
        return Side(record=record, facts=read, ref=ref, words=f"as published now, build of {read.build}")

    def newest(self, trial: str) -> Side | None:
        """The last version that we stored; None when we hold none."""
        if self._reader is None:
            return None
        try:
            stored = self._reader.versions(self._session.registry_name, trial)
        except UnknownTrial:
            return None
        ours = [version for version in stored if version.ref.source is Source.SNAPSHOT]
        if not ours:
            return None
        return self._stored(trial, max(version.ref.version or 0 for version in ours))

    def archived(self, trial: str, number: int) -> Side:
        """The registry's own version: ours when it is stored, else asked for."""
        if self._reader is not None:
            try:
                stored = self._reader.version(self._session.registry_name, trial, Source.ARCHIVE, number)
                record = self._reader.record(self._session.registry_name, trial, Source.ARCHIVE, number)
                return self._archive_side(record, number, stored.ref.updated)
            except SnapshotsError:
                pass  # not stored: the registry has it
        record = self._registry.archived(trial, number)
        return self._archive_side(record, number, None)

    def last_two_archived(self, trial: str) -> tuple[Side, Side]:
        entries = self._registry.history(trial)
        if len(entries) < 2:
            raise UseError(
                f"nothing to compare: {self._registry.label} holds a single version of `{trial}`",
                hint=f"`trialbell show {trial}` shows it",
            )
        old, new = entries[-2:]
        return self._asked(trial, old.number, old.submitted), self._asked(trial, new.number, new.submitted)

    def _asked(self, trial: str, number: int, submitted: str) -> Side:
        return self._archive_side(self._registry.archived(trial, number), number, submitted)

    def _archive_side(self, record: dict[str, Any], number: int, submitted: str | None) -> Side:
        read = facts(record)
        day = submitted or read.submitted
        ref = VersionRef(source=Source.ARCHIVE, version=number, seen_at=clock(), updated=day, build=None)
        return Side(record=record, facts=read, ref=ref, words=words_of(Source.ARCHIVE, number, day))

    def _stored(self, trial: str, number: int) -> Side:
        if self._reader is None:
            raise UseError(
                f"no database: `{trial}@{number}` is a version of ours, and there is none here",
                hint=f"`{trial}@r{number}` asks the registry for its own version {number}",
            )
        version = self._reader.version(self._session.registry_name, trial, Source.SNAPSHOT, number)
        record = self._reader.record(self._session.registry_name, trial, Source.SNAPSHOT, number)
        return Side(
            record=record,
            facts=facts(record),
            ref=version.ref,
            words=words_of(Source.SNAPSHOT, number, version.ref.build),
        )

    def _on(self, trial: str, day: date) -> Side:
        """By the one rule of `snapshots.timeline`; what stood before all that is stored the registry is asked."""
        today = clock().astimezone(UTC).date()
        still = f"as of {day}" + (", a day to come" if day > today else "")
        stood = stored_timeline(self._reader, self._session.registry_name, trial)
        found = stood_on(stood, day)
        if found is not None:
            if found.source is Source.SNAPSHOT:
                side = self._stored(trial, found.number)
            else:
                side = self.archived(trial, found.number)
            return replace(side, words=f"{still}: {side.words}")
        first = f"; the first that is stored is of {stood[0].since}" if stood else ""
        try:
            entries = self._registry.history(trial)
        except NoHistory as error:
            raise UseError(f"no version of `{trial}` as of {day}{first}: {error}") from error
        until = [entry for entry in entries if entry.submitted <= day.isoformat()]
        if not until:
            if entries:
                first = f": its first was submitted on {entries[0].submitted}"
            raise UnknownVersion(f"no version of `{trial}` as of {day}{first}")
        side = self._asked(trial, until[-1].number, until[-1].submitted)
        return replace(side, words=f"{still}: {side.words}")


def words_of(source: Source, number: int, day: str | None) -> str:
    """A version's name for people."""
    if source is Source.SNAPSHOT:
        return f"our version {number}, build of {day}"
    return f"the registry's version {number}, submitted {day}"


def stored_timeline(reader: Reader | None, registry: str, trial: str) -> list[Stood]:
    """Which stored version stood on which days; empty when nothing is stored, or there is no database."""
    if reader is None:
        return []
    try:
        return reader.timeline(registry, trial)
    except UnknownTrial:
        return []


def names_file(text: str) -> bool:
    """Whether an operand is meant as a file: it is there, or looks like nothing else."""
    if text == "-" or text.endswith(".json"):
        return True
    if "://" in text:
        return False
    if _AT.match(text) or text[:3].upper() == "NCT":
        return Path(text).is_file()  # a folder of a trial's records goes by its id
    return Path(text).exists() or ("/" in text and "clinicaltrials.gov" not in text.lower())


def read_file(name: str) -> bytes:
    """The bytes of a file named by a person, or of standard input."""
    if name == "-":
        return sys.stdin.buffer.read(BIGGEST_FILE)
    path = Path(name)
    try:
        if path.is_dir():
            raise UseError(f"unreadable file: `{name}` is a folder")
        if path.stat().st_size > BIGGEST_FILE:
            raise UseError(f"unreadable file: `{name}` is larger than {BIGGEST_FILE // 2**20} MB")
        return path.read_bytes()
    except FileNotFoundError:
        raise UseError(f"no such file: `{name}`") from None
    except OSError as error:
        raise UseError(f"unreadable file: `{name}`: {error.strerror}") from None

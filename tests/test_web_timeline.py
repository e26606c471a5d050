"""How a trial went, by its change sets: the same as by reading every record; and the picture of it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from doubles.study_edits import Edit, edited, possible_edits
from doubles.study_records import study_record
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from monitor.web.trial import chain
from monitor.web.trial.course import FIELDS, READS, Course, Standing, course, standing_of
from snapshots.changes import compare
from snapshots.changeset import Source, VersionRef
from snapshots.database import immediate, open_database
from snapshots.event import changed_event
from snapshots.query import Reader
from snapshots.retention import Span, remove
from snapshots.schema import MIGRATIONS
from snapshots.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TRIAL = "NCT90000007"
LIKELY = (
    *(Edit.START, Edit.SUSPEND, Edit.RESUME, Edit.CLOSE, Edit.COMPLETE, Edit.TERMINATE, Edit.SLIP_COMPLETION),
    *(Edit.CUT_ENROLLMENT, Edit.ACTUAL_COMPLETION, Edit.UNKNOWN, Edit.VERIFY, Edit.REWORD_OUTCOME),
)


def opened(path: Path) -> Database:
    return open_database(path, [MIGRATIONS], readonly=False)


class Written:
    """A history in a database, and each of its records in memory."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.lines: dict[Source, list[tuple[int, str, dict[str, Any]]]] = {
            Source.ARCHIVE: [],
            Source.SNAPSHOT: [],
        }
        self._last: dict[Source, tuple[VersionRef, dict[str, Any]]] = {}

    def snapshot(self, record: dict[str, Any], build: str, *, told: bool = True) -> None:
        with immediate(self.db):
            added = Store(self.db).add_snapshot("ctgov", record, seen_at=NOW, build=build, fingerprint=None)
            if added.new:
                self._told(Source.SNAPSHOT, added.ref, record, told=told)

    def archived(self, record: dict[str, Any], number: int, *, told: bool = True) -> None:
        day = record["protocolSection"]["statusModule"]["lastUpdateSubmitDate"]
        ref = VersionRef(source=Source.ARCHIVE, version=number, seen_at=NOW, updated=day, build=None)
        with immediate(self.db):
            Store(self.db).add_archived("ctgov", TRIAL, record, number=number, submitted=day, seen_at=NOW)
            self._told(Source.ARCHIVE, ref, record, told=told)

    def _told(self, source: Source, ref: VersionRef, record: dict[str, Any], *, told: bool) -> None:
        before = self._last.get(source)
        if before is not None and told and before[0].version == (ref.version or 0) - 1:
            changes = compare(before[1], record, from_=before[0], to=ref)
            Store(self.db).add_event(changed_event(changes, at=NOW, url=None))
        self._last[source] = ref, record
        assert ref.version is not None
        self.lines[source].append((ref.version, ref.build or ref.updated or "", record))

    def removed(self, source: Source, last: int) -> None:
        key = self.db.execute("select key from trial").fetchone()[0]
        span = Span(
            registry="ctgov", trial=TRIAL, source=source, key=key, first=1, last=last, versions=last, size=1
        )
        with immediate(self.db):
            remove(self.db, [span], day=NOW.date())

    def course(self, reads: list[tuple[Source, int]] | None = None) -> Course:
        reader = Reader(self.db)

        def read(source: Source, number: int) -> dict[str, Any]:
            if reads is not None:
                reads.append((source, number))
            return reader.record("ctgov", TRIAL, source, number)

        found = course(
            reader.versions("ctgov", TRIAL),
            chain.happened(self.db, "ctgov", TRIAL),
            chain.said(self.db, "ctgov", TRIAL, FIELDS),
            read,
            until=NOW.date().isoformat(),
        )
        assert found is not None
        return found

    def by_reading(self) -> list[tuple[str, Standing]]:
        """(day, what stood) by every record, wherever a line says another thing than before."""
        news: list[tuple[str, Standing]] = []
        for source, line in self.lines.items():
            day, sent, said = "", "", None
            for _, build, record in line:
                submitted = record["protocolSection"]["statusModule"]["lastUpdateSubmitDate"]
                standing = standing_of(record)
                by_registry = submitted <= sent or (said is None and standing.status == "UNKNOWN")
                day = max(day, build if by_registry and source is Source.SNAPSHOT else submitted)
                if standing != said:
                    news.append((day, standing))
                sent, said = submitted, standing
        return sorted(news, key=lambda one: one[0])


def on(steps: Sequence[tuple[str, Standing]], day: str) -> Standing | None:
    return next((standing for since, standing in reversed(steps) if since <= day), None)


def days(found: Course) -> list[str]:
    """The days of a course that are in no gap, a few for each change."""
    edges = {found.since, found.until, *(one.day for one in found.steps)}
    edges |= {day for gap in found.gaps for day in (gap.since, gap.until)}
    near = {(date.fromisoformat(one) + timedelta(days=by)).isoformat() for one in edges for by in (-1, 0, 1)}
    return sorted(
        one
        for one in near
        if found.since <= one <= found.until and not any(gap.since <= one < gap.until for gap in found.gaps)
    )


def a_past(random: Random, count: int) -> list[dict[str, Any]]:
    record = study_record(7, status="NOT_YET_RECRUITING", has_results=False, updated="2024-01-10")
    made = [record]
    while len(made) < count:
        likely = [one for one in possible_edits(record) if one in LIKELY]
        record = edited(record, random.choice(likely or list(possible_edits(record))), random)
        made.append(record)
    return made


@settings(max_examples=12, deadline=None)
@given(st.randoms(use_true_random=False), st.booleans())
def test_what_change_sets_tell_is_what_the_records_say(random: Random, whole: bool) -> None:
    """whole: everything is stored and compared. Else some is not, and what is not known is in a gap."""
    with tempfile.TemporaryDirectory() as folder, closing(opened(Path(folder) / "db")) as db:
        written = Written(db)
        past = a_past(random, 9)
        number = 0
        sent = ""
        for at, record in enumerate(past):
            submitted = record["protocolSection"]["statusModule"]["lastUpdateSubmitDate"]
            number += submitted > sent
            if submitted > sent and (whole or random.random() < 0.7):
                written.archived(record, number, told=whole or random.random() < 0.6)
            sent = max(sent, submitted)
            if at > 3:
                build = (date.fromisoformat(sent) + timedelta(days=at)).isoformat()
                written.snapshot(record, build, told=whole or random.random() < 0.6)
        oldest = written.lines[Source.SNAPSHOT][:-1]
        if oldest and random.random() < 0.5:
            written.removed(Source.SNAPSHOT, random.choice(oldest)[0])
        reads: list[tuple[Source, int]] = []
        found = written.course(reads)
        truth = written.by_reading()
        steps = [(one.day, one.standing) for one in found.steps]
        if whole:
            repeated = [one for at, one in enumerate(truth) if at == 0 or truth[at - 1][1] != one[1]]
            assert steps == repeated
            assert not [gap for gap in found.gaps if gap.since > found.steps[0].day]
        assert {day: on(steps, day) for day in days(found)} == {day: on(truth, day) for day in days(found)}
        assert len(reads) <= READS + 3

"""How a trial went, by its change sets: the same as by reading every record; and the picture of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from doubles.study_edits import Edit, edited, possible_edits
from doubles.study_records import study_record
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from monitor.web.trial import chain
from monitor.web.trial.course import FIELDS, READS, Course, Standing, Step, course, standing_of
from monitor.web.trial.picture import HEIGHT, LEFT, MOST_DRAWN, RIGHT, picture
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
        taken = random.random() < 0.5  # then our change sets are all there: a poll stores both at once
        for at, record in enumerate(past):
            submitted = record["protocolSection"]["statusModule"]["lastUpdateSubmitDate"]
            number += submitted > sent
            if submitted > sent and (whole or random.random() < 0.7):
                written.archived(record, number, told=whole or random.random() < 0.6)
            sent = max(sent, submitted)
            if at > 3:
                build = (date.fromisoformat(sent) + timedelta(days=at)).isoformat()
                written.snapshot(record, build, told=whole or taken or random.random() < 0.6)
        oldest = written.lines[Source.SNAPSHOT][:-1]
        if oldest and taken:
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


def dated(day: str, status: str, *, primary: str = "2027-06", count: int = 20) -> dict[str, Any]:
    record = study_record(7, status=status, has_results=False, updated=day)
    module = record["protocolSection"]["statusModule"]
    module["overallStatus"], module["lastUpdateSubmitDate"] = status, day
    module["studyFirstSubmitDate"] = "2025-01-10"
    module["startDateStruct"] = {"date": "2025-02-01", "type": "ACTUAL"}
    module["primaryCompletionDateStruct"] = {"date": primary, "type": "ESTIMATED"}
    module["completionDateStruct"] = {"date": "2028", "type": "ESTIMATED"}
    record["protocolSection"]["designModule"]["enrollmentInfo"] = {"count": count, "type": "ESTIMATED"}
    return record


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Written]:
    with closing(opened(tmp_path / "db")) as db:
        yield Written(db)


def test_a_stop_between_two_of_our_looks_is_in_the_course(written: Written) -> None:
    """The archive's days, the snapshot's own submission, and the registry's doing by the day of the build."""
    written.archived(dated("2025-01-10", "RECRUITING"), 1)
    written.archived(dated("2026-03-02", "SUSPENDED"), 2)
    written.archived(dated("2026-03-05", "RECRUITING", primary="2028-01"), 3)
    written.snapshot(dated("2025-01-10", "RECRUITING"), "2026-03-01")
    written.snapshot(dated("2026-03-05", "RECRUITING", primary="2028-01"), "2026-03-09")
    written.snapshot(dated("2026-03-05", "UNKNOWN", primary="2028-01"), "2026-05-01")
    found = written.course()
    assert [(one.day, one.standing.status) for one in found.steps] == [
        ("2025-01-10", "RECRUITING"),
        ("2026-03-02", "SUSPENDED"),
        ("2026-03-05", "RECRUITING"),
        ("2026-05-01", "UNKNOWN"),
    ]
    assert found.gaps == ()
    drawn = picture(found, NOW.date())
    assert [one.words.partition(",")[0] for one in drawn.bands] == [
        *("Recruiting", "Suspended", "Recruiting", "Unknown")
    ]
    assert {one.what for one in found.marks} == {"first-submitted", "start-date"}
    assert [one.label for one in drawn.marks] == ["First submitted", "Start", "Today"]
    assert len({one.row for one in drawn.marks[:2]}) == 2, "labels that would touch stand in two rows"
    assert [one.label for one in drawn.dates] == ["2028-01 (estimated)", "2028 (estimated)"]
    assert [len(one.dots) for one in drawn.dates] == [2, 1]


def test_what_is_not_stored_is_a_gap_and_nothing_is_drawn_in_it(written: Written) -> None:
    """A bounded backfill brings the first version and the newest."""
    written.archived(dated("2025-01-10", "RECRUITING"), 1)
    written.archived(dated("2026-03-05", "COMPLETED", count=50), 9)
    written.snapshot(dated("2026-03-05", "COMPLETED", count=50), "2026-03-09")
    found = written.course()
    assert [(gap.since, gap.until) for gap in found.gaps] == [("2025-01-10", "2026-03-05")]
    drawn = picture(found, NOW.date())
    (hole,) = drawn.holes
    first, last = drawn.bands
    assert (first.x, first.width) == (hole.x, 1.5), "the version's own day is known"
    assert last.x == pytest.approx(hole.x + hole.width, abs=0.2)
    assert drawn.people[0].ways[-1].startswith(f"M{last.x} "), "no line leads through the gap"
    for line in (*drawn.dates, *drawn.people):
        for way in line.ways:
            assert "H" in way
            start, *ends = (float(one.split("V")[0].split(" ")[0]) for one in way[1:].split("H"))
            assert not (start < hole.x + hole.width - 0.2 and max(ends) > hole.x + 0.2)


def test_a_long_history_reads_two_records_and_is_drawn_bounded(written: Written) -> None:
    day = date(2025, 1, 10)
    for number in range(1, 41):
        record = dated(day.isoformat(), "RECRUITING", count=20 + number)
        written.archived(record, number)
        written.snapshot(record, (day + timedelta(days=2)).isoformat())
        day += timedelta(days=5)
    written.removed(Source.SNAPSHOT, 30)
    reads: list[tuple[Source, int]] = []
    found = written.course(reads)
    assert set(reads) == {(Source.SNAPSHOT, 40), (Source.ARCHIVE, 40)}
    counts = [one.standing.enrollment for one in found.steps]
    assert [one.count for one in counts if one is not None] == list(range(21, 61))
    long = msgspec.structs.replace(
        found,
        steps=tuple(
            msgspec.structs.replace(one, day=(date(2025, 1, 10) + timedelta(days=at)).isoformat())
            for at, one in enumerate(found.steps * 15)
        ),
    )
    drawn = picture(long, NOW.date())
    assert drawn.left_out == 600 - MOST_DRAWN
    assert len(drawn.people[0].dots) <= MOST_DRAWN


def test_of_versions_that_nobody_compared_a_few_are_read_and_the_rest_is_a_gap(written: Written) -> None:
    for number in range(1, 15):
        day = (date(2025, 1, 10) + timedelta(days=number)).isoformat()
        written.archived(dated(day, "RECRUITING", count=number), number, told=False)
    reads: list[tuple[Source, int]] = []
    found = written.course(reads)
    assert len(set(reads)) == READS + 1
    assert found.steps[0].day == "2025-01-18"
    assert [(one.since, one.until) for one in found.gaps] == [("2025-01-10", "2025-01-18")]


odd = st.one_of(
    st.none(),
    st.integers(),
    st.sampled_from(["2026", "2026-02-30", "0001-01-01", "9999-12", "", "x" * 300, "99999999"]),
    st.dictionaries(st.sampled_from(["date", "type", "count"]), st.integers() | st.text(max_size=9)),
    st.fixed_dictionaries({"date": st.sampled_from(["0001", "9999-12-31", "2020-01"]), "type": st.text()}),
    st.fixed_dictionaries({"count": st.integers(0, 10**20), "type": st.none()}),
)


@given(st.lists(st.tuples(st.dates(), odd, odd, odd, odd), min_size=1, max_size=5))
def test_any_record_can_be_drawn(given_: list[tuple[date, Any, Any, Any, Any]]) -> None:
    steps = []
    for number, (day, status, primary, completion, enrollment) in enumerate(
        sorted(given_, key=lambda one: one[0])
    ):
        record = {
            "protocolSection": {
                "statusModule": {
                    "overallStatus": status,
                    "primaryCompletionDateStruct": primary,
                    "completionDateStruct": completion,
                },
                "designModule": {"enrollmentInfo": enrollment},
            }
        }
        steps.append(
            Step(day=day.isoformat(), source=Source.ARCHIVE, version=number, standing=standing_of(record))
        )
    since, until = steps[0].day, max(steps[-1].day, "2026-11-24")
    found = Course(since=since, until=until, steps=tuple(steps), gaps=(), marks=())
    drawn = picture(found, NOW.date())
    for line in (*drawn.dates, *drawn.people):
        assert all(LEFT <= x <= RIGHT + 1 and 0 <= y <= HEIGHT for x, y in line.dots)
    assert all(LEFT <= band.x <= RIGHT + 1 for band in drawn.bands)

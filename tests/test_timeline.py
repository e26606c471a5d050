"""Which version stood on which day: the rule, and all that answers by it, against a slow look at everything."""

from __future__ import annotations

import json
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from doubles.small_records import small_record
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshots.changeset import Source
from snapshots.database import immediate, open_database
from snapshots.errors import UnknownTrial
from snapshots.query import Reader
from snapshots.schema import MIGRATIONS
from snapshots.search.asking import asked
from snapshots.search.finding import Search
from snapshots.search.index import catch_up
from snapshots.store import Store

NOW = datetime(2026, 11, 20, 9, 12, 44, tzinfo=UTC)
FIRST = date(2026, 3, 1)
TRIALS = ("NCT00000001", "NCT00000002")
WORDS = ("amber", "basalt", "cedar", "dune")
SPAN = 12  # days


def written(db, trial, source, day, words, number=None):
    record = small_record(trial, words=f"{words} {day}", holder=None if number else day, submitted=day)
    record["protocolSection"]["identificationModule"]["briefTitle"] = f"Study of {words}"
    with immediate(db):
        if source is Source.SNAPSHOT:
            Store(db).add_snapshot("ctgov", record, seen_at=NOW, build=day, fingerprint=None)
        else:
            Store(db).add_archived("ctgov", trial, record, number=number, submitted=day, seen_at=NOW)


def deleted(db, trial, nth):
    """As retention does: a version goes, its line in the ledger stays. The newest of a line stays."""
    if Reader(db).trial("ctgov", trial) is None:
        return
    lines = {source: [] for source in (Source.ARCHIVE, Source.SNAPSHOT)}
    for version in Reader(db).versions("ctgov", trial):
        lines[version.ref.source].append(version.ref.version)
    older = [(source, number) for source, numbers in lines.items() for number in sorted(numbers)[:-1]]
    if older:
        source, number = older[nth % len(older)]
        with immediate(db):
            db.execute(
                "delete from version where trial = (select key from trial where trial = ?)"
                " and line = ? and number = ?",
                [trial, source.value, number],
            )


def on_that_day(db, trial, day):
    """The rule once more, by looking at everything."""
    standing = None
    for source, field in ((Source.ARCHIVE, "updated"), (Source.SNAPSHOT, "build")):
        for version in sorted(Reader(db).versions("ctgov", trial), key=lambda one: one.ref.version):
            if version.ref.source is source and getattr(version.ref, field) <= day.isoformat():
                standing = version.ref
    return standing and (standing.source, standing.version)


def said(db, trial, standing):
    return json.loads(Reader(db).body("ctgov", trial, *standing))["protocolSection"]["identificationModule"][
        "briefTitle"
    ]


DAYS = st.integers(0, SPAN - 1).map(lambda n: (FIRST + timedelta(days=n)).isoformat())
TRIAL = st.sampled_from(TRIALS)
WORDING = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True).map(" ".join)
STEP = st.one_of(
    st.tuples(st.just("snapshot"), TRIAL, DAYS, WORDING),
    st.tuples(st.just("archive"), TRIAL, DAYS, WORDING, st.integers(1, 6)),
    st.tuples(st.just("delete"), TRIAL, st.integers(0, 9)),
    st.tuples(st.just("index")),
)


def done(db, step):
    what, *rest = step
    if what == "snapshot":
        written(db, rest[0], Source.SNAPSHOT, *rest[1:])
    elif what == "archive":
        written(db, rest[0], Source.ARCHIVE, *rest[1:])
    elif what == "delete":
        deleted(db, *rest)
    else:
        catch_up(db)


@settings(max_examples=40)
@given(st.lists(STEP, max_size=14))
def test_all_that_answers_for_a_day_agrees_with_a_slow_look(steps):
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_database(Path(folder) / "t.db", [MIGRATIONS])) as db,
    ):
        archived = set()
        for step in steps:
            name = (step[0], *step[1:2], step[-1])
            if step[0] == "archive" and name in archived:
                continue  # stored before, and perhaps deleted since: a number is not given again
            archived.add(name if step[0] == "archive" else None)
            done(db, step)
        catch_up(db)
        assert not Search(db).behind()
        stored = [trial for trial in TRIALS if Reader(db).trial("ctgov", trial)]
        for n in range(-1, SPAN + 1):
            day = FIRST + timedelta(days=n)
            standing = {trial: on_that_day(db, trial, day) for trial in stored}
            for trial in stored:
                found = Reader(db).as_of("ctgov", trial, day)
                assert (found and (found.ref.source, found.ref.version)) == standing[trial]
            for word in WORDS:
                hits = Search(db).as_of(asked(word), day, limit=9).trials
                assert {(hit.trial.trial, hit.ref.source, hit.ref.version) for hit in hits} == {
                    (trial, *one) for trial, one in standing.items() if one and word in said(db, trial, one)
                }
                assert all(any(marked for marked, _ in hit.marks.lead) for hit in hits)
        last = {trial: on_that_day(db, trial, date(9000, 1, 1)) for trial in stored}
        for word in WORDS:
            hits = Search(db).now(asked(word), limit=9).trials
            assert {(hit.trial.trial, hit.ref.source, hit.ref.version) for hit in hits} == {
                (trial, *one) for trial, one in last.items() if one and word in said(db, trial, one)
            }


@pytest.fixture
def db(tmp_path):
    with closing(open_database(tmp_path / "t.db", [MIGRATIONS])) as database:
        yield database


def test_a_version_of_an_older_build_than_one_stored_before_it_takes_its_days(db):
    for build, words in (("2026-03-05", "amber"), ("2026-03-09", "basalt"), ("2026-03-07", "cedar")):
        written(db, TRIALS[0], Source.SNAPSHOT, build, words)
    stood = [(one.number, one.since, one.until) for one in Reader(db).timeline("ctgov", TRIALS[0])]
    assert stood == [(1, "2026-03-05", "2026-03-07"), (3, "2026-03-07", None)]
    assert Reader(db).as_of("ctgov", TRIALS[0], date(2026, 3, 10)).ref.version == 3


def test_the_archive_stands_before_our_first_snapshot_and_never_after(db):
    written(db, TRIALS[0], Source.SNAPSHOT, "2026-03-05", "amber")
    for number, day in ((3, "2026-03-08"), (1, "2026-03-01"), (2, "2026-03-05")):
        written(db, TRIALS[0], Source.ARCHIVE, day, "basalt", number)
    stood = [(one.source.value, one.number, one.until) for one in Reader(db).timeline("ctgov", TRIALS[0])]
    assert stood == [("archive", 1, "2026-03-05"), ("snapshot", 1, None)]
    with pytest.raises(UnknownTrial):
        Reader(db).timeline("ctgov", TRIALS[1])

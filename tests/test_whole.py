"""Everything that is stored, read in order: long lines, large records, lines filled in any order."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from doubles.small_records import small_record

from monitor.database import open_for_reading, open_for_writing
from snapshots.changeset import Source
from snapshots.database import immediate
from snapshots.query import Reader
from snapshots.store import Store
from snapshots.whole import Whole

NOW = datetime(2026, 11, 20, 9, 12, 44, tzinfo=UTC)
TRIAL = "NCT00000001"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "t.db"


def read(path, **asked):
    """(line, number, bytes) as they come, each checked against what is read one by one."""
    with closing(open_for_reading(path)) as db:
        found = [(one.version.ref, one.body) for one in Whole(db).versions("ctgov", bodies=True, **asked)]
        for ref, body in found:
            assert body == Reader(db).body("ctgov", TRIAL, ref.source, ref.version)
        return [(ref.source.value, ref.version) for ref, _ in found]


def test_a_long_line_and_one_that_was_filled_in_any_order(path):
    numbers = list(range(1, 151))
    Random(3).shuffle(numbers)
    with closing(open_for_writing(path)) as db, immediate(db):
        store = Store(db)
        for number in numbers:
            record = small_record(words=f"As the registry had it, {number}.")
            day = f"{2000 + number // 12}-{number % 12 + 1:02}-01"
            store.add_archived("ctgov", TRIAL, record, number=number, submitted=day, seen_at=NOW)
        for number in range(1, 201):
            seen_at = NOW + timedelta(days=number)
            record = small_record(words=f"As we had it, {number}.")
            store.add_snapshot(
                "ctgov", record, seen_at=seen_at, build=seen_at.date().isoformat(), fingerprint=None
            )
    assert read(path) == [
        *((Source.ARCHIVE.value, number) for number in range(1, 151)),
        *((Source.SNAPSHOT.value, number) for number in range(1, 201)),
    ]
    assert read(path, since=NOW + timedelta(days=70), until=NOW + timedelta(days=140)) == [
        (Source.SNAPSHOT.value, number) for number in range(70, 140)
    ]


def test_large_records_are_read_some_at_a_time(path):
    with closing(open_for_writing(path)) as db, immediate(db):
        store = Store(db)
        for number in range(1, 5):
            large = small_record(words=f"{number} " + "many words " * 600_000)  # 6.6 MB: two may be held
            seen_at = NOW + timedelta(days=number)
            store.add_snapshot("ctgov", large, seen_at=seen_at, build="2026-11-20", fingerprint=None)
    assert read(path) == [(Source.SNAPSHOT.value, number) for number in range(1, 5)]
    with closing(open_for_reading(path)) as db:
        begun = []
        db.conn.set_trace_callback(begun.append)
        assert len(list(Whole(db).versions("ctgov", bodies=True))) == 4
        assert begun.count("BEGIN") == 3  # one that finds no archive's, two for the snapshots


def test_only_some_trials_are_asked_for(path):
    ids = [f"NCT{number:08}" for number in range(1, 201)]
    with closing(open_for_writing(path)) as db, immediate(db):
        for trial in ids:
            Store(db).add_snapshot(
                "ctgov", small_record(trial), seen_at=NOW, build="2026-11-20", fingerprint=None
            )
    with closing(open_for_reading(path)) as db:
        whole = Whole(db)
        assert [one.trial for one in whole.trials("ctgov")] == ids
        asked = [*ids[3:190:2], "NCT99999999"]
        assert [one.trial for one in whole.trials("ctgov", iter(asked))] == asked[:-1]
        assert [one.trial for one in whole.versions("ctgov", iter(asked))] == asked[:-1]
        assert list(whole.trials("other")) == []
        assert (whole.registries(), whole.size("ctgov")) == (["ctgov"], 200)

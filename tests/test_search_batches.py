"""A long past is indexed some versions at a time, and others write while it is read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from doubles.small_records import small_record

from snapshots.bodies import Bodies
from snapshots.database import immediate, open_database
from snapshots.schema import MIGRATIONS
from snapshots.search import index
from snapshots.store import Store

NOW = datetime(2026, 11, 20, 9, 12, 44, tzinfo=UTC)


def titled(title, number):
    record = small_record(f"NCT{number:08}", holder=None)
    record["protocolSection"]["identificationModule"]["briefTitle"] = title
    return record


@pytest.fixture
def path(tmp_path):
    return tmp_path / "trialbell.db"


@pytest.fixture
def db(path):
    with closing(open_database(path, [MIGRATIONS])) as database:
        yield database


def with_past(db, number, versions):
    """A trial with so many versions, each of which says something else."""
    with immediate(db):
        store = Store(db)
        store.add_snapshot("ctgov", titled("Now", number), seen_at=NOW, build="2026-11-20", fingerprint=None)
        for one in range(1, versions):
            day = f"20{one // 28:02}-01-{one % 28 + 1:02}"
            old = titled(f"Was{one}", number)
            store.add_archived("ctgov", f"NCT{number:08}", old, number=one, submitted=day, seen_at=NOW)


def found(db):
    """What is indexed of the past, without the numbers that rows were given."""
    past = "select trial, line, number, since, until, digest from searched_past order by 1, 4"
    now = "select trial, line, number, since, digest, stood from searched order by 1"
    db.execute("create virtual table temp.words using fts5vocab('main', 'search_past', 'row')")
    words = db.execute("select term, doc, cnt from temp.words").fetchall()
    db.execute("drop table temp.words")
    return db.execute(past).fetchall(), db.execute(now).fetchall(), words


def test_a_batch_reads_some_hundred_versions_and_others_write_meanwhile(db, path, monkeypatch):
    for number in range(1, 21):
        with_past(db, number, 51 if number > 1 else 201)
    reads, read, batch = [], Bodies.read, index._batch
    other = sqlite3.connect(path, timeout=0, isolation_level=None)

    def counted(self, *arguments):
        reads[-1] += 1
        if reads[-1] % 50 == 0:  # refused where whoever reads is writing
            other.execute("begin immediate")
            other.execute("rollback")
        return read(self, *arguments)

    def begun(database):
        reads.append(0)
        return batch(database)

    monkeypatch.setattr(Bodies, "read", counted)
    monkeypatch.setattr(index, "_batch", begun)
    assert index.catch_up(db) == 20
    other.close()
    assert max(reads) <= index.AT_ONCE + 2, reads
    assert db.execute("select count(*) from searched_past").fetchone() == (19 * 50 + 200,)


@pytest.mark.parametrize("at_once", [1, 3, 10])
def test_a_past_that_is_cut_anywhere_is_indexed_as_a_whole_one(tmp_path, monkeypatch, at_once):
    made = []
    for name, most in (("whole", 500), ("cut", at_once)):
        monkeypatch.setattr(index, "AT_ONCE", most)
        with closing(open_database(tmp_path / f"{name}.db", [MIGRATIONS])) as db:
            for number in (1, 2):
                with_past(db, number, 12)
            assert index.catch_up(db) == 2
            with immediate(db):  # a version that stood goes, and its past must be written anew
                db.execute("delete from version where number = 4")
                db.execute("delete from body where number = 4")
            assert index.catch_up(db) == 2
            made.append(found(db))
    assert made[0] == made[1]


def test_a_version_that_goes_between_reading_and_writing_is_not_indexed(db, path, monkeypatch):
    with_past(db, 1, 4)
    other, read = sqlite3.connect(path, isolation_level=None), Bodies.read
    gone = []

    def going(self, key, source, number):
        if not gone:
            gone.append(number)
            other.execute("delete from version where archive = 1 and number = 1")
            other.execute("delete from body where archive = 1 and number = 1")
        return read(self, key, source, number)

    monkeypatch.setattr(Bodies, "read", going)
    index.catch_up(db)
    other.close()
    assert db.execute("select number from searched_past order by 1").fetchall() == [(2,), (3,)]
    assert db.execute("select count(*) from unsearched").fetchone() == (0,)

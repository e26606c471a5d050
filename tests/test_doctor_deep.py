"""`trialbell doctor --deep`: says which version of which trial is damaged, and what to do; and that all is well."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from doubles.small_records import small_record

from monitor.database import open_for_writing
from snapshots.database import immediate
from snapshots.store import Store

NOW = datetime(2026, 11, 20, 9, 12, 44, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "t.db"
    with closing(open_for_writing(made)) as db, immediate(db):
        for number in range(1, 4):
            for words in ("one", "two"):
                record = small_record(f"NCT{number:08}", words=words)
                Store(db).add_snapshot("ctgov", record, seen_at=NOW, build="2026-11-20", fingerprint=None)
    return made


def harm(path, sql):
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(sql)


def test_a_sound_database_is_said_to_be(path, terminal):
    ran = terminal.run("doctor", "--deep", "--db", "t.db")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "ok   database: every one of 6 versions of 3 trials has its hash, in a ledger of 6 entries\n"
    )


def test_what_is_damaged_is_named_with_what_to_do(path, terminal):
    harm(path, "update body set body = x'00' where trial = 2 and number = 1")
    ran = terminal.run("doctor", "--deep", "--db", "t.db")
    assert ran.code == 3
    assert ran.out.splitlines()[0].startswith("BAD  database: NCT00000002@1 cannot be read: ")
    assert "trialbell backup" in ran.out.splitlines()[1]
    assert "1 thing to mend" in ran.err
    found = terminal.run("doctor", "--deep", "--json", "--db", "t.db")
    assert found.code == 3
    assert [one["good"] for one in found.values] == [False, None]


def test_a_row_without_what_it_belongs_to_is_said(path, terminal):
    harm(path, "insert into turning (trial, rules, looked) values (77, 1, '2026-11-20')")
    ran = terminal.run("doctor", "--deep", "--db", "t.db")
    assert ran.code == 3
    assert "table turning: 1 row without what they belong to" in ran.out


def test_pages_that_cannot_be_read_are_said(path, terminal):
    with closing(sqlite3.connect(path)) as db:
        page = db.execute("select rootpage from sqlite_master where name = 'head'").fetchone()[0]
        size = db.execute("pragma page_size").fetchone()[0]
        db.execute("pragma wal_checkpoint(truncate)")
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(content)
    ran = terminal.run("doctor", "--deep", "--db", "t.db")
    assert ran.code == 3
    assert "BAD  database: table head: " in ran.out
    assert "put a copy made before in the place of the file" in ran.out


def test_without_a_database_there_is_nothing_to_look_into(terminal):
    assert terminal.run("doctor", "--deep").code == 2


def test_a_plain_look_opens_no_body_and_sees_the_newest_of_the_ledger(path):
    from monitor.doctor import _database

    harm(path, "update body set body = x'00'")
    assert all(one.good for one in _database(path))
    harm(path, "update ledger set sha256 = zeroblob(32) where entry = 6")
    (bad,) = [one for one in _database(path) if not one.good]
    assert "one of the entries 1 to 6 was altered" in bad.text and "--deep" in bad.text

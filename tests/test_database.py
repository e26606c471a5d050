"""Opening the file: what is refused, how it is brought up to date, and the writing transaction."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest
from sqlite_utils.migrations import Migrations

from snapshots.database import immediate, open_database
from snapshots.errors import DatabaseHeld, DatabaseNewer, NoDatabase, SnapshotsError
from snapshots.schema import MIGRATIONS


@pytest.fixture
def path(tmp_path):
    return tmp_path / "trialbell.db"


def one_set(*names):
    """Migrations that make a table each."""
    migrations = Migrations("later")
    for name in names:
        migrations(name=name)(lambda db, name=name: db.execute(f"create table t_{name} (a text) strict"))
    return migrations


def test_a_new_file_has_all_tables_and_the_safe_settings(path):
    with closing(open_database(path, [MIGRATIONS])) as db:
        settings = {
            name: db.execute(f"pragma {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
        assert settings == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 5000,
        }
        ours = [table for table in db.tables if not table.name.startswith(("_", "sqlite_"))]
        assert {table.name for table in ours} >= {"trial", "version", "head", "body", "ledger", "event"}
        # Those of SQLite's own full-text indexes are what it makes of them.
        assert all(
            table.strict
            for table in ours
            if not table.name.startswith(("search_now", "search_past", "search_change"))
        )
    assert [file.name for file in path.parent.iterdir()] == ["trialbell.db"]  # no copy of nothing


@pytest.mark.parametrize("options", [{"create": False}, {"readonly": True}])
def test_no_file_is_not_made_unasked(path, options):
    with pytest.raises(NoDatabase) as caught:
        open_database(path, [MIGRATIONS], **options)
    assert f"`{path}`" in str(caught.value)
    assert caught.value.hint
    assert not path.exists()


def test_a_folder_and_a_missing_folder_are_said(path):
    with pytest.raises(NoDatabase, match="a folder"):
        open_database(path.parent, [MIGRATIONS])
    with pytest.raises(NoDatabase, match="no such folder"):
        open_database(path / "deeper" / "trialbell.db", [MIGRATIONS])


@pytest.mark.parametrize("readonly", [False, True])
def test_a_file_of_another_kind_is_left_alone(path, readonly):
    path.write_text("[store]\npath = 'trialbell.db'\n" * 100)
    before = path.read_bytes()
    with pytest.raises(SnapshotsError, match="not a SQLite database"):
        open_database(path, [MIGRATIONS], readonly=readonly)
    assert path.read_bytes() == before


@pytest.mark.parametrize("readonly", [False, True])
def test_somebody_elses_database_is_left_alone(path, readonly):
    with closing(sqlite3.connect(path)) as other:
        other.execute("create table bookmarks (url text)")
    before = path.read_bytes()
    with pytest.raises(SnapshotsError, match="not one of trialbell's"):
        open_database(path, [MIGRATIONS], readonly=readonly)
    assert path.read_bytes() == before


@pytest.mark.parametrize("readonly", [False, True])
def test_a_newer_file_is_refused_and_left_alone(path, readonly):
    open_database(path, [MIGRATIONS, one_set("first", "second")]).close()
    before = path.read_bytes()
    for known in ([MIGRATIONS, one_set("first")], [MIGRATIONS]):
        with pytest.raises(DatabaseNewer, match="later-") as caught:
            open_database(path, known, readonly=readonly)
        assert "upgrade" in (caught.value.hint or "")
    assert path.read_bytes() == before


def test_an_older_file_is_copied_then_brought_up_to_date(path):
    with closing(open_database(path, [MIGRATIONS, one_set("first")])) as db:
        db.execute("insert into t_first values ('kept')")
    with closing(open_database(path, [MIGRATIONS, one_set("first", "second")])) as db:
        assert db["t_second"].exists()
        assert db.execute("select a from t_first").fetchall() == [("kept",)]
    copy = path.with_name("trialbell.db.before-later-second")
    with closing(open_database(copy, [MIGRATIONS, one_set("first")])) as old:
        assert old.execute("select a from t_first").fetchall() == [("kept",)]
        assert not old["t_second"].exists()
    open_database(path, [MIGRATIONS, one_set("first", "second")]).close()
    assert len(list(path.parent.glob("*before*"))) == 1  # nothing pending, no copy


def test_a_migration_that_fails_leaves_the_file_as_it_was(path):
    open_database(path, [MIGRATIONS, one_set("first")]).close()
    broken = one_set("first", "second")

    @broken(name="third")
    def _third(db):
        db.execute("insert into no_such_table values (1)")

    with pytest.raises(sqlite3.OperationalError, match="no_such_table"):
        open_database(path, [MIGRATIONS, broken])
    with closing(open_database(path, [MIGRATIONS, one_set("first")])) as db:
        assert not db["t_second"].exists()


def test_a_reader_of_an_older_file_does_not_migrate_it(path):
    open_database(path, [MIGRATIONS]).close()
    before = path.read_bytes()
    with pytest.raises(SnapshotsError, match="older trialbell") as caught:
        open_database(path, [MIGRATIONS, one_set("first")], readonly=True)
    assert caught.value.hint
    assert path.read_bytes() == before


def test_a_reader_of_an_empty_file_leaves_it_empty(path):
    path.touch()
    with pytest.raises(NoDatabase, match="empty"):
        open_database(path, [MIGRATIONS], readonly=True)
    assert path.stat().st_size == 0


def test_a_reader_cannot_write_and_sees_what_others_commit(path):
    with (
        closing(open_database(path, [one_set("first")])) as writer,
        closing(open_database(path, [one_set("first")], readonly=True)) as reader,
    ):
        with pytest.raises(SnapshotsError, match="cannot be written"), immediate(reader):
            reader.execute("insert into t_first values ('no')")
        with immediate(writer):
            writer.execute("insert into t_first values ('yes')")
            assert reader.execute("select count(*) from t_first").fetchone() == (0,)
        assert reader.execute("select a from t_first").fetchall() == [("yes",)]


def test_a_reader_opens_a_file_that_nobody_has_open(path):
    open_database(path, [MIGRATIONS]).close()
    assert not path.with_name(path.name + "-wal").exists()
    with closing(open_database(path, [MIGRATIONS], readonly=True)) as reader:
        assert reader.execute("select count(*) from trial").fetchone() == (0,)
        # A writer that comes later is seen too: the reader did not take the file for one that never changes.
        with closing(open_database(path, [MIGRATIONS])) as writer, immediate(writer):
            writer.execute("insert into dictionary (content) values (x'00')")
        assert reader.execute("select count(*) from dictionary").fetchone() == (1,)


def test_a_path_with_marks_of_an_address_is_a_path(tmp_path):
    path = tmp_path / "a?mode=rw#b%20c.db"
    open_database(path, [MIGRATIONS]).close()
    open_database(path, [MIGRATIONS], readonly=True).close()
    assert all(file.name.startswith(path.name) for file in tmp_path.iterdir())


def test_a_held_file_is_said_and_let_go_again(path):
    with (
        closing(open_database(path, [one_set("first")])) as holder,
        closing(open_database(path, [one_set("first")], busy_timeout=0)) as other,
    ):
        with immediate(holder):
            with pytest.raises(DatabaseHeld), immediate(other):
                pass
            with pytest.raises(DatabaseHeld):
                open_database(path, [one_set("first", "second")], busy_timeout=0)
        with immediate(other):
            other.execute("insert into t_first values ('mine')")


def test_two_that_open_an_older_file_at_once_migrate_it_once(path):
    open_database(path, [one_set("first")]).close()
    found = []

    def opening():
        with closing(open_database(path, [one_set("first", "second")], busy_timeout=30)) as db:
            found.append(db["t_second"].exists())

    threads = [threading.Thread(target=opening) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 6


def test_a_transaction_is_whole_or_nothing(path):
    with closing(open_database(path, [one_set("first")])) as db:
        with pytest.raises(KeyError), immediate(db):
            db.execute("insert into t_first values ('a')")
            db["t_first"].insert_all([{"a": str(n)} for n in range(300)], batch_size=100)
            raise KeyError("anything")
        assert db.execute("select count(*) from t_first").fetchone() == (0,)
        with immediate(db):
            db.execute("insert into t_first values ('a')")
            db["t_first"].insert_all([{"a": str(n)} for n in range(300)], batch_size=100)
        assert db.execute("select count(*) from t_first").fetchone() == (301,)
        assert not db.conn.in_transaction


def test_a_transaction_does_not_nest(path):
    with closing(open_database(path, [one_set("first")])) as db:
        with pytest.raises(sqlite3.OperationalError, match="within a transaction"), immediate(db):
            db.execute("insert into t_first values ('a')")
            with immediate(db):
                pass
        assert db.execute("select count(*) from t_first").fetchone() == (0,)


def test_a_full_disk_is_said_and_nothing_is_half_stored(path):
    with closing(open_database(path, [one_set("first")])) as db:
        pages = db.execute("pragma page_count").fetchone()[0]
        db.execute(f"pragma max_page_count = {pages + 2}")
        with pytest.raises(SnapshotsError, match="disk is full"), immediate(db):
            for _ in range(100):
                db.execute("insert into t_first values (?)", ["x" * 4000])
        assert db.execute("select count(*) from t_first").fetchone() == (0,)
        assert not db.conn.in_transaction


def test_a_damaged_file_is_said(path):
    open_database(path, [MIGRATIONS]).close()
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\xff" * 3996
    path.write_bytes(data)
    with pytest.raises(SnapshotsError, match="damaged"):
        open_database(path, [MIGRATIONS])

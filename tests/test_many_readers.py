"""One process writes while others read, page after page and the whole store at once: nobody waits for anybody."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.filled_store import fill, steps, store
from doubles.study_records import study_record
from doubles.watching import Watching, ids_watch

from monitor.database import ALL, open_for_reading, open_for_writing
from monitor.export.rows import Choice, Rows
from monitor.export.tables import TABLES, VERSIONS
from monitor.web.opened import Opened
from monitor.web.reading import Reading
from snapshots.changeset import Severity
from snapshots.database import open_database, settle_log

ROOTS = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]
TRIAL = "NCT90000001"
SMALL_LOG = 8 * 2**20  # bytes: twice what SQLite lets it grow to before it copies it into the file


@pytest.fixture
def path(tmp_path):
    fill(tmp_path / "t.db", trials=6, versions=3, archived=2)
    return tmp_path / "t.db"


def log_of(path: Path) -> int:
    return path.with_name(path.name + "-wal").stat().st_size


def impatient(path: Path):
    """A reader that fails at once where it would have to wait."""
    return open_database(path, ALL, readonly=True, busy_timeout=0)


def pages(reader: Reading) -> int:
    """What a person looks at one after the other, in one state of the database; returns the versions seen."""
    trials = reader.trials(limit=100)
    seen = 0
    for trial in trials[:3] + trials[-3:]:
        versions = reader.versions("ctgov", trial.trial)
        assert len(versions) == trial.snapshots + trial.archived
        last = versions[-1].ref
        assert last.version is not None
        reader.record("ctgov", trial.trial, last.source, last.version)
        seen += len(versions)
    reader.events(limit=50, min_severity=Severity.NOISE)
    reader.events(limit=50, tag="stopped")
    return seen


def test_readers_and_the_writer_wait_for_nobody(path):
    """All are given no time to wait: one that had to would end with `database is locked`."""
    stop, trouble, read = threading.Event(), [], [0, 0, 0]

    def reading(number: int) -> None:
        opened = Opened(lambda: impatient(path))
        try:
            while not stop.is_set():
                opened._read(opened._current(), pages)
                read[number] += 1
        except BaseException as error:  # noqa: BLE001 - whatever it was, the test is to say it
            trouble.append(error)
        finally:
            opened.close()

    with closing(impatient(path)) as db:  # holds the file open: opening and closing it alone takes a lock
        threads = [threading.Thread(target=reading, args=(number,)) for number in range(3)]
        command = [sys.executable, "-m", "doubles.writer_process", str(path), "100", "15", "3"]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "stored\n"
            for thread in threads:
                thread.start()
            exports = []
            while writer.poll() is None or len(exports) < 2 or min(read) == 0 < len(read) - len(trouble):
                rows = Rows(db, Choice())
                entries = db.execute(
                    "select count(*) from version where entry <= ?", [rows._whole._entry]
                ).fetchone()
                exports.append(
                    (entries[0], [row.read.version.sha256 for row in rows.of(VERSIONS, VERSIONS.columns)])
                )
            stop.set()
            for thread in threads:
                thread.join()
            said = writer.stdout.read().splitlines()
    assert trouble == []
    assert writer.returncode == 0
    assert min(read) > 0
    for entries, versions in exports:
        assert len(versions) == entries
    assert exports[-1][0] >= exports[0][0]
    assert json.loads(said[-1])["log"] < SMALL_LOG


def test_what_is_exported_is_one_moment_and_no_transaction(path):
    """Read to the middle, left there, written to: the log can be emptied, and the rest is as it would have been."""
    with closing(open_for_reading(path)) as db, closing(open_for_writing(path)) as other:
        for table in (TABLES["versions"], TABLES["changes"]):
            columns = table.columns
            undisturbed = list(Rows(db, Choice()).of(table, columns))
            rows = Rows(db, Choice())
            found = rows.of(table, columns)
            begun = [next(found) for _ in range(5)]
            later = 20 if table is VERSIONS else 40
            done = list(
                store(other, [(1, 1), *((later + trial, version) for trial, version in steps(2, 4))], 4)
            )
            assert len(done) == 9
            more_of_old_trials = list(
                store(other, [(trial, version) for trial in (1, 6) for version in (1, 2, 3, 4)], 4)
            )
            assert more_of_old_trials
            assert settle_log(other)
            assert log_of(path) == 0
            assert begun + list(found) == undisturbed
            assert len(list(Rows(db, Choice()).of(table, columns))) > len(undisturbed)


def test_a_log_that_a_reader_held_is_emptied_once_it_lets_go_and_nobody_waits_for_it(path):
    with closing(open_for_reading(path)) as db, closing(open_for_writing(path)) as other:
        db.conn.execute("BEGIN")
        db.execute("select count(*) from version").fetchone()
        assert len(list(store(other, steps(8, 3)[18:], 3))) == 6
        asked = []
        other.conn.set_trace_callback(asked.append)
        assert not settle_log(other)
        other.conn.set_trace_callback(None)
        assert "PRAGMA busy_timeout = 0" in asked  # or it would have stood there for five seconds
        assert other.execute("pragma busy_timeout").fetchone()[0] == 5000
        assert log_of(path) > 0
        db.conn.execute("ROLLBACK")
        assert settle_log(other)
        assert log_of(path) == 0


def test_a_poll_leaves_no_log(tmp_path, clock):
    records = [study_record(number) for number in range(1, 4)]
    ids = [record["protocolSection"]["identificationModule"]["nctId"] for record in records]
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("three", *ids), clock=clock)
        watching.poll()
        with closing(
            open_for_reading(tmp_path / "t.db")
        ) as db:  # a browser: the log outlives the poll's connection
            assert db.execute("select count(*) from version").fetchone()[0] == 3
            registry.publish("2026-11-23", [records[0] | {"hasResults": not records[0].get("hasResults")}])
            watching.poll()
            assert db.execute("select count(*) from version").fetchone()[0] == 4
            # What is told after the poll is a page or two.
            assert log_of(tmp_path / "t.db") < 200_000


def test_no_reader_can_write(path):
    with closing(open_for_reading(path)) as db, pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("delete from event")


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("history", TRIAL),
        ("show", TRIAL),
        ("field", TRIAL, "overall-status"),
        ("changes",),
        ("diff", f"{TRIAL}@1", f"{TRIAL}@2"),
        ("deadlines",),
        ("search", "study"),
        ("export", "versions"),
        ("backup", "copy.db"),
        ("datasette",),
    ],
)
def test_who_only_reads_waits_for_no_transaction(path, terminal, command):
    """One that is open from before to after: a command that wanted to write would give up, and say so."""
    with closing(open_for_writing(path)) as db:
        db.conn.execute("BEGIN IMMEDIATE")
        db.execute("update trial set title = 'not yet'")
        ran = terminal.run(*command, "--db", "t.db")
        db.conn.execute("ROLLBACK")
    assert ran.code in (0, 1, 3 if command == ("status",) else 0), ran.err  # nothing polls: `status` says so
    assert "another process is writing" not in ran.err
    assert "not yet" not in ran.out

"""Databases of every release: opening one brings it up to date, loses nothing, keeps a copy, and can be interrupted."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from doubles.released import released, restore
from doubles.small_records import small_record

from monitor.database import open_for_reading, open_for_writing
from snapshots.changeset import Source
from snapshots.database import immediate
from snapshots.errors import SnapshotsError
from snapshots.query import Reader
from snapshots.store import Store

RELEASES = released()
# Columns whose content a migration changed on purpose; what they say is tested by itself.
REWRITTEN = {("version", "content"), ("ledger", "chain")}


@pytest.fixture(params=RELEASES, ids=lambda path: path.stem)
def path(request, tmp_path):
    made = tmp_path / "t.db"
    restore(request.param, made)
    return made


def plain(path):
    """As a person with SQL has it, without our program."""
    return closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True))


def rows(db, table, columns):
    return sorted(db.execute(f"select {', '.join(columns)} from {table}").fetchall(), key=repr)


def everything(path):
    """Table or view → (its columns, its rows)."""
    with plain(path) as db:
        names = [
            row[0] for row in db.execute("select name from sqlite_master where type in ('table', 'view')")
        ]
        found = {}
        for name in names:
            columns = [f'"{row[1]}"' for row in db.execute(f"pragma table_xinfo({name})")]
            columns = [one for one in columns if (name, one.strip('"')) not in REWRITTEN]
            found[name] = (columns, rows(db, name, columns))
        return found


def copies(path):
    return [one for one in path.parent.glob("t.db.before-*") if not one.name.endswith(("-wal", "-shm"))]


def schema(path):
    with plain(path) as db:
        return sorted(db.execute("select type, name, tbl_name, sql from sqlite_master").fetchall(), key=repr)


def test_there_is_a_database_of_every_release():
    assert [path.stem for path in RELEASES][:1] == ["0.1"]


def test_an_older_database_is_brought_up_to_date_and_everything_reads_back(path):
    before = everything(path)
    with pytest.raises(SnapshotsError, match="older trialbell"):
        open_for_reading(path)
    with closing(open_for_writing(path)) as db:
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert db.execute("pragma foreign_key_check").fetchall() == []
        for table, (columns, held) in before.items():
            if table not in (
                "_sqlite_migrations",
                "notice",
            ):  # `notice` is gone, and with it nothing that was owed
                assert rows(db, table, columns) == held, table
        reader = Reader(db)
        assert reader.check_ledger() == []
        versions = db.execute("select registry, trial, line, number, sha256, size from history").fetchall()
        assert len(versions) >= 19
        for registry, trial, line, number, sha256, size in versions:
            body = reader.body(registry, trial, Source(line), number)
            assert (hashlib.sha256(body).hexdigest(), len(body)) == (sha256, size)
            assert reader.record(registry, trial, Source(line), number)["protocolSection"]
        for trial in reader.trials():
            assert len(reader.versions(trial.registry, trial.trial)) == trial.snapshots + trial.archived
        assert len(reader.events(limit=100)) == len([one for one in before["event"][1] if "noise" not in one])


def test_what_is_stored_later_follows_on(path):
    with closing(open_for_writing(path)) as db:
        reader, store = Reader(db), Store(db)
        for trial in reader.trials():
            held = reader.versions(trial.registry, trial.trial)[-1]
            assert held.ref.source is Source.SNAPSHOT
            record = reader.record(trial.registry, trial.trial, Source.SNAPSHOT, held.ref.version)
            now = datetime(2026, 12, 1, tzinfo=UTC)
            with immediate(db):
                again = store.add_snapshot(
                    trial.registry, record, seen_at=now, build="2026-12-01", fingerprint=None
                )
                assert (again.new, again.ref) == (False, held.ref)  # its identity is the one that it had
                record = small_record(trial.trial, words="another")
                added = store.add_snapshot(
                    trial.registry, record, seen_at=now, build="2026-12-01", fingerprint=None
                )
            assert added.ref.version == held.ref.version + 1
        assert reader.check_ledger() == []


def test_a_copy_of_it_as_it_was_is_kept_and_a_second_opening_does_nothing(path):
    before = everything(path)
    open_for_writing(path).close()
    (copy,) = copies(path)
    assert everything(copy) == before
    content = path.read_bytes()
    open_for_writing(path).close()
    open_for_reading(path).close()
    assert path.read_bytes() == content
    assert copies(path) == [copy]


def test_its_tables_become_those_of_a_new_file(path, tmp_path):
    open_for_writing(path).close()
    open_for_writing(tmp_path / "new.db").close()
    assert schema(path) == schema(tmp_path / "new.db")


# Opens the file as a command does, and kills itself at the given statement of the migration (0: never).
OPENER = """
import os, signal, sqlite3, sys
from pathlib import Path

connect, seen = sqlite3.connect, []

def tracing(*arguments, **options):
    connection = connect(*arguments, **options)
    def trace(statement):
        if seen or statement.upper().startswith("BEGIN IMMEDIATE"):
            seen.append(statement)
            if len(seen) == int(sys.argv[2]):
                os.kill(os.getpid(), signal.SIGKILL)
    connection.set_trace_callback(trace)
    return connection

sqlite3.connect = tracing
from monitor.database import open_for_writing
open_for_writing(Path(sys.argv[1])).close()
print(len(seen))
"""


def opened(path, at):
    root = Path(__file__).resolve().parents[1]
    return subprocess.run(
        [sys.executable, "-c", OPENER, str(path), str(at)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )


@pytest.mark.crash
def test_killed_while_it_is_brought_up_to_date_it_is_as_it_was(path, tmp_path):
    before = everything(path)
    whole = tmp_path / "whole.db"
    whole.write_bytes(path.read_bytes())
    statements = int(opened(whole, 0).stdout)
    assert statements > 10
    for at in (2, statements // 2, statements - 1):
        ended = opened(path, at)
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        assert everything(path) == before
    open_for_writing(path).close()
    with closing(open_for_reading(path)) as db:
        assert Reader(db).check_ledger() == []
    assert everything(path).keys() == everything(whole).keys()

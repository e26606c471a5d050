"""The copy of a database that is written to: one moment of it, sound, and never half a file."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
from contextlib import closing

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.filled_store import fill, steps, store
from doubles.small_slack import TOKEN
from doubles.study_records import study_record
from doubles.watching import Watching, ids_watch

from monitor.backup import Unsound, back_up
from monitor.cli.main import run
from monitor.database import open_for_reading, open_for_writing
from monitor.lease import Lease
from monitor.placed import PlaceError
from snapshots.database import copy_database
from snapshots.query import Reader


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    path = tmp_path_factory.mktemp("filled") / "trialbell.db"
    fill(path, trials=5, versions=4)
    return path


@pytest.fixture
def path(terminal, filled):
    return shutil.copy(filled, terminal.folder / "trialbell.db")


def dump(path):
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


def test_the_copy_is_the_database(terminal, path):
    ran = terminal.run("backup", "copy.db", "--db", "trialbell.db", "--json")
    assert (ran.code, ran.err) == (0, "")
    (told,) = ran.values
    assert told == {
        "path": "copy.db",
        "bytes": (terminal.folder / "copy.db").stat().st_size,
        "versions": 20,
        "events": told["events"],
        "checked": True,
    }
    assert told["events"] > 0
    assert dump(terminal.folder / "copy.db") == dump(path)
    with closing(open_for_reading(terminal.folder / "copy.db")) as db:
        assert Reader(db).check_ledger() == []
    assert terminal.run("status", "--db", "copy.db").code in (
        0,
        3,
    )  # it opens for writing as any database of ours


def test_one_moment_is_copied_while_another_connection_writes_on_and_on(path, tmp_path):
    """A commit between any two pages: a copy that begins anew whenever there was one would never end."""
    target = tmp_path / "copy.db"
    with closing(open_for_writing(path)) as db:
        before = dump(path)
        writing = store(db, steps(200, 1)[5:], 1)
        commits = []

        def told(done: int, pages: int) -> None:
            commits.append(next(writing))

        copy_database(path, target, told=told, at_once=5)
    assert len(commits) >= 10
    assert dump(target) == before


def test_a_service_that_runs_is_not_asked(terminal, path, clock):
    with Lease(path, command="run", now=clock()):
        assert terminal.run("backup", "copy.db", "--db", "trialbell.db").code == 0


def test_no_secret_is_in_it(terminal, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    records = [study_record(1)]
    nct = records[0]["protocolSection"]["identificationModule"]["nctId"]
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        watching = Watching(terminal.folder, registry, ids_watch("one", nct))
        watching.poll()
        terminal.write(
            "config.toml",
            f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\n{ids_watch("one", nct)}'
            '[notifiers.team]\ntype = "slack"\ntoken = "${SLACK_BOT_TOKEN}"\nchannel = "#c"\n'
            'api_url = "http://127.0.0.1:9/"\n',
        )
        terminal.run("check")
        terminal.run("notify", "team")
    assert terminal.run("backup", "copy.db").code == 0
    assert TOKEN.encode() not in (terminal.folder / "copy.db").read_bytes()


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("trialbell.db", "this is the database itself, or part of it: `trialbell.db`"),
        ("trialbell.db-wal", "this is the database itself, or part of it: `trialbell.db-wal`"),
        ("link.db", "this is the database itself, or part of it: `link.db`"),
        ("hard.db", "this is the database itself, or part of it: `hard.db`"),
        ("nowhere/copy.db", "no such folder: `nowhere`"),
        ("folder", "a folder has this name: `folder`"),
        (".", "a folder has this name: `.`"),
        ("/", "a folder has this name: `/`"),
        ("", "a folder has this name: `.`"),
        ("used.db", "a database with this name is written to, or was left so: `used.db-wal` is there"),
    ],
)
def test_places_that_cannot_be(terminal, path, target, said):
    (terminal.folder / "link.db").symlink_to("trialbell.db")
    (terminal.folder / "hard.db").hardlink_to(path)
    (terminal.folder / "folder").mkdir()
    (terminal.folder / "used.db-wal").write_text("something")
    ran = terminal.run("backup", target, "--force", "--db", "trialbell.db")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == f"error: {said}"
    if target == "folder":
        assert "--force" not in terminal.run("backup", target, "--db", "trialbell.db").err
    with closing(open_for_reading(path)) as db:
        assert Reader(db).check_ledger() == []


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(terminal, path):
    kept = terminal.write("copy.db", "mine")
    ran = terminal.run("backup", "copy.db", "--db", "trialbell.db")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: there is something already: `copy.db`")
    assert kept.read_text() == "mine"
    assert terminal.run("backup", "copy.db", "--force", "--db", "trialbell.db").code == 0
    assert dump(kept) == dump(path)


def test_no_database_is_said(terminal):
    ran = terminal.run("backup", "copy.db", "--db", "none.db")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: no database: `none.db`")
    assert list(terminal.folder.iterdir()) == []


@pytest.mark.parametrize("damage", ["ledger", "pages"])
def test_a_damaged_database_is_said_and_no_copy_kept(terminal, path, damage):
    with closing(sqlite3.connect(path)) as db, db:
        if damage == "ledger":
            db.execute("update ledger set sha256 = zeroblob(32) where entry = 3")
        else:
            root = db.execute("select rootpage from sqlite_master where name = 'event_trial'").fetchone()[0]
            size = db.execute("pragma page_size").fetchone()[0]
    if damage == "pages":
        with path.open("r+b") as file:
            file.seek((root - 1) * size + 200)
            file.write(os.urandom(size - 200))
    ran = terminal.run("backup", "copy.db", "--db", "trialbell.db")
    assert (ran.code, ran.out) == (3, "")
    assert "the database is damaged, no copy was kept: " in ran.err.splitlines()[0]
    assert not (terminal.folder / "copy.db").exists()
    assert terminal.run("backup", "copy.db", "--no-verify", "--db", "trialbell.db").code == 0
    with pytest.raises(Unsound):
        back_up(path, terminal.folder / "other.db")


def test_what_cannot_be_written_to_the_end_is_said_and_not_kept(terminal, path, tmp_path):
    out = tmp_path / "said.txt"
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        os.dup2(os.open(out, os.O_CREAT | os.O_WRONLY), 2)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        import sys

        sys.stderr = os.fdopen(2, "w")
        code = run(["backup", "copy.db", "--db", "trialbell.db"])
        sys.stderr.flush()
        os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
    assert out.read_text().startswith("error: the copy could not be written, nothing was kept: ")
    assert {one.name for one in terminal.folder.iterdir()} <= {
        "said.txt",
        *(f"trialbell.db{ending}" for ending in ("", "-wal", "-shm")),
    }


def test_too_little_room_is_said_before_anything_is_copied(path, tmp_path):
    large = tmp_path / "large.db"
    shutil.copy(path, large)
    os.truncate(large, shutil.disk_usage(tmp_path).free + 2**30)  # a hole: it takes no room
    with pytest.raises(PlaceError, match="not enough room") as caught:
        back_up(large, tmp_path / "copy.db")
    assert caught.value.full
    assert not (tmp_path / "copy.db").exists()


def test_who_may_read_the_database_may_read_the_copy_and_nobody_else(terminal, path):
    path.chmod(0o640)
    assert terminal.run("backup", "copy.db", "--db", "trialbell.db").code == 0
    assert (terminal.folder / "copy.db").stat().st_mode & 0o777 == 0o640

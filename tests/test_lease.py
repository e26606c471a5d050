"""The lease: one holder, named to the others, gone with its process."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from monitor.lease import Lease, LeaseHeld, holder


def test_a_second_one_is_refused_and_told_who_holds_it(tmp_path, clock):
    database = tmp_path / "t.db"
    with Lease(database, command="run", now=clock()):
        with pytest.raises(
            LeaseHeld, match=r"`trialbell run`, process \d+, since 2026-11-20 09:20 UTC"
        ) as caught:
            Lease(database, command="check", now=clock()).take()
        assert caught.value.holder.command == "run"
        assert "reading" in caught.value.hint
        assert holder(database).command == "run"
    assert holder(database) is None
    with Lease(database, command="check", now=clock()):
        assert holder(database).command == "check"


def test_looking_who_holds_it_does_not_take_it(tmp_path, clock):
    database = tmp_path / "t.db"
    assert holder(database) is None
    with Lease(database, command="run", now=clock()):
        assert holder(database).command == "run"
    assert holder(database) is None
    Lease(database, command="check", now=clock()).take()


def test_one_database_under_two_names_has_one_lease(tmp_path, clock):
    database = tmp_path / "real" / "t.db"
    database.parent.mkdir()
    database.touch()
    link = tmp_path / "elsewhere" / "other.db"
    link.parent.mkdir()
    link.symlink_to(database)
    folder = tmp_path / "folder"
    folder.symlink_to(database.parent)
    with Lease(database, command="run", now=clock()):
        for name in (link, folder / "t.db"):
            assert holder(name).command == "run"
            with pytest.raises(LeaseHeld):
                Lease(name, command="check", now=clock()).take()


@pytest.mark.crash
def test_a_killed_holder_lets_go(tmp_path, clock):
    database = tmp_path / "t.db"
    script = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from monitor.lease import Lease\n"
        "Lease(Path(sys.argv[1]), command='run', now=datetime.now(UTC)).take()\n"
        "print('held', flush=True); sys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout.readline() == b"held\n"
    assert holder(database).pid == child.pid
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert holder(database) is None
    with Lease(database, command="check", now=clock()):
        pass

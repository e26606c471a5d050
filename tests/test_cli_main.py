"""The outermost edge: exit codes, one clear line, and what happens when somebody stops listening."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct
from doubles.study_records import study_record

from monitor.cli import main
from monitor.database import open_for_writing
from snapshots.database import immediate
from snapshots.store import Store


@click.command()
def boom() -> int:
    raise ZeroDivisionError("three by nought")


def test_nothing_asked_shows_what_there_is(terminal):
    ran = terminal.run()
    assert ran.code == 2
    assert "trialbell demo" in ran.out
    assert ran.err == ""


def test_a_wrong_command_suggests_the_nearest(terminal):
    ran = terminal.run("chek")
    assert (ran.code, ran.err) == (2, "error: no such command: `chek`\nhint: did you mean `check`?\n")


def test_a_defect_of_ours_says_so_and_is_code_70(terminal, monkeypatch):
    monkeypatch.setitem(main.COMMANDS, "boom", (__name__, "never listed"))
    ran = terminal.run("boom")
    assert ran.code == 70
    assert "error: a defect of trialbell: ZeroDivisionError: three by nought" in ran.err
    assert "Traceback" in ran.err


def started(folder, *arguments, **more):
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=folder,
        env=os.environ | {"HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[1])},
        stderr=subprocess.PIPE,
        encoding="utf-8",
        **more,
    )


def test_a_reader_that_went_away_is_nobodys_error(tmp_path):
    child = started(tmp_path, "--help", stdout=subprocess.PIPE)
    child.stdout.close()
    assert child.wait(30) == 0
    assert child.stderr.read() == ""


def test_ctrl_c_is_130_and_leaves_the_database_whole(tmp_path):
    records = [study_record(number) for number in range(1, 4)]
    asked = threading.Event()
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        registry.misbehave(Fault.too_many(retry_after=50), times=None, where=lambda _: asked.set() or True)
        (tmp_path / "config.toml").write_text(
            f'[registries.ctgov]\nurl = "{registry.url}"\n[[watch]]\nname = "a"\nids = ["NCT90000001"]\n'
        )
        child = started(tmp_path, "check")
        assert asked.wait(30)
        child.send_signal(signal.SIGINT)
        assert child.wait(30) == 130
        assert child.stderr.read() == "stopped; what came is stored, the next `check` finds the rest\n"
        registry.behave()
        again = started(tmp_path, "check")
        assert again.wait(30) == 0, again.stderr.read()


@pytest.mark.parametrize("arguments", [("diff", "NCT90000001"), ("show", "NCT90000001", "--json")])
def test_what_is_not_stored_is_asked_of_the_registry_also_beside_a_database(terminal, arguments):
    with LoopbackRegistry([study_record(1)], day="2026-11-20") as registry:
        newer = study_record(1)
        newer["protocolSection"]["statusModule"]["overallStatus"] = "WITHDRAWN"
        registry.publish("2026-11-23", [newer])
        terminal.write("config.toml", f'[registries.ctgov]\nurl = "{registry.url}"\n')
        open_for_writing(terminal.folder / "trialbell.db").close()
        ran = terminal.run(*arguments)
    assert ran.code == (1 if arguments[0] == "diff" else 0), ran.err
    assert "ithdrawn" in ran.out or "WITHDRAWN" in ran.out


def test_a_reader_that_goes_away_changes_no_exit_code(tmp_path):
    old, new = study_record(1), study_record(1)
    old["protocolSection"]["statusModule"]["overallStatus"] = "RECRUITING"
    new["protocolSection"]["statusModule"]["overallStatus"] = "SUSPENDED"
    (tmp_path / "old.json").write_text(json.dumps(old))
    (tmp_path / "new.json").write_text(json.dumps(new))
    command = [sys.executable, "-m", "monitor", "diff", "old.json", "new.json", "--json"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        command, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, env=environment, text=True, check=False
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [
        ("diff", "old.json", "old.json", "--all", "--json"),
        ("show", nct(study_record(1)), "--db", "t.db"),  # through click, which tries the stream out first
        ("history", nct(study_record(1)), "--db", "t.db"),
        ("datasette", "--db", "t.db"),
        ("changes", "--help"),
    ],
)
def test_output_that_cannot_be_written_is_one_line(tmp_path, arguments):
    (tmp_path / "old.json").write_text(json.dumps(study_record(1)))
    with closing(open_for_writing(tmp_path / "t.db")) as db, immediate(db):
        Store(db).add_snapshot(
            "ctgov",
            study_record(1),
            seen_at=datetime(2026, 11, 20, tzinfo=UTC),
            build="2026-11-20",
            fingerprint=None,
        )
    command = [sys.executable, "-m", "monitor", *arguments]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            command,
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
            check=False,
        )
    assert ended.returncode == 3
    assert ended.stderr.splitlines()[-1] == "error: the output could not be written: No space left on device"


def test_closed_output_is_no_defect(tmp_path):
    (tmp_path / "old.json").write_text(json.dumps(study_record(1)))
    command = f"{sys.executable} -m monitor diff old.json old.json --json >&-"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    ended = subprocess.run(
        command, cwd=tmp_path, shell=True, stderr=subprocess.PIPE, env=environment, text=True, check=False
    )
    assert ended.returncode == 0
    assert "Traceback" not in ended.stderr

"""The outermost edge: exit codes, one clear line, and what happens when somebody stops listening."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import click
import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.study_records import study_record

from monitor.cli import main
from monitor.database import open_for_writing


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
        assert child.stderr.read().strip() == "stopped"
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

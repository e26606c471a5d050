"""[operator] as people set it, and what the commands make of it."""

from __future__ import annotations

import json
import signal
import sqlite3
import threading
from pathlib import Path

import pytest
from doubles.command_process import PATIENCE, Place
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, recruiting
from doubles.scripted_server import ScriptedServer, response
from inline_snapshot import snapshot

from monitor.config import ConfigError, pings, read
from monitor.config.secrets import files

OK = response(200, b"OK")
OPS = '[notifiers.ops]\ntype = "jsonl"\npath = "ops.jsonl"\n'
BOTH = OPS + '[notifiers.log]\ntype = "jsonl"\npath = "alerts.jsonl"\n'
WATCH = '[[watch]]\nname = "a"\nids = ["NCT90000001"]\n'


def problems(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(text, Path("config.toml"))
    return "\n".join(f"{one.text}\n  hint: {one.hint}" for one in caught.value.problems)


def test_what_is_wrong_with_it_is_said() -> None:
    assert problems(WATCH + BOTH + '[operator]\nto = ["opsy"]\n') == snapshot("""\
config.toml:11: [operator] `to` names an unknown notifier: `"opsy"`
  hint: did you mean `ops`?\
""")
    assert problems(WATCH + BOTH + '[operator]\nping = "https://hc.example/sesame"\n') == snapshot("""\
config.toml:11: [operator] `ping` must be a variable: secrets never stand in the file
  hint: write `ping = "${PING_URL}"`, of the environment, or `ping = "${file:ping}"`; replace a secret that stood here\
""")
    assert problems(WATCH + BOTH + '[operator]\nto = ["ops"]\nping_every = "5m"\n') == snapshot("""\
config.toml:12: [operator] `ping_every` is given without `ping`
  hint: give `ping`, or remove it\
""")
    assert problems(WATCH + OPS + '[operator]\nto = ["ops"]\n') == snapshot("""\
config.toml:8: [operator] nobody would be told of trials: all notifiers are named here, and there is no [[route]]
  hint: write `[[route]]` with `to = ["ops"]`, or another notifier\
""")
    assert problems(
        WATCH + '[notifiers.team]\ntype = "slack"\ntoken = "${T}"\nchannel = "#c"\nall_well = "monday"\n'
    ) == snapshot("""\
config.toml:8: [notifiers.team] `all_well` cannot be read: `"monday"`
  hint: write `hourly`, `daily 08:00`, `mon-fri 08:00` or `mon 08:00`\
""")


def test_with_a_route_the_only_notifier_may_be_the_operators_too() -> None:
    config = read(WATCH + OPS + '[operator]\nto = ["ops"]\n[[route]]\nto = ["ops"]\n', Path("config.toml"))
    assert config.operator.to == ("ops",)


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "needs a variable that is not set: `PING`"),
        ({"PING": ""}, "needs a variable that is empty: `PING`"),
        ({"PING": "hc.example/sesame"}, "needs a web address"),
        ({"PING": f"https://{'sesame' * 11}.example/"}, "needs a web address"),
        ({"PING": "https://[sesame"}, "needs a web address"),
        ({"PING": "ftp://hc.example/sesame"}, "needs a web address"),
    ],
)
def test_an_address_that_is_none_is_said_and_not_shown(environ, words) -> None:
    config = read(WATCH + BOTH + '[operator]\nping = "${PING}"\n', Path("config.toml"))
    with pytest.raises(ConfigError) as caught:
        pings(config, environ)
    (problem,) = caught.value.problems
    assert problem.text.startswith("config.toml:") and f"[operator] `ping` {words}" in problem.text
    assert "sesame" not in f"{problem.text} {problem.hint}"


def test_an_address_may_come_from_a_file_which_is_watched_like_the_others(tmp_path) -> None:
    (tmp_path / "ping").write_text("https://hc.example/sesame\n")
    config = read(WATCH + BOTH + '[operator]\nping = "${file:ping}"\n', tmp_path / "config.toml")
    (address,) = pings(config, {}).values()
    assert address.reveal() == "https://hc.example/sesame" and "sesame" not in repr(address)
    assert list(files(config, {})) == [tmp_path / "ping"]


@pytest.fixture
def receiver():
    with ScriptedServer(OK) as running:
        yield running


@pytest.fixture
def registry():
    with LoopbackRegistry([recruiting(1)], day="2026-11-20") as running:
        yield running


@pytest.fixture
def checked(terminal, registry, receiver, monkeypatch):
    monkeypatch.setenv("PING_URL", f"{receiver.url}/good/sesame")
    monkeypatch.setenv("PING_FAILED_URL", f"{receiver.url}/bad/sesame")
    terminal.write(
        "config.toml",
        f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
        + f'[[watch]]\nname = "a"\nids = ["{nct(recruiting(1))}", "NCT99999999"]\n{BOTH}'
        + '[operator]\nto = ["ops"]\nping = "${PING_URL}"\nping_failed = "${PING_FAILED_URL}"\n',
    )
    return terminal


def test_a_check_without_a_service_pings_at_its_end(checked, receiver, registry):
    assert checked.run("check", "--dry-run").code == 0
    assert receiver.paths == []
    assert checked.run("check").code == 0
    assert receiver.paths == ["/good/sesame"]
    registry.misbehave(Fault.forbidden(), times=None)
    assert checked.run("check").code == 3
    assert receiver.paths == ["/good/sesame", "/bad/sesame"]


def test_a_ping_that_fails_changes_nothing_about_a_check_and_stands_in_status(checked, receiver):
    receiver.script = [response(500, b"sesame")]
    ran = checked.run("check")
    assert ran.code == 0 and "sesame" not in ran.err
    ran = checked.run("status")
    assert ran.code == 3
    assert "not well: the ping is not heard since " in ran.err and "it answered 500" in ran.err
    receiver.script = [OK]
    checked.run("check")
    ran = checked.run("status")
    assert ran.code == 0 and "\nping        heard at " in ran.out


def test_status_says_since_when_and_whether_it_was_told(checked, registry):
    registry.misbehave(Fault.forbidden(), times=None)
    checked.run("check")
    ran = checked.run("status")
    (line,) = [line for line in (ran.out + ran.err).splitlines() if "ctgov: 1 poll failed" in line]
    assert line.startswith("not well: ctgov: 1 poll failed, the last: ")
    assert line.endswith("; not told yet: it may pass)") and "(since 20" in line
    (value,) = checked.run("status", "--json").values
    (one,) = value["conditions"]
    assert (one["kind"], one["subject"], one["told_at"]) == ("registry", "ctgov", None)


def test_a_check_says_what_it_tells_the_operator(checked, registry, receiver):
    receiver.script = [response(500)]
    checked.run("check")
    with sqlite3.connect(checked.folder / "t.db") as db:
        db.execute(
            "insert into held (registry, kind, subject, build, swept, count, opened_at, state) values"
            " ('ctgov', 'lost-section', 'results', '2026-11-20', 100, 40, '2026-11-20T09:30:00Z', 'open')"
        )
    ran = checked.run("check")
    assert "held: 40 of 100 records lost results" in ran.err
    (line,) = (checked.folder / "ops.jsonl").read_text().splitlines()
    told = json.loads(line)
    assert told["event"] == "notice" and "trialbell held accept 1" in told["hint"]
    assert not (checked.folder / "alerts.jsonl").exists()


def test_doctor_connects_and_sends_nothing(checked, receiver, monkeypatch):
    ran = checked.run("doctor")
    assert "ok   operator: told of what is not well: ops" in ran.out
    assert "ok   operator: ping: its host can be reached; nothing was sent" in ran.out
    assert receiver.requests == []
    monkeypatch.setenv("PING_URL", "http://127.0.0.1:9/sesame")
    ran = checked.run("doctor")
    assert ran.code == 3
    assert "BAD  operator: ping: its host cannot be connected to: " in ran.out
    assert "sesame" not in ran.out + ran.err
    monkeypatch.delenv("PING_URL")
    assert "[operator] `ping` needs a variable that is not set: `PING_URL`" in checked.run("doctor").out


def test_the_service_is_heard_while_it_runs_and_a_check_beside_it_leaves_that_to_it(tmp_path, monkeypatch):
    heard = threading.Event()

    def answer(connection):
        heard.set()
        connection.sendall(OK)

    with ScriptedServer(answer) as receiver:
        monkeypatch.setenv("PING_URL", f"{receiver.url}/good")
        place = Place(tmp_path)
        try:
            place.configure(nct(place.records[0]), also='[operator]\nping = "${PING_URL}"\n')
            service = place.start("run", "--no-web")
            service.until('"polled"')
            assert heard.wait(PATIENCE)
            beside = place.start("check")
            assert beside.end() == 0
            assert service.end(signal.SIGTERM) == 0
            assert receiver.paths == ["/good"]
        finally:
            place.close()

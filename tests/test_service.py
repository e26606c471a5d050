"""`trialbell run` as people start it: a process, signals, its files, and other commands beside it."""

from __future__ import annotations

import copy
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.study_records import study_record

PATIENCE = 30  # seconds that nothing here should need


def nct(record):
    return record["protocolSection"]["identificationModule"]["nctId"]


def suspended(record):
    new = copy.deepcopy(record)
    new["protocolSection"]["statusModule"] |= {"overallStatus": "SUSPENDED", "whyStopped": "Supply ran out"}
    return new


class Process:
    """A command of ours whose stderr is read line by line while it runs."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SLACK")}
        self.child = subprocess.Popen(
            [sys.executable, "-m", "monitor", *arguments],
            cwd=folder,
            env=environment | {"HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[1])},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.said: list[str] = []
        self._unasked: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.child.stderr:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def until(self, pattern: str) -> str:
        """The first line of stderr that holds a pattern and was not asked for before."""
        while True:
            found = next((line for line in self._unasked if re.search(pattern, line)), None)
            if found is not None:
                self._unasked.remove(found)
                return found
            line = self._lines.get(timeout=PATIENCE)
            assert line is not None, f"ended without saying {pattern!r}:\n" + "\n".join(self.said)
            self.said.append(line)
            self._unasked.append(line)

    def end(self, signal_: int | None = None) -> int:
        if signal_ is not None:
            self.child.send_signal(signal_)
        code = self.child.wait(PATIENCE)
        while (line := self._lines.get(timeout=PATIENCE)) is not None:
            self.said.append(line)
        return code


class Place:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.records = [study_record(number) for number in range(1, 6)]
        for record in self.records:
            record["protocolSection"]["statusModule"]["overallStatus"] = "RECRUITING"
            record["protocolSection"]["statusModule"].pop("whyStopped", None)
        self.registry = LoopbackRegistry(self.records, day="2026-11-20")
        self.registry.start()
        self.running: list[Process] = []

    def configure(self, *trials: str, also: str = "", every: str = "1h") -> None:
        text = (
            f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{self.registry.url}"\n'
            f'requests_per_minute = 100000\n[schedule]\nevery = "{every}"\n'
            '[notifiers.log]\ntype = "jsonl"\npath = "alerts.jsonl"\n'
            f'[[watch]]\nname = "mine"\nids = {json.dumps(list(trials))}\n{also}'
        )
        (self.folder / "config.toml").write_text(text, encoding="utf-8")

    def start(self, *arguments: str) -> Process:
        made = Process(self.folder, *arguments)
        self.running.append(made)
        return made

    def alerts(self) -> list[dict]:
        path = self.folder / "alerts.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def close(self) -> None:
        for one in self.running:
            if one.child.poll() is None:
                one.child.kill()
                one.child.wait()
        self.registry.stop()


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    made.configure(*map(nct, made.records[:3]))
    yield made
    made.close()


def address(service: Process) -> str:
    return service.until("history browser: ").split()[-1]


def test_it_polls_at_once_serves_its_pages_and_ends_cleanly_when_told(place):
    service = place.start("run", "--port", "0")
    url = address(service)
    service.until('"polled"')
    health = httpx.get(f"{url}healthz").json()
    assert health["ok"] is True, health
    assert [watch["name"] for watch in health["watches"]] == ["mine"]
    assert service.end(signal.SIGTERM) == 0
    assert service.child.stdout.read() == ""
    assert not [line for line in service.said if "Traceback" in line or '"level": "error"' in line]
    # It let go of everything: the next one starts, and finds nothing to do but the one question.
    place.registry.forget()
    again = place.start("run", "--port", "0")
    address(again)
    assert again.end(signal.SIGINT) == 0
    assert len(place.registry.requests()) <= 1


def test_a_second_one_is_refused_and_told_by_whom(place):
    service = place.start("run", "--no-web")
    service.until('"polled"')
    second = place.start("run", "--no-web")
    assert second.end() == 3
    assert f"process {service.child.pid}" in second.said[0]
    assert [line[:6] for line in second.said] == ["error:", "hint: "]
    assert service.end(signal.SIGTERM) == 0


def test_a_port_that_is_taken_is_one_line_and_exit_code_3(place):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        service = place.start("run", "--port", str(port))
        assert service.end() == 3
    errors = [line for line in service.said if line.startswith("error:")]
    assert errors == [f"error: another program listens there: `127.0.0.1:{port}`"]


def test_check_beside_it_asks_it_and_shows_what_came(place):
    service = place.start("run", "--no-web")
    service.until('"polled"')
    place.registry.publish("2026-11-23", [suspended(place.records[0])])
    check = place.start("check", "--json", "--exit-code")
    assert check.end() == 1
    assert f"process {service.child.pid}" in check.said[0]
    (value,) = map(json.loads, check.child.stdout.read().splitlines())
    assert (value["event"], value["trial"]) == ("changed", nct(place.records[0]))
    assert [alert["id"] for alert in place.alerts()] == [value["id"]]
    assert service.end(signal.SIGTERM) == 0


def test_a_changed_configuration_is_taken_over_and_a_wrong_one_is_not(place):
    service = place.start("run", "--no-web")
    service.until('"polled"')
    place.configure(*map(nct, place.records[:3]), also="[nonsense]\n")
    service.child.send_signal(signal.SIGHUP)
    assert "nonsense" in service.until("the old one stays in force")
    place.registry.publish("2026-11-23", [suspended(place.records[4])])
    place.configure(*map(nct, place.records[:5]))
    service.child.send_signal(signal.SIGHUP)
    service.until("configuration read again")
    # What is new in it does not wait for the next round, and its first look is silent.
    assert '"records": 5' in service.until('"polled"')
    place.registry.publish("2026-11-24", [suspended(place.records[3])])
    assert place.start("check").end() == 0
    assert [alert["trial"] for alert in place.alerts()] == [nct(place.records[3])]
    assert service.end(signal.SIGTERM) == 0


def test_an_edited_file_is_noticed_without_a_signal(place):
    service = place.start("run", "--no-web")
    service.until('"polled"')
    place.configure(*map(nct, place.records[:4]))
    service.until("configuration read again")
    assert '"records": 4' in service.until('"polled"')
    assert service.end(signal.SIGTERM) == 0


def test_killed_it_leaves_nothing_that_hinders_the_next(place):
    service = place.start("run", "--port", "0")
    service.until('"polled"')
    service.end(signal.SIGKILL)
    place.registry.publish("2026-11-23", [suspended(place.records[0])])
    assert place.start("check").end() == 0
    assert [alert["trial"] for alert in place.alerts()] == [nct(place.records[0])]


def test_a_stop_ends_waiting_for_a_registry_that_asks_for_time(place):
    asked = threading.Event()
    place.registry.misbehave(Fault.too_many(retry_after=55), times=None, where=lambda _: asked.set() or True)
    service = place.start("run", "--port", "0")
    url = address(service)
    assert asked.wait(PATIENCE)
    assert httpx.get(f"{url}healthz").status_code == 503
    assert service.end(signal.SIGTERM) == 0


def test_a_registry_that_refuses_us_shows_in_health_and_status(place):
    place.registry.misbehave(Fault.forbidden(), times=None)
    service = place.start("run", "--no-web")
    service.until("not concluded")
    status = place.start("status")
    assert status.end() == 3
    assert "1 poll failed" in status.child.stdout.read() + "\n".join(status.said)
    assert service.end(signal.SIGTERM) == 0

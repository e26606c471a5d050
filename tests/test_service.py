"""`trialbell run` as people start it: a process, signals, its files, and other commands beside it."""

from __future__ import annotations

import copy
import json
import signal
import socket
import threading

import httpx
import pytest
from doubles.command_process import PATIENCE, Place, Process
from doubles.ctgov import Fault
from doubles.plain_edits import nct


def suspended(record):
    new = copy.deepcopy(record)
    new["protocolSection"]["statusModule"] |= {"overallStatus": "SUSPENDED", "whyStopped": "Supply ran out"}
    return new


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
    place.configure(*map(nct, place.records[:3]), also='[[route]]\nto = ["lgo"]\n')
    service.child.send_signal(signal.SIGHUP)
    line = json.loads(service.until("the old one stays in force"))
    assert line["problem"].endswith("`to` names an unknown notifier: `lgo`")
    assert line["hint"] == "did you mean `log`?"
    beside = place.start("status")  # which shows both: what is wrong, and how the service goes
    assert beside.end() == 2
    assert f"service     `trialbell run`, process {service.child.pid}" in beside.child.stdout.read()
    said = "\n".join(beside.said)
    assert "error: " in said and '`"lgo"`' in said and "the service goes on by config.toml as it was" in said
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


def test_severities_that_are_changed_hold_on_the_pages_too(place):
    service = place.start("run", "--port", "0")
    url = address(service)
    service.until('"polled"')
    place.registry.publish("2026-11-23", [suspended(place.records[0])])
    assert place.start("check").end() == 0
    (event,) = httpx.get(f"{url}today.json").json()["items"]
    assert event["severity"] == "critical"
    place.configure(
        *map(nct, place.records[:3]), also='[severity]\n"overall-status" = "minor"\n"why-stopped" = "minor"\n'
    )
    service.child.send_signal(signal.SIGHUP)
    service.until("configuration read again")
    (event,) = httpx.get(f"{url}today.json").json()["items"]
    assert event["severity"] == "minor"
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

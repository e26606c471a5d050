"""The dead man's switch: heard while all lives, silent when it does not, and its address is seen nowhere."""

from __future__ import annotations

import logging
import os
import threading
from datetime import UTC, datetime, timedelta

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.operated import Operated
from doubles.plain_edits import nct, recruiting
from doubles.scripted_server import ScriptedServer, drip, reset, response
from doubles.watching import ids_watch

from monitor.lease import Lease
from monitor.operating import ping
from monitor.operating.conditions import cut_off
from monitor.polling.patience import Patience
from monitor.schedule import LONG, Service
from notifiers.secret import Secret

PATH = "/ping/5c1f-sesame?key=sesame"
OK = response(200, b"OK")


def address(server: ScriptedServer, path: str = PATH) -> Secret:
    return Secret(server.url.replace("http://", "http://me:sesame-word@") + path)


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (OK, None),
        (response(204, b""), None),
        (response(200, b"x" * 100_000), None),  # heard, at more length than anybody reads
        (response(200, b"OK", ("Content-Encoding", "br")), None),  # nobody reads it
        (response(200, b"no gzip", ("Content-Encoding", "gzip")), "the gzip stream is damaged"),
        (response(500, b"oops sesame"), "it answered 500"),
        (response(404, b""), "it answered 404"),
        (response(302, b"", ("Location", "https://other.example/sesame")), "redirected to another host"),
        (response(302, b"", ("Location", "http://[sesame")), "redirected to no address"),
        (response(302, b""), "redirected to nowhere"),
        (response(302, b"", ("Location", PATH)), "redirected more than 3 times"),
        (reset, "cut off"),
    ],
)  # fmt: skip
def test_what_is_heard_and_what_is_not(step, why, caplog):
    caplog.set_level(logging.DEBUG)
    with ScriptedServer(step) as server:
        said = ping.send(address(server))
    assert (said is None) if why is None else (said is not None and said.startswith(why)), said
    assert server.paths[0] == PATH
    assert "sesame" not in f"{said} {caplog.text}"
    if "redirected" not in (why or ""):
        assert len(server.requests) == 1  # tried once: the next one comes soon enough


def test_one_redirected_within_its_host_arrives():
    with ScriptedServer(response(301, b"", ("Location", "/moved")), OK) as server:
        assert ping.send(address(server)) is None
    assert server.paths == [PATH, "/moved"]


def test_nobody_listens():
    with ScriptedServer(OK) as server:
        gone = address(server)
    said = ping.send(gone)
    assert said is not None and said.startswith("no connection") and "sesame" not in said


def test_one_that_drips_is_given_up_in_time():
    with ScriptedServer(drip(b"x" * 100_000, 0.01)) as server:
        said = ping.send(address(server), deadline=0.3)
    assert said is not None and "0.3 s" in said


@pytest.fixture
def registry():
    with LoopbackRegistry([recruiting(1)], day="2026-11-20") as running:
        yield running


@pytest.fixture
def receiver():
    with ScriptedServer(OK) as running:
        yield running


@pytest.fixture
def operated(tmp_path, registry, receiver, clock):
    made = Operated(
        tmp_path,
        registry,
        ids_watch("a", nct(recruiting(1))),
        clock=clock,
        pings={"ping": address(receiver)},
    )
    yield made
    made.close()


@pytest.fixture
def lease(operated, clock):
    with Lease(operated.app.config.store.path, command="run", now=clock()) as held:
        yield held


def serving(operated):
    """A service that has ticked, as its scheduler would have let it."""
    service = Service(operated.app)
    service.poll_if_due()
    service._looked_at = operated.clock()
    return service


def test_the_service_is_heard_at_its_pace(operated, receiver, lease):
    service = serving(operated)
    assert service.ping_if_due() and not service.ping_if_due()
    operated.clock.forward(minutes=4, seconds=59)
    assert not service.ping_if_due()
    operated.clock.forward(seconds=1)
    assert service.ping_if_due()
    assert len(receiver.requests) == 2
    assert service.look().health(service.app.db, service.app.clock()).ping.heard_at == operated.clock()


def test_it_is_silent_while_polls_are_overdue_whoever_is_to_blame(operated, registry, receiver, lease, clock):
    service = serving(operated)
    assert service.lives()
    registry.misbehave(Fault.broken(503), times=None)
    clock.forward(hours=1)
    serving(operated)
    service._looked_at = clock()
    assert service.lives()  # the registry does not answer just now: we do
    clock.forward(hours=1, minutes=16)
    serving(operated)
    service._looked_at = clock()
    assert not service.lives() and not service.ping_if_due()
    registry.behave()
    clock.forward(minutes=5)
    service.poll_if_due()
    service._looked_at = clock()
    assert service.lives()


def test_it_is_silent_before_anything_was_ever_polled(operated, registry, receiver, lease, clock):
    registry.misbehave(Fault.broken(503), times=None)
    assert not serving(operated).lives()
    assert receiver.requests == []


def test_it_is_silent_when_it_does_not_tick_hold_the_lease_or_end_its_jobs(operated, receiver, clock):
    service = serving(operated)
    assert not service.lives()  # nobody holds the lease
    path = operated.app.config.store.path
    with Lease(path, command="run", now=clock()):
        assert service.lives()
        service._failed_jobs["poll"] = "RuntimeError: no room"
        assert not service.lives()
        service._failed_jobs.clear()
        service._at_work["deliver:team"] = clock() - LONG - timedelta(seconds=1)
        assert not service.lives()
        service._at_work.clear()
        clock.forward(minutes=16)
        assert not service.lives()  # nothing looked at what is due
        service._looked_at = clock()
        assert service.lives()
        service.stop()
        assert not service.lives()
    assert receiver.requests == []


def test_a_long_poll_that_gets_on_is_alive_and_one_that_hangs_is_not(operated, lease, clock):
    service = serving(operated)
    now = [0.0]
    patience = Patience(timedelta(minutes=15), stopping=threading.Event(), monotonic=lambda: now[0])
    operated.app.patience = {"ctgov": patience}
    patience.progressed()
    service._at_work["poll"] = clock()
    clock.forward(hours=9)
    assert service.lives() and service.conditions() == []
    now[0] = 901.0
    assert not service.lives()
    job, overdue = service.conditions()
    assert job.text.startswith("ctgov: given up after 15 minutes without progress")
    assert overdue.text == "ctgov: no poll since 2026-11-20 09:20 UTC"


def test_an_overdue_poll_is_told_and_so_is_a_job_that_hangs(operated, clock):
    service = serving(operated)
    assert operated.attend(hours=2, minutes=15) == {}
    operated.attend(seconds=1)
    service._at_work["deliver:team"] = clock()
    assert operated.attend(minutes=5) == {"ops": ["ClinicalTrials.gov: no poll since 2026-11-20 09:20 UTC"]}
    operated.attend(minutes=11)
    (job,) = operated.attend(minutes=5)["ops"]
    assert job.startswith("Job deliver:team: at work since 11:35 UTC without an end")
    service._at_work.clear()
    operated.app.poll()
    operated.attend()
    assert len(operated.attend(minutes=15)["ops"]) == 2


def test_what_is_not_heard_is_said_once_stands_in_health_and_is_told(
    operated, receiver, lease, clock, capsys
):
    from monitor import logs

    logs.configure()
    service = serving(operated)
    receiver.script = [response(500, b"sesame")]
    capsys.readouterr()
    for _ in range(20):
        service.ping_if_due()
        operated.attend(seconds=30)
        service._looked_at = clock()
    assert len(receiver.requests) == 10  # again after a minute
    said = capsys.readouterr().err
    assert said.count("ping not heard") == 1 and "it answered 500" in said
    assert (
        "the ping is not heard since 2026-11-20 09:20 UTC: it answered 500"
        in service.look().health(service.app.db, service.app.clock()).problems
    )
    assert operated.channels["ops"].rung() == []
    operated.clock.forward(minutes=6)
    assert operated.attend() == {"ops": ["The ping is not heard: it answered 500"]}
    receiver.script = [OK]
    service._looked_at = clock()
    service.poll_if_due()
    assert service.ping_if_due()
    assert service.look().health(service.app.db, service.app.clock()).problems == ()
    assert "ping heard again" in capsys.readouterr().err
    operated.attend()
    assert operated.attend(minutes=15)["ops"][0].startswith("Over after")
    everything = str([list(operated.app.db.query(f"select * from {table}")) for table in ("ping", "message")])
    assert "sesame" not in everything + said


def test_one_that_is_configured_no_more_is_no_trouble(operated, receiver, clock):
    receiver.script = [response(500)]
    operated.app.lookout.ping()
    operated._pings = {}
    operated.edit(ids_watch("a", nct(recruiting(1))))
    operated.attend()
    assert operated.count("select count(*) from ping") == 0 and operated.kinds() == []


def test_a_slow_one_keeps_no_poll_waiting(operated, receiver, registry, clock):
    """Its receiver is silent; meanwhile the service polls."""
    asked, polled, let_go = threading.Event(), threading.Event(), threading.Event()

    def silent(connection):
        asked.set()
        let_go.wait(60)

    receiver.script = [silent]
    service = Service(operated.app, tick=0.05)
    operated.app.lookout.attend()
    with Lease(operated.app.config.store.path, command="run", now=clock()):
        service.start()
        try:
            registry.on_request = lambda _: polled.set()
            assert polled.wait(30)
            assert asked.wait(30)
            polled.clear()
            clock.forward(hours=1)
            assert polled.wait(30)
        finally:
            let_go.set()
            service.stop()


def test_a_connection_that_is_to_stand_tells_by_the_same_way(tmp_path, registry, clock):
    down = [cut_off("team", "Slack (`team`) is not listened to", since=datetime(2026, 11, 20, 9, tzinfo=UTC))]
    operated = Operated(
        tmp_path, registry, ids_watch("a", nct(recruiting(1))), clock=clock, conditions=[lambda: down]
    )
    operated.poll()
    assert operated.attend() == {}
    assert operated.attend(minutes=15) == {"ops": ["Slack (`team`) is not listened to"]}
    down.clear()
    operated.attend()
    (over,) = operated.attend(minutes=15)["ops"]
    assert over == "Over after 35 min: Slack (`team`) is not listened to"
    operated.close()


def test_the_lease_of_another_process_is_not_ours(operated, clock, monkeypatch):
    service = serving(operated)
    with Lease(operated.app.config.store.path, command="run", now=clock()):
        assert service.lives()
        pid = os.getpid()
        monkeypatch.setattr(os, "getpid", lambda: pid + 1)
        assert not service.lives()

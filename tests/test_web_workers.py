"""Pages that other processes make: the same bytes, and nothing lost where one fails, dies or never begins."""

from __future__ import annotations

import logging
import os
import pickle
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import pytest
from doubles.asking import Asking, asking
from doubles.page_processes import (
    PATIENCE,
    breaks,
    dies,
    dies_once,
    made_elsewhere,
    meets,
    of_processes,
    told_by,
    wait_for,
)
from doubles.web_history import TRIAL, History
from test_web_server import ask, serving

from monitor import logs
from monitor.cli.service import _present
from monitor.config import load
from monitor.database import open_for_writing
from monitor.diagnosis import Look
from monitor.web import workers
from monitor.web.workers import NONE, Defect, usual

AT = f"/trials/ctgov/{TRIAL}"
GZIP = {"accept-encoding": "gzip"}
QUESTIONS = (
    ("/", {}),
    ("/", GZIP),
    ("/today.json", {}),
    ("/today.csv", {}),
    ("/", {"accept": "application/json"}),
    ("/", {"cookie": "looked=zzz"}),
    ("/?since=nonsense", {}),
    ("/?unknown=1", {}),
    (AT, {}),
    (f"{AT}.json", {}),
    (AT.replace("NCT", "nct"), {}),
    (f"{AT}/versions/2", {}),
    (f"{AT}/versions/99", {}),
    (f"{AT}/versions/99.json", {}),
    (f"{AT}/compare/1...3", {}),
    (f"{AT}/compare/1...3/bundle.zip", {}),
    (f"{AT}/calendar.ics", {}),
    ("/feed.atom", {}),
    ("/search?q=exosomes", {}),
    ("/watches/none", {}),
    ("/health", {}),
    ("/state", {}),
    ("/api.json", {}),
    ("/nothing/at/all", {}),
    ("/NCT07146087", {}),
)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db").fill().watched()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """What is logged, warnings at least."""
    logs.configure(level=logging.WARNING)
    yield capsys


def pid(browse: Asking, path: str) -> int:
    found = re.search(r"looked at by (\d+)", browse.get(path).text)
    assert found is not None
    return int(found[1])


def test_they_give_the_same_bytes_as_the_service_itself(history: History) -> None:
    with made_elsewhere(history) as there, asking(history.app()) as here:
        for path, headers in QUESTIONS:
            one, other = there.get(path, headers), here.get(path, headers)
            assert (one.status, one.content) == (other.status, other.content), path
            for name in ("server-timing", "date"):
                assert (one.headers.pop(name, None) is None) == (other.headers.pop(name, None) is None), path
            assert one.headers == other.headers, path
        page = there.get("/")
        again = there.ask("HEAD", "/", {"if-none-match": page.headers["etag"]})
        assert again.status == 304


def test_two_pages_are_made_at_once(history: History) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(3) as pool:
        listener.settimeout(PATIENCE)

        def meet() -> None:
            met = [listener.accept()[0] for _ in range(2)]
            listener.close()
            for one in met:
                one.sendall(b"!")
                one.close()

        effective = partial(meets, port=listener.getsockname()[1])
        app = of_processes(history, 2, effective=effective)
        with serving(app) as port:
            wait_for(app)
            meeting = pool.submit(meet)
            events = [pool.submit(ask, port, f"/events/{number}.json") for number in (1, 2)]
            meeting.result(PATIENCE)
            assert [one.result(PATIENCE)[0] for one in events] == [200, 200]


def test_what_a_form_sends_from_a_page_of_theirs_is_done(history: History) -> None:
    acting = partial(open_for_writing, history.path)
    with made_elsewhere(history, acting=acting) as browse:
        found = re.search(r'name="token" value="([^"]+)"', browse.get("/health").text)
        assert found is not None
        sent = browse.send(
            "/acts", {"token": found[1], "act": "mute", "scope": "trial", "value": TRIAL, "span": "7"}
        )
        assert sent.status == 303


def test_what_was_asked_of_one_that_died_is_asked_of_another(
    history: History, tmp_path: Path, said: pytest.CaptureFixture[str]
) -> None:
    effective = partial(dies_once, mark=tmp_path / "mark")
    with made_elsewhere(history, effective=effective, look=told_by) as browse:
        before = pid(browse, "/health")
        assert browse.get("/events/1").status == 200
        assert pid(browse, "/health") not in (before, os.getpid())
    assert "a process that makes pages died: others take its place" in said.readouterr().err


def test_a_page_that_kills_whoever_makes_it_does_not_kill_the_service(history: History) -> None:
    with made_elsewhere(history, effective=dies) as browse:
        answer = browse.get("/events/1")
        assert answer.status == 503
        assert "The process that made this page died, twice." in answer.text
        assert browse.get("/health").status == 200


def test_a_defect_is_one_of_the_service_and_says_where(history: History) -> None:
    with (
        made_elsewhere(history, effective=breaks) as browse,
        pytest.raises(Defect, match=r"(?s)in breaks\n.*a defect of this test's own"),
    ):
        browse.get("/events/1")


def test_the_service_makes_them_until_others_are_there_and_always_what_tells_of_itself(
    history: History,
) -> None:
    with asking(of_processes(history, look=told_by)) as browse:
        assert pid(browse, "/health") == os.getpid(), "or it took longer than a process takes to begin"
        wait_for(browse.app)
        there = pid(browse, "/health")
        assert there != os.getpid()
        assert pid(browse, "/health.json") == there
        assert pid(browse, "/healthz") == os.getpid()
        counted = b'trialbell_http_requests_total{address="health",status="200"} 3.0'
        assert counted in browse.get("/metrics").content


def test_where_none_can_begin_it_is_said_and_the_service_makes_them(
    history: History, said: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(workers, "ProcessPoolExecutor", none)
    with asking(of_processes(history, look=told_by)) as browse:
        assert pid(browse, "/health") == os.getpid()
    assert NONE in said.readouterr().err


@pytest.mark.crash
def test_they_end_with_a_service_that_is_killed(tmp_path: Path) -> None:
    History(tmp_path / "trialbell.db").fill()
    command = [sys.executable, "-m", "monitor", "serve", "--port", "0", "--db", "trialbell.db"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as service:
        assert service.stderr is not None
        port = int(re.search(r":(\d+)/", service.stderr.readline())[1])  # type: ignore[index]
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        made: list[int] = []
        while not made:  # the first ones are the service's own
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            made = [one for one in children(service.pid) if "multiprocessing.spawn" in command_of(one)]
        ends = [os.pidfd_open(one) for one in made]
        service.send_signal(signal.SIGKILL)
        for one in ends:
            assert select.select([one], [], [], PATIENCE)[0], "still there"
            os.close(one)
        assert "Traceback" not in service.stderr.read()


def children(parent: int) -> list[int]:
    tasks = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(one) for task in tasks for one in task.read_text().split()]


def command_of(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")


def test_what_goes_there_with_each_request_does_not_grow_with_what_is_watched(tmp_path: Path) -> None:
    ids = ", ".join(f'"NCT{number:08}"' for number in range(1, 5_001))
    file = tmp_path / "config.toml"
    file.write_text(f'[[watch]]\nname = "many"\nids = [{ids}]\n[severity]\nenrollment = "minor"\n')
    config = load(file)
    assert len(pickle.dumps(_present(config, Look.by(config, lease=file)))) < 2_000


def test_there_are_as_many_as_processors_and_not_very_many() -> None:
    assert 1 <= usual() <= 4

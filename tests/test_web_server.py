"""Serving: over loopback, in a thread, on a port of the system's choice, until told to stop."""

from __future__ import annotations

import queue
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from doubles.web_history import TRIAL, History
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from monitor.web.connection import UNREAD
from monitor.web.errors import CannotListen, PortTaken
from monitor.web.server import MAX_CONNECTIONS, serve

PATIENCE = 30  # seconds after which a test has failed


@contextmanager
def serving(app: Any, host: str = "127.0.0.1", **more: Any) -> Iterator[int]:
    """The port of a server in another thread; it has ended when the block has."""
    ports: queue.Queue[int] = queue.Queue()
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(serve, app, host, 0, ready=ports.put, stop=stop, **more)
        try:
            running.add_done_callback(lambda done: ports.put(0))
            yield ports.get(timeout=PATIENCE)
        finally:
            stop.set()
            running.result(timeout=PATIENCE)


def ask(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
    connection = HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_it_serves_in_a_thread_until_stopped(tmp_path: Path) -> None:
    handlers = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    threads = {thread.name for thread in threading.enumerate()}
    with serving(History(tmp_path / "history.db").fill().app()) as port:
        assert port
        status, text = ask(port, "/")
        assert (status, "<h1>Today<" in text) == (200, True)
        paths = ["/", f"/trials/ctgov/{TRIAL}", f"/trials/ctgov/{TRIAL}/compare/1...5", "/healthz"] * 10
        with ThreadPoolExecutor(16) as many:
            assert {status for status, _ in many.map(lambda path: ask(port, path), paths)} == {200}
        lanes = [one for one in threading.enumerate() if one.name.startswith("page-")]
        assert len(lanes) <= 4
    assert {thread.name for thread in threading.enumerate()} <= threads, "no thread is left"
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == handlers
    with pytest.raises(ConnectionError):
        ask(port, "/")


def test_no_server_names_itself_and_none_follows_a_proxy(tmp_path: Path) -> None:
    with serving(History(tmp_path / "history.db").app()) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", "/nothing")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 404
        assert answer.getheader("server") is None
        connection.close()


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken) as caught:
            serve(History(tmp_path / "history.db").app(), "127.0.0.1", port)
    assert str(caught.value) == f"another program listens there: `127.0.0.1:{port}`"
    assert "--port" in (caught.value.hint or "")


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
def test_an_address_that_is_not_ours_is_one_clear_line(tmp_path: Path, host: str) -> None:
    with pytest.raises(CannotListen) as caught:
        serve(History(tmp_path / "history.db").app(), host, 0)
    assert not isinstance(caught.value, PortTaken)
    assert f"`{host}:0`" in str(caught.value)
    assert caught.value.hint


def test_a_server_can_be_started_again_on_the_same_port(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db")
    with serving(history.app()) as port:
        ask(port, "/")
    stop, ready = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(
            serve, history.app(), "127.0.0.1", port, ready=lambda found: ready.set(), stop=stop
        )
        assert ready.wait(PATIENCE)
        stop.set()
        running.result(timeout=PATIENCE)


def test_who_sends_no_whole_request_is_hung_up_on_and_who_waits_for_an_answer_is_not() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(request: Request) -> PlainTextResponse:
        begun.set()
        go_on.wait(PATIENCE)
        return PlainTextResponse("made")

    head = b"POST /slow HTTP/1.1\r\nHost: localhost\r\n"
    app = Starlette(
        routes=[Route("/slow", slow), Route("/quick", lambda _: PlainTextResponse("here"))],
    )
    with serving(app, patience=1) as port, ExitStack() as stack:

        def begin(sent: bytes) -> socket.socket:
            made = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
            made.sendall(sent)
            return made

        waiting = begin(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert begun.wait(PATIENCE)  # else it may be one too many itself
        unfinished = [begin(sent) for sent in (b"GET", head, head + b"Content-Length: 9\r\n\r\nact=", b"")]
        many = [begin(b"") for _ in range(MAX_CONNECTIONS)]
        for one in [*unfinished, *many]:
            while one.recv(4_096):  # what is refused already is answered before it
                pass
        assert ask(port, "/quick") == (200, "here")
        go_on.set()
        assert waiting.recv(4_096).startswith(b"HTTP/1.1 200")


def test_who_takes_nothing_of_an_answer_is_hung_up_on() -> None:
    body = "x" * 12_000_000  # more than both ends of a connection keep
    app = Starlette(routes=[Route("/", lambda _: PlainTextResponse(body))])
    question = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with serving(app, patience=0.5) as port, ExitStack() as stack:

        def ask_for(times: int) -> socket.socket:
            made = stack.enter_context(socket.socket())
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            made.settimeout(PATIENCE)
            made.connect(("127.0.0.1", port))
            made.sendall(question * times)
            return made

        unread = [ask_for(times) for times in (1, 2)]
        for _ in range(UNREAD + 2):  # each is hung up on after the patience
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as silent:
                assert silent.recv(1) == b""
        for one in unread:
            taken = sum(map(len, iter(lambda one=one: one.recv(1 << 20), b"")))
            assert taken < len(body), "the rest is nobody's any more"
        assert ask(port, "/") == (200, body), "who takes it gets the whole"


def test_a_connection_is_kept_from_one_request_to_the_next() -> None:
    app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("here"))])
    with serving(app, patience=1) as port, ExitStack() as stack:
        kept = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        for _ in range(2):
            kept.request("GET", "/")
            assert kept.getresponse().read() == b"here"
            mine = kept.sock
            silent = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
            assert silent.recv(1) == b""  # as long as the patience lasts
        assert kept.sock is mine is not None
        kept.close()

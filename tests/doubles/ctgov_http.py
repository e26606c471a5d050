"""The socket side of the loopback registry: reads a request, logs it, puts the answer on the wire as told.

Nothing here knows what a study is; `LoopbackRegistry` answers, and a `Delivery` says how the bytes travel.
"""

import contextlib
import gzip
import select
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from doubles.ctgov_answers import Answer, Request

LONGEST_URL = 8_000


class LoopbackServer(ThreadingHTTPServer):
    """A server on 127.0.0.1 whose `close` also breaks the connections that clients keep open."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self,
        port: int,
        answer: Callable[[Request], Answer],
        log: Callable[[Request], None],
        *,
        compress: bool,
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer
        self.log = log
        self.compress = compress
        self.stopping = threading.Event()
        self.connections: set[socket.socket] = set()
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True, name="loopback")
        self.thread.start()

    def close(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self.thread.join()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a defect of the double and is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: LoopbackServer

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:  # the registry keeps its own log
        return

    def __getattr__(self, name: str) -> Any:
        # http.server looks for do_GET, do_POST …; every method, invented or not, is the registry's to answer
        if name.startswith("do_"):
            return self.respond
        raise AttributeError(name)

    def respond(self) -> None:
        if length := int(self.headers.get("Content-Length") or 0):
            self.rfile.read(length)
        parts = urlsplit(self.path)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        names = [name for name, _ in pairs]
        request = Request(
            method=self.command,
            path=parts.path,
            query=dict(pairs),
            repeated=tuple({name for name in names if names.count(name) > 1}),
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            at=datetime.now(UTC),
            clock=time.monotonic(),
        )
        answer = self.server.answer(request)
        body, headers = self._encoded(request, answer)
        delivery = answer.delivery
        sent = body if delivery.cut is None else body[: int(len(body) * delivery.cut)]
        if request.method == "HEAD":
            sent = b""
        # logged before the first byte leaves: a client that has its answer finds it in the log
        self.server.log(
            replace(
                request,
                status=0 if delivery.reset else answer.status,
                bytes=0 if delivery.reset else len(sent),
                fault=answer.fault,
            )
        )
        if delivery.reset:
            self._reset()
        elif not delivery.silent or self._wait(None, delivery.until):
            self._send(answer, headers, sent)
        if delivery.cut is not None or delivery.reset or delivery.silent or self.server.stopping.is_set():
            self.close_connection = True

    def _encoded(self, request: Request, answer: Answer) -> tuple[bytes, list[tuple[str, str]]]:
        headers = [("Content-Type", answer.content_type), *answer.headers]
        accepted = "gzip" in request.headers.get("accept-encoding", "") and self.server.compress
        body = answer.body
        if accepted and (body or answer.gzipped is not None):
            body = answer.gzipped if answer.gzipped is not None else gzip.compress(body, 1, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        return body, [*headers, ("Vary", "Accept-Encoding"), ("Content-Length", str(len(body)))]

    def _send(self, answer: Answer, headers: list[tuple[str, str]], body: bytes) -> None:
        phrase = HTTPStatus(answer.status).phrase if answer.status in HTTPStatus._value2member_map_ else "-"
        lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        every = answer.delivery.every
        if every is None:
            self.connection.sendall(head + body if len(body) < 65_536 else head)
            if len(body) >= 65_536:
                self.connection.sendall(body)
            return
        self.connection.sendall(head)
        for at in range(len(body)):
            self.connection.sendall(body[at : at + 1])
            if not self._wait(every, answer.delivery.until):
                self.close_connection = True
                return
            if answer.delivery.until is not None and answer.delivery.until.is_set():
                self.connection.sendall(body[at + 1 :])
                return

    def _wait(self, seconds: float | None, until: threading.Event | None) -> bool:
        """Waits so long, or until the event; False when the client went away or the registry stops."""
        ends = None if seconds is None else time.monotonic() + seconds
        while not self.server.stopping.is_set():
            if until is not None and until.is_set():
                return True
            left = 0.01 if ends is None else min(0.01, ends - time.monotonic())
            if left <= 0:
                return True
            readable, _, _ = select.select([self.connection], [], [], left)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return False
            if readable:  # a pipelined request waits its turn
                self.server.stopping.wait(left)
        return False

    def _reset(self) -> None:
        # SO_LINGER with zero seconds makes close() send RST instead of FIN
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

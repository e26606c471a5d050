"""A small HTTP/1.1 server on 127.0.0.1, the ground under the embedded registry and the Slack stand-in.

A subclass answers requests with values; sockets, threads and keep-alive stay here. Requests may come from
several threads at once, and are answered one at a time.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

HOST = "127.0.0.1"
IDLE_SECONDS = 30  # a connection that says nothing for so long is closed
LARGEST_BODY = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    path: str  # decoded only as far as the query is cut off
    params: tuple[tuple[str, str], ...]  # of the query, in order, repeats kept
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    status: int
    type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = field(default=())


def json_response(value: Any, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status=status, type="application/json", body=body, headers=headers)


def text_response(text: str, *, status: int) -> Response:
    return Response(status=status, type="text/plain; charset=utf-8", body=text.encode())


def html_response(text: str, *, status: int = 200) -> Response:
    return Response(status=status, type="text/html; charset=utf-8", body=text.encode())


class LoopbackServer:
    """Serves from a thread of its own between `start` and `close`; also a context manager."""

    def __init__(self, *, port: int = 0) -> None:
        self._lock = threading.RLock()
        self._server = _Server((HOST, port), self._answer)
        self._thread: threading.Thread | None = None
        self.requests = 0  # answered so far

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}"

    def respond(self, request: Request) -> Response:
        raise NotImplementedError

    def start(self) -> None:
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """May be called twice. Connections that are still open get no further answer."""
        self._server.closing = True
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, request: Request) -> Response:
        with self._lock:
            self.requests += 1
            return self.respond(request)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], answer: Any) -> None:
        self.answer = answer
        self.closing = False
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the other side's acknowledgement
    wbufsize = -1
    server: _Server

    def _reply(self) -> None:
        if self.server.closing:
            self.close_connection = True
            return
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self.close_connection = True
            response = text_response("the body is too large, or its length is not said", status=413)
        else:
            parts = urlsplit(self.path)
            request = Request(
                method=self.command,
                path=parts.path,
                params=tuple(parse_qsl(parts.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(int(length)),
            )
            response = self.server.answer(request)
        self.send_response(response.status)
        self.send_header("Content-Type", response.type)
        self.send_header("Content-Length", str(len(response.body)))
        for name, value in response.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _reply  # noqa: N815 - http.server's names

    def version_string(self) -> str:
        return "trialbell-demo"

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are no news: the demo prints what it has to say."""

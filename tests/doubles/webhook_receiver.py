"""A receiver of webhooks over loopback: verifies with `standardwebhooks` and drops what it has, as a careful one does.

What it is to do next is planned, one step a request: a status, or a way to break after it took the event.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from standardwebhooks import Webhook, WebhookVerificationError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xk"


@dataclass
class Says:
    """An answer. after: the event is taken first; by: what is done to the connection in place of an answer."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    after: bool = False
    by: Callable[[socket.socket], None] | None = None


@dataclass
class WebhookReceiver:
    secret: str = SECRET
    plan: list[Says] = field(default_factory=list)
    always: Says | None = None
    events: list[dict[str, Any]] = field(default_factory=list)  # each once
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)  # all that came
    faults: list[str] = field(default_factory=list)  # of signatures
    tls: ssl.SSLContext | None = None
    _had: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver._answer(self, headers, body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        # It looks twenty times a second whether it is to end, that tests do not wait for it.
        threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return (
            f"http{'s' if self.tls else ''}://127.0.0.1:{self._server.server_address[1]}/hooks/sesame-street"
        )

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]

    def _answer(self, handler: BaseHTTPRequestHandler, headers: dict[str, str], body: bytes) -> None:
        self.requests.append((headers, body))
        says = self.plan.pop(0) if self.plan else self.always or Says(after=True)
        if says.after and not self._take(headers, body):
            says = Says(401)
        if says.by is not None:
            with contextlib.suppress(OSError):
                says.by(handler.connection)
            handler.close_connection = True
            return
        with contextlib.suppress(OSError):
            handler.send_response(says.status)
            for name, value in says.headers:
                handler.send_header(name, value)
            handler.send_header("content-length", "0")
            handler.end_headers()

    def _take(self, headers: dict[str, str], body: bytes) -> bool:
        try:
            Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError as error:
            self.faults.append(str(error))
            return False
        id_ = headers["webhook-id"]
        if id_ not in self._had:
            self._had.add(id_)
            self.events.append(json.loads(body))
        return True

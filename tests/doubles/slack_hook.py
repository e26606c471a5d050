"""A Slack's incoming webhook over loopback: takes what Slack's documentation allows, answers in its words."""

from __future__ import annotations

import json
import re
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from doubles.slack_fault_proxy import broken_rule

HANGS_UP = 0  # as a status in `answers`
KEY = "sesame0123456789Street"


@dataclass
class SlackHook:
    gone: bool = False
    answers: list[tuple[int, str, dict[str, str]]] = field(
        default_factory=list
    )  # in place of its own, one a request
    posted: list[dict[str, Any]] = field(default_factory=list)
    requests: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/services/T0123456/B0123456/{KEY}"

    @property
    def ids(self) -> list[str]:
        """Slack is not told any: what stands in brackets in the text."""
        return [re.findall(r"\((\S+)\)", each["text"])[0] for each in self.posted]

    def __enter__(self) -> Self:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status, word, headers = hook._answer(self.path, body)
                if status == HANGS_UP:  # the whole request is here
                    self.close_connection = True
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                    return
                self.send_response(status)
                for name, value in {"Content-Type": "text/html", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(word)))
                self.end_headers()
                self.wfile.write(word.encode())

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, path: str, body: bytes) -> tuple[int, str, dict[str, str]]:
        self.requests += 1
        if self.answers:
            return self.answers.pop(0)
        if self.gone or not path.endswith(KEY):
            return 404, "no_service", {}
        message = json.loads(body)
        if not message.get("text") and not message.get("blocks"):
            return 400, "no_text", {}
        if broken_rule("chat.postMessage", message) is not None:
            return 400, "invalid_blocks", {}
        self.posted.append(message)
        return 200, "ok", {}

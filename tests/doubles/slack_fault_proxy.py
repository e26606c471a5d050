"""A proxy before a Slack (npm's emulate, or our small one): keeps the rules that emulate does not; breaks.

Rules: metadata only where asked for, `oldest` and `latest`, pages of replies, limits of blocks and text.
Faults, planned per method and taken one a request: a connection closed before or after Slack had the request,
a torn answer, a status, an error of Slack's, a request held until the test lets it go.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from doubles.small_slack import SmallSlack, arguments_of


@dataclass(frozen=True, slots=True)
class DropBefore:
    """Slack never hears of it; the client's connection breaks."""


@dataclass(frozen=True, slots=True)
class DropAfter:
    """Slack does it; the client's connection breaks."""


@dataclass(frozen=True, slots=True)
class Torn:
    """Slack does it; half of its answer arrives."""


@dataclass(frozen=True, slots=True)
class Says:
    """Slack does nothing (or does it, with `after`); this is answered."""

    status: int = 200
    body: str = '{"ok": true}'
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False


def slack_error(code: str, **more: str) -> Says:
    return Says(body=json.dumps({"ok": False, "error": code, **more}))


def rate_limited(seconds: int) -> Says:
    body = json.dumps({"ok": False, "error": "ratelimited"})
    return Says(status=429, body=body, headers={"Retry-After": str(seconds)})


class Held:
    """A request that has arrived and goes no further until the test says how."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.ended = threading.Event()  # whatever was to happen in Slack has happened
        self._decided = threading.Event()
        self.reaches_slack = False

    def let_go(self, *, reaches_slack: bool) -> None:
        self.reaches_slack = reaches_slack
        self._decided.set()
        assert self.ended.wait(30)

    def wait(self) -> None:
        self.arrived.set()
        self._decided.wait(60)


Fault = DropBefore | DropAfter | Torn | Says | Held


class SlackFaultProxy:
    def __init__(
        self, upstream: str | SmallSlack, *, choose: Callable[[str], Fault | None] | None = None
    ) -> None:
        """upstream: an address, or a small Slack in this process, which is then asked without a way over the network.
        choose: asked for a fault for each request to which none is planned."""
        self.requests: list[tuple[str, dict[str, Any]]] = []  # method and arguments, in order of arrival
        self.headers: list[dict[str, str]] = []  # of the same
        self.arrivals = threading.Condition()
        self.date: datetime | None = None  # what its answers say of the time; None: that of this machine
        self._upstream = upstream
        self._planned: dict[str, deque[Fault]] = defaultdict(deque)
        self._allowed: dict[str, int] = {}
        self._choose = choose
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    def plan(self, method: str, *faults: Fault) -> None:
        self._planned[method].extend(faults)

    def choose_with(self, choose: Callable[[str], Fault | None]) -> None:
        self._choose = choose

    def allow(self, method: str, count: int) -> None:
        """So many requests from now on, then 429 for a minute until more are allowed."""
        with self.arrivals:
            self._allowed[method] = count

    def hold(self, method: str) -> Held:
        held = Held()
        self.plan(method, held)
        return held

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [arguments for name, arguments in self.requests if name == method]

    def wait_for(self, method: str, count: int, *, timeout: float = 30) -> bool:
        with self.arrivals:
            return self.arrivals.wait_for(lambda: len(self.asked(method)) >= count, timeout)

    def __enter__(self) -> SlackFaultProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def note(self, method: str, arguments: dict[str, Any], headers: dict[str, str]) -> Fault | None:
        with self.arrivals:
            self.requests.append((method, arguments))
            self.headers.append(headers)
            self.arrivals.notify_all()
            left = self._allowed.get(method)
            if left == 0:
                return rate_limited(60)
            if left is not None:
                self._allowed[method] = left - 1
            planned = self._planned[method]
            fault = planned.popleft() if planned else (self._choose(method) if self._choose else None)
            return fault

    def forward(
        self, method: str, arguments: dict[str, Any], headers: dict[str, str]
    ) -> tuple[int, Any, bytes]:
        broken = broken_rule(method, arguments)
        if broken is not None:
            return 200, {}, json.dumps({"ok": False, "error": broken}).encode()
        if isinstance(self._upstream, SmallSlack):  # it keeps the rules by itself
            token = headers.get("authorization", "").removeprefix("Bearer ")
            own = json.dumps(self._upstream.answer(method, arguments, token), ensure_ascii=False)
            return 200, {"X-OAuth-Scopes": ",".join(sorted(self._upstream.scopes))}, own.encode()
        # All replies at once, as emulate gives them: `_by_the_rules` makes the pages.
        whole = {"limit": 10_000, "cursor": ""} if method == "conversations.replies" else {}
        sent = arguments | whole
        upstream = urlsplit(self._upstream)
        connection = http.client.HTTPConnection(upstream.hostname or "", upstream.port, timeout=30)
        try:
            connection.request(
                "POST",
                f"{upstream.path}{method}",
                json.dumps(sent).encode(),
                {"Content-Type": "application/json", "Authorization": headers.get("authorization", "")},
            )
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        kept = {key: value for key, value in response.getheaders() if key.lower() == "x-oauth-scopes"}
        return response.status, kept, _by_the_rules(method, arguments, body)


def broken_rule(method: str, arguments: dict[str, Any]) -> str | None:
    """The error with which Slack refuses a post that its documentation does not allow."""
    if method != "chat.postMessage":
        return None
    blocks = arguments.get("blocks") or []
    blocks = json.loads(blocks) if isinstance(blocks, str) else blocks
    if len(str(arguments.get("text", ""))) > 40_000:
        return "msg_too_long"
    if len(blocks) > 50:
        return "invalid_blocks"
    for block in blocks:
        texts = [block.get("text"), *block.get("elements", ())]
        most = 150 if block["type"] == "header" else 3_000
        for text in texts:
            shown = text.get("text") if isinstance(text, dict) else None
            if isinstance(shown, str) and not 1 <= len(shown) <= most:
                return "invalid_blocks"
    if len(json.dumps(blocks, ensure_ascii=False)) > 13_200:
        return "msg_blocks_too_long"
    return None


def _by_the_rules(method: str, arguments: dict[str, Any], body: bytes) -> bytes:
    if method not in ("conversations.history", "conversations.replies"):
        return body
    answer = json.loads(body)
    messages = answer.get("messages")
    if not isinstance(messages, list):
        return body
    oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or 1e12)
    root = arguments.get("ts")
    messages = [
        message for message in messages if message["ts"] == root or oldest <= float(message["ts"]) <= latest
    ]
    if str(arguments.get("include_all_metadata", "")).lower() not in ("1", "true"):
        messages = [{key: value for key, value in each.items() if key != "metadata"} for each in messages]
    if method == "conversations.replies":  # emulate gives them all at once
        start, most = int(arguments.get("cursor") or 0), int(arguments.get("limit") or 1000)
        following = str(start + most) if start + most < len(messages) else ""
        answer["response_metadata"] = {"next_cursor": following}
        messages = messages[start : start + most]
    answer["messages"] = messages
    return json.dumps(answer).encode()


def _handler(proxy: SlackFaultProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            arguments = arguments_of(self.headers.get("Content-Type", ""), body)
            method = self.path.removeprefix("/api/")
            headers = {key.lower(): value for key, value in self.headers.items()}
            fault = proxy.note(method, arguments, headers)
            if isinstance(fault, Held):
                fault.wait()
                try:
                    if not fault.reaches_slack:
                        return self._hang_up()
                    answer = proxy.forward(method, arguments, headers)
                finally:
                    fault.ended.set()
                return self._answer(*answer)
            if isinstance(fault, DropBefore):
                return self._hang_up()
            if isinstance(fault, Says) and not fault.after:
                return self._answer(fault.status, fault.headers, fault.body.encode())
            status, kept, answer_body = proxy.forward(method, arguments, headers)
            if isinstance(fault, DropAfter):
                return self._hang_up()
            if isinstance(fault, Torn):
                return self._answer(status, kept, answer_body, cut=True)
            if isinstance(fault, Says):
                return self._answer(fault.status, fault.headers, fault.body.encode())
            return self._answer(status, kept, answer_body)

        def _answer(self, status: int, headers: dict[str, str], body: bytes, *, cut: bool = False) -> None:
            try:
                self.send_response_only(status)
                self.send_header("Date", format_datetime(proxy.date or datetime.now(UTC), usegmt=True))
                for key, value in {"Content-Type": "application/json; charset=utf-8", **headers}.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if cut else body)
            except OSError:
                self.close_connection = True  # the client was killed meanwhile

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return Handler

"""Slack with an app in Socket Mode: buttons and commands over a real WebSocket, `chat.update`, and answers.

Between it and the app stands a relay that can fall silent without a word, or cut the line. Whoever waits here waits
for what happened, never for time to pass.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from typing import Any

from doubles.small_slack import SCOPES, SmallSlack, _error
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

APP_TOKEN = "xapp-1-small-slack-9876543210"
PATIENCE = 20.0  # seconds in which what is waited for must happen; a test that fails takes so long


class SlackApp(SmallSlack):
    """`open_answers`: what `apps.connections.open` answers before it goes well. `hello`: what is said first."""

    def __init__(self, *, scopes: tuple[str, ...] = SCOPES) -> None:
        super().__init__(scopes=scopes)
        self.open_answers: list[dict[str, Any]] = []
        self.update_answers: list[dict[str, Any]] = []
        self.auth_answers: list[dict[str, Any]] = []
        self.hello: dict[str, Any] = {"type": "hello", "num_connections": 1, "debug_info": {"host": "test"}}
        self.lines: list[ServerConnection] = []  # each connection, in the order they came
        self.acks: list[tuple[str, int]] = []  # envelope, and number of the line that it came by
        self.opened = 0
        self.responses: list[tuple[str, dict[str, Any]]] = []
        self.updates: list[dict[str, Any]] = []
        self.refused_updates = 0
        self.refuse_updates = False
        self.after_update: Callable[[], None] = lambda: (
            None
        )  # what stands in an update's channel, and is not answered
        self._changed = threading.Condition(self.lock)
        self._envelopes = 0
        self._sockets = serve(self._talk, "127.0.0.1", 0, ping_interval=None, close_timeout=0.1)
        self._serving = threading.Thread(target=self._sockets.serve_forever, daemon=True)
        self.relay = Relay(self._sockets.socket.getsockname()[1])

    def __enter__(self) -> SlackApp:
        super().__enter__()
        self._serving.start()
        self.relay.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.relay.close()
        self._sockets.shutdown()
        self._serving.join()
        super().__exit__()

    @property
    def home(self) -> str:
        return self.url.removesuffix("/api/")

    def answer(self, method: str, arguments: dict[str, Any], token: str) -> dict[str, Any]:
        with self._changed:
            if method.startswith("respond/"):
                self.responses.append((method.removeprefix("respond/"), arguments))
                self._changed.notify_all()
                return {"ok": True}
            if method == "apps.connections.open":
                self.opened += 1
                self._changed.notify_all()
                if token != APP_TOKEN:
                    return _error("not_allowed_token_type" if token else "not_authed")
                if self.open_answers:
                    return self.open_answers.pop(0)
                return {"ok": True, "url": f"ws://127.0.0.1:{self.relay.port}/link/?ticket=secret-ticket"}
            if method == "auth.test" and self.auth_answers:
                return self.auth_answers.pop(0)
            if method == "chat.update":
                answered = self._update(arguments)
                self._changed.notify_all()
            else:
                return super().answer(method, arguments, token)
        self.after_update()
        return answered

    def _update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if self.refuse_updates:
            self.refused_updates += 1
            return _error("internal_error")
        if self.update_answers:
            return self.update_answers.pop(0)
        channel = self._found(arguments)
        if channel is None:
            return _error("channel_not_found")
        for message in channel.messages:
            if message["ts"] == arguments.get("ts"):
                message |= {key: arguments[key] for key in ("text", "blocks", "metadata") if key in arguments}
                self.updates.append(arguments)
                return {"ok": True, "channel": channel.id, "ts": message["ts"], "text": message["text"]}
        return _error("message_not_found")

    def _talk(self, line: ServerConnection) -> None:
        with self._changed:
            self.lines.append(line)
            number = len(self.lines)
            hello = self.hello
        line.send(json.dumps(hello))
        with self._changed:
            self._changed.notify_all()
        with contextlib.suppress(ConnectionClosed):
            for text in line:
                answered = json.loads(text)
                with self._changed:
                    self.acks.append((answered["envelope_id"], number))
                    self._changed.notify_all()

    def wait(self, happened: Callable[[], Any]) -> Any:
        """Until it is true; what it is then."""
        with self._changed:
            assert self._changed.wait_for(happened, PATIENCE), "it did not happen"
            return happened()

    def connected(self, number: int) -> ServerConnection:
        """The connection of this number, once it is there."""
        self.wait(lambda: len(self.lines) >= number)
        return self.lines[number - 1]

    def acked(self, envelope: str) -> int:
        """Once it is acknowledged: the number of the connection by which."""
        found = self.wait(lambda: [line for id_, line in self.acks if id_ == envelope])
        return int(found[-1])

    def responded(self, count: int = 1) -> dict[str, Any]:
        """The answer of this number, once it is there."""
        self.wait(lambda: len(self.responses) >= count)
        return self.responses[count - 1][1]

    def send(self, envelope: dict[str, Any], line: int = 0) -> str:
        """By the newest connection, or one by its number."""
        self.lines[line - 1].send(json.dumps(envelope))
        return str(envelope["envelope_id"])

    def envelope(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        self._envelopes += 1
        return {
            "envelope_id": f"env-{self._envelopes}",
            "type": kind,
            "accepts_response_payload": kind == "slash_commands",
            "payload": payload,
        }

    def pressed(
        self, action: str, value: str, *, ts: str, channel: str = "C0ALERTS001", **user: str
    ) -> dict[str, Any]:
        """A button's envelope."""
        who = {"id": "U1", "username": "anna", "name": "anna", "team_id": "T1"} | user
        made = self.envelope("interactive", {})
        made["payload"] = {
            "type": "block_actions",
            "user": who,
            "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False},
            "channel": {"id": channel, "name": "trial-alerts"},
            "message": {"ts": ts, "text": "as it is there"},
            "response_url": f"{self.url}respond/{made['envelope_id']}",
            "actions": [{"action_id": action, "block_id": "b", "type": "button", "value": value}],
        }
        return made

    def commanded(self, text: str, *, channel: str = "C0ALERTS001", **more: str) -> dict[str, Any]:
        """A slash command's envelope."""
        made = self.envelope("slash_commands", {})
        made["payload"] = {
            "command": "/trial",
            "text": text,
            "user_id": "U1",
            "user_name": "anna",
            "team_id": "T1",
            "channel_id": channel,
            "response_url": f"{self.url}respond/{made['envelope_id']}",
        } | more
        return made


class Relay:
    """Carries bytes both ways until it falls silent, as a connection does whose peer is gone without a word."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._silent: set[socket.socket] = set()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def freeze(self) -> None:
        """What is open now carries nothing any more, and is not closed."""
        for pair in self._pairs:
            self._silent.update(pair)

    def cut(self) -> None:
        """What is open now breaks."""
        for pair in self._pairs:
            for each in pair:
                with contextlib.suppress(OSError):  # closed before
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                _shut(each)

    def close(self) -> None:
        _shut(self._listening)
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                return
            self._pairs.append((near, far))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65_536):
                if one not in self._silent:
                    other.sendall(data)
        if one not in self._silent:
            _shut(other)


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


def in_time(true: Callable[[], Any]) -> None:
    """For what happens without a word to Slack: looks until it is so."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.01)):
        if true():
            return
        pause.wait(0.01)
    raise AssertionError("it did not happen")

"""A small Slack of our own, for where there is no Node: channels, history, threads, metadata and scopes.

It answers as Slack's documentation says, no more. Faults are the fault proxy's, which stands before it as it
stands before npm's emulate. All it holds can be read from outside.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import takewhile
from typing import Any
from urllib.parse import parse_qs

TOKEN = "xoxb-small-slack-0123456789"
SCOPES = ("chat:write", "channels:read", "groups:read", "channels:history", "groups:history")


@dataclass(slots=True)
class Channel:
    id: str
    name: str
    is_archived: bool = False
    is_private: bool = False
    is_member: bool = True
    messages: list[dict[str, Any]] = field(default_factory=list)  # replies too, oldest first


class SmallSlack:
    """`with SmallSlack() as slack:` and talk to `slack.url`. Its clock only moves by posts, 1 µs each, unless it is
    given one (seconds)."""

    def __init__(
        self,
        *,
        scopes: tuple[str, ...] = SCOPES,
        epoch: int = 1_790_000_000,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.scopes = set(scopes)
        self.channels = [Channel("C0GENERAL01", "general"), Channel("C0ALERTS001", "trial-alerts")]
        self.lock = threading.RLock()
        self._clock = clock or (lambda: epoch)
        self._posted = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    def channel(self, name: str) -> Channel:
        return next(
            channel for channel in self.channels if name.removeprefix("#") in (channel.name, channel.id)
        )

    def __enter__(self) -> SmallSlack:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, arguments: dict[str, Any], token: str) -> dict[str, Any]:
        with self.lock:
            if not token:
                return _error("not_authed")
            if token != TOKEN:
                return _error("invalid_auth")
            calls = {
                "auth.test": lambda _: {
                    **{"ok": True, "team": "Small", "team_id": "T1", "enterprise_id": "E1"},
                    **{"user": "trialbell", "bot_id": "B1"},
                },
                "chat.postMessage": self._post,
                "chat.getPermalink": self._permalink,
                "conversations.list": self._list,
                "conversations.info": self._info,
                "conversations.history": self._history,
                "conversations.replies": self._replies,
            }
            return calls[method](arguments) if method in calls else _error("unknown_method")

    def _post(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if "chat:write" not in self.scopes:
            return _error("missing_scope", needed="chat:write")
        channel = self._found(arguments)
        if channel is None or (channel.is_private and not channel.is_member):
            return _error("channel_not_found")
        if channel.is_archived:
            return _error("is_archived")
        if not channel.is_member:
            return _error("not_in_channel")
        if not arguments.get("text") and not arguments.get("blocks"):
            return _error("no_text")
        self._posted += 1
        message = {
            "type": "message",
            "bot_id": "B1",
            "ts": f"{int(self._clock())}.{self._posted % 1_000_000:06d}",
        }
        kept = (
            "text",
            "blocks",
            "metadata",
            "thread_ts",
            "reply_broadcast",
            "unfurl_links",
            "unfurl_media",
            "mrkdwn",
        )
        message |= {key: arguments[key] for key in kept if key in arguments}
        # A reply to what was deleted stands by itself, with ok: https://github.com/slack-go/slack/issues/1571
        if not any(each["ts"] == arguments.get("thread_ts") for each in channel.messages):
            message.pop("thread_ts", None)
        channel.messages.append(message)
        return {"ok": True, "channel": channel.id, "ts": message["ts"], "message": message}

    def _permalink(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._found(arguments)
        if channel is None:
            return _error("channel_not_found")
        ts = arguments.get("message_ts")
        if not any(message["ts"] == ts for message in channel.messages):
            return _error("message_not_found")
        return {
            "ok": True,
            "permalink": f"https://small.slack.test/archives/{channel.id}/p{ts.replace('.', '')}",
        }

    def _list(self, arguments: dict[str, Any]) -> dict[str, Any]:
        kinds = str(arguments.get("types", "public_channel")).split(",")
        for kind, scope in (("public_channel", "channels:read"), ("private_channel", "groups:read")):
            if kind in kinds and scope not in self.scopes:
                return _error("missing_scope", needed=scope)
        shown = [
            {"id": channel.id, "name": channel.name, "is_archived": channel.is_archived}
            for channel in self.channels
            if ("private_channel" if channel.is_private else "public_channel") in kinds
        ]
        return _page("channels", shown, arguments)

    def _info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = next((each for each in self.channels if each.id == arguments.get("channel")), None)
        if channel is None:
            return _error("channel_not_found")
        scope = "groups:read" if channel.is_private else "channels:read"
        if scope not in self.scopes:
            return _error("missing_scope", needed=scope)
        facts = {"id": channel.id, "is_archived": channel.is_archived, "is_member": channel.is_member}
        return {"ok": True, "channel": facts}

    def _history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel, refused = self._readable(arguments)
        if channel is None:
            return refused
        oldest = float(arguments.get("oldest") or 0)
        recent = takewhile(lambda one: float(one["ts"]) >= oldest, reversed(channel.messages))
        top = [message for message in recent if _is_top(message)]
        return _page("messages", _seen(top, arguments), arguments)

    def _replies(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel, refused = self._readable(arguments)
        if channel is None:
            return refused
        root = arguments.get("ts")
        if not any(message["ts"] == root for message in channel.messages):
            return _error("thread_not_found")
        parent = [message for message in channel.messages if message["ts"] == root]
        replies = [message for message in channel.messages if message.get("thread_ts") == root]
        shown = _seen(replies, arguments)
        return _page("messages", _seen(parent, arguments | {"oldest": "0"}) + shown, arguments)

    def _readable(self, arguments: dict[str, Any]) -> tuple[Channel | None, dict[str, Any]]:
        # As Slack: a name is no channel here, only an id is.
        channel = next((each for each in self.channels if each.id == arguments.get("channel")), None)
        if channel is None:
            return None, _error("channel_not_found")
        scope = "groups:history" if channel.is_private else "channels:history"
        if scope not in self.scopes:
            return None, _error("missing_scope", needed=scope)
        if not channel.is_member:
            return None, _error("not_in_channel")
        return channel, {}

    def _found(self, arguments: dict[str, Any]) -> Channel | None:
        name = str(arguments.get("channel", "")).removeprefix("#")
        return next((each for each in self.channels if name in (each.name, each.id)), None)


def _is_top(message: dict[str, Any]) -> bool:
    root = message.get("thread_ts")
    return root is None or root == message["ts"] or bool(message.get("reply_broadcast"))


def _seen(messages: Any, arguments: dict[str, Any]) -> list[dict[str, Any]]:
    oldest = float(arguments.get("oldest") or 0)
    whole = str(arguments.get("include_all_metadata", "")).lower() in ("1", "true")
    return [
        message if whole else {key: value for key, value in message.items() if key != "metadata"}
        for message in messages
        if float(message["ts"]) >= oldest
    ]


def _page(key: str, rows: list[dict[str, Any]], arguments: dict[str, Any]) -> dict[str, Any]:
    start = int(arguments.get("cursor") or 0)
    end = start + int(arguments.get("limit") or 100)
    following = str(end) if end < len(rows) else ""
    return {"ok": True, key: rows[start:end], "response_metadata": {"next_cursor": following}}


def _error(code: str, **more: str) -> dict[str, Any]:
    return {"ok": False, "error": code, **more}


def arguments_of(content_type: str, body: bytes) -> dict[str, Any]:
    if "json" in content_type:
        return dict(json.loads(body or b"{}"))
    return {key: values[-1] for key, values in parse_qs(body.decode(), keep_blank_values=True).items()}


def _handler(slack: SmallSlack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            arguments = arguments_of(self.headers.get("Content-Type", ""), body)
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            answer = json.dumps(slack.answer(self.path.removeprefix("/api/"), arguments, token)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("X-OAuth-Scopes", ",".join(sorted(slack.scopes)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return Handler

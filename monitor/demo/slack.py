"""The Slack stand-in: as much of Slack's Web API over loopback HTTP as a bot needs that posts and reads back.

Channels keep what was posted, threads and metadata included. Timestamps come from the clock that is given, so
that a replay of scripted days looks as it would have looked on those days. Refusals bear Slack's own names.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from monitor.demo import drawn
from monitor.demo.loopback import LoopbackServer, Request, Response, html_response, json_response

BOT = "trialbell"
TEAM = "T0DEMO"
BOT_USER = "U0BELL"
SCOPES = "chat:write,channels:history,channels:read,groups:history"

# Limits of https://docs.slack.dev/reference/methods/chat.postMessage and …/block-kit/blocks, seen 2026-11.
MOST_BLOCKS = 50
LONGEST_TEXT = 40_000
LONGEST_HEADER = 150
LONGEST_SECTION = 3000
LONGEST_FIELD = 2000
MOST_FIELDS = 10
LARGEST_PAGE = 999

Posted = dict[str, Any]  # a message in the shape of Slack's JSON


@dataclass(slots=True, kw_only=True)
class Channel:
    id: str
    name: str
    messages: list[Posted] = field(default_factory=list)  # oldest first, replies among them


class Refused(Exception):
    """What Slack answers with `ok: false`; the argument is its word for it."""


class SlackStandIn(LoopbackServer):
    """A context manager; `api_url` and `token` are what `[notifiers.NAME]` of type slack takes."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        channels: tuple[str, ...] = ("trial-alerts",),
        token: str = "xoxb-trialbell-demo",
        port: int = 0,
    ) -> None:
        super().__init__(port=port)
        self.token = token
        self._clock = clock
        self._channels = [
            Channel(id=f"C0DEMO{at:02}", name=name) for at, name in enumerate(channels, start=1)
        ]
        self._last = Decimal(0)
        self._methods: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "api.test": lambda arguments: {},
            "auth.test": self._auth_test,
            "chat.postMessage": self._post,
            "chat.getPermalink": self._permalink,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.list": self._list,
            "conversations.info": self._info,
            "blocks.validate": self._validate,
        }

    @property
    def api_url(self) -> str:
        return f"{self.origin}/api/"

    def messages(self, channel: str = "trial-alerts") -> list[Posted]:
        """What was posted to a channel, oldest first, replies among it."""
        with self._lock:
            return list(self._named(channel).messages)

    def respond(self, request: Request) -> Response:
        if request.path.startswith("/archives/"):
            return self._archive_page(request.path)
        if not request.path.startswith("/api/"):
            return html_response("<p>The Slack stand-in of trialbell's demo.</p>", status=404)
        scopes = (("X-OAuth-Scopes", SCOPES),)
        try:
            answer = self._call(request)
        except Refused as refusal:
            return json_response({"ok": False, "error": str(refusal)}, headers=scopes)
        return json_response({"ok": True, **answer}, headers=scopes)

    def _call(self, request: Request) -> dict[str, Any]:
        method = self._methods.get(request.path.removeprefix("/api/"))
        if method is None:
            raise Refused("unknown_method")
        arguments = _arguments(request)
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = bearer or arguments.pop("token", "")
        if not token:
            raise Refused("not_authed")
        if token != self.token:
            raise Refused("invalid_auth")
        return method(arguments)

    def _auth_test(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {
            "url": f"{self.origin}/",
            "team": "trialbell demo",
            "user": BOT,
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": "B0BELL",
        }

    def _post(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._named(arguments.get("channel", ""))
        blocks = _decoded(arguments.get("blocks"), "invalid_blocks_format")
        metadata = _decoded(arguments.get("metadata"), "invalid_metadata_format")
        text = arguments.get("text", "")
        if not text and not blocks:
            raise Refused("no_text")
        if len(text) > LONGEST_TEXT:
            raise Refused("msg_too_long")
        if blocks and complaints(blocks):
            raise Refused("invalid_blocks")
        posted: Posted = {
            "type": "message",
            "subtype": "bot_message",
            "ts": self._stamp(),
            "user": BOT_USER,
            "bot_id": "B0BELL",
            "username": BOT,
            "text": text,
        }
        if blocks:
            posted["blocks"] = blocks
        if metadata:
            posted["metadata"] = metadata
        thread = arguments.get("thread_ts")
        if thread:
            if not any(message["ts"] == thread for message in channel.messages):
                raise Refused("thread_not_found")
            posted["thread_ts"] = thread
            if _true(arguments.get("reply_broadcast")):
                posted["subtype"] = "thread_broadcast"
        channel.messages.append(posted)
        return {"channel": channel.id, "ts": posted["ts"], "message": _shown(posted, True)}

    def _permalink(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._identified(arguments)
        ts = str(arguments.get("message_ts", ""))
        if not any(message["ts"] == ts for message in channel.messages):
            raise Refused("message_not_found")
        link = f"{self.origin}/archives/{channel.id}/p{ts.replace('.', '')}"
        return {"channel": channel.id, "permalink": link}

    def _history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._identified(arguments)
        top = [
            message
            for message in channel.messages
            if "thread_ts" not in message or message["subtype"] == "thread_broadcast"
        ]
        return _window(list(reversed(top)), arguments)

    def _replies(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._identified(arguments)
        root = str(arguments.get("ts", ""))
        thread = [
            message for message in channel.messages if root in (message["ts"], message.get("thread_ts"))
        ]
        if not thread:
            raise Refused("thread_not_found")
        return _window(thread, arguments)

    def _list(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {
            "channels": [_described(channel) for channel in self._channels],
            "response_metadata": {"next_cursor": ""},
        }

    def _info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"channel": _described(self._identified(arguments))}

    def _validate(self, arguments: dict[str, Any]) -> dict[str, Any]:
        blocks = _decoded(arguments.get("blocks"), "invalid_blocks_format")
        if blocks is None:
            raise Refused("invalid_arguments")
        if complaints(blocks):
            raise Refused("invalid_blocks")
        return {}

    def _named(self, name: str) -> Channel:
        """A channel by id or name, as chat.postMessage takes both."""
        for channel in self._channels:
            if name.removeprefix("#") in (channel.id, channel.name):
                return channel
        raise Refused("channel_not_found")

    def _identified(self, arguments: dict[str, Any]) -> Channel:
        """A channel by id alone: everything but posting takes no name."""
        for channel in self._channels:
            if arguments.get("channel") == channel.id:
                return channel
        raise Refused("channel_not_found")

    def _stamp(self) -> str:
        """Seconds with six digits, rising: a message's name in its channel."""
        now = Decimal(round(self._clock().timestamp() * 1_000_000)) / 1_000_000
        self._last = max(now, self._last + Decimal("0.000001"))
        return f"{self._last:.6f}"

    def channel_page(self, name: str) -> str:
        """The address of a channel's page."""
        return f"{self.origin}/archives/{self._named(name).id}"

    def _archive_page(self, path: str) -> Response:
        """A channel, or a message with what else is in its thread."""
        _, _, channel, name = (*path.split("/"), "", "")[:4]
        with self._lock:
            found = next((one for one in self._channels if one.id == channel), None)
            messages = [] if found is None else list(found.messages)
        if found is None:
            return html_response("<p>No such channel.</p>", status=404)
        if not name:
            return html_response(drawn.channel_page(messages, name=found.name, path=f"/archives/{found.id}"))
        asked = next((one for one in messages if name == f"p{one['ts'].replace('.', '')}"), None)
        if asked is None:
            return html_response("<p>No such message.</p>", status=404)
        root = asked.get("thread_ts", asked["ts"])
        thread = [one for one in messages if root in (one["ts"], one.get("thread_ts"))]
        return html_response(drawn.thread_page(thread, name=found.name))


def complaints(blocks: Any) -> list[str]:
    """What Slack would refuse in a message's blocks: their number, and the lengths of texts."""
    if not isinstance(blocks, list) or len(blocks) > MOST_BLOCKS:
        return [f"not a list of at most {MOST_BLOCKS} blocks"]
    found = []
    for at, block in enumerate(blocks):
        kind = block.get("type") if isinstance(block, dict) else None
        if not kind:
            found.append(f"block {at} has no type")
        elif kind == "header" and not 1 <= len(block.get("text", {}).get("text", "")) <= LONGEST_HEADER:
            found.append(f"block {at}: a header has 1 to {LONGEST_HEADER} characters")
        elif kind == "section":
            found.extend(f"block {at}: {wrong}" for wrong in _section_complaints(block))
        elif kind in ("context", "actions", "rich_text") and not block.get("elements"):
            found.append(f"block {at}: no elements")
    return found


def _section_complaints(section: dict[str, Any]) -> list[str]:
    found = []
    fields = section.get("fields", [])
    if "text" not in section and not fields:
        found.append("a section has a text or fields")
    if "text" in section and not 1 <= len(section["text"].get("text", "")) <= LONGEST_SECTION:
        found.append(f"a text has 1 to {LONGEST_SECTION} characters")
    if len(fields) > MOST_FIELDS:
        found.append(f"at most {MOST_FIELDS} fields")
    if any(not 1 <= len(one.get("text", "")) <= LONGEST_FIELD for one in fields):
        found.append(f"a field has 1 to {LONGEST_FIELD} characters")
    return found


def _arguments(request: Request) -> dict[str, Any]:
    arguments: dict[str, Any] = dict(request.params)
    kind = request.headers.get("content-type", "")
    if not request.body:
        pass  # a call without arguments, whatever it says of its kind
    elif kind.startswith("application/json"):
        body = _decoded(request.body.decode(), "invalid_json")
        if not isinstance(body, dict):
            raise Refused("json_not_object")
        arguments.update(body)
    elif kind.startswith("application/x-www-form-urlencoded"):
        arguments.update(parse_qsl(request.body.decode(), keep_blank_values=True))
    else:
        raise Refused("invalid_post_type")
    return arguments


def _decoded(value: Any, refusal: str) -> Any:
    """An argument that is JSON, or JSON written in a string."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as wrong:
        raise Refused(refusal) from wrong


def _window(messages: list[Posted], arguments: dict[str, Any]) -> dict[str, Any]:
    """The part of a listing that is asked for, in pages."""
    try:
        oldest = Decimal(str(arguments.get("oldest") or "0"))
        latest = Decimal(str(arguments.get("latest") or "Infinity"))
        size = min(int(arguments.get("limit") or 100), LARGEST_PAGE)
        start = int(arguments.get("cursor") or 0)
    except ArithmeticError as wrong:
        raise Refused("invalid_ts_oldest") from wrong
    except ValueError as wrong:
        raise Refused("invalid_arguments") from wrong
    inclusive = _true(arguments.get("inclusive"))
    within = [
        message
        for message in messages
        if oldest < (ts := Decimal(message["ts"])) < latest or (inclusive and ts in (oldest, latest))
    ]
    page = within[start : start + size]
    more = start + size < len(within)
    with_metadata = _true(arguments.get("include_all_metadata"))
    return {
        "messages": [_shown(message, with_metadata) for message in page],
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + size) if more else ""},
    }


def _shown(message: Posted, with_metadata: bool) -> Posted:
    return {key: value for key, value in message.items() if with_metadata or key != "metadata"}


def _described(channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": True,
        "is_private": False,
        "is_member": True,
        "is_archived": False,
    }


def _true(value: Any) -> bool:
    return value in (True, "true", "True", "1", 1)

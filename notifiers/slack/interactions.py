"""What a person does in Slack, as an envelope of Socket Mode hands it over: which button or command, who, and where.

Pure. Nothing is kept of an envelope but this: it holds the whole message, and tokens of its own.
https://docs.slack.dev/reference/interaction-payloads/block_actions-payload and
https://docs.slack.dev/interactivity/implementing-slash-commands, read on 2026-11-29.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

LONGEST = 3_000  # characters of a value that are heard; a button's has 2,000 at most, a command's text about as many
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Interaction(msgspec.Struct, frozen=True, kw_only=True):
    id: str  # Slack's own, of the envelope: the same when it is handed over again
    kind: Literal["button", "command"]
    name: str  # of the action, or the command with its `/`
    value: str  # the button's, or what stands after the command; see `cut`
    person: str  # as Slack calls them
    person_id: str
    team: str  # the id of the workspace that they are of, another than the app's in a shared channel; "" when not said
    channel: str  # its id
    message: str | None = None  # the time stamp of the message that the button stands in
    respond_to: str | None = None  # where to answer; good for half an hour and five answers

    @property
    def cut(self) -> bool:
        """Whether it had more to say than LONGEST: what is left of it is not what was meant."""
        return len(self.value) > LONGEST


def interaction_of(envelope: Mapping[str, Any], *, api_url: str) -> Interaction | None:
    """None for what is neither a button of ours nor a command, or lacks what it must have.

    api_url: answers go to no other host than Slack's.
    """
    id_, payload = envelope.get("envelope_id"), envelope.get("payload")
    if not isinstance(id_, str) or not id_ or not isinstance(payload, Mapping):
        return None
    if envelope.get("type") == "interactive" and payload.get("type") == "block_actions":
        return _pressed(id_, payload, api_url)
    if envelope.get("type") == "slash_commands":
        return _commanded(id_, payload, api_url)
    return None


def _pressed(id_: str, payload: Mapping[str, Any], api_url: str) -> Interaction | None:
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    user, container = _part(payload, "user"), _part(payload, "container")
    name = _text(action, "action_id") if isinstance(action, Mapping) else ""
    person_id = _text(user, "id")
    channel = _text(_part(payload, "channel"), "id") or _text(container, "channel_id")
    if not isinstance(action, Mapping) or not name or not person_id or not channel:
        return None
    return Interaction(
        id=id_,
        kind="button",
        name=name,
        value=_text(action, "value"),
        person=_text(user, "username") or _text(user, "name") or person_id,
        person_id=person_id,
        team=_text(user, "team_id"),
        channel=channel,
        message=_text(container, "message_ts") or None,
        respond_to=_address(payload, api_url),
    )


def _commanded(id_: str, payload: Mapping[str, Any], api_url: str) -> Interaction | None:
    name, person_id, channel = (_text(payload, key) for key in ("command", "user_id", "channel_id"))
    if not name or not person_id or not channel:
        return None
    return Interaction(
        id=id_,
        kind="command",
        name=name,
        value=_text(payload, "text"),
        person=_text(payload, "user_name") or person_id,
        person_id=person_id,
        team=_text(payload, "team_id"),
        channel=channel,
        respond_to=_address(payload, api_url),
    )


def _address(payload: Mapping[str, Any], api_url: str) -> str | None:
    """Where to answer; None when it is not Slack's own: `hooks.slack.com` beside `slack.com`."""
    text = _text(payload, "response_url")
    try:
        parts, api = urlsplit(text), urlsplit(api_url)
    except ValueError:  # `https://[x`
        return None
    host, home = parts.hostname or "", api.hostname or ""
    if home in _LOOPBACK:
        return text if host in _LOOPBACK and parts.scheme in ("http", "https") else None
    family = ".".join(home.split(".")[-2:])
    ours = host == family or host.endswith(f".{family}")
    return text if ours and parts.scheme == "https" else None


def _part(whole: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = whole.get(key)
    return part if isinstance(part, Mapping) else {}


def _text(whole: Mapping[str, Any], key: str) -> str:
    value = whole.get(key)
    if not isinstance(value, str):
        return ""
    # A lone surrogate is no text for SQLite.
    return value[: LONGEST + 1].encode("utf-8", "replace").decode()

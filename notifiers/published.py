"""A message as machines read it: its published JSON and the id by which a reader drops repeats. Pure."""

from __future__ import annotations

import json

from notifiers.message import Message


def message_id(message: Message) -> str:
    """What a reader knows it by: the payload's own `id`; the message's, where it has none (a sample, a notice)."""
    id_ = (message.payload or {}).get("id")
    return id_ if isinstance(id_, str) else message.id


def published(message: Message) -> bytes:
    """The payload and nothing else, its id first; ASCII on one line, so that one line is one line to every reader."""
    payload = message.payload
    if payload is None:
        payload = {"event": message.level.value, "headline": message.headline}
    id_ = payload.get("id")
    payload = {"id": message.id if id_ is None else id_} | {
        key: value for key, value in payload.items() if key != "id"
    }
    return json.dumps(payload, separators=(",", ":")).encode("ascii")

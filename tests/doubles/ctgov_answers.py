"""What goes in and out of the loopback registry: a request, an answer, and how the answer's bytes travel.

Values only. `ctgov_http` puts them on a socket, `ctgov_faults` spoils them.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

JSON = "application/json"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as the server saw it; in the log also how it was answered."""

    method: str
    path: str
    query: Mapping[str, str]
    """Decoded; the last of a repeated name (`repeated` names those)."""
    repeated: tuple[str, ...] = ()
    target: str
    """Path and query as they stood on the request line."""
    headers: Mapping[str, str]
    """Names in lower case."""
    at: datetime
    """When the request line and headers had been read, UTC."""
    clock: float = 0.0
    """The same moment by time.monotonic(), for distances between requests."""
    status: int = 0
    """What was answered; 0 when the connection was broken without a status line."""
    bytes: int = 0
    """Body bytes meant for the wire, after compression; for a cut transfer what was really sent."""
    fault: str = ""
    """The name of the fault that spoiled the answer, or empty."""

    @property
    def user_agent(self) -> str:
        return self.headers.get("user-agent", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How the bytes of an answer travel. The default is: all of them, at once."""

    reset: bool = False
    """Break the connection (RST) before a single byte."""
    cut: float | None = None
    """Send this share of the body (0–1), then close although Content-Length said more."""
    every: float | None = None
    """Seconds between two bytes of the body (a slow drip)."""
    silent: bool = False
    """Send nothing at all until `until` is set."""
    until: threading.Event | None = None
    """When set, what is still unsent goes at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = JSON
    body: bytes = b""
    gzipped: bytes | None = None
    """The body already compressed (a cached page, a bomb); used when the client accepts gzip."""
    delivery: Delivery = field(default_factory=Delivery)
    fault: str = ""


class Refused(Exception):
    """The registry will not answer this request: a status and the text that goes with it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status
        self.text = text


def compact(value: Any) -> bytes:
    """JSON as the registry publishes it: no blanks, UTF-8; escapes only where UTF-8 cannot say it."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # a lone surrogate
        return json.dumps(value, separators=(",", ":")).encode()


def json_answer(value: Any) -> Answer:
    return Answer(body=compact(value))


def text_answer(status: int, text: str) -> Answer:
    return Answer(status=status, content_type=TEXT, body=text.encode())


def html_answer(status: int, title: str, text: str) -> Answer:
    body = f"<body><h1>{title}</h1><p>{text}</p></body>"
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head>{body}</html>"
    return Answer(status=status, content_type=HTML, body=page.encode())

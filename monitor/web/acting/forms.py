"""Forms that do something: read, and known to be our own.

A page elsewhere could ride on a session, on a password that the browser keeps, or without a log-in on its being on this
machine. Two checks keep such a page from acting, each enough by itself:

- Where the request came from. Browsers say so in Sec-Fetch-Site, and over plain HTTP beyond loopback at least in Origin
  (https://www.w3.org/TR/fetch-metadata/, https://fetch.spec.whatwg.org/#origin-header, read 2026-11). Another port of
  this machine is another origin though the same site, so that cookies, which know no ports, would prove nothing.
- A token in the form, which only who read our page has: an HMAC of the hour and of who reads, under a key of this
  process. It is the same for an hour, so that pages are still known again, lasts for LASTS, and is of no use to anybody
  else, who may act or not.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import ClientDisconnect, Request

from monitor.web.answers import BadQuestion, Refused

LONGEST = 16_000  # bytes of a form
MOST_FIELDS = 20
LASTS = 12  # hours
_ELSEWHERE = "Do it on the page of the trial, or with `trialbell mute`."
_TYPE = "application/x-www-form-urlencoded"


class Forms:
    """Of one process: a token of another is stale."""

    def __init__(self, public_url: str | None) -> None:
        self._key = secrets.token_bytes(32)
        self._public = None if public_url is None else "{0.scheme}://{0.netloc}".format(urlsplit(public_url))

    def token(self, now: datetime, whose: str = "") -> str:
        """whose: tells apart those who may act (`access.visitor.Visitor.mark`)."""
        hour = _hour(now)
        return f"{hour}.{self._mac(hour, whose)}"

    def is_fresh(self, token: str, now: datetime, whose: str = "") -> bool:
        hour, _, mac = token.partition(".")
        if not (hour.isascii() and hour.isdigit() and len(hour) < 10):
            return False
        known = hmac.compare_digest(mac.encode(), self._mac(int(hour), whose).encode())
        return known and 0 <= _hour(now) - int(hour) < LASTS

    def _mac(self, hour: int, whose: str) -> str:
        return hmac.new(self._key, f"{hour} {whose}".encode(), hashlib.sha256).hexdigest()

    def check_origin(self, request: Request, *, hint: str = _ELSEWHERE) -> None:
        """Refused for what a page elsewhere sent. What names no origin is no browser: its token decides."""
        headers = request.headers
        sites, origins = headers.getlist("sec-fetch-site"), headers.getlist("origin")
        if sites:
            ours = sites in (["same-origin"], ["none"])
        elif origins:
            ours = origins == [self._public] or (
                len(origins) == 1 and _host(origins[0]) == headers.get("host")
            )
        else:
            ours = True
        if not ours:
            raise Refused("this came from a page that is not ours, and was not done", hint=hint)


async def fields(request: Request) -> Mapping[str, str]:
    """The form that was sent. BadQuestion."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _TYPE:
        raise BadQuestion("only a form of these pages can be sent here")
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST:
                raise BadQuestion("the form is too long", hint="Go back: what you wrote is still there.")
    except ClientDisconnect:
        raise BadQuestion("the form did not arrive as a whole") from None  # nobody is there to read it
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise BadQuestion("the form cannot be read") from None
    return {name: " ".join(text.split()) for name, text in pairs}


def _host(origin: str) -> str | None:
    """None of what is no address: nobody's page then."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None


def _hour(now: datetime) -> int:
    return int(now.timestamp() // 3600)

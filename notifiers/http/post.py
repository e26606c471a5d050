"""One POST whose answer is its status: what was answered, or why nothing was, in words that give nothing away.

Of the body only what is asked for is read: whatever becomes of it, the status has been said.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request

import msgspec

from notifiers.http.deadline import Deadline, NotBegun, Sending
from notifiers.http.opening import opener
from notifiers.notifier import Result
from notifiers.secret import Secret

_LONGEST_REASON = 300  # characters
_PROXY_SAYS = re.compile(r"Tunnel connection failed: (\d{3})\b")  # http.client's words


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """status: of HTTP; None when there was no answer, and then `result` is LATER or UNKNOWN, and `reason` says why."""

    status: int | None
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)  # names in small letters
    body: bytes = b""  # as much of it as was read
    result: Result = Result.UNKNOWN
    reason: str = ""


def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    deadline: Deadline,
    timeout: float,
    secrets: Iterable[Secret] = (),
    read_at_most: int = 0,
) -> Answer:
    """timeout: seconds, of each read and write. secrets: appear in no reason. read_at_most: bytes of the answer's body,
    which whoever answers may make us wait for. Never raises for the world's doings.
    """
    seen: list[Answer] = []

    def work(sending: Sending) -> None:
        request = Request(address, data=body, headers=dict(headers), method="POST")
        try:
            response = opener(sending).open(request, timeout=timeout)
        except HTTPError as refused:
            response = refused
        seen.append(Answer(status=response.code, headers=_named(response.headers)))
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError), response:
            if read_at_most:
                seen[0] = msgspec.structs.replace(seen[0], body=response.read(read_at_most))

    try:
        deadline.run(work)
    except Exception as error:  # noqa: BLE001 - what a server can do to urllib has no end
        if not seen:
            result, words = _trouble(error)
            return Answer(status=None, result=result, reason=presentable(words, secrets))
    return seen[0]


def reachable(address: str, *, deadline: Deadline, timeout: float, secrets: Iterable[Secret] = ()) -> str:
    """Resolve, connect and greet by TLS, through a proxy where one is set, and hang up. "" when that went well, else
    why not.
    """

    def work(_: Sending) -> None:
        opener(_Knock()).open(Request(address, data=b"", method="POST"), timeout=timeout)

    try:
        deadline.run(work)
    except Exception as error:  # noqa: BLE001 - as in `post`
        if isinstance(error, URLError) and isinstance(error.reason, _Connected):
            return ""
        return presentable(_trouble(error)[1], secrets)
    return ""


def presentable(words: str, secrets: Iterable[Secret]) -> str:
    """On one line, of a length to be read, with no secret in it."""
    secrets = list(secrets)
    for secret in secrets:
        words = secret.mask(words)
    words = _one_line(words)
    for secret in secrets:  # said back on one line, as the words are now
        words = Secret(_one_line(secret.reveal())).mask(words)
    return words[:_LONGEST_REASON]


def _one_line(words: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())


class _Connected(OSError):
    """The door is open; nobody goes in."""


class _Knock(Sending):
    def begin(self, connection: socket.socket | None = None) -> None:
        raise _Connected


def _trouble(error: Exception) -> tuple[Result, str]:
    if isinstance(error, NotBegun):
        return Result.LATER, f"it was not reached: {error}"
    if isinstance(error, URLError):
        # Raised while connecting or sending: the other side did not get the whole of the request.
        return Result.LATER, f"it was not reached: {own_words(error.reason)}"
    if isinstance(error, TimeoutError):
        return Result.UNKNOWN, "it did not answer in time"
    if isinstance(error, OSError | http.client.HTTPException):
        return Result.UNKNOWN, f"the connection broke before an answer: {own_words(error)}"
    return Result.UNKNOWN, f"the answer could not be read: {type(error).__name__}"


def own_words(error: object) -> str:
    """Those of this machine alone: what the other side says may hold what it was told."""
    if isinstance(error, http.client.RemoteDisconnected):
        return "it hung up"
    if isinstance(error, OSError):
        proxy = _PROXY_SAYS.match(str(error))
        if proxy is not None:
            return f"the proxy answers HTTP {proxy[1]}"
        if error.strerror:
            return error.strerror
        if isinstance(error, TimeoutError):
            return str(error) or "timed out"  # our deadline's words, or the socket's
    return type(error).__name__


def _named(headers: Any) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in headers.items()} if headers else {}

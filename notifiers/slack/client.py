"""slack_sdk's client with an opener of our own: it follows no redirect, and says how far a request got.

The only home of slack_sdk; imported when the first call is made, for a poll that tells nothing needs none of it.
"""

from __future__ import annotations

import http.client
import logging
from collections.abc import Callable
from typing import Any
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from notifiers.secret import Secret
from notifiers.slack.deadline import Sending

__all__ = ["SlackApiError", "client"]

# slack_sdk writes requests with all they hold to its logger, and errors that we report ourselves.
_SILENT = logging.getLogger("notifiers.slack.sdk")
_SILENT.setLevel(logging.CRITICAL + 1)


def client(sending: Sending, *, token: Secret, api_url: str, timeout: int) -> WebClient:
    """For one call. It repeats nothing by itself: repeating is the outbox's work."""
    made = _Client(token=token.reveal(), base_url=api_url, timeout=timeout, retry_handlers=[], logger=_SILENT)
    made.sending = sending
    return made


class _Client(WebClient):
    sending: Sending

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        """As slack_sdk 3.48 does it, but for the opener."""
        response = self._opener().open(req, timeout=self.timeout)
        charset = response.headers.get_content_charset() or "utf-8"
        body = response.read().decode(charset)
        return {"status": response.code, "headers": response.headers, "body": body}

    def _opener(self) -> OpenerDirector:
        # `proxy` is of slack_sdk's own reading of the environment; without one urllib reads it.
        proxies = [ProxyHandler({"http": self.proxy, "https": self.proxy})] if self.proxy else []
        return build_opener(_NoRedirects, _Http(self.sending), _Https(self.sending), *proxies)


class _NoRedirects(HTTPRedirectHandler):
    """urllib would take the token along to wherever a redirect points. Slack redirects no call."""

    def redirect_request(self, *_: object) -> None:
        return None


class _Http(HTTPHandler):
    def __init__(self, sending: Sending) -> None:
        super().__init__()
        self._sending = sending

    def http_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(_connecting(_Connection, self._sending), req)


class _Https(HTTPSHandler):
    def __init__(self, sending: Sending) -> None:
        super().__init__()
        self._sending = sending

    def https_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(_connecting(_TlsConnection, self._sending), req)


class _Connection(http.client.HTTPConnection):
    sending: Sending

    def connect(self) -> None:
        super().connect()
        self.sending.begin()

    def request(self, *arguments: Any, **more: Any) -> None:
        super().request(*arguments, **more)
        self.sending.ended.set()


class _TlsConnection(http.client.HTTPSConnection):
    sending: Sending

    def connect(self) -> None:
        super().connect()
        self.sending.begin()

    def request(self, *arguments: Any, **more: Any) -> None:
        super().request(*arguments, **more)
        self.sending.ended.set()


def _connecting(
    kind: type[_Connection] | type[_TlsConnection], sending: Sending
) -> Callable[..., http.client.HTTPConnection]:
    def connection(*arguments: Any, **more: Any) -> http.client.HTTPConnection:
        made = kind(*arguments, **more)
        made.sending = sending
        return made

    return connection

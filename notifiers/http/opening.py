"""urllib's opener as every channel uses it: it follows no redirect, and says how far a request got.

Proxies are those of the environment, as urllib reads it, unless they are given.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping
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

from notifiers.http.deadline import Sending


def opener(sending: Sending, *, proxies: Mapping[str, str] | None = None) -> OpenerDirector:
    """For one request. proxies: by scheme, in place of the environment's."""
    given = [ProxyHandler(dict(proxies))] if proxies else []
    return build_opener(_NoRedirects, _Http(sending), _Https(sending), *given)


class _NoRedirects(HTTPRedirectHandler):
    """urllib would take a token or a signature along to wherever a redirect points."""

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
        self.sending.begin(self.sock)

    def request(self, *arguments: Any, **more: Any) -> None:
        super().request(*arguments, **more)
        self.sending.gone()


class _TlsConnection(http.client.HTTPSConnection):
    sending: Sending

    def connect(self) -> None:
        super().connect()
        self.sending.begin(self.sock)

    def request(self, *arguments: Any, **more: Any) -> None:
        super().request(*arguments, **more)
        self.sending.gone()


def _connecting(
    kind: type[_Connection] | type[_TlsConnection], sending: Sending
) -> Callable[..., http.client.HTTPConnection]:
    def connection(*arguments: Any, **more: Any) -> http.client.HTTPConnection:
        made = kind(*arguments, **more)
        made.sending = sending
        return made

    return connection

"""Connections whose every read and write is bounded by one total deadline.

httpx bounds phases: a server that sends a byte a second, in its head as in its body, is never too slow for
it. So the connections are httpcore's over sockets that know the deadline of the request they serve.
"""

from __future__ import annotations

import ssl
import threading
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import httpcore

from monitor.transport.library import httpx
from monitor.transport.problems import NoAnswer

TLS = Literal["default", "stdlib"]
KEEP_ALIVE = 15.0  # seconds; servers close idle connections, and finding one closed costs a try
CONNECTIONS = 4

# What may befall a request on its way; whether it was sent is unknown, and questions may be repeated.
BROKEN = (
    httpx.TransportError,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
)


class Deadline(threading.local):
    """The moment by which the request of this thread must be over; each thread has its own."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._at: float | None = None

    def begin(self, seconds: float) -> None:
        self._at = self._clock() + seconds

    def left(self) -> float:
        """Seconds; 0 when it is past."""
        return 0.0 if self._at is None else max(0.0, self._at - self._clock())


class Wire(httpx.BaseTransport):
    """httpx's way to the network: one pool of connections to one host, perhaps through a proxy.

    trust_env: HTTP(S)_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR count. A .netrc never does:
    no password is sent to a registry that was not given for it.
    """

    def __init__(self, origin: str, *, tls: TLS, trust_env: bool, deadline: Deadline) -> None:
        parts = urlsplit(origin)
        proxy = proxy_of(parts.scheme, parts.hostname or "", parts.port) if trust_env else None
        # Reading the certificates takes 20 ms, so only where there is something to encrypt.
        context = _context(tls, trust_env) if parts.scheme == "https" else None
        pool: dict[str, Any] = {
            "ssl_context": context,
            "max_connections": CONNECTIONS,
            "keepalive_expiry": KEEP_ALIVE,
            "network_backend": _Backend(deadline),
        }
        if proxy is None:
            self._pool = httpcore.ConnectionPool(**pool)
        else:
            address = urlsplit(proxy)
            auth = None
            if address.username is not None:
                auth = (unquote(address.username), unquote(address.password or ""))
            port = address.port or (443 if address.scheme == "https" else 80)
            bare = f"{address.scheme}://{_host(address.hostname)}:{port}"
            if address.scheme == "https":
                pool["proxy_ssl_context"] = httpx.create_ssl_context(trust_env=trust_env)
            self._pool = httpcore.HTTPProxy(proxy_url=bare, proxy_auth=auth, **pool)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        assert isinstance(request.stream, httpx.SyncByteStream)
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        assert isinstance(answer.stream, Iterable)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer.stream), extensions=answer.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    def close(self) -> None:
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()


class _Backend(httpcore.NetworkBackend):
    """The standard sockets. Looking up the host's name alone is beyond the deadline: no call bounds that."""

    def __init__(self, deadline: Deadline) -> None:
        self._inner = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, timeout, httpcore.ConnectTimeout)
        stream = self._inner.connect_tcp(host, port, left, local_address, socket_options)
        return _Socket(stream, self._deadline)


class _Socket(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._deadline, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._deadline, timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, timeout, httpcore.ConnectTimeout)
        return _Socket(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()


def _left(deadline: Deadline, timeout: float | None, error: type[Exception]) -> float:
    left = deadline.left()
    if left <= 0:
        raise error("the deadline is past")
    return left if timeout is None else min(left, timeout)


def _context(tls: TLS, trust_env: bool) -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=trust_env)
    if tls == "stdlib":
        # http.client sets it and httpx does not: with it the TLS greeting is the standard library's.
        context.post_handshake_auth = True
    return context


def proxy_of(scheme: str, host: str, port: int | None) -> str | None:
    """The proxy that the environment names for a host; None for none."""
    if urllib.request.proxy_bypass(f"{_host(host)}:{port}" if port else host):
        return None
    named = urllib.request.getproxies()
    proxy = named.get(scheme) or named.get("all")
    if not proxy:
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    kind = urlsplit(proxy).scheme
    if kind not in ("http", "https"):
        raise NoAnswer(f"the environment names a proxy of a kind that is not spoken here: `{kind}`")
    return proxy


def _host(name: str | None) -> str:
    """As it stands in an address: IPv6 in brackets."""
    return f"[{name}]" if name and ":" in name else name or ""

"""What stands before every page: the Host check, the security headers, and the public root's path.

The Host check is what keeps a web page elsewhere from reading ours through a name that it makes resolve to
this machine (DNS rebinding). The headers forbid frames, everything foreign, and every script but the file that we ship.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Nothing of where a reader was goes to another host; with less, our own forms would come from nowhere (`forms`).
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ANY_HOST = "*"
ANY_ADDRESS = "<address>"  # an IP address written out: no name, so nobody can make it resolve to us
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


def hosts_for(bound_to: str, public_url: str | None, *, machine: str | None = None) -> tuple[str, ...]:
    """Which names a server bound to this address answers to.

    On loopback its own and the public one. Elsewhere any address too; a name only where it is the public one,
    or without a public root this machine's own: any other name could be pointed at us by a page elsewhere.
    """
    public = urlsplit(public_url).hostname if public_url else None
    names = [*LOOPBACK_NAMES, bound_to, *([public] if public else [])]
    if not is_loopback(bound_to):
        names.append(ANY_ADDRESS)
        if public is None:
            own = (machine or socket.gethostname()).rstrip(".").lower()
            names += [own, own.partition(".")[0], own.partition(".")[0] + ".local"]
    return tuple(dict.fromkeys(name.lower().strip("[]") for name in names))


def leads_elsewhere(public_url: str | None) -> bool:
    """Whether others reach the pages under this address: not by one that means whatever machine it is asked on."""
    return public_url is not None and not is_loopback(urlsplit(public_url).hostname or "")


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")


def is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def name_in(host_header: str) -> str | None:
    """The name in a Host header, without port and brackets, lower case; None when it is malformed."""
    if any(char <= " " for char in host_header):  # `urlsplit` would leave a tab out
        return None
    try:
        parts = urlsplit(f"//{host_header}")
        if parts.username is not None or parts.path or parts.query or parts.fragment:
            return None
        _ = parts.port  # raises when it is no port
        return parts.hostname.rstrip(".") if parts.hostname else None
    except ValueError:
        return None


class Guard:
    """ASGI middleware, outermost. `refuse` makes the page for a foreign Host."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        allowed_hosts: tuple[str, ...],
        prefix: str,
        refuse: Callable[[Request], Response],
    ) -> None:
        self._app = app
        self._allowed = frozenset(host.lower().strip("[]") for host in allowed_hosts)
        self._prefix = prefix
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
            await send(message)

        if ANY_HOST not in self._allowed:
            hosts = Headers(scope=scope).getlist("host")
            if len(hosts) != 1 or not self._is_ours(name_in(hosts[0])):
                await self._refuse(Request(scope))(scope, receive, send_guarded)
                return
        if not scope["path"].startswith(
            "/"
        ):  # a whole address, which may name another host; or no path at all
            response = PlainTextResponse("ask for a path, which begins with `/`\n", 400)
            await response(scope, receive, send_guarded)
            return
        await self._app(self._without_prefix(scope), receive, send_guarded)

    def _is_ours(self, name: str | None) -> bool:
        return name in self._allowed or (
            ANY_ADDRESS in self._allowed and name is not None and is_address(name)
        )

    def _without_prefix(self, scope: Scope) -> Scope:
        """A proxy may hand us the public path whole or without its prefix; both are answered."""
        path: str = scope["path"]
        if self._prefix and (path == self._prefix or path.startswith(self._prefix + "/")):
            return {**scope, "path": path[len(self._prefix) :] or "/"}
        return scope

"""Whether a host can be reached: its name looked up and a connection made, or one to the proxy that leads there."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from monitor.transport.problems import NoAnswer
from monitor.transport.wire import proxy_of

WITHIN = 10.0  # seconds


def unreachable(address: str, *, within: float = WITHIN) -> str | None:
    """Why not, in a few words without the address; None when it can be. Nothing is sent."""
    parts = urlsplit(address)
    try:
        proxy = proxy_of(parts.scheme, parts.hostname or "", parts.port)
    except NoAnswer as error:
        return str(error)
    near = parts if proxy is None else urlsplit(proxy)
    who = "its host" if proxy is None else "the proxy to it"
    try:
        port = near.port or (443 if near.scheme == "https" else 80)
        socket.create_connection((near.hostname or "", port), timeout=within).close()
    except socket.gaierror:
        return f"{who} has a name that leads nowhere"
    except TimeoutError:
        return f"{who} did not answer within {within:g} s"
    except OSError as error:
        return f"{who} cannot be connected to: {error.strerror or type(error).__name__}"
    return None
